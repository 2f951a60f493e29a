"""Finds everything that is wrong with a JSON text that was refused, with place and pointer.

A plain scanner over tokens, without recursion: it goes on after a duplicate key or an impossible number and stops at
the first error of syntax. Slow beside the reader in C, and only run on what that reader refused.
"""

from __future__ import annotations

import contextlib
import json
import re
from dataclasses import dataclass, field

from crossdock.codecs.json.strict import MAX_DIGITS, WHITESPACE, decimal_of, is_sane
from crossdock.codecs.pointer import step
from crossdock.errors import Finding, Place

MAX_FAULTS = 100

_STRING = re.compile(r'"(?:[^"\\\x00-\x1f]++|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*+"')
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*+)(?:\.[0-9]++)?(?:[eE][+-]?[0-9]++)?(?![0-9.eE+\-])")
_WORD = re.compile(r"true|false|null")
_CONSTANT = re.compile(r"NaN|-?Infinity")
_BAD = re.compile("[\0\ud800-\udfff]")


@dataclass(slots=True)
class _Level:
    """One open object or array: the key or index being read, and the keys read before."""

    closer: str
    key: str | None = None
    index: int = 0
    seen: set[str] = field(default_factory=set)


class _Stop(Exception):
    """Nothing behind this can be understood."""


def diagnose(text: str, max_depth: int, *, first_line: int = 1, first_byte: int | None = 0) -> list[Finding]:
    """The findings, at least one where the text is refused. ``first_*`` is where the text stands in its payload."""
    scan = _Scan(text, max_depth, first_line, first_byte)
    with contextlib.suppress(_Stop):
        scan.run()
    return scan.findings


def diagnose_value(text: str, max_depth: int, start: Place) -> tuple[list[Finding], int, bool]:
    """What is wrong with the value that ``text`` begins with, where the scan ended, and whether the value does there.

    ``start`` is where the value stands in its payload.
    """
    scan = _Scan(text, max_depth, start.line or 1, start.byte, start.column or 1, start.pointer or "")
    try:
        return scan.findings, scan.value(), True
    except _Stop:
        return scan.findings, scan.at, False


class _Scan:
    def __init__(
        self,
        text: str,
        max_depth: int,
        first_line: int,
        first_byte: int | None,
        first_column: int = 1,
        above: str = "",
    ) -> None:
        self.findings: list[Finding] = []
        self._text = text
        self._max_depth = max_depth
        self._first_line = first_line
        self._first_byte = first_byte
        self._first_column = first_column
        self._above = above
        self.at = 0
        self._levels: list[_Level] = []

    def run(self) -> None:
        """Scan one value and the end of the text."""
        self.value()
        self._space()
        if self.at < len(self._text):
            self._stop("J107", "something follows the end of the document")

    def value(self) -> int:
        """Scan one value; the offset behind it."""
        self._value()
        while self._levels:
            self._next_entry(self._levels[-1])
        return self.at

    # --- findings ---

    def _found(self, code: str, message: str, at: int, hint: str | None = None, *, value: str | None = None) -> None:
        before = self._text[:at]
        line_start = before.rfind("\n") + 1
        place = Place(
            line=self._first_line + before.count("\n"),
            column=at - line_start + (self._first_column if not line_start else 1),
            byte=None if self._first_byte is None else self._first_byte + len(before.encode("utf-8", "surrogatepass")),
            pointer=self._above + "".join(step(level.key) for level in self._levels if level.key is not None) or None,
        )
        self.findings.append(Finding(code=code, message=message, place=place, value=value, hint=hint))
        if len(self.findings) >= MAX_FAULTS:
            raise _Stop

    def _stop(self, code: str, message: str, hint: str | None = None) -> None:
        shown = self._text[self.at : self.at + 20]
        self._found(code, message, self.at, hint, value=ascii(shown) if shown else None)
        raise _Stop

    # --- structure ---

    def _space(self) -> str:
        end = WHITESPACE.match(self._text, self.at)
        self.at = end.end() if end else self.at
        return self._text[self.at : self.at + 1]

    def _value(self) -> None:
        """Read a scalar, or open a level."""
        character = self._space()
        if character in ("{", "["):
            self._open("}" if character == "{" else "]")
        elif character == '"':
            self._string()
        elif not self._scalar():
            self._stop("J106", "a value is expected here" if character else "the document ends too early")

    def _open(self, closer: str) -> None:
        if len(self._levels) >= self._max_depth:
            self._stop("J105", f"nested deeper than {self._max_depth}")
        self.at += 1
        self._levels.append(_Level(closer))

    def _next_entry(self, level: _Level) -> None:
        """Close the level, or read the next entry's key and value."""
        character = self._space()
        if character == level.closer:
            self.at += 1
            self._levels.pop()
            return
        if level.index:
            self._expect(",", f"',' or '{level.closer}'")
        if level.closer == "}":
            self._member(level)
        else:
            level.key = str(level.index)
        level.index += 1
        self._value()

    def _member(self, level: _Level) -> None:
        if self._space() != '"':
            self._stop("J106", "a key in double quotes is expected here")
        start = self.at
        level.key = key = self._string()
        if key in level.seen:
            self._found("J108", f"key {json.dumps(key[:60])} appears twice in one object", start)
        level.seen.add(key)
        self._expect(":", "':'")

    def _expect(self, character: str, named: str) -> None:
        found = self._space()
        if found != character:
            self._stop("J106", f"{named} is expected here" if found else "the document ends too early")
        self.at += 1

    # --- scalars ---

    def _string(self) -> str:
        token = _STRING.match(self._text, self.at)
        if token is None:
            return self._broken_string()
        text: str = json.loads(token[0])
        if _BAD.search(text):
            kind = "a NUL character" if "\0" in text else "half of a surrogate pair (no character)"
            self._found("J109", f"the text contains {kind}", self.at, value=ascii(text[:60]))
        self.at = token.end()
        return text

    def _broken_string(self) -> str:
        good = re.compile(r'"(?:[^"\\\x00-\x1f]++|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*+').match(self._text, self.at)
        start, self.at = self.at, good.end() if good else self.at
        character = self._text[self.at : self.at + 1]
        if not character:
            self.at = start
            self._stop("J106", "this text has no closing quote")
        self._stop("J106", "an unknown escape" if character == "\\" else "a control character inside a text")
        return ""

    def _scalar(self) -> bool:
        for token, judge in ((_WORD, None), (_NUMBER, self._judge_number), (_CONSTANT, self._judge_constant)):
            found = token.match(self._text, self.at)
            if found:
                if judge is not None:
                    judge(found[0])
                self.at = found.end()
                return True
        return False

    def _judge_number(self, text: str) -> None:
        if is_sane(decimal_of(text)):
            return
        message = f"a number of {len(text)} characters" if len(text) > MAX_DIGITS else f"the number {text} is absurd"
        self._found("J110", message, self.at, f"at most {MAX_DIGITS} digits and powers of ten", value=text[:60])

    def _judge_constant(self, text: str) -> None:
        self._found("J111", f"{text} is not a number of JSON", self.at, value=text)
