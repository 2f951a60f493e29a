"""The text of one CSV record: where its fields stand (computed only for findings), and how it is written."""

from __future__ import annotations

from collections.abc import Iterator

from crossdock.codecs.csv.options import CsvOptions, TrailerOptions
from crossdock.errors import Place

_BREAKING = ("\r", "\n", "\ufeff")


def field_starts(text: str, delimiter: str, quote: str) -> Iterator[tuple[int, bool]]:
    """The offset of each field of a record, and whether its quotes are as they must be."""
    at = 0
    while True:
        end, sound = _quoted_end(text, at, delimiter, quote) if text.startswith(quote, at) else (at, True)
        yield at, sound
        at = text.find(delimiter, end)
        if at < 0 or not sound:
            return
        at += 1


def _quoted_end(text: str, at: int, delimiter: str, quote: str) -> tuple[int, bool]:
    """Behind the closing quote of the field at ``at``; False where there is none or something else follows it."""
    end = text.find(quote, at + 1)
    while end >= 0 and text.startswith(quote, end + 1):  # a doubled quote stands for one
        end = text.find(quote, end + 2)
    if end < 0:
        return len(text), False
    return end + 1, text[end + 1 : end + 2] in ("", delimiter, "\r", "\n")


def place_in(text: str, offset: int, line: int, *, element: str | None = None, pointer: str | None = None) -> Place:
    """The place of an offset into a record that starts on ``line``."""
    before = text[:offset]
    column = offset - (before.rfind("\n") + 1) + 1
    return Place(line=line + before.count("\n"), column=column, element=element, pointer=pointer)


def trailer_text(trailer: TrailerOptions, fields: tuple[str, ...], rows: int, options: CsvOptions) -> str:
    """The trailer's line, over ``fields`` where they are known."""
    texts = [*fields] or [trailer.starts]
    if trailer.count is not None:
        texts += [""] * (trailer.count - len(texts))
        texts[trailer.count - 1] = str(rows)
    return line_text(texts, options)


def line_text(texts: list[str], options: CsvOptions) -> str:
    """One record, quoted where it must be and nowhere else."""
    quote = options.quote
    line = options.delimiter.join(texts)
    if line.count(options.delimiter) >= len(texts) or any(mark in line for mark in (quote, *_BREAKING)):
        line = options.delimiter.join(_quoted(text, options.delimiter, quote) for text in texts)
    line = line or quote * 2  # a single empty field would be a blank line
    return line + ("\r\n" if options.newline == "crlf" else "\n")


def _quoted(text: str, delimiter: str, quote: str) -> str:
    must = any(mark in text for mark in (delimiter, quote, *_BREAKING))
    return f"{quote}{text.replace(quote, quote * 2)}{quote}" if must else text
