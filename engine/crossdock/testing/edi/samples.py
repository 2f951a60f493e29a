"""Interchanges made from the dictionary: any described set, any delimiters, several transactions."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from typing import TypeAlias

from crossdock.codecs.edifact import delimiters as edifact_marks
from crossdock.codecs.edifact.dictionary import library as edifact_library
from crossdock.codecs.edifact.sampling import sample_body as edifact_body
from crossdock.codecs.x12.delimiters import REPETITION_SINCE, Delimiters
from crossdock.codecs.x12.dictionary import library as x12_library
from crossdock.codecs.x12.sampling import sample_body

MOST = 3  # transactions of a sample
ENDS = ("~", "~\n", "~\r\n", "\n", "'", "\x1c")
ELEMENTS = "*|+\x1d"

Sample: TypeAlias = Callable[[random.Random], bytes]


def x12_sample(chance: random.Random) -> bytes:
    """A random interchange of X12 in which nothing is wrong but the totals."""
    number, release = chance.choice(x12_library.known_sets())
    definition = x12_library.find_set(number, release)
    assert definition is not None  # noqa: S101 - it is among the known ones
    end, mark = chance.choice(ENDS), chance.choice(ELEMENTS)
    marks = Delimiters(mark, ">", end[0], "^" if release > REPETITION_SINCE else "", end[1:])
    parties = ("ZZ", f"{'GLOBEX':15}", "01", f"{'ACME':15}", "261121", "0930")
    isa = ("ISA", "00", " " * 10, "00", " " * 10, *parties, marks.repetition or "U", release[:5], "000000007", "1", "T")
    segments = [mark.join((*isa, marks.component))]
    segments.append(mark.join(("GS", definition.group, "GLOBEX", "ACME", "20261121", "0930", "7", "X", release)))
    count = 1 + chance.randrange(MOST)
    for control in range(1, count + 1):
        body = sample_body(definition, chance.randrange, marks)
        segments += [mark.join(("ST", number, f"{control:04}")), *body]
        segments.append(mark.join(("SE", str(len(body) + 2), f"{control:04}")))
    segments += [mark.join(("GE", str(count), "7")), mark.join(("IEA", "1", "000000007"))]
    return "".join(segment + end for segment in segments).encode("latin-1")


def edifact_sample(chance: random.Random) -> bytes:
    """A random interchange of EDIFACT in which nothing is wrong but the totals."""
    name, release = chance.choice(edifact_library.known_sets())
    definition = edifact_library.find_set(name, release)
    assert definition is not None  # noqa: S101 - it is among the known ones
    marks = edifact_marks.Delimiters()
    end = chance.choice(("'", "'\n", "'\r\n"))
    segments = ["UNB+UNOC:3+GLOBEX:14+ACME:14+261121:0930+7"]
    count = 1 + chance.randrange(MOST)
    for control in range(1, count + 1):
        body = edifact_body(definition, chance.randrange, marks)
        segments += [f"UNH+{control}+{name}:{release[0]}:{release[1:]}:UN", *body, f"UNT+{len(body) + 2}+{control}"]
    segments.append(f"UNZ+{count}+7")
    return "".join(segment + end for segment in segments).encode("latin-1")


SAMPLES: Mapping[str, Sample] = {"x12": x12_sample, "edifact": edifact_sample}
