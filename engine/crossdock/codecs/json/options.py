"""What a route may say about a JSON payload."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from crossdock.codecs.judged import MAX_WHOLE


def _rooted(pointer: str) -> str:
    if pointer and not pointer.startswith("/"):
        raise ValueError("a JSON pointer starts with '/', such as /data/orders")
    return pointer


class JsonOptions(BaseModel):
    """``path`` is where the list of items stands (a JSON pointer; the document itself by default).

    Writing: one document is written as it is, several as an array; ``array: true`` makes it an array always, ``path``
    an array inside objects. ``lines`` is one document a line instead (NDJSON; both ways, of any size). ``max_size`` is for
    one document: what is split may have any size, and each item as much as this.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    path: Annotated[str, AfterValidator(_rooted)] = ""
    array: bool = False
    lines: bool = False
    indent: int | None = Field(default=None, ge=1, le=8)
    max_size: int = Field(default=MAX_WHOLE, ge=1)
    max_depth: int = Field(default=200, ge=1, le=400)

    @model_validator(mode="after")
    def _consistent(self) -> JsonOptions:
        if self.lines and (self.path or self.array or self.indent):
            raise ValueError("'lines' is one document a line: it goes with none of 'path', 'array', 'indent'")
        return self
