"""How a shipment is packed: everything shipped is in a pack, quantities add up, every pack has its label."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from crossdock.errors import Finding
from crossdock.partner.preflight.reading import ONE, ZERO, Fields, entries, number, shown, text
from crossdock.partner.preflight.rule import NONE, SHIPMENT, Around, Outcome, PreflightRule, said


def line_name(index: int, line: Fields) -> str:
    """What people call a line: its number, and the item."""
    item = next((text(line, key) for key in ("sku", "seller_item", "buyer_item", "gtin") if text(line, key)), "")
    return f"line {text(line, 'number') or index + 1}" + (f" ({item[:40]})" if item else "")


def with_unit(quantity: Decimal, line: Fields) -> str:
    """A quantity with its unit."""
    return f"{shown(quantity)} {text(line, 'unit')[:10]}".rstrip()


def _packed(document: Fields) -> dict[str, Decimal]:
    """How much of each line is in packs, by the line's number."""
    packed: dict[str, Decimal] = {}
    for _, pack in entries(document, "packs"):
        alike = number(pack, "count")
        for _, content in entries(pack, "contents"):
            quantity = (number(content, "quantity") or ZERO) * (ONE if alike is None else alike)
            packed[text(content, "line")] = packed.get(text(content, "line"), ZERO) + quantity
    return packed


def _all_packed(document: Fields, around: Around) -> Iterator[Finding]:
    packs, packed = entries(document, "packs"), _packed(document)
    if not packs:
        return
    for index, line in entries(document, "lines"):
        if (number(line, "quantity") or ZERO) > 0 and not packed.get(text(line, "number")):
            message = f"{line_name(index, line)}: {_shipped(line)}, but no pack has any of it"
            yield said("P221", message, f"/lines/{index}", hint="say in which pack it is: packs[].contents")
    outer = {text(pack, "inside") for _, pack in packs}
    for index, pack in packs:
        if not entries(pack, "contents") and (text(pack, "number") or " ") not in outer:
            yield said("P221", f"{_pack_name(index, pack)} has nothing in it", f"/packs/{index}")


def _shipped(line: Fields) -> str:
    return f"{with_unit(number(line, 'quantity') or ZERO, line)} shipped"


def _packed_quantities(document: Fields, around: Around) -> Iterator[Finding]:
    packed = _packed(document)
    for index, line in entries(document, "lines"):
        inside, quantity = packed.get(text(line, "number")), number(line, "quantity")
        if not inside or quantity is None or around.within(NONE).bears(inside - quantity, quantity):
            continue
        apart = inside - quantity
        word = "more" if apart > 0 else "less"
        message = (
            f"{line_name(index, line)}: {_shipped(line)}, {with_unit(inside, line)} packed: {shown(abs(apart))} {word}"
        )
        yield said("P222", message, f"/lines/{index}/quantity", value=shown(quantity))
    lines = {text(line, "number") for _, line in entries(document, "lines")}
    for index, pack in entries(document, "packs"):
        for position, content in entries(pack, "contents"):
            if text(content, "line") not in lines:
                message = f"{_pack_name(index, pack)} has something of line {text(content, 'line')[:20]}, which is not shipped"
                yield said(
                    "P222", message, f"/packs/{index}/contents/{position}/line", value=text(content, "line")[:40]
                )


def _missing_labels(document: Fields, around: Around) -> Iterator[Finding]:
    packs = entries(document, "packs")
    if not packs:
        message = f"shipment {text(document, 'number')[:40]} says nothing of its packs, so none has a label"
        yield said("P223", message, "/packs", hint="give packs with an sscc each")
    for index, pack in packs:
        alike = number(pack, "count") or ONE
        if text(pack, "sscc") and alike > 1:
            message = f"{_pack_name(index, pack)} stands for {shown(alike)} packs, but one SSCC is for one pack"
            yield said("P223", message, f"/packs/{index}/count", value=shown(alike))
        elif not text(pack, "sscc") and (entries(pack, "contents") or not text(pack, "inside")):
            message = f"{_pack_name(index, pack)} has no SSCC: nothing can be scanned at the dock"
            yield said("P223", message, f"/packs/{index}/sscc", hint="print a GS1-128 label and give its number")
    yield from _twice(packs)


def _twice(packs: list[tuple[int, Fields]]) -> Iterator[Finding]:
    seen: dict[str, str] = {}
    for index, pack in packs:
        label = text(pack, "sscc")
        first = seen.setdefault(label, _pack_name(index, pack)) if label else ""
        if first and first != _pack_name(index, pack):
            message = f"{_pack_name(index, pack)} has the SSCC of {first}"
            yield said("P223", message, f"/packs/{index}/sscc", value=label)


def _pack_name(index: int, pack: Fields) -> str:
    kind = text(pack, "type")[:20]
    return f"pack {text(pack, 'number') or index + 1}" + (f" ({kind})" if kind else "")


RULES = (
    PreflightRule(
        name="all-packed",
        about="Where packs are told, every shipped line is in one, and no pack is empty.",
        codes=("P221",),
        reads=(SHIPMENT,),
        severity=Outcome.HOLD,
        ask=_all_packed,
    ),
    PreflightRule(
        name="packed-quantities",
        about="What the packs hold of a line comes to what was shipped of it.",
        codes=("P222",),
        reads=(SHIPMENT,),
        severity=Outcome.HOLD,
        ask=_packed_quantities,
        takes=frozenset({"tolerance"}),
    ),
    PreflightRule(
        name="missing-labels",
        about="Every pack that is handed over, and every pack with goods in it, has an SSCC of its own.",
        codes=("P223",),
        reads=(SHIPMENT,),
        severity=Outcome.WARN,
        ask=_missing_labels,
    ),
)
