"""The keys of a mapping file."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from crossdock.mapping.case import MappingCase

_Form = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_-]*(/[A-Za-z0-9._-]+)?$")]


class MappingFile(BaseModel):
    """The keys of a mapping file."""

    model_config = ConfigDict(extra="forbid")

    about: str | None = Field(None, description="What it does, in a sentence.")
    extends: str | None = Field(
        None, description="The mapping it is, but for what this file says anew; its `from`, `to`, `let`, `fields` hold."
    )
    reads: _Form = Field(
        alias="from", description="What it reads: a transaction set (x12/850) or a contract (order/v1)."
    )
    makes: _Form | None = Field(None, alias="to", description="The contract it makes, if it makes one.")
    parameters: dict[str, str | None] = Field(
        {},
        description="What `with` gives it, reached as $name: each with the expression that is meant where nothing is given.",
    )
    let: dict[str, str] = Field(
        {}, description="Expressions that fields reach as $name; later ones may use earlier ones."
    )
    fields: object = Field(description="The shape of the result.")
    cases: list[MappingCase] = Field([], description="Tests that live with the mapping.")
