"""What all parts of a contract have in common."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from pydantic import BaseModel, ConfigDict, GetJsonSchemaHandler, model_validator
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

#: Bounds of lists. A document lies in memory as a whole, so a list without an end is hostile or a mistake.
FEW = 1_000
MANY = 1_000_000


class Block(BaseModel):
    """A part of a contract: unknown fields are refused, values never change.

    Built (compiled by pydantic) when it is first used, so importing a contract costs next to nothing.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)

    @classmethod
    def check(cls, fields: Mapping[str, object]) -> None:
        """What must agree between the fields of one block; absent ones are absent or None.

        Raises ``PydanticCustomError``, whose context may say ``at`` which field.
        """

    @classmethod
    def has_check(cls) -> bool:
        """Whether a block has anything to check beyond its fields."""
        return cls.check.__func__ is not Block.check.__func__  # type: ignore[attr-defined]  # class methods have it

    @model_validator(mode="after")
    def _agrees(self) -> Self:
        self.check(self.__dict__)
        return self


@dataclass(frozen=True, slots=True)
class WithFormat:
    """Gives a text type its ``format`` in JSON Schema; the reference page calls it by that name."""

    name: str

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        return {**handler(schema), "format": self.name}
