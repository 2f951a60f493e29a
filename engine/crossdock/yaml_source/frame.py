"""A finding as a person reads it: one line, then the authored lines with a caret under what is meant."""

from __future__ import annotations

import re

from crossdock.errors import Finding

CONTEXT = 1  # lines shown before the one that is meant

_LOGIN = re.compile(r"(?<=://)\S+(?=@)")  # user and password of a URL: what is shown may end in a log
_TOKEN = re.compile(r"\"(?:[^\"\\]|\\.)*\"|'(?:[^']|'')*'|[^\s,\]}]+")


def render_finding(finding: Finding, text: str) -> str:
    """The finding and, where it has a line of ``text`` (the file it is about), that line under a caret."""
    line, column = finding.place.line, finding.place.column
    lines = [_LOGIN.sub(lambda login: "*" * len(login[0]), one) for one in text.splitlines()]
    if line is None or column is None or not 1 <= line <= len(lines):
        return str(finding)
    width = len(str(line))
    shown = [f"{n:>{width + 2}} | {lines[n - 1]}".rstrip() for n in range(max(1, line - CONTEXT), line + 1)]
    here = lines[line - 1]
    caret = f"{'':>{width + 2}} | {_indent(here, column)}{'^' * _length(here, column, finding.value)}"
    return "\n".join([str(finding), *shown, caret])


def caret_width(finding: Finding, text: str) -> int:
    """How many characters the caret under a finding covers: at least one."""
    line, column = finding.place.line, finding.place.column
    lines = text.splitlines()
    if line is None or column is None or not 1 <= line <= len(lines):
        return 1
    return _length(lines[line - 1], column, finding.value)


def _indent(line: str, column: int) -> str:
    """White space as wide as what stands before the column: tabs stay tabs."""
    return "".join("\t" if character == "\t" else " " for character in line[: column - 1].ljust(column - 1))


def _length(line: str, column: int, value: str | None) -> int:
    rest = line[column - 1 :]
    if value and rest.startswith(value):
        return len(value)
    token = _TOKEN.match(rest)
    if token is None:
        return 1
    text = token.group()
    return len(text.rstrip(":")) or 1 if text[0] not in "\"'" else len(text)
