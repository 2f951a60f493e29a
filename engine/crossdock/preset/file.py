"""What an author may write in a preset's file."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated, Literal, TypeAlias

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}\Z")
_PLACE = re.compile(r"[a-z][a-z0-9-]{0,39}\Z")

Type: TypeAlias = Literal["text", "word", "url", "path", "secret", "integer", "flag", "duration", "words"]
Role: TypeAlias = Literal["source", "endpoint", "sink", "call"]


def _name(text: str) -> str:
    if not _NAME.match(text):
        raise ValueError(f"'{text}' is no name of a parameter: small letters, digits and _")
    return text


def _place(text: str) -> str:
    if not _PLACE.match(text):
        raise ValueError(f"'{text}' is no name of a place: small letters, digits and -")
    return text


class _Written(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Parameter(_Written):
    """What a route fills in.

    ``type``: ``text`` (one line), ``word`` (letters, digits, ``_ . -``: fits anywhere), ``url`` (scheme, host, path),
    ``path`` (of an address of ours), ``secret``, ``integer``, ``flag``, ``duration``, ``words`` (a list). Without a ``default`` it has to
    be given, unless it is ``optional``: then what refers to it is left out. A default may refer to other parameters.
    ``one_of`` are the values it may have, each with the text that is filled in for it. ``example`` is what the
    documentation shows, and what the places of the preset are checked with. ``goes_with`` names an optional parameter that
    it is given together with.
    """

    about: Annotated[str, Field(min_length=1)]
    type: Type = "word"
    default: str | int | bool | None = None
    optional: bool = False
    goes_with: str | None = None
    one_of: dict[str, str] | None = None
    example: str | int | bool | tuple[str, ...] | None = None

    @property
    def is_derived(self) -> bool:
        """Whether its default refers to other parameters."""
        return isinstance(self.default, str) and "${" in self.default

    @property
    def shown(self) -> str | int | bool | tuple[str, ...] | None:
        """A value it may have."""
        if self.example is not None:
            return self.example
        if self.default is not None and not self.is_derived:
            return self.default
        return next(iter(self.one_of)) if self.one_of else _EXAMPLES[self.type]


_EXAMPLES: dict[Type, str | int | bool | tuple[str, ...]] = {
    "text": "text",
    "word": "word",
    "url": "https://api.example.com",
    "path": "/hooks/example",
    "secret": "s3cret-value",
    "integer": 1,
    "flag": True,
    "duration": "1m",
    "words": ("word",),
}


class PlaceFile(_Written):
    """One place: what it is (``as``), and the options of the base connector, with ``${parameter}`` in them."""

    about: Annotated[str, Field(min_length=1)]
    role: Annotated[Role, Field(alias="as")]
    options: dict[str, object]
    leaves: tuple[str, ...] = ()


class PresetFile(_Written):
    """A preset.

    ``on`` is the base connector, or one for each role (``{source: graphql, endpoint: http}``). ``follows`` names the documentation of the vendor, with version and date. ``text`` is
    for readers: how a key is had, what the system promises and what not. ``connection`` are options that every place
    but an endpoint has (as far as its kind knows them); ``leaves`` are options of the base connector that a route may write by itself. Of each group in
    ``needs`` one parameter has to be given. In options ``${name}`` is the value of a parameter, and a mapping with
    ``$if: name`` is there only if that parameter is.
    """

    about: Annotated[str, Field(min_length=1)]
    on: str | dict[Role, str]
    follows: Annotated[str, Field(min_length=1)]
    text: str = ""
    parameters: dict[Annotated[str, AfterValidator(_name)], Parameter] = Field(default_factory=dict)
    needs: tuple[tuple[str, ...], ...] = ()
    leaves: tuple[str, ...] = ()
    connection: dict[str, object] = Field(default_factory=dict)
    places: Annotated[dict[Annotated[str, AfterValidator(_place)], PlaceFile], Field(min_length=1)]

    @model_validator(mode="after")
    def _known_groups(self) -> PresetFile:
        for group in self.needs:
            for name in group:
                if name not in self.parameters:
                    raise ValueError(f"'needs' names '{name}', which is no parameter")
        for name, parameter in self.parameters.items():
            if parameter.goes_with is not None and parameter.goes_with not in self.parameters:
                raise ValueError(f"'{name}' goes with '{parameter.goes_with}', which is no parameter")
        return self

    @model_validator(mode="after")
    def _every_role_has_a_base(self) -> PresetFile:
        for name, place in self.places.items():
            if not isinstance(self.on, str) and place.role not in self.on:
                raise ValueError(f"place '{name}' is a {place.role}, and 'on' names no connector for those")
        return self

    @property
    def bases(self) -> Mapping[Role, str]:
        """The base connector of each role that there is a place for."""
        on = self.on
        return {place.role: on if isinstance(on, str) else on[place.role] for place in self.places.values()}
