"""The tree of a ship notice (X12 856): shipment, order, tare, pack, item, each below the one it belongs to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from crossdock.errors import Finding
from crossdock.partner.preflight.reading import Fields, entries, text
from crossdock.partner.preflight.rule import Around, Outcome, PreflightRule, said

#: HL03 (element 735) and what may stand right above each: both orders of pack and item are in use (BSN05 0001, 0002).
_ABOVE: Mapping[str, tuple[str, ...]] = {
    "S": ("",),
    "O": ("S",),
    "T": ("O",),
    "P": ("O", "T", "I"),
    "I": ("O", "P", "T"),
}
_NAMES = {"S": "shipment", "O": "order", "T": "tare", "P": "pack", "I": "item"}
#: Segments without which a level says nothing.
_CONTENTS: Mapping[str, tuple[str, ...]] = {"O": ("PRF",), "I": ("LIN", "SN1")}
_NEEDS_BELOW = {"S": "O", "O": "I"}


@dataclass(frozen=True, slots=True)
class _Level:
    index: int
    fields: Fields

    @property
    def id(self) -> str:
        return text(self.fields, "HL01")

    @property
    def parent(self) -> str:
        return text(self.fields, "HL02")

    @property
    def code(self) -> str:
        return text(self.fields, "HL03")

    @property
    def name(self) -> str:
        return f"HL {self.id or self.index + 1} ({_NAMES.get(self.code, self.code or 'no level')})"

    def finding(self, message: str, element: str = "", hint: str | None = None) -> Finding:
        pointer = f"/HL/{self.index}" + (f"/{element}" if element else "")
        value = text(self.fields, element) if element else None
        return said("P220", f"{self.name}: {message}", pointer, value=value or None, hint=hint)


def _tree(document: Fields, around: Around) -> Iterator[Finding]:
    levels = [_Level(index, one) for index, one in entries(document, "HL")]
    if not levels:
        yield said("P220", "the ship notice has no HL: it says nothing of what is shipped", "/HL")
        return
    if levels[0].code != "S" or levels[0].parent:
        yield levels[0].finding("the first level must be the shipment (S), below nothing", "HL03")
    seen: dict[str, _Level] = {}
    for one in levels:
        yield from _placed(one, seen)
        seen.setdefault(one.id, one)
    below = _codes_below(levels)
    for one in levels:
        above = seen.get(one.parent)
        yield from _complete(one, below.get(one.id, set()), in_item=above is not None and above.code == "I")


def _codes_below(levels: list[_Level]) -> dict[str, set[str]]:
    """By number, the levels anywhere below. Children stand behind their parents, so one pass from the end will do."""
    below: dict[str, set[str]] = {}
    for one in reversed(levels):
        if one.parent:
            below.setdefault(one.parent, set()).update({one.code}, below.get(one.id, ()))
    return below


def _placed(one: _Level, seen: Mapping[str, _Level]) -> Iterator[Finding]:
    if not one.id:
        yield one.finding("has no number", "HL01")
    elif one.id in seen:
        yield one.finding("its number stands twice", "HL01")
    above = seen.get(one.parent)
    if one.code not in _ABOVE:
        yield one.finding(f"'{one.code[:10]}' is no level of a ship notice", "HL03", "S, O, T, P or I")
    elif one.parent and above is None:
        yield one.finding(f"lies below HL {one.parent[:12]}, which does not stand before it", "HL02")
    elif (above.code if above else "") not in _ABOVE[one.code]:
        wanted = " or ".join(_NAMES[code] if code else "nothing" for code in _ABOVE[one.code])
        under = f"below a {_NAMES.get(above.code, above.code)}" if above else "below nothing"
        yield one.finding(f"lies {under}, not below {wanted}", "HL02")


def _complete(one: _Level, below: set[str], *, in_item: bool) -> Iterator[Finding]:
    for tag in _CONTENTS.get(one.code, ()):
        if not one.fields.get(tag):
            yield one.finding(f"has no {tag}")
    needed = _NEEDS_BELOW.get(one.code)
    if needed and needed not in below:
        yield one.finding(f"has no {_NAMES[needed]} below it")
    if one.code in ("P", "T") and "I" not in below and not in_item:
        yield one.finding("is empty: no item below it")


RULES = (
    PreflightRule(
        name="hl-tree",
        about="The HL tree of an 856: numbers once, parents before children, shipment, order, tare, pack and item in "
        "their places, nothing empty.",
        codes=("P220",),
        reads=("x12/856",),
        severity=Outcome.HOLD,
        ask=_tree,
    ),
)
