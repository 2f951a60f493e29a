"""What a case gives: a sample file, a document, or a message written with all that belongs to it."""

from __future__ import annotations

from typing import Annotated, TypeAlias, cast

from pydantic import BaseModel, ConfigDict, Field, model_validator

from crossdock.connector.amounts import Seconds, lasting
from crossdock.message import Document

#: A map with one of these keys is a message, and no document.
FORMS = ("file", "text", "document")

_NAME = r"^[^\r\n\x00]{1,200}$"


class Given(BaseModel):
    """A message that a case gives: exactly one of ``file``, ``text`` and ``document``, and what comes with it.

    A document that has a field of one of these names itself is written below ``document:``.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)

    file: Annotated[str, Field(min_length=1)] | None = Field(None, description="A sample file of the project.")
    text: str | None = Field(None, description="The payload itself, as UTF-8.")
    document: object = Field(None, description="The payload as a document; it is given as JSON.")
    headers: dict[Annotated[str, Field(pattern=_NAME)], str] = Field(
        {}, description="Headers of the message, such as `file.name`."
    )
    partner: str | None = Field(None, description="The partner it is from.")
    after: Annotated[Seconds, lasting("0s", "3660d")] = Field(
        0.0, description="How long after the message before it comes, such as `5m`."
    )

    @model_validator(mode="after")
    def _is_one_thing(self) -> Given:
        forms = [form for form in FORMS if form in self.model_fields_set]
        if len(forms) != 1:
            shown = " and ".join(f"'{form}'" for form in forms) or "none of them"
            raise ValueError(f"a given message has one of 'file', 'text' and 'document', not {shown}")
        return self


#: As an author writes it: a file, a document, or a message.
Written: TypeAlias = "str | dict[str, object]"


def is_message(written: object) -> bool:
    """Whether a map is a message, and not a document."""
    return isinstance(written, dict) and any(form in written for form in FORMS)


def given(written: Written) -> Given:
    """What an author wrote, as a message. Raises ``pydantic.ValidationError``."""
    if isinstance(written, str):
        return Given(file=written)
    if is_message(written):
        return Given.model_validate(written)
    return Given(document=written)


def document_of(one: Given) -> Document:
    """The document it is written as."""
    return cast("Document", one.document)
