"""Kinds of XML that the distributor pack knows: how to tell them, and how its routes decode them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType

from crossdock.message import Document
from crossdock.ops.pack import pack_root
from crossdock.yaml_source import load

#: flavour -> (what stands in the first bytes, the pack's route that reads it)
_FLAVOURS: Mapping[str, tuple[re.Pattern[bytes], str]] = MappingProxyType(
    {
        "ubl": (re.compile(rb"urn:oasis:names:specification:ubl:schema:xsd:"), "ubl-in"),
        "cxml": (re.compile(rb"<cXML[\s>]"), "cxml-in"),
    }
)


def flavour_of(head: bytes) -> str | None:
    """``ubl`` or ``cxml``; None for any other XML."""
    return next((name for name, (mark, _) in _FLAVOURS.items() if mark.search(head)), None)


def decoding(flavour: str) -> dict[str, Document]:
    """The options of ``decode: xml`` that the pack's route has."""
    name = f"routes/{_FLAVOURS[flavour][1]}.yaml"
    route = load((pack_root() / name).read_bytes(), name)
    options = route.at(("steps", 0, "decode", "xml"))
    return dict(options) if isinstance(options, dict) else {}


def reads(flavour: str, document: dict[str, Document]) -> str:
    """``ubl/Order``, ``cxml/OrderRequest``."""
    if flavour == "ubl":
        return f"ubl/{next((name for name in document if not name.startswith('@')), 'Order')}"
    for kind in ("Request", "Message", "Response"):
        part = document.get(kind)
        if isinstance(part, dict):
            return f"cxml/{next((name for name in part if not name.startswith('@')), kind)}"
    return "cxml/cXML"
