"""The cases of a mapping file: ``crossdock test`` runs them, loading a project checks that their files exist."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, model_validator


class MappingCase(BaseModel):
    """A test that lives with its mapping: ``given`` a sample file, or a document written here.

    ``expect`` is a file (compared exactly) or what the result has at least; of several parts, a list.
    ``expect_error`` is the code of a finding in place of it.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    about: str = Field("", description="What the case shows.")
    given: str | dict[str, object] = Field(description="A sample file, or a document.")
    expect: str | dict[str, object] | list[object] | None = Field(None, description="A file, or what is in the result.")
    expect_error: Annotated[str, Field(pattern=r"^[A-Z]+[0-9]{3}$")] | None = Field(
        None, description="The code it must fail with."
    )

    @model_validator(mode="after")
    def _expects_one_thing(self) -> MappingCase:
        if (self.expect is None) == (self.expect_error is None):
            raise ValueError("a case expects either a result (expect) or an error (expect_error)")
        return self
