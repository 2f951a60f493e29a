"""The characters that structure an interchange: those of UNA, or the defaults of its syntax level.

Facts by ISO 9735-1, 6 and 8 (service characters, UNA) and, for level B of syntax versions 1 to 3, the information
separators IS1, IS3 and IS4 of ISO 646.
"""

from __future__ import annotations

from dataclasses import dataclass

BLANKS = b" \t\r\n"
UNUSED = " "  # in UNA: this service character is not used
LEVEL_B = "\x1f\x1d,  \x1c"
REPETITION_SINCE = "4"  # syntax version; before it the fifth character of UNA is reserved


@dataclass(frozen=True, slots=True)
class Delimiters:
    """Each one character; ``release`` and ``repetition`` are empty where they cannot be used.

    ``una``: a UNA said so. ``newline`` is what stands between a terminator and the next segment.
    """

    component: str = ":"
    element: str = "+"
    decimal: str = "."
    release: str = "?"
    reserved: str = " "
    terminator: str = "'"
    repetition: str = ""
    newline: str = ""
    una: bool = False

    @property
    def separators(self) -> str:
        """As UNA, ``_env.separators`` and the ``separators`` option write them."""
        return "".join(
            (self.component, self.element, self.decimal, self.release or UNUSED, self.reserved, self.terminator)
        )

    @property
    def end(self) -> str:
        """What ends a segment when written."""
        return self.terminator + self.newline

    @property
    def active(self) -> str:
        """Those that a value may hold only behind the release character."""
        return self.component + self.element + self.terminator + self.repetition + self.release

    @property
    def usual(self) -> bool:
        """Whether they are the defaults; repetition aside."""
        return (self.component, self.element, self.release, self.terminator) == (":", "+", "?", "'")


def delimiters(six: str, version: str, newline: str = "", *, una: bool = False) -> Delimiters:
    """Those that six characters in the order of UNA mean in a syntax version."""
    component, element, decimal, release, reserved, terminator = tuple(six)
    repetition = reserved if version >= REPETITION_SINCE and reserved != UNUSED else ""
    if repetition in (component, element, terminator, release) or _is_word(repetition):
        repetition = ""
    return Delimiters(
        component, element, decimal, release.replace(UNUSED, ""), reserved, terminator, repetition, newline, una
    )


def _is_word(mark: str) -> bool:
    return mark.isascii() and mark.isalnum()


def usable(marks: Delimiters) -> bool:
    """Whether each is a character of its own, and none a letter or digit."""
    return len(set(marks.active)) == len(marks.active) and not any(map(_is_word, marks.active))


def default_separators(element: str, version: str) -> str:
    """What holds without UNA. Only level B, where UNB is followed by IS3, differs."""
    if element == LEVEL_B[1]:
        return LEVEL_B
    return ":+.?*'" if version >= REPETITION_SINCE else ":+.? '"


def escaped(value: str, marks: Delimiters) -> str:
    """A value as it is sent. Where there is no release character, a delimiter stays as it is."""
    release = marks.release
    if not release or not any(mark in value for mark in marks.active):
        return value
    return "".join(release + char if char in marks.active else char for char in value)
