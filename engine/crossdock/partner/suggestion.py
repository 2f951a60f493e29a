"""What to write into ``partners/`` for somebody or something nobody has written down yet."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from crossdock.partner.ids import X12, Address
from crossdock.partner.status import LIVE_DATA

#: Where documents of a set usually go, in the words of the distributor pack.
TOPICS: Mapping[str, str] = {
    "850": "order.received",
    "855": "purchase.acknowledged",
    "856": "purchase.shipped",
    "810": "purchase.invoiced",
    "846": "inventory.reported",
    "860": "order.changed",
    "865": "purchase.change_answered",
    "820": "remittance.received",
    "832": "prices.received",
    "852": "sales.reported",
    "875": "order.received",
    "876": "order.changed",
    "880": "purchase.invoiced",
    "940": "shipment.ordered",
    "943": "transfer.announced",
    "944": "stock.received",
    "945": "shipment.shipped",
    "947": "inventory.adjusted",
    "ORDERS": "order.received",
    "ORDRSP": "purchase.acknowledged",
    "ORDCHG": "order.changed",
    "DESADV": "purchase.shipped",
    "INVOIC": "purchase.invoiced",
    "INVRPT": "inventory.reported",
    "RECADV": "shipment.received",
    "PRICAT": "prices.received",
    "SLSRPT": "sales.reported",
    "REMADV": "remittance.received",
}

_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9_-]*\Z")


def file_name(id: str) -> str:
    """A name for the file of a partner, made of its id."""
    return re.sub(r"[^a-z0-9]+", "-", id.lower()).strip("-") or "partner"


def suggested_profile(
    standard: str,
    sender: Address,
    usage: str = LIVE_DATA,
    sets: Iterable[tuple[str, str]] = (),
    maps: Mapping[str, str] | None = None,
    file: str | None = None,
) -> str:
    """A profile as one would begin it, from an envelope and the (set, version) pairs in it."""
    text = profile_text(standard, sender, usage, sets, maps)
    return f"partners/{file or file_name(sender.id)}.yaml:\n{text}".rstrip("\n")


def profile_text(  # noqa: PLR0913 - all that may be known of a new partner
    standard: str,
    sender: Address,
    usage: str = LIVE_DATA,
    sets: Iterable[tuple[str, str]] = (),
    maps: Mapping[str, str] | None = None,
    *,
    name: str | None = None,
    status: str | None = None,
    channel: str | None = None,
) -> str:
    """The text of such a profile."""
    lines = [
        f"name: {_word(name or sender.id)}",
        f"status: {status or ('live' if usage == LIVE_DATA else 'testing')}",
        f"ids: {{{standard.lower()}: {_id(standard, sender)}}}",
    ]
    agreed = [suggested_agreement(number, version, (maps or {}).get(number)) for number, version in sets]
    if agreed:
        lines += ["receives:", *(f"  {line}" for line in agreed)]
    answer = "997" if standard == X12 else "CONTRL"
    where = channel or f"{{file: {{path: out/{file_name(sender.id)}}}}}"
    return "\n".join([*lines, f"acknowledge: {answer}", f"channel: {where}", ""])


def suggested_agreement(number: str, version: str, mapping: str | None) -> str:
    """One line of ``receives``."""
    standard = "x12" if number.isdigit() else "edifact"
    mapped = mapping or f"{standard}-{number.lower()}-to-…"
    return f'{number}: {{version: "{version}", map: {mapped}, topic: {TOPICS.get(number, f"edi.{number.lower()}")}}}'


def _id(standard: str, address: Address) -> str:
    x12 = standard == X12
    words = [address.qualifier or "ZZ", address.id] if x12 else [address.id, address.qualifier]
    if address.group and address.group != address.id:
        words.append(address.group)
    return f"[{', '.join(map(_word, words))}]"


def _word(text: str) -> str:
    """As YAML takes it for text."""
    if _PLAIN.match(text) and text.lower() not in ("true", "false", "null", "yes", "no", "on", "off"):
        return text
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
