"""What of the authored lines is not shown with a finding: it may end in a log that many read."""

from __future__ import annotations

import re
from collections.abc import Sequence

#: Findings whose place is a secret in clear text.
SECRETS = frozenset({"R118", "R154"})

_LONGEST = 10_000  # characters of a line that are looked through: nobody reads a longer one, and all of it is covered
_LOGIN = re.compile(r"(?<=://)[^\s@]+(?=@)|(?<=://)\S+(?=@)")  # user and password of a URL
_QUERY = re.compile(r"(?i)(?<=[?&])[^=&#\s]{0,60}?(?:pass|secret|token|key|sig)[a-z]{0,9}=(?P<value>[^&#\s\"']+)")
#: A key that says what it holds, also where it is misspelt a little, as the last word of its name.
_NAMED = re.compile(
    r"""(?ix) (?<![a-z0-9_.-]) ["']?
    (?: (?:[a-z0-9]{1,30}[_.-]){0,4}
        (?: pas+w[a-z]{0,6} | pasword | pas+phrase | pwd | secret | token | credentials? | signature
          | (?:api|secret|private|shared|account)[-_]?key )
      | (?:proxy-)?authorization | cookie | bearer )
    ["']? \s* : \s+ (?P<value>\S)"""
)
_QUOTED = re.compile(r""""(?:[^"\\]|\\.)*+"?|'(?:[^']|'')*+'?|\[[^\]]*\]?""")
_IN_BRACES = re.compile(r"[^,\]}]+")
_IN_BLOCK = re.compile(r".+?(?=\s+\#|\s*$)")
_REFERENCE = re.compile(r"""["']?\$\{[^}]*+\}["']?\s*(?:$|[,\]}\#])""")


def masked(line: str) -> str:
    """A line with asterisks, as many as the characters, for what its key or its form calls a secret."""
    if len(line) > _LONGEST:
        return covered(line, 0, len(line))
    spans = [login.span() for login in _LOGIN.finditer(line)]
    spans += [query.span("value") for query in _QUERY.finditer(line)]
    spans += [(at, value_end(line, at)) for at in (named.start("value") for named in _NAMED.finditer(line))]
    for begin, end in spans:
        line = covered(line, begin, end)
    return line


def is_masked(lines: Sequence[str], line: int | None, column: int | None) -> bool:
    """Whether what begins at a line and column (from 1) is one that ``masked`` covers."""
    if line is None or column is None or not 1 <= line <= len(lines):
        return False
    text = lines[line - 1]
    return masked(text)[column - 1 : column] != text[column - 1 : column]


def covered(line: str, begin: int, end: int) -> str:
    """The line with asterisks between two columns (from 0)."""
    return line[:begin] + "*" * (min(end, len(line)) - begin) + line[end:]


def value_end(line: str, at: int) -> int:
    """Where the value that begins at a column (from 0) ends; there itself where it holds nothing that is written out."""
    if line[at] in "{|>#" or (_REFERENCE.match(line, at) and ":-" not in line[at : line.find("}", at)]):
        return at
    before = line[:at]
    plain = _IN_BRACES if sum(map(before.count, "{[")) > sum(map(before.count, "}]")) else _IN_BLOCK
    found = (_QUOTED if line[at] in "\"'[" else plain).match(line, at)
    return found.end() if found else at
