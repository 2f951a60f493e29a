"""Files changed at random, as senders, transfers and enemies change them."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

MOST = 6  # changes of one file
LONGEST = 200_000  # bytes of a mutant: what is slow is to be seen, what is large is tested elsewhere
REPEATS = 400

#: What stands out in files of each standard.
TOKENS: Mapping[str, Sequence[bytes]] = {
    "x12": (
        *(b"~", b"*", b">", b"^", b":", b"\n", b"\r\n", b" ", b"\0", b"\x1a", b"\xef\xbb\xbf", b"\xff", b"\xe9"),
        *(b"ST*", b"SE*", b"SE*1*1~", b"ISA*", b"ISA*00*", b"GS*", b"GE*1*1~", b"IEA*1*1~", b"TA1*1*", b"HL*1*9*O~"),
        *(b"BIN*5*", b"BDS*X*9*", b"BIN*99999*", b"BIN*0*~", b"~ST*850*0001~", b"~SE*", b"LS*", b"9" * 40, b"-.E"),
    ),
    "edifact": (
        *(b"'", b"+", b":", b"?", b"??", b"?'", b"*", b"\n", b"\r\n", b" ", b"\0", b"\x1a", b"\xef\xbb\xbf", b"\xff"),
        *(b"UNA:+.? '", b"UNB+", b"UNB+UNOA:1+", b"UNG+", b"UNH+", b"UNT+", b"UNT+1+1'", b"UNE+1+1'", b"UNZ+1+1'"),
        *(b"UNO+1++1", b"UNP+5+1'", b"UNS+S'", b"STX=", b"MHD=1+ORDHDR:9'", b"UGH+", b"\xe9", b"9" * 40, b"-.E"),
    ),
}

Change = Callable[[bytearray, random.Random, "Kitchen"], None]


@dataclass(frozen=True, slots=True)
class Kitchen:
    """What mutants are made of: whole files, and tokens to strew in."""

    files: Sequence[bytes]
    tokens: Sequence[bytes]


def _somewhere(data: bytearray, chance: random.Random) -> int:
    return chance.randrange(len(data) + 1)


def _byte(data: bytearray, chance: random.Random, kitchen: Kitchen) -> None:
    if data:
        data[chance.randrange(len(data))] = chance.randrange(256)


def _cut(data: bytearray, chance: random.Random, kitchen: Kitchen) -> None:
    at = _somewhere(data, chance)
    del data[at : at + 1 + chance.randrange(60)]


def _end(data: bytearray, chance: random.Random, kitchen: Kitchen) -> None:
    del data[_somewhere(data, chance) :]


def _token(data: bytearray, chance: random.Random, kitchen: Kitchen) -> None:
    at = _somewhere(data, chance)
    data[at:at] = chance.choice(kitchen.tokens)


def _token_over(data: bytearray, chance: random.Random, kitchen: Kitchen) -> None:
    at, token = _somewhere(data, chance), chance.choice(kitchen.tokens)
    data[at : at + len(token)] = token


def _repeat(data: bytearray, chance: random.Random, kitchen: Kitchen) -> None:
    at = _somewhere(data, chance)
    piece = bytes(data[at : at + 1 + chance.randrange(300)])
    data[at:at] = piece * (1 + chance.randrange(REPEATS))


def _move(data: bytearray, chance: random.Random, kitchen: Kitchen) -> None:
    start, target = _somewhere(data, chance), _somewhere(data, chance)
    piece = bytes(data[start : start + chance.randrange(200)])
    data[target:target] = piece


def _splice(data: bytearray, chance: random.Random, kitchen: Kitchen) -> None:
    other = chance.choice(kitchen.files)
    data[_somewhere(data, chance) :] = other[chance.randrange(len(other) + 1) :]


def _append(data: bytearray, chance: random.Random, kitchen: Kitchen) -> None:
    data += chance.choice(kitchen.files)


def _translate(data: bytearray, chance: random.Random, kitchen: Kitchen) -> None:
    """One character becomes another throughout, as delimiters do in bad conversions."""
    if data:
        old, new = data[chance.randrange(len(data))], chance.randrange(256)
        data[:] = data.replace(bytes([old]), bytes([new]))


def _wrap(data: bytearray, chance: random.Random, kitchen: Kitchen) -> None:
    width, newline = chance.choice((1, 7, 80, 128)), chance.choice((b"\n", b"\r\n"))
    data[:] = newline.join(bytes(data[at : at + width]) for at in range(0, len(data), width))


def _blanks(data: bytearray, chance: random.Random, kitchen: Kitchen) -> None:
    """Padding taken away, as editors and mail do."""
    data[:] = data.replace(b"  ", b" " if chance.randrange(2) else b"")


CHANGES: Sequence[Change] = (
    *(_byte, _byte, _cut, _cut, _token, _token, _token_over, _move, _splice),
    *(_end, _repeat, _append, _translate, _wrap, _blanks),
)


def mutant(chance: random.Random, kitchen: Kitchen) -> bytes:
    """One file with a few changes."""
    data = bytearray(chance.choice(kitchen.files))
    for _ in range(1 + chance.randrange(MOST)):
        chance.choice(CHANGES)(data, chance, kitchen)
        del data[LONGEST:]
    return bytes(data)


def mutants(seed: int, kitchen: Kitchen) -> Iterator[tuple[int, bytes]]:
    """(seed, mutant) without end: each can be made again from its seed alone."""
    while True:
        yield seed, mutant(random.Random(seed), kitchen)  # noqa: S311 - no secret, a mutant
        seed += 1
