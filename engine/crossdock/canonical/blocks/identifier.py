"""Identifiers with the scheme they belong to.

Schemes of ours are words in lower case and listed here; where they have a form, it is checked. Any other word or
code (an X12 or EDIFACT qualifier, a partner's own) passes as it is.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType

from pydantic import Field
from pydantic_core import PydanticCustomError

from crossdock.canonical.blocks import gs1
from crossdock.canonical.blocks.block import Block
from crossdock.canonical.blocks.text import Identity, Word

#: scheme -> what its values are. The order is that of the reference page.
SCHEMES = MappingProxyType(
    {
        "gln": "GS1 Global Location Number: 13 digits with check digit",
        "duns": "D-U-N-S number: 9 digits",
        "duns4": "D-U-N-S number followed by 4 characters of the company's own",
        "gtin": "GS1 Global Trade Item Number: 8, 12, 13 or 14 digits with check digit",
        "sscc": "GS1 Serial Shipping Container Code: 18 digits with check digit",
        "scac": "Standard Carrier Alpha Code: 2 to 4 capital letters",
        "lei": "Legal Entity Identifier (ISO 17442): 20 characters",
        "vat": "value added tax registration, with its country prefix",
        "tax": "any other tax registration",
        "buyer": "number given by the buyer",
        "seller": "number given by the seller",
        "carrier": "number given by the carrier",
        "manufacturer": "number given by the manufacturer",
        "mutual": "number both sides agreed on",
    }
)

#: scheme -> (form, whether a GS1 check digit ends it)
_FORMS = MappingProxyType(
    {
        "gln": (re.compile(gs1.GLN[:-1] + r"\Z"), True),
        "gtin": (re.compile(gs1.GTIN[:-1] + r"\Z"), True),
        "sscc": (re.compile(gs1.SSCC[:-1] + r"\Z"), True),
        "duns": (re.compile(r"[0-9]{9}\Z"), False),
        "duns4": (re.compile(r"[0-9]{9}[A-Za-z0-9]{4}\Z"), False),
        "scac": (re.compile(r"[A-Z]{2,4}\Z"), False),
        "lei": (re.compile(r"[A-Z0-9]{18}[0-9]{2}\Z"), False),
    }
)


def check_scheme(scheme: str, value: str, *, scheme_field: str, value_field: str) -> None:
    """Raise where ``value`` is not of the form its scheme promises. The fields say where the finding belongs."""
    if scheme in _FORMS:
        form, has_check_digit = _FORMS[scheme]
        if not form.match(value):
            context = {"at": value_field, "value": value, "hint": f"{scheme} is: {SCHEMES[scheme]}"}
            raise PydanticCustomError("C110", "is not of the form of its scheme", context)
        if has_check_digit:
            _check_digit(value, value_field)
    elif scheme not in SCHEMES and scheme.lower() in SCHEMES:
        context = {"at": scheme_field, "value": scheme, "hint": f"write '{scheme.lower()}'"}
        raise PydanticCustomError("C109", "schemes are written in lower case", context)


def _check_digit(value: str, field: str) -> None:
    try:
        gs1.checked(value)
    except PydanticCustomError as error:
        context = {**(error.context or {}), "at": field, "value": value}
        raise PydanticCustomError("C110", "has a wrong check digit", context) from error


class Identifier(Block):
    """A number together with the scheme it belongs to."""

    scheme: Word = Field(description="Whose numbering this is: see the schemes below.", examples=["duns"])
    value: Identity = Field(description="The number, as text.", examples=["123456789"])

    @classmethod
    def check(cls, fields: Mapping[str, object]) -> None:
        """The value has the form that its scheme promises."""
        check_scheme(str(fields["scheme"]), str(fields["value"]), scheme_field="scheme", value_field="value")
