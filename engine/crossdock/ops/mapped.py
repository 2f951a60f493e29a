"""One mapping over the parts of one payload, without a route: for a person at the keyboard, and for its cases."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from crossdock.codecs.contract import AnyCodecKind, Part
from crossdock.errors import Finding, Reject, errors_in
from crossdock.mapping.compile import Mapping
from crossdock.message import Document
from crossdock.ops.trial import Trial
from crossdock.registry import Registry

_JSON = "json"


@dataclass(frozen=True, slots=True)
class Mapped:
    """What the mapping made of one part; ``result`` is None where a finding is an error."""

    position: int
    result: Document
    findings: tuple[Finding, ...]


def format_of(reads: str | None, codecs: Registry[AnyCodecKind]) -> tuple[str | None, str | None]:
    """The codec that ``from:`` names, and its layout: ``x12/850``, ``fixed/erp-order``. A contract is JSON."""
    if not reads:
        return None, None
    first, _, second = reads.partition("/")
    kind = codecs.get(first)
    if kind is None:
        return _JSON, None
    return first, second if kind.shorthand == "layout" and second else None


def mapped(mapping: Mapping, parts: Iterable[Part], trial: Trial) -> Iterator[Mapped]:
    """The mapping applied to every part that can be read."""
    for part in parts:
        if errors_in(part.findings):
            yield Mapped(part.position, None, part.findings)
            continue
        try:
            yield Mapped(part.position, mapping.apply(part.document, trial.scope(part)), part.findings)
        except Reject as error:
            yield Mapped(part.position, None, (*part.findings, *error.findings))
