"""Where the time of a mapping goes over the documents of one payload: for a person at the keyboard."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from time import perf_counter

from crossdock.codecs.contract import Part
from crossdock.errors import errors_in
from crossdock.mapping.compile import Mapping
from crossdock.mapping.profile import Spent
from crossdock.ops.trial import Trial

MAX_DOCUMENTS = 20  # each field is measured again and again; more of them tell nothing new


@dataclass(frozen=True, slots=True)
class Profile:
    """The parts of a mapping, the slowest first, and how many documents they were measured with."""

    documents: int
    spent: tuple[Spent, ...]


def profiled(mapping: Mapping, parts: Iterable[Part], trial: Trial) -> Profile:
    """The mapping measured with the first documents that can be read. Raises ``Reject`` where it takes none of them."""
    documents = []
    for part in parts:
        if not errors_in(part.findings):
            scope = trial.scope(part)
            mapping.apply(part.document, scope)
            documents.append((part.document, scope))
        if len(documents) == MAX_DOCUMENTS:
            break
    return Profile(len(documents), tuple(mapping.profile(documents, perf_counter)))


def lines(profile: Profile) -> Iterable[str]:
    """The profile as a table: share, microseconds of one document, calls, part, where it stands."""
    whole = sum(one.seconds for one in profile.spent) or 1.0
    yield f"{'share':>6} {'µs/document':>12} {'calls':>6}  part"
    for one in profile.spent:
        calls = "" if one.calls is None else str(one.calls)
        micros = one.seconds / max(profile.documents, 1) * 1e6
        place = ":".join(str(part) for part in (one.place.file, one.place.line) if part is not None)
        yield f"{one.seconds / whole:>6.1%} {micros:>12.1f} {calls:>6}  {one.name}  {place}  {one.text}".rstrip()


def as_dict(profile: Profile) -> dict[str, object]:
    """The profile as JSON."""
    return {
        "documents": profile.documents,
        "parts": [
            {
                "name": one.name,
                "file": one.place.file,
                "line": one.place.line,
                "seconds": round(one.seconds, 9),
                "calls": one.calls,
                "expression": one.text or None,
            }
            for one in profile.spent
        ],
    }
