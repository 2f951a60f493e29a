"""What a caller is told when something is wrong: problem details (RFC 9457), with every finding.

``type`` is a URN of the code, which never changes; ``findings`` is the extension member that says what to mend. Nothing
in a problem comes from inside: no path of a file, no traceback, no secret, no name of another caller.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from http import HTTPStatus

from crossdock.errors import Finding
from crossdock.message import EMPTY

MEDIA_TYPE = "application/problem+json"
MOST_FINDINGS = 100  # told in one answer


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One kind of problem: its status and its title, which is the same each time."""

    status: int
    title: str


#: Every code a request may be answered with.
PROBLEMS: Mapping[str, Told] = {
    "W101": Told(status=404, title="There is nothing at this address"),
    "W102": Told(status=405, title="The method is not one of this address"),
    "W103": Told(status=401, title="The request does not say who sends it"),
    "W104": Told(status=401, title="The key does not count"),
    "W105": Told(status=403, title="The key does not open this address"),
    "W106": Told(status=413, title="The document is too large"),
    "W107": Told(status=415, title="The address does not take this media type"),
    "W108": Told(status=415, title="The content encoding is unknown"),
    "W109": Told(status=400, title="The body is not what its headers say"),
    "W110": Told(status=408, title="The request took too long to arrive"),
    "W111": Told(status=400, title="The Idempotency-Key is missing"),
    "W112": Told(status=400, title="The Idempotency-Key is malformed"),
    "W113": Told(status=422, title="The Idempotency-Key was used for another document"),
    "W114": Told(status=409, title="The first request of this key is still being worked on"),
    "W115": Told(status=422, title="The Idempotency-Key belongs to a document that is forgotten"),
    "W116": Told(status=401, title="The signature is not that of the body"),
    "W117": Told(status=401, title="The signature is too old, or ahead of time"),
    "W118": Told(status=401, title="The token does not count"),
    "W119": Told(status=403, title="The client certificate is not one of this address"),
    "W120": Told(status=429, title="Too many requests"),
    "W121": Told(status=503, title="Nothing is taken in at the moment"),
    "W122": Told(status=507, title="There is no room to keep anything"),
    "W123": Told(status=503, title="It is not known whether the document was kept"),
    "W124": Told(status=422, title="The document is not accepted"),
    "W125": Told(status=422, title="The document was taken, and then rejected"),
    "W126": Told(status=404, title="There is no such message"),
    "W127": Told(status=503, title="Too much is being received at the same time"),
    "W128": Told(status=400, title="The request has no body"),
    "W129": Told(status=400, title="The request is malformed"),
    "W130": Told(status=431, title="The headers are too large"),
    "W140": Told(status=503, title="Tokens cannot be checked at the moment"),
}


class Problem(Exception):
    """What is wrong with a request. ``detail`` is about this one; ``headers`` go into the answer."""

    def __init__(
        self,
        code: str,
        detail: str = "",
        *,
        findings: Iterable[Finding] = (),
        headers: Mapping[str, str] = EMPTY,
        instance: str | None = None,
    ) -> None:
        super().__init__(code, detail)
        self.code = code
        self.detail = detail
        self.findings = tuple(findings)
        self.headers = headers
        self.instance = instance

    @property
    def status(self) -> int:
        """The HTTP status."""
        return PROBLEMS[self.code].status

    def body(self) -> bytes:
        """The JSON of it."""
        fields: dict[str, object] = {
            "type": f"urn:crossdock:problem:{self.code}",
            "title": PROBLEMS[self.code].title,
            "status": self.status,
            "detail": self.detail or HTTPStatus(self.status).description,
            "code": self.code,
        }
        if self.instance:
            fields["instance"] = self.instance
        if self.findings:
            fields["findings"] = findings_json(self.findings)
        return json.dumps(fields, ensure_ascii=False).encode()


def findings_json(findings: Iterable[Finding]) -> list[dict[str, object]]:
    """Findings as callers see them: at most ``MOST_FINDINGS``, and without names of our files."""
    listed = list(findings)
    told = [_public(one.as_dict()) for one in listed[:MOST_FINDINGS]]
    if len(listed) > MOST_FINDINGS:
        told.append({"severity": "note", "message": f"{len(listed) - MOST_FINDINGS} more findings are not listed"})
    return told


def _public(finding: dict[str, object]) -> dict[str, object]:
    place = finding.get("place")
    if isinstance(place, dict):
        place = {name: value for name, value in place.items() if name != "file"}
        finding = {**finding, "place": place} if place else {k: v for k, v in finding.items() if k != "place"}
    return finding
