"""Numbers as COBOL keeps them: packed (COMP-3), zoned (DISPLAY) and binary (COMP) decimals, both ways, exact.

A packed decimal has two digits a byte and a sign in the last half byte: C or F is plus, D is minus, as IBM's z/Architecture
Principles of Operation has it (chapter 8); A, E and B are read too. A zoned decimal has a digit a byte and its sign in
the zone of the last one; in files that are no longer EBCDIC, that shows as a letter: ``12C`` is 123, ``12L`` is -123.
"""

from __future__ import annotations

from collections.abc import Callable

from crossdock.codecs.fixed.charset import Charset
from crossdock.codecs.fixed.spec import FieldSpec
from crossdock.codecs.fixed.unfit import Unfit

_MINUS = (0xB, 0xD)
_PLUS = (0xA, 0xC, 0xE, 0xF)
_PLUS_LETTERS = "{ABCDEFGHI"  # what C0 to C9 are in code page 037, and in ASCII after a transfer as text
_MINUS_LETTERS = "}JKLMNOPQR"
_UNSIGNED = 0xF
_DIGIT = 9


def read_packed(spec: FieldSpec, charset: Charset) -> Callable[[str], int]:
    """Reads a packed number, without its decimal point."""

    def read(text: str) -> int:
        data = charset.data(text)
        digits, sign = data.hex()[:-1], data[-1] & 0xF
        if not digits.isdecimal():
            at = next(index for index, digit in enumerate(digits) if not digit.isdecimal())
            raise Unfit("C450", f"{data.hex(' ')} is not packed: half byte {at + 1} is '{digits[at]}' and no digit")
        if sign <= _DIGIT:
            raise Unfit("C450", f"{data.hex(' ')} is not packed: its last half byte, '{sign}', is no sign")
        return _signed(int(digits), negative=sign in _MINUS)

    return read


def write_packed(spec: FieldSpec, charset: Charset) -> Callable[[int], str]:
    """Writes a packed number."""

    def write(number: int) -> str:
        digits = _digits(number, spec)
        sign = ("d" if number < 0 else "c") if spec.signed else "f"
        return charset.text(bytes.fromhex((digits + sign).rjust(2 * spec.width, "0")))

    return write


def read_zoned(spec: FieldSpec, charset: Charset) -> Callable[[str], int]:
    """Reads a zoned number."""
    return _read_zones(charset) if charset.ebcdic else _read_letters()


def _read_zones(charset: Charset) -> Callable[[str], int]:
    def read(text: str) -> int:
        data = charset.data(text)
        for at, byte in enumerate(data):
            zone, digit, last = byte >> 4, byte & 0xF, at == len(data) - 1
            if digit > _DIGIT or (zone != _UNSIGNED and not (last and zone in (*_PLUS, *_MINUS))):
                raise Unfit("C451", f"{data.hex(' ')} is not zoned: byte {at + 1} is {byte:02x}")
        return _signed(int("".join(str(byte & 0xF) for byte in data)), negative=data[-1] >> 4 in _MINUS)

    return read


def _read_letters() -> Callable[[str], int]:
    def read(text: str) -> int:
        last = text[-1]
        negative = last in _MINUS_LETTERS
        letters = _MINUS_LETTERS if negative else _PLUS_LETTERS
        digits = text[:-1] + (str(letters.index(last)) if last in letters else last)
        if not (digits.isascii() and digits.isdecimal()):
            raise Unfit("C451", f"'{text}' is not zoned: digits, and a letter or digit with the sign at the end")
        return _signed(int(digits), negative=negative)

    return read


def write_zoned(spec: FieldSpec, charset: Charset) -> Callable[[int], str]:
    """Writes a zoned number."""

    def write(number: int) -> str:
        digits = _digits(number, spec).rjust(spec.width, "0")
        if not spec.signed:
            return digits
        if not charset.ebcdic:
            return digits[:-1] + (_MINUS_LETTERS if number < 0 else _PLUS_LETTERS)[int(digits[-1])]
        zone = 0xD0 if number < 0 else 0xC0
        return digits[:-1] + charset.text(bytes([zone | int(digits[-1])]))

    return write


def read_binary(spec: FieldSpec, charset: Charset) -> Callable[[str], int]:
    """Reads a binary number, the high byte first."""
    return lambda text: int.from_bytes(charset.data(text), "big", signed=spec.signed)


def write_binary(spec: FieldSpec, charset: Charset) -> Callable[[int], str]:
    """Writes a binary number."""

    def write(number: int) -> str:
        _digits(number, spec)
        return charset.text(number.to_bytes(spec.width, "big", signed=spec.signed))

    return write


def _signed(number: int, *, negative: bool) -> int:
    return -number if negative else number


def _digits(number: int, spec: FieldSpec) -> str:
    """The digits of a number that fits. Raises ``Unfit``."""
    if number < 0 and not spec.signed:
        raise Unfit("C452", f"{number} is negative, the field has no sign")
    digits = str(abs(number))
    if len(digits) > spec.places:
        raise Unfit("C452", f"{number} has {len(digits)} digits (decimals included), the field {spec.places}")
    return digits


READ: dict[str, Callable[[FieldSpec, Charset], Callable[[str], int]]] = {
    "packed": read_packed,
    "zoned": read_zoned,
    "binary": read_binary,
}
WRITE: dict[str, Callable[[FieldSpec, Charset], Callable[[int], str]]] = {
    "packed": write_packed,
    "zoned": write_zoned,
    "binary": write_binary,
}
