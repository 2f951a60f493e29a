"""The ids partners and we ourselves go by in envelopes, written short: ``[ZZ, ACMEDIST]``, ``["5412345000013", "14"]``."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, NamedTuple, TypeAlias

from pydantic import AfterValidator, BeforeValidator, Field

from crossdock.yaml_source.authorable import Authorable
from crossdock.yaml_source.wording import quoted, shown

X12, EDIFACT = "X12", "EDIFACT"
STANDARDS = (X12, EDIFACT)


def standard_of(number: str) -> str:
    """Of a set: X12 has numbers (and TA1), EDIFACT messages have six letters."""
    return X12 if number[:1].isdigit() or number == "TA1" else EDIFACT


class Address(NamedTuple):
    """An id as an envelope has it, of whichever standard. ``group`` is the code in GS, or the internal id of UNB."""

    id: str
    qualifier: str = ""
    group: str = ""

    def __str__(self) -> str:
        return f"{self.qualifier}/{self.id}" if self.qualifier else self.id


def _text(value: object) -> object:
    """A number was meant as the text it looks like: YAML cannot know that an id is none."""
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return value


Word = Annotated[str, BeforeValidator(_text, json_schema_input_type=str | int)]


def _padded(value: object) -> object:
    """Envelopes pad ids with blanks, which say nothing: a profile may have copied them."""
    text = _text(value)
    if not isinstance(text, str):
        return text
    if not text.isprintable():
        raise ValueError("an id has no line breaks or other control characters")
    return text.strip(" ")


def _capital(value: str) -> str:
    return value.upper()


Id = Annotated[str, BeforeValidator(_padded, json_schema_input_type=str | int)]


class X12Id(Authorable):
    """Qualifier and id as in ISA05 and ISA06 (X12.5), and the application's code in GS02 where that is another one."""

    qualifier: Annotated[Id, Field(min_length=2, max_length=2), AfterValidator(_capital)]
    id: Annotated[Id, Field(min_length=1, max_length=15)]
    group: Annotated[Id, Field(max_length=15)] = ""


class EdifactId(Authorable):
    """Identification and code qualifier as in UNB S002 (ISO 9735), and the internal id where one is used."""

    id: Annotated[Id, Field(min_length=1, max_length=35)]
    qualifier: Annotated[Id, Field(max_length=4)] = ""
    internal: Annotated[Id, Field(max_length=35)] = ""


_X12 = ("qualifier", "id", "group")
_EDIFACT = ("id", "qualifier", "internal")
_MOST = 3


def _spelt(value: object, names: tuple[str, ...], example: str) -> object:
    """One id: a list of two or three words, or keys and values."""
    if isinstance(value, dict):
        return value
    if not isinstance(value, list) or not 1 <= len(value) <= _MOST:
        raise ValueError(f"expected an id such as {example}, not {quoted(shown(value))}")
    if any(isinstance(word, Decimal | float) for word in value):
        raise ValueError(f"an id with a point needs quotes, such as {example}")
    return dict(zip(names, value, strict=False))


def _several(value: object, names: tuple[str, ...], example: str) -> object:
    """One id, or a list of them, as a list."""
    many = isinstance(value, list) and value and all(isinstance(one, list | dict) for one in value)
    listed = value if many and isinstance(value, list) else [value]
    return [_spelt(one, names, example) for one in listed]


def _x12(value: object) -> object:
    return _several(value, _X12, "[ZZ, ACMEDIST]")


def _edifact(value: object) -> object:
    return _several(value, _EDIFACT, '["5412345000013", "14"]')


_Words: TypeAlias = list[str | int]
X12Ids: TypeAlias = Annotated[
    tuple[X12Id, ...],
    BeforeValidator(_x12, json_schema_input_type=_Words | X12Id | list[_Words | X12Id]),
]
EdifactIds: TypeAlias = Annotated[
    tuple[EdifactId, ...],
    BeforeValidator(_edifact, json_schema_input_type=_Words | EdifactId | list[_Words | EdifactId]),
]


class Ids(Authorable):
    """By standard, one id or a list of them: ``{x12: [ZZ, ACMEDIST], edifact: ["5412345000013", "14"]}``.

    An X12 id is qualifier, id and, where GS has another one, the code of the application. An EDIFACT id is the
    identification, its qualifier and, where one is used, the internal id.
    """

    x12: X12Ids = ()
    edifact: EdifactIds = ()

    def addresses(self, standard: str) -> tuple[Address, ...]:
        """The ids of one standard as they stand in envelopes."""
        if standard == X12:
            return tuple(Address(one.id, one.qualifier, one.group) for one in self.x12)
        return tuple(Address(one.id, one.qualifier, one.internal) for one in self.edifact)
