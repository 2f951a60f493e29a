"""The explanation as text: what each field was made of, what stayed empty, what was left."""

from __future__ import annotations

from collections.abc import Iterator
from textwrap import wrap

from crossdock.mapping.explanation.told import Outcome
from crossdock.ops.explanation.account import Account, Field, Left, Source
from crossdock.ops.explanation.wording import name_of, origin, position, row_text, shown_value, visible, where, whole

WIDTH = 100
_TARGET = 34  # columns of a pointer before its value
_SOURCES = 6  # of one field
_GAP = "    "


def lines(account: Account, file: str) -> Iterator[str]:
    """The report of one document, line by line; no line is made longer than ``WIDTH`` where it can be cut."""
    yield _cut(f"document {account.position} of {file}, by mapping {account.name}")
    for note in account.notes:
        yield from _wrapped("note: ", note)
    if not account.fields and account.result is not None:
        yield ""
        yield from map(visible, whole(account.result).splitlines())
    made = [one for one in account.fields if one.told.outcome is not Outcome.EMPTY]
    empty = [one for one in account.fields if one.told.outcome is Outcome.EMPTY]
    for one in made:
        yield ""
        yield from _field(one)
    if empty:
        yield from ("", f"Empty ({len(empty)})")
        yield from (line for one in empty for line in _empty(one))
    if account.left:
        total = sum(one.kind.count for one in account.left)
        yield from ("", f"Used by no expression ({total} {'value' if total == 1 else 'values'})")
        yield from (_left(one) for one in account.left)


def _cut(line: str) -> str:
    line = visible(line)
    return line if len(line) <= WIDTH else line[: WIDTH - 1] + "…"


def _field(one: Field) -> Iterator[str]:
    told = one.told
    mark = {Outcome.FAILED: "!", Outcome.DEFAULT: "~", Outcome.CONSTANT: "="}.get(told.outcome, " ")
    value = "failed" if told.outcome is Outcome.FAILED else shown_value(told.value)
    yield _cut(f"{mark} {told.pointer or '/':<{_TARGET}} {value}")
    if told.text:
        yield from _pair("by", " ".join(told.text.split()), position(told.place))
    elif told.place.file:
        yield from _pair("by", origin(one), position(told.place))
    for name in told.through:
        yield from _wrapped(f"{_GAP}with   ", name)
    if told.reason is not None:
        yield from _wrapped(f"{_GAP}why    ", told.reason.text)
    yield from _sources("from", one.sources)
    for row in one.rows:
        yield _cut(f"{_GAP}table  {row_text(row)}")
    yield from _sources("saw", one.consulted)
    if not (one.sources or one.rows or told.reason) and told.text:
        yield _cut(f"{_GAP}from   {origin(one)}")


def _wrapped(head: str, said: str) -> Iterator[str]:
    """Words behind a head, on as many lines as they take."""
    rest = wrap(said, max(20, WIDTH - len(head)), break_long_words=False, break_on_hyphens=False) or [""]
    for at, line in enumerate(rest):
        yield _cut((" " * len(head) if at else head) + line)


def _pair(word: str, left: str, right: str) -> Iterator[str]:
    """Two things on a line where they fit, else on two."""
    room = WIDTH - len(_GAP) - 7 - len(right) - 2
    if len(left) <= room:
        yield _cut(f"{_GAP}{word:<6} {left:<{min(room, 46)}}  {right}")
    else:
        yield _cut(f"{_GAP}{word:<6} {left}")
        yield _cut(f"{_GAP}{'':<6} {right}")


def _sources(word: str, sources: tuple[Source, ...]) -> Iterator[str]:
    for at, one in enumerate(sources[:_SOURCES]):
        said = f"{name_of(one)} {shown_value(one.value, 32)}"
        meaning = f" {one.meaning.lower()}" if one.meaning and "not in" not in where(one.spot) else ""
        yield _cut(f"{_GAP}{word if not at else '':<6} {said:<34} {where(one.spot)}{_dash(meaning)}")
    if len(sources) > _SOURCES:
        yield f"{_GAP}{'':<6} and {len(sources) - _SOURCES} more"


def _dash(meaning: str) -> str:
    return f" -{meaning}" if meaning else ""


def _empty(one: Field) -> Iterator[str]:
    reason = one.told.reason.text if one.told.reason is not None else ""
    yield from _wrapped(f"  {one.told.pointer or '/':<{_TARGET}} ", reason)
    if one.told.text:
        yield from _pair("by", " ".join(one.told.text.split()), position(one.told.place))
    for name in one.told.through:
        yield from _wrapped(f"{_GAP}with   ", name)


def _left(one: Left) -> str:
    first = one.examples[0]
    times = f" x{one.kind.count}" if one.kind.count > 1 else ""
    said = f"{one.kind.path}{times}"
    meaning = f" - {one.meaning.lower()}" if one.meaning else ""
    return _cut(f"  {said:<30} {shown_value(first.value, 22):<22}  {where(first.spot, brief=True)}{meaning}")
