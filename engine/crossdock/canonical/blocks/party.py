"""Who: parties, their addresses and the people to ask."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

from pydantic import Field, StringConstraints
from pydantic_core import PydanticCustomError

from crossdock.canonical.blocks.block import FEW, Block, WithFormat
from crossdock.canonical.blocks.identifier import Identifier, check_scheme
from crossdock.canonical.blocks.text import Identity, Text, Word

COUNTRY = r"^[A-Z]{2}$"
EMAIL = r"^[^@\s\x00-\x1f\x7f]{1,64}@[^@\s\x00-\x1f\x7f]{1,255}$"

#: ISO 3166-1 alpha-2, by its form.
Country = Annotated[str, StringConstraints(strict=True, pattern=COUNTRY), WithFormat("country")]
#: Something with one @ in it; whether mail arrives there is for a mail server to say.
Email = Annotated[str, StringConstraints(strict=True, strip_whitespace=True, max_length=320, pattern=EMAIL)]


class Address(Block):
    """A postal address."""

    street: list[Text] | None = Field(
        None, max_length=10, description="Street, house, box, building: line by line.", examples=[["1 Main Street"]]
    )
    city: Text | None = Field(None, description="City or town.", examples=["Memphis"])
    region: Text | None = Field(None, description="State, province or county.", examples=["TN"])
    postal_code: Identity | None = Field(None, description="Postal code, as text.", examples=["38118"])
    country: Country | None = Field(None, description="ISO 3166-1 alpha-2 code.", examples=["US"])


class Contact(Block):
    """A person or desk to ask."""

    name: Text | None = Field(None, description="Person or department.", examples=["Dana Whitfield"])
    phone: Identity | None = Field(None, description="Telephone, as dialled.", examples=["+1 901 555 0142"])
    email: Email | None = Field(None, description="Electronic mail.", examples=["dana@acme.example"])


class Party(Block):
    """A company, site or department. It has an id, other ids, or at least a name."""

    id: Identity | None = Field(
        None, description="The id that this exchange goes by; keys and routes use it.", examples=["5412345000013"]
    )
    id_scheme: Word | None = Field(None, description="The scheme of `id`.", examples=["gln"])
    name: Text | None = Field(None, description="Name.", examples=["ACME Industrial Supply"])
    ids: list[Identifier] | None = Field(None, max_length=FEW, description="Further ids.")
    address: Address | None = Field(None, description="Where it is.")
    contact: Contact | None = Field(None, description="Whom to ask there.")

    @classmethod
    def check(cls, fields: Mapping[str, object]) -> None:
        """It says who it is, in the form its scheme promises."""
        given, scheme = fields.get("id"), fields.get("id_scheme")
        if given is None:
            _check_nameless(fields, scheme)
        elif scheme is not None:
            check_scheme(str(scheme), str(given), scheme_field="id_scheme", value_field="id")


def _check_nameless(fields: Mapping[str, object], scheme: object) -> None:
    if scheme is not None:
        context = {"at": "id_scheme", "value": scheme, "hint": "give the id, or leave out its scheme"}
        raise PydanticCustomError("C112", "is the scheme of an id that is not there", context)
    if fields.get("name") is None and not fields.get("ids"):
        hint = "give id, ids or name, or leave the party out (omit_empty in a mapping)"
        raise PydanticCustomError("C112", "does not say who it is", {"hint": hint})
