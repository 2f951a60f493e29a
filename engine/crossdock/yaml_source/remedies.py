"""What to tell the author of a file that is not YAML: the place that is meant, and the usual reason.

The parser stops where it can go on no longer, which is often behind the mistake, and says so in words of its grammar.
Each remedy here knows one mistake that people make, by the line it stands on.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import yaml

#: A value in braces, or in quotes, that goes on behind its end: `name: {number}.txt`, `filter: 'open' == status`.
_GOES_ON = re.compile(r"""(?:^|[\s\[{,-])(?P<value>(?:\{[^{}]*\}|'[^']*'|"[^"]*")\s*[^\s,\]}#:].*?)\s*$""")
_BLANKS = re.compile(r"[\u00a0\u2007\u202f\u200b\u3000\ufeff]")
_STARTS = {"*": "a pattern", "&": "an expression", "@": "an expression", "`": "an expression", "%": "a text"}


@dataclass(frozen=True, slots=True)
class Remedy:
    """Line and column (from 1) of what is meant, in other words than the parser's, and how to mend it."""

    line: int
    column: int
    message: str
    hint: str | None


def remedy_of(error: yaml.MarkedYAMLError, lines: Sequence[str]) -> Remedy:
    """What to tell about an error of the parser."""
    mark = error.problem_mark or error.context_mark
    line, column = (mark.line + 1, mark.column + 1) if mark is not None else (1, 1)
    text = lines[line - 1] if line <= len(lines) else ""
    for known in _KNOWN:
        found = known(error, text, line, column)
        if found is not None:
            return found
    return Remedy(line, column, str(error.problem or error.context), None)


def _blank(error: yaml.MarkedYAMLError, text: str, line: int, column: int) -> Remedy | None:
    found = _BLANKS.search(text[: len(text) - len(text.lstrip())] or text[column - 1 : column])
    if found is None:
        return None
    at = text.index(found[0]) + 1
    return Remedy(line, at, "a blank that is no space, such as word processors make", "type a space in its place")


def _tab(error: yaml.MarkedYAMLError, text: str, line: int, column: int) -> Remedy | None:
    if text[column - 1 : column] != "\t":
        return None
    return Remedy(line, column, "a tab stands where spaces indent", "indent with spaces, not tabs")


def _start(error: yaml.MarkedYAMLError, text: str, line: int, column: int) -> Remedy | None:
    """A character that means something to YAML at the beginning of a value."""
    at = column - 1 if text[column - 1 : column] in ("@", "`", "%") else column - 2
    sign = text[at : at + 1] if at >= 0 else ""
    wrong = ("cannot start any token", "expected alphabetic", "did not find URI escaped", "unexpected character")
    if sign not in _STARTS or not any(words in str(error.problem) for words in wrong):
        return None
    rest = text[at:].strip()
    hint = f"put quotes around {_STARTS[sign]} that begins with it: {_quoted(rest)}"
    return Remedy(line, at + 1, f"'{sign}' means something else at the beginning of a value", hint)


def _variable(error: yaml.MarkedYAMLError, text: str, line: int, column: int) -> Remedy | None:
    """``{path: ${INBOX}}``: the brace of the variable ends the outer one."""
    at = text.rfind("${", 0, column + 1)
    if at < 0 or "expected" not in str(error.problem):
        return None
    return Remedy(line, at + 1, "a brace in a value within braces", 'inside {…} and […], put quotes around "${…}"')


def _goes_on(error: yaml.MarkedYAMLError, text: str, line: int, column: int) -> Remedy | None:
    found = _GOES_ON.search(text)
    if found is None or "expected" not in str(error.problem) or found.end("value") < column - 1:
        return None
    message = "the value ends, and something stands behind it"
    return Remedy(
        line, found.start("value") + 1, message, f"put quotes around the whole of it: {_quoted(found['value'])}"
    )


def _unclosed(error: yaml.MarkedYAMLError, text: str, line: int, column: int) -> Remedy | None:
    """A bracket or quote that is not closed: where it opens, not where the parser gave up."""
    mark, said = error.context_mark, f"{error.context} {error.problem}"
    if mark is None or mark.line + 1 == line:
        return None
    kinds = {"flow mapping": "'{'", "flow sequence": "'['", "quoted scalar": "the quote"}
    kind = next((sign for words, sign in kinds.items() if words in said), None)
    hint = {"'{'": "close it with }", "'['": "close it with ]"}.get(kind or "", "type its other half")
    return None if kind is None else Remedy(mark.line + 1, mark.column + 1, f"{kind} is not closed", hint)


def _colon(error: yaml.MarkedYAMLError, text: str, line: int, column: int) -> Remedy | None:
    """A second colon in one line."""
    if "mapping values are not allowed" not in str(error.problem):
        return None
    key, separator, value = text.partition(": ")
    if separator and len(key) + 1 < column:
        hint = f"put quotes around a text with a colon in it: {key.strip()}: {_quoted(value.strip())}"
        return Remedy(line, column, "a second colon in one line", hint)
    return Remedy(line, column, "a key where none can be", "align it with the keys it belongs to")


def _indent(error: yaml.MarkedYAMLError, text: str, line: int, column: int) -> Remedy | None:
    """A key or an item at a depth that none of those above has."""
    if "did not find expected" not in str(error.problem) or text[: column - 1].strip(" "):
        return None
    what = "item" if text[column - 1 : column] == "-" else "key"
    return Remedy(line, column, f"the {what} is indented otherwise than those it belongs to", "align it with them")


def _quoted(text: str) -> str:
    return f"'{text}'" if '"' in text and "'" not in text else '"' + text.replace('"', '\\"') + '"'


_KNOWN: tuple[Callable[[yaml.MarkedYAMLError, str, int, int], Remedy | None], ...] = (
    _blank,
    _tab,
    _start,
    _variable,
    _goes_on,
    _unclosed,
    _colon,
    _indent,
)
