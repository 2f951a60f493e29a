"""The cases of a mapping file: ``crossdock test`` runs them, loading a project checks that their files exist."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, model_validator

from crossdock.mapping.moment import Moment

Code = Annotated[str, Field(pattern=r"^[A-Z]+[0-9]{3}$")]


class MappingCase(BaseModel):
    """A test that lives with its mapping: ``given`` a sample file, a text or a document written here.

    ``expect`` is a file (compared exactly) or what the result has at least; of several parts, a list.
    ``expect_error`` is the code of a finding, or a list of them: of what no result comes. ``now`` is the moment. ``with``
    has the values of parameters.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    about: str = Field("", description="What the case shows.")
    given: str | dict[str, object] = Field(
        description="A sample file, a document, or `{file, text or document, headers, partner}`."
    )
    values: dict[str, object] = Field(
        default_factory=dict, alias="with", description="The values of the mapping's `parameters`, as they are."
    )
    now: Moment | None = Field(None, description="The moment it happens at, such as `2026-01-01T12:00:00Z`.")
    expect: str | dict[str, object] | list[object] | None = Field(None, description="A file, or what is in the result.")
    expect_error: Code | list[Code] | None = Field(None, description="The codes it must fail with.")

    @model_validator(mode="after")
    def _expects_something(self) -> MappingCase:
        if self.expect is None and self.expect_error is None:
            raise ValueError("a case expects either a result (expect) or an error (expect_error), or both")
        return self


def codes(expected: str | list[str] | None) -> tuple[str, ...]:
    """The codes that ``expect_error`` names."""
    return (expected,) if isinstance(expected, str) else tuple(expected or ())
