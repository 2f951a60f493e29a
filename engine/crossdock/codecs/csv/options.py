"""What a route may say about a CSV file (RFC 4180 and what is really sent)."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from crossdock.codecs.text_lines import Encoding


def _spelled_out(delimiter: object) -> object:
    return "\t" if delimiter == "tab" else delimiter


def _visible(character: str) -> str:
    if character in "\r\n\0":
        raise ValueError("cannot be a line end or NUL")
    return character


Character = Annotated[
    str,
    Field(min_length=1, max_length=1),
    AfterValidator(_visible),
    BeforeValidator(_spelled_out, json_schema_input_type=str),
]


class TrailerOptions(BaseModel):
    """The last row: its first field is ``starts``; field number ``count`` says how many rows there are."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    starts: str = Field(min_length=1)
    count: int | None = Field(default=None, ge=2)


class CsvOptions(BaseModel):
    """How the file is written.

    ``columns`` are the names without a header (``header: false``); with one, the header must have exactly these and
    they give the order on writing. ``skip`` lines before the header are not read. ``spreadsheet_safe`` keeps a text
    such as ``=1+1`` from being run by the program a person opens the file with.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    delimiter: Character = ","
    quote: Character = '"'
    header: bool = True
    columns: tuple[str, ...] | None = Field(default=None, min_length=1)
    encoding: Encoding = "utf-8"
    skip: int = Field(default=0, ge=0)
    trailer: TrailerOptions | None = None
    newline: Literal["lf", "crlf"] = "lf"
    spreadsheet_safe: bool = False

    @model_validator(mode="after")
    def _consistent(self) -> CsvOptions:
        if not self.header and self.columns is None:
            raise ValueError("without a header the columns need names: add 'columns: [...]'")
        if self.columns is not None and len(set(self.columns)) != len(self.columns):
            raise ValueError("a column is named twice")
        if self.delimiter == self.quote:
            raise ValueError("delimiter and quote are the same character")
        return self
