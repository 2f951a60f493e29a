"""What to tell the author of a file that is not YAML: the place that is meant, and the usual reason.

The parser stops where it can go on no longer, which is often behind the mistake, and says so in words of its grammar.
Each remedy here knows one mistake that people make, by the line it stands on.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import yaml

from crossdock.yaml_source.alignment import item_aligned, key_aligned
from crossdock.yaml_source.secrecy import is_masked

#: A value in braces, or in quotes, that goes on behind its end: `name: {number}.txt`, `filter: 'open' == status`.
_GOES_ON = re.compile(r"""(?:^|[\s\[{,-])(?P<value>(?:\{[^{}]*\}|'[^']*'|"[^"]*")\s*[^\s,\]}#:].*?)\s*$""")
_BLANKS = re.compile(r"[\u00a0\u2007\u202f\u200b\u3000\ufeff]")
#: The beginning of a value without quotes: behind a colon, a comma or a bracket, with calls such as ``f(a, b)`` in it.
_BEGINS = re.compile(
    r"""(?:^\s*|[:,]\s+|[\[{]\s*)(?P<value>(?!["'])(?:[^\s\[\]{},:(]|\s(?=\S)|:(?!\s)|\([^()]*+\)?+)++)$"""
)
_NEAR = 400  # characters in front of a bracket that are looked at
_PIECE = re.compile(r"""'[^']*'|"[^"]*"|\s\#.*|,(?=\s)|.""")
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
    told = _misplaced(error, lines, line, column)
    for known in () if told else _KNOWN:
        told = told or known(error, text, line, column)
    return _discreet(told or Remedy(line, column, str(error.problem or error.context), None), lines)


def _discreet(remedy: Remedy, lines: Sequence[str]) -> Remedy:
    """The remedy without the value it would repeat, where that is a secret."""
    if remedy.hint is None or not is_masked(lines, remedy.line, remedy.column):
        return remedy
    return replace(remedy, hint=remedy.hint.partition(": ")[0])


def _misplaced(error: yaml.MarkedYAMLError, lines: Sequence[str], line: int, column: int) -> Remedy | None:
    """A key or an item at a depth that none of those above has."""
    text, problem = lines[line - 1] if line <= len(lines) else "", str(error.problem)
    begin = len(text) - len(text.lstrip(" "))
    if text[begin : begin + 1].strip() == "" or _BLANKS.match(text, begin):
        return None
    if "mapping values are not allowed" in problem and ": " not in text[: column - 1]:
        beside = key_aligned(lines, line, begin + 1) or "align it with the keys it belongs to"
        return Remedy(line, begin + 1, "a key where none can be", beside)
    if "did not find expected" not in problem or begin != column - 1 or "flow" in str(error.context):
        return None
    is_item = text[begin] == "-"
    what, aligned = ("item", item_aligned) if is_item else ("key", key_aligned)
    own = "; or begin an item of its own with '- '" if "'-' indicator" in problem and not is_item else ""
    message = f"the {what} is indented otherwise than those it belongs to"
    return Remedy(line, column, message, f"{aligned(lines, line, column) or 'align it with them'}{own}")


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
    hint = f"put quotes around {_STARTS[sign]} that begins with it: {_quoted(_value(text, at))}"
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
    at, message = found.start("value"), "the value ends, and something stands behind it"
    return Remedy(line, at + 1, message, f"put quotes around the whole of it: {_quoted(_value(text, at))}")


def _bracket(error: yaml.MarkedYAMLError, text: str, line: int, column: int) -> Remedy | None:
    """``{each: PO1[].PO101}``, ``{name: a-{number}.json}``: within braces, a bracket ends a value without quotes."""
    sign = text[column - 1 : column]
    if sign not in ("[", "{") or "flow" not in str(error.context):
        return None
    begin = max(0, column - 1 - _NEAR)
    found = _BEGINS.search(text[begin : column - 1])
    if found is None:
        return None
    at = begin + found.start("value")
    what, outer = "bracket" if sign == "[" else "brace", "braces" if "mapping" in str(error.context) else "brackets"
    hint = f"put quotes around the whole of it: {_quoted(_value(text, at))}"
    return Remedy(line, at + 1, f"a {what} in a value within {outer}", hint)


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
    key, _, value = text.partition(": ")
    hint = f"put quotes around a text with a colon in it: {key.strip()}: {_quoted(value.strip())}"
    return Remedy(line, column, "a second colon in one line", hint)


def _value(text: str, at: int) -> str:
    """The value that begins there, without what closes the braces around it, what follows in them, and a comment."""
    before = text[:at]
    within = sum(map(before.count, "[{")) > sum(map(before.count, "]}"))
    depth, comma = 0, None
    for piece in _PIECE.finditer(text, at):
        sign = piece[0].lstrip()[:1]
        if sign == "#" and piece[0] != "#":
            return text[at : comma if within and comma else piece.start()].rstrip()
        if sign in ("]", "}") and depth == 0:
            return text[at : comma or piece.start()].rstrip()
        if sign == "," and depth == 0:
            comma = comma or piece.start()
        depth += (sign in ("[", "{", "(")) - (sign in ("]", "}") or (sign == ")" and depth > 0))
    return text[at : comma if within else None].rstrip()


def _quoted(text: str) -> str:
    return f"'{text}'" if '"' in text and "'" not in text else '"' + text.replace('"', '\\"') + '"'


_KNOWN: tuple[Callable[[yaml.MarkedYAMLError, str, int, int], Remedy | None], ...] = (
    _blank,
    _tab,
    _start,
    _variable,
    _bracket,
    _goes_on,
    _unclosed,
    _colon,
)
