"""What a GraphQL reply means: its errors by their codes, whether anything was done, what a mutation says of its input.

no data, and errors          nothing was executed: again later where the code says so, else wrong for good
data and errors              of a mutation: done in part, for a person; of a query: wrong, unless ``partial``
user errors in data          wrong for good, with the field each is about
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from crossdock.connector.http.exchange import Response, shown
from crossdock.connector.http.items import plain
from crossdock.connector.http.redaction import Redaction
from crossdock.connector.http.waiting import reset, retry_after
from crossdock.errors import CrossdockError, Doubt, Finding, Halt, Hold, Place, Reject, Retry
from crossdock.message import Document

_MOST = 50  # errors of one reply that are told
_TOO_MANY = frozenset({"THROTTLED", "RATE_LIMITED", "TOO_MANY_REQUESTS", "LIMIT_EXCEEDED"})
_PASSES = frozenset({"SERVICE_UNAVAILABLE", "TIMEOUT", "GATEWAY_TIMEOUT", "CONFLICT_IN_PROGRESS"})
_UNKNOWN_END = frozenset({"INTERNAL_SERVER_ERROR", "INTERNAL_ERROR", "INTERNAL"})
_REFUSED = frozenset({"UNAUTHENTICATED", "FORBIDDEN", "ACCESS_DENIED", "UNAUTHORIZED"})
_SHORTEST_WAIT = 1.0  # seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdicts:
    """Judges replies of one peer. ``changes``: the operation is a mutation; ``keyed``: asking it twice does it once."""

    redaction: Redaction
    now: datetime
    changes: bool
    keyed: bool
    partial: bool
    refused: str
    again: frozenset[str]

    def failure(self, reply: Mapping[str, Document], response: Response) -> CrossdockError | None:
        """None where it has no errors, or only such as may be taken."""
        listed = reply.get("errors")
        errors = [one for one in listed if isinstance(one, dict)] if isinstance(listed, list) else []
        if not errors:
            return None if not listed else Reject("K750", f"{self._where(response)}: errors that cannot be read")
        codes = {code for one in errors if (code := code_of(one))}
        data = reply.get("data")
        done = [name for name, value in data.items() if value is not None] if isinstance(data, dict) else []
        if done and self.partial:
            return None
        told = f"{self._where(response)}: {self._said(errors[0])}"
        return self._by_code(codes, reply, response, told, done) or self._wrong(errors, told, done)

    def input_faults(self, found: Document, response: Response) -> CrossdockError | None:
        """What a mutation says is wrong with its input."""
        listed = found if isinstance(found, list) else [found]
        faults = [one for one in listed if one not in (None, "", {}, [])]
        if not faults:
            return None
        findings = [self._finding(one if isinstance(one, dict) else {"message": one}, "K753") for one in faults[:_MOST]]
        told = f"{self._where(response)}: {findings[0].message}"
        codes = {code for one in faults if isinstance(one, dict) and (code := code_of(one))}
        if codes & (self.again | _TOO_MANY | _PASSES):
            return Retry("K752", told, only_this=True)
        return Reject("K753", told, findings=findings)

    def _by_code(
        self, codes: set[str], reply: Mapping[str, Document], response: Response, told: str, done: list[str]
    ) -> CrossdockError | None:
        """By a code that says more than that it is wrong. What was done in part is for a person, whatever the code."""
        if self.changes and done:
            return None
        if codes & _TOO_MANY:
            return self._throttled(reply, response, told)
        if codes & (_PASSES | self.again):
            return Retry("K758", told, after=retry_after(response.headers, self.now))
        if codes & _REFUSED:
            kind = Halt if self.refused == "halt" else Retry
            return kind("K755", told, hint="look at 'auth:', and at what this user may do there")
        if codes & _UNKNOWN_END:
            executed = self.changes and not self.keyed and "data" in reply
            return Doubt("K758", told) if executed else Retry("K758", told)
        return None

    def _throttled(self, reply: Mapping[str, Document], response: Response, told: str) -> CrossdockError:
        asked = retry_after(response.headers, self.now)
        waits = asked if asked is not None else _refilled(reply)
        if waits is None:
            waits = reset(response.headers, self.now)
        if waits == float("inf"):
            hint = "ask for less at a time: smaller pages, fewer fields"
            return Reject("K750", f"{told}: it costs more than is ever allowed", hint=hint)
        return Retry("K752", told, after=waits)

    def _wrong(self, errors: list[dict[str, Document]], told: str, done: list[str]) -> CrossdockError:
        findings = [self._finding(one, "K750") for one in errors[:_MOST]]
        if self.changes and done:
            names = ", ".join(self.redaction.shown(name, 100) for name in done[:5])
            return Hold("K754", f"{told}; and yet there was done: {names}", findings=findings)
        return Reject("K750", told, findings=findings)

    def _finding(self, error: Mapping[str, Document], code: str) -> Finding:
        path = error.get("path") or error.get("field") or error.get("code")
        pointer = "/".join(plain(one) for one in path) if isinstance(path, list) else plain(path) if path else None
        return Finding(
            code=code,
            message=self._said(error),
            place=Place(pointer=self.redaction.shown(pointer, 200) if pointer else None),
            rule="said by the peer",
        )

    def _said(self, error: Mapping[str, Document]) -> str:
        message, code = error.get("message"), code_of(error)
        text = message if isinstance(message, str) else plain(dict(error))
        return self.redaction.shown(f"{text} ({code})" if code and code not in text else text)

    def _where(self, response: Response) -> str:
        return self.redaction(shown(response.url))


def code_of(error: Mapping[str, Document]) -> str | None:
    """The code of an error: where most have it, or where some put it."""
    extensions = error.get("extensions")
    inner = extensions if isinstance(extensions, dict) else {}
    for value in (inner.get("code"), inner.get("errorType"), error.get("code"), error.get("type")):
        if isinstance(value, str) and value:
            return value[:100]
    return None


def _refilled(reply: Mapping[str, Document]) -> float | None:
    """Seconds until the bucket has what the query costs; infinity where it never will; None where nothing is said."""
    extensions = reply.get("extensions")
    cost = extensions.get("cost") if isinstance(extensions, dict) else None
    status = cost.get("throttleStatus") if isinstance(cost, dict) else None
    if not isinstance(cost, dict) or not isinstance(status, dict):
        return None
    asked, left, rate = (
        _number(value)
        for value in (cost.get("requestedQueryCost"), status.get("currentlyAvailable"), status.get("restoreRate"))
    )
    most = _number(status.get("maximumAvailable"))
    if asked is None or left is None or rate is None or rate <= 0:
        return None
    if most is not None and asked > most:
        return float("inf")
    return max(_SHORTEST_WAIT, (asked - left) / rate)


def _number(value: Document) -> float | None:
    if isinstance(value, bool | str | dict | list) or value is None:
        return None
    return float(value)
