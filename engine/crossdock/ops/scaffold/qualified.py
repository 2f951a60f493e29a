"""What segments with a qualifier say in any set of X12 and EDIFACT: the parties, the dates, the numbers of items.

For sets that the distributor pack has no mapping of. The qualifiers are those of X12 98, 374, 432 and 235, and of
EDIFACT 3035, 2005 and 7143, as the pack's own mappings read them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from types import MappingProxyType

from crossdock.message import Document
from crossdock.ops.scaffold.leaves import MANY, Path
from crossdock.ops.scaffold.nodes import Leaf, Node, Shape, guess
from crossdock.ops.scaffold.targets import Targets

_SELLER, _SHIP_TO = "seller", "ship_to"
#: segment of parties -> its qualifier -> the party of a contract
_PARTIES: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "N1": {
            "BY": "buyer",
            "SE": _SELLER,
            "SU": _SELLER,
            "VN": _SELLER,
            "ST": _SHIP_TO,
            "BT": "bill_to",
            "SF": "ship_from",
            "RI": "remit_to",
            "PR": "payer",
            "PE": "payee",
            "WH": "location",
        },
        "NAD": {
            "BY": "buyer",
            "SU": _SELLER,
            "SE": _SELLER,
            "DP": _SHIP_TO,
            "IV": "bill_to",
            "SF": "ship_from",
            "PE": "payee",
            "PR": "payer",
            "WH": "location",
        },
    }
)
_X12_DATES: Mapping[str, str] = MappingProxyType(
    {
        "001": "cancel_after",
        "002": "requested_delivery_on",
        "003": "invoiced_on",
        "004": "ordered_on",
        "007": "valid_from",
        "010": "requested_ship_on",
        "011": "shipped_on",
        "017": "expected_delivery_on",
        "036": "valid_until",
        "037": "ship_not_before",
        "038": "ship_not_after",
        "063": "deliver_not_after",
        "064": "deliver_not_before",
    }
)
_G62_DATES = {code: _X12_DATES[f"0{code}"] for code in ("02", "04", "10", "11", "17", "37", "38")}
#: 137 is the date of the document itself: the one that its contract demands.
_EDIFACT_DATES: Mapping[str, str] = MappingProxyType(
    {
        "137": "",
        "2": "requested_delivery_on",
        "10": "requested_ship_on",
        "11": "shipped_on",
        "63": "deliver_not_after",
        "64": "deliver_not_before",
        "157": "valid_from",
        "171": "ordered_on",
    }
)
#: (segment, its qualifier, its date, what the qualifiers are in a contract, how the date is read)
_DATES = (
    ("DTM", "DTM01", "DTM02", _X12_DATES, "date({})"),
    ("G62", "G6201", "G6202", _G62_DATES, "date({})"),
    ("DTM", "DTM0101", "DTM0102", _EDIFACT_DATES, "date(substring({}, `0`, `8`))"),
)
_GTIN, _SELLERS, _BUYERS = ("UK", "EN", "UP", "SRV"), ("VP", "VN", "VA", "SA", "SK"), ("BP", "IN")
_FROM_BUYERS = ("order", "order_change")  # documents that the buyer sends; all others come from the seller
#: Segments whose elements no dictionary of ours describes, X12 004010 (UCS).
MEANINGS: Mapping[str, str] = MappingProxyType(
    {
        "G5002": "order date",
        "G5003": "order number",
        "G0101": "invoice date",
        "G0102": "invoice number",
        "G0103": "order date",
        "G0104": "order number",
        "G6801": "quantity",
        "G6802": "unit",
        "G6803": "price",
        "G1701": "quantity",
        "G1702": "unit",
        "G1703": "price",
    }
)
#: Segments that one line of a document begins with.
LINES = ("PO1", "POC", "IT1", "LIN", "W01", "W04", "W07", "G68", "G17")
#: Segments that say what they are by a qualifier: none of them is a field by its name alone.
QUALIFIED = frozenset({"N1", "NAD", "DTM", "G62", "REF", "RFF", "PER", "N9", "SAC", "ALC", "MOA", "PRI", "QTY"})


@dataclass(slots=True)
class Qualified:
    """Names for ``let``, fields at the head, and the tables these ask."""

    let: dict[str, str] = field(default_factory=dict)
    fields: dict[str, Node] = field(default_factory=dict)
    tables: set[str] = field(default_factory=set)


def head(documents: Sequence[Document], targets: Targets) -> Qualified:
    """What the qualifiers at the head of the documents say."""
    found = Qualified()
    wanted = {target.path[0] for target in targets.head}
    _put_parties(found, documents, wanted)
    dates = sorted(_dates(documents, targets), key=lambda one: one[2])
    for name, text, _ in dates:
        if name in wanted:
            found.fields.setdefault(name, Leaf(text))
    for name, text in _beginning(documents):
        if name in wanted:
            found.fields.setdefault(name, Leaf(text))
    speaker = "buyer" if targets.word in _FROM_BUYERS else _SELLER
    if speaker in targets.parties and speaker not in found.fields:
        found.fields[speaker] = Shape({"id": Leaf("_env.sender || $partner", guess("the sender of the interchange"))})
    return found


def _put_parties(found: Qualified, documents: Sequence[Document], wanted: Collection[str]) -> None:
    for segment, roles in _PARTIES.items():
        for one in _each(documents, segment):
            name = roles.get(str(one.get(f"{segment}01")), "")
            if name in wanted and name not in found.fields:
                _put_party(found, name, segment, one)


def _put_party(found: Qualified, name: str, segment: str, one: Mapping[str, Document]) -> None:
    role = str(one[f"{segment}01"])
    found.let[name] = f"by({segment}, '{segment}01', '{role}')"
    fields = _x12_party(name, one) if segment == "N1" else _edifact_party(name, one)
    found.fields[name] = Shape(fields)
    found.tables |= {"party-schemes" if segment == "N1" else "agencies"} if "id_scheme" in fields else set()


def _x12_party(name: str, one: Mapping[str, Document]) -> dict[str, Node]:
    fields: dict[str, Node] = {}
    if one.get("N104"):
        fields["id"] = Leaf(f"${name}.N104")
        fields["id_scheme"] = Leaf(f"lookup('party-schemes', ${name}.N103, 'scheme', ${name}.N103)")
    if one.get("N102"):
        fields["name"] = Leaf(f"${name}.N102")
    if one.get("N4"):
        place = f"${name}.N4[0]" if isinstance(one["N4"], list) else f"${name}.N4"
        street: dict[str, Document] = {"expr": f"${name}.N3[].[N301, N302][]", "omit_empty": True}
        names = {"city": "N401", "region": "N402", "postal_code": "N403", "country": "N404"}
        address: dict[str, Node] = {"street": Leaf(street)} if one.get("N3") else {}
        fields["address"] = Shape(address | {inner: Leaf(f"{place}.{element}") for inner, element in names.items()})
    return fields


def _edifact_party(name: str, one: Mapping[str, Document]) -> dict[str, Node]:
    fields: dict[str, Node] = {}
    if one.get("NAD0201"):
        fields["id"] = Leaf(f"${name}.NAD0201")
        fields["id_scheme"] = Leaf(f"lookup('agencies', ${name}.NAD0203, 'scheme', ${name}.NAD0203)")
    if one.get("NAD0401"):
        fields["name"] = Leaf(f"${name}.NAD0401")
    if one.get("NAD06"):
        street = f"[${name}.NAD0501, ${name}.NAD0502, ${name}.NAD0503][?@]"
        names = {"city": "NAD06", "region": "NAD07", "postal_code": "NAD08", "country": "NAD09"}
        address: dict[str, Node] = {"street": Leaf({"expr": street, "omit_empty": True})}
        fields["address"] = Shape(address | {inner: Leaf(f"${name}.{element}") for inner, element in names.items()})
    return fields


def _dates(documents: Sequence[Document], targets: Targets) -> Iterator[tuple[str, str, bool]]:
    """Fields with the expression of their date. The date of an EDIFACT document (True) is what the contract demands."""
    days = [one for one in targets.head if one.kind == "date" and len(one.path) == 1]
    own = next((one.name for one in days if one.required or one.name == "issued_on"), "")
    for segment, qualifier, value, meanings, template in _DATES:
        for one in _each(documents, segment):
            code = str(one.get(qualifier, ""))
            if code in meanings:
                asked = f"by({segment}, '{qualifier}', '{code}').{value}"
                yield meanings[code] or own, template.replace("{}", asked), not meanings[code]


def _beginning(documents: Sequence[Document]) -> Iterator[tuple[str, str]]:
    """The number of an EDIFACT document, the order it answers, the currency."""
    first = documents[0] if documents and isinstance(documents[0], dict) else {}
    bgm = first.get("BGM")
    if isinstance(bgm, dict):
        yield "number", "BGM.BGM02" if "BGM02" in bgm else "BGM.BGM0201"
    if any(one.get("RFF0101") == "ON" for one in _each(documents, "RFF")):
        yield "order_number", "by(RFF, 'RFF0101', 'ON').RFF0102"
    for segment, element in (("CUR", "CUR02"), ("CUX", "CUX0102")):
        if any(one.get(element) for one in _each(documents, segment)):
            yield (
                "currency",
                f"{segment}[0].{element}" if isinstance(first.get(segment), list) else f"{segment}.{element}",
            )


def item_numbers(documents: Sequence[Document], at: Path, word: str) -> dict[str, Node]:
    """The numbers of items, by whose they are: ours is that of the side we are on."""
    found = [*_under(documents, at)]
    own = {code for item in found for code in _map(item.get("_ids"))}
    beside = {code for item in found for pia in _rows(item.get("PIA")) for code in _map(pia.get("_ids"))}
    sellers, buyers = ("sku", "buyer_item") if word in _FROM_BUYERS else ("seller_item", "sku")
    fields: dict[str, Node] = {}
    for name, codes in ((sellers, _SELLERS), (buyers, _BUYERS), ("gtin", _GTIN)):
        texts = [f"_ids.{code}" for code in codes if code in own]
        texts += [f"PIA[]._ids.{code} | [0]" for code in codes if code in beside]
        texts = texts or [*_pair(found, codes)]
        if texts:
            whole = len(texts) == 1
            fields[name] = Leaf(" || ".join(text if whole or "|" not in text else f"({text})" for text in texts))
    return fields


def _pair(items: Sequence[Mapping[str, Document]], codes: Sequence[str]) -> Iterator[str]:
    """The element behind a qualifier, where no dictionary pairs them: at the same place in every item that has it."""
    first: Mapping[str, Document] = items[0] if items else {}
    names = [name for name, value in first.items() if isinstance(value, str)]
    for name, following in pairwise(names):
        if first[name] in codes and all(item.get(name, first[name]) == first[name] for item in items):
            yield following
            return


def _each(documents: Sequence[Document], segment: str) -> Iterator[Mapping[str, Document]]:
    return (one for document in documents for one in _rows(_map(document).get(segment)))


def _under(documents: Iterable[Document], at: Path) -> Iterator[Mapping[str, Document]]:
    """The objects at a path."""
    here: list[Document] = list(documents)
    for step in at:
        if step == MANY:
            here = [inner for one in here if isinstance(one, list) for inner in one]
        else:
            here = [one[step] for one in here if isinstance(one, dict) and step in one]
    return (one for one in here if isinstance(one, dict))


def _rows(value: Document) -> list[Mapping[str, Document]]:
    rows = value if isinstance(value, list) else [value]
    return [row for row in rows if isinstance(row, dict)]


def _map(value: Document) -> Mapping[str, Document]:
    return value if isinstance(value, dict) else {}
