"""A mapping as authored YAML names it, the same wherever one may stand: alone, or with values for its parameters."""

from __future__ import annotations

from typing import Annotated

from pydantic import BeforeValidator, Field

from crossdock.yaml_source.authorable import Authorable


class NamedMapping(Authorable):
    """``mapping`` is the name of a file in ``mappings/``. ``with`` gives its parameters the values of expressions.

    Where there is nothing to give, the name alone stands for it.
    """

    mapping: Annotated[str, Field(min_length=1)]
    given: dict[str, Annotated[str, Field(min_length=1)]] = Field(alias="with", default_factory=dict)

    def written(self) -> str | dict[str, object]:
        """As an author writes it, in the short way where that says it all."""
        return self.model_dump(by_alias=True) if self.given else self.mapping


def in_full(written: object) -> object:
    """The short way, a name alone, in full. Raises ``ValueError`` for what is neither."""
    if isinstance(written, str):
        return {"mapping": written}
    if isinstance(written, dict | NamedMapping):
        return written
    raise ValueError("expected the name of a mapping, or {mapping: NAME, with: {PARAMETER: EXPRESSION}}")


#: ``map: NAME``, or ``map: {mapping: NAME, with: {PARAMETER: EXPRESSION}}``.
MappingName = Annotated[NamedMapping, BeforeValidator(in_full, json_schema_input_type=NamedMapping)]


def sibling(mapping: object) -> str:
    """What to write in place of a ``with`` that stands beside the name of a mapping."""
    named = mapping.get("mapping") if isinstance(mapping, dict) else mapping
    name = named if isinstance(named, str) else "NAME"
    return f"parameters go to the mapping: map: {{mapping: {name}, with: {{…}}}}"
