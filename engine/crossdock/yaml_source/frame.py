"""A finding as a person reads it: one line, then the authored lines with a caret under what is meant."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from crossdock.errors import Finding
from crossdock.yaml_source.secrecy import SECRETS, covered, masked_in, value_end

CONTEXT = 1  # lines shown before the one that is meant

_TOKEN = re.compile(r"\"(?:[^\"\\]|\\.)*\"|'(?:[^']|'')*'|[^\s,\]}]+")


def render_finding(finding: Finding, text: str, among: Iterable[Finding] = ()) -> str:
    """The finding and, where it has a line of ``text`` (the file it is about), that line under a caret.

    Secrets are covered: those that names and forms give away, and those that it, or others ``among`` which it is, found.
    """
    line, column = finding.place.line, finding.place.column
    lines = text.splitlines()
    if line is None or column is None or not 1 <= line <= len(lines):
        return str(finding)
    width = len(str(line))
    secrets = [one for one in (finding, *among) if one.code in SECRETS and one.place.file == finding.place.file]
    shown = [
        f"{n:>{width + 2}} | {_shown(lines, n, secrets)}".rstrip() for n in range(max(1, line - CONTEXT), line + 1)
    ]
    here = lines[line - 1]
    caret = f"{'':>{width + 2}} | {_indent(here, column)}{'^' * _length(here, column, finding)}"
    return "\n".join([str(finding), *shown, caret])


def _shown(lines: Sequence[str], number: int, secrets: Iterable[Finding]) -> str:
    """A line without the secrets in it."""
    line = masked_in(lines, number)
    for secret in secrets:
        at = (secret.place.column or 0) - 1
        if secret.place.line == number and 0 <= at < len(line):
            whole = lines[number - 1]
            line = covered(line, at, at + secret.place.length if secret.place.length else value_end(whole, at))
    return line


def caret_width(finding: Finding, text: str) -> int:
    """How many characters the caret under a finding covers: at least one."""
    line, column = finding.place.line, finding.place.column
    lines = text.splitlines()
    if line is None or column is None or not 1 <= line <= len(lines):
        return 1
    return _length(lines[line - 1], column, finding)


def _indent(line: str, column: int) -> str:
    """White space as wide as what stands before the column: tabs stay tabs."""
    return "".join("\t" if character == "\t" else " " for character in line[: column - 1].ljust(column - 1))


def _length(line: str, column: int, finding: Finding) -> int:
    rest, value = line[column - 1 :], finding.value
    if finding.place.byte is None and finding.place.length:
        return max(1, min(finding.place.length, len(rest)))
    if value and rest.startswith(value):
        return len(value)
    token = _TOKEN.match(rest)
    if token is None:
        return 1
    text = token.group()
    return len(text.rstrip(":")) or 1 if text[0] not in "\"'" else len(text)
