"""What of the authored lines is not shown with a finding: it may end in a log that many read."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import islice

#: Findings whose place is a secret in clear text.
SECRETS = frozenset({"R118", "R154"})

_FARTHEST = 500  # lines above that are looked through for the keys around one
_DEEPEST = 2  # keys around a line that say something of it
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
#: Names that only one of these keys around them makes a secret of.
_OF_OTHERS = {
    "key": frozenset({"api_key", "assertion", "decrypt", "sign"}),
    "sign_with": frozenset({"encrypt"}),
    "account": frozenset({"ftp"}),
}
_WITHIN = re.compile(
    rf"(?:{'|'.join(sorted(frozenset().union(*_OF_OTHERS.values())))})\s*:\s*\{{.*?"
    rf"\b(?P<name>{'|'.join(_OF_OTHERS)})\s*:\s+(?P<value>\S)"
)
_KEY = re.compile(r"""(?P<before>[ ]*(?:-[ ]+)*)["']?(?P<name>[\w.-]+)["']?\s*:(?:\s+(?P<value>\S)|\s*$)""")
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


def masked_in(lines: Sequence[str], number: int) -> str:
    """A line (from 1) of a file, without what it or the keys around it call a secret."""
    line = lines[number - 1]
    if len(line) > _LONGEST:
        return masked(line)
    around = list(islice(_around(lines, number), _DEEPEST))
    if around and around[0]["value"] and _keeps(around[0], around[1:]):  # a secret of several lines
        return covered(line, len(line) - len(line.lstrip()), len(line))
    spans = [(found.start("value"), value_end(line, found.start("value"))) for found in _WITHIN.finditer(line)]
    own = _KEY.match(line)
    if own is not None and own["value"] and _keeps(own, around):
        begin = own.start("value")
        whole = line[begin] == "{" and ("pass" in own["name"].lower() or own["name"] in _OF_OTHERS)  # no options
        spans.append((begin, len(line.rstrip()) if whole else value_end(line, begin)))
    line = masked(line)
    for begin, end in spans:
        line = covered(line, begin, end)
    return line


def _keeps(key: re.Match[str], around: Sequence[re.Match[str]]) -> bool:
    """Whether a key, or the one around it, says that its value is a secret."""
    parents = {one["name"] for one in around[:1]}
    return bool(_OF_OTHERS.get(key["name"], frozenset()) & parents) or _NAMED.match(f"{key['name']}: x") is not None


def _around(lines: Sequence[str], number: int) -> Iterator[re.Match[str]]:
    """The keys around a line, the innermost first."""
    own = _KEY.match(lines[number - 1])
    depth = len(own["before"]) if own else len(lines[number - 1]) - len(lines[number - 1].lstrip())
    for line in reversed(lines[max(0, number - 1 - _FARTHEST) : number - 1]):
        found = _KEY.match(line)
        if found is not None and len(found["before"]) < depth:
            depth = len(found["before"])
            yield found


def is_masked(lines: Sequence[str], line: int | None, column: int | None) -> bool:
    """Whether what begins at a line and column (from 1) is one that ``masked_in`` covers."""
    if line is None or column is None or not 1 <= line <= len(lines):
        return False
    return masked_in(lines, line)[column - 1 : column] != lines[line - 1][column - 1 : column]


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
    rest = plain.match(line, found.end()) if found else None  # what stands behind its end, which is a mistake
    if found is None:
        return at
    return rest.end() if rest is not None and rest[0].strip() and rest[0].strip()[0] != "#" else found.end()
