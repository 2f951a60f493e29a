"""The IDoc types we describe. Fields are those that are public knowledge, in their order and with their widths.

Segments marked ``...`` have more fields in newer releases: what stands there is kept, as text, under ``_rest``.
"""

from __future__ import annotations

from functools import cache

from crossdock.codecs.idoc.described import deliveries, materials, orders
from crossdock.codecs.idoc.model import Described
from crossdock.codecs.idoc.notation import read_described


@cache
def shipped() -> tuple[Described, ...]:
    """What we describe: made when first asked."""
    texts = (("orders", orders.TEXT), ("deliveries", deliveries.TEXT), ("materials", materials.TEXT))
    return tuple(read_described(text, name, {}) for name, text in texts)
