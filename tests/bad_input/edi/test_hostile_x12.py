"""Hostile and broken X12: judged, located, never an exception, never silently fewer."""

from __future__ import annotations

import random
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crossdock.codecs.contract import Part
from crossdock.codecs.x12.caret import caret_view
from crossdock.codecs.x12.reading import Reading
from crossdock.errors import Finding, Reject, errors_in
from crossdock.message import Inline

HERE = Path(__file__).parent
SAMPLES = Path(__file__).resolve().parents[3] / "samples" / "x12"
REFUSALS = {"X101", "X102", "X103", "X104"}

FILES = {
    # file: (error codes of each part, codes of the remarks)
    "acme-quantity-and-date.edi": ([["X156"], ["X159"]], []),
    "acme-same-control-number.edi": ([[], ["X134"]], []),
    "globex-cut-off.edi": ([["X152", "X131"]], ["X121", "X111"]),
    "globex-unknown-segment.edi": ([["X141"]], []),
    "initech-wrong-counts.edi": ([["X133"]], ["X122", "X123", "X112", "X113"]),
    "initech-store-without-quantity.edi": ([["X152"]], []),
    "isa-cut-off.edi": ([[], ["X109"]], []),
}


def items(data: bytes) -> tuple[list[Part], list[Finding]]:
    read = list(Reading(Inline(data)))
    return [item for item in read if isinstance(item, Part)], [item for item in read if isinstance(item, Finding)]


@pytest.mark.parametrize("name", FILES)
def test_a_faulty_file_gets_exactly_its_findings(name: str) -> None:
    parts, remarks = items((HERE / name).read_bytes())
    errors, remarked = FILES[name]
    assert [[finding.code for finding in errors_in(part.findings)] for part in parts] == errors
    assert [finding.code for finding in remarks] == remarked


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b" ",
        b"\r\n\r\n",
        b"hello",
        b"UNB+UNOA:1",
        b"\x00" * 500,
        b"ISA",
        b"ISA*",
        b"ISA*00*",
        b"IS",
        b"{}",
        b"\xff\xfe" * 50,
    ],
)
def test_what_is_no_x12_is_refused(data: bytes) -> None:
    with pytest.raises(Reject) as caught:
        items(data)
    assert caught.value.code in {"X101", "X102"}


def judged(data: bytes) -> list[Part]:
    """The parts of anything; none where it was refused, which is allowed for few reasons only."""
    try:
        return items(data)[0]
    except Reject as refusal:
        if refusal.code not in REFUSALS:
            raise
        return []


def mutants(data: bytes, chance: random.Random) -> bytes:
    changed = bytearray(data)
    for _ in range(chance.randrange(1, 6)):
        at = chance.randrange(len(changed))
        match chance.randrange(5):
            case 0:
                changed[at] = chance.randrange(256)
            case 1:
                del changed[at : at + chance.randrange(1, 40)]
            case 2:
                changed[at:at] = bytes(chance.randrange(256) for _ in range(chance.randrange(1, 30)))
            case 3:
                changed[at:at] = changed[chance.randrange(len(changed)) :][: chance.randrange(1, 200)]
            case _:
                changed[at:at] = chance.choice(
                    (b"~", b"*", b"ST*", b"SE*", b"ISA*", b"GS*", b"GE*1*1~", b"IEA*1*1~", b"\n", b">", b"^")
                )
    return bytes(changed)


@given(st.integers(0, 2**48))
@settings(max_examples=150)
def test_mutated_files_never_raise_and_every_part_can_be_shown(seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311 - no secret, a mutant
    data = mutants(chance.choice(sorted(SAMPLES.glob("*.edi"))).read_bytes(), chance)
    for part in judged(data):
        assert part.raw()
        assert part.document is not None or errors_in(part.findings)
        part.place("/PO1/0/PO102")
        caret_view(part)
        for finding in part.findings:
            assert finding.message
            assert finding.place.byte is None or 0 <= finding.place.byte <= len(data)


@given(st.binary(max_size=600))
@settings(max_examples=150)
def test_binary_junk_in_an_interchange_never_raises(junk: bytes) -> None:
    head = (SAMPLES / "globex-850.edi").read_bytes()[:150]
    parts, _ = items(head + junk)
    for part in parts:
        assert part.raw()


@given(
    st.sampled_from("*~>^ABISTEG01 \n\r"), st.sampled_from("*~>^ABISTEG01 \n\r"), st.sampled_from("*~>^ABISTEG01 \n\r")
)
def test_any_three_delimiters_never_raise(element: str, component: str, terminator: str) -> None:
    words = [
        "ISA",
        "00",
        " " * 10,
        "00",
        " " * 10,
        "ZZ",
        f"{'GLOBEX':15}",
        "ZZ",
        f"{'ACME':15}",
        "261121",
        "0930",
        "U",
        "00401",
        "000000001",
        "0",
        "P",
    ]
    body = [
        "GS*PO*G*A*20261121*0930*1*X*004010",
        "ST*850*0001",
        "BEG*00*SA*1**20261120",
        "PO1*1*1*EA",
        "SE*4*0001",
        "GE*1*1",
        "IEA*1*000000001",
    ]
    text = (
        element.join([*words, component])
        + terminator
        + "".join(line.replace("*", element) + terminator for line in body)
    )
    judged(text.encode())


def test_thousands_of_interchanges_without_content_take_no_time() -> None:
    isa = (SAMPLES / "acme-850.edi").read_bytes()[:106]
    began = time.perf_counter()
    parts, remarks = items(isa * 1000)
    assert parts == []
    assert len(remarks) == 1000
    assert time.perf_counter() - began < 10


@pytest.mark.parametrize("junk", [b"ISA", b"ISA*", b"~", b"ST*", b"\nSE*", b"*" * 50, b"SE*1*1"])
def test_repeated_markers_take_linear_time(junk: bytes) -> None:
    data = (SAMPLES / "globex-850.edi").read_bytes()
    at = data.index(b"ST*850")
    began = time.perf_counter()
    judged(data[:at] + junk * (50_000 // len(junk)))
    assert time.perf_counter() - began < 10


def test_a_segment_of_many_elements_is_one_segment_with_findings() -> None:
    data = (SAMPLES / "acme-850.edi").read_bytes().replace(b"CTT*3", b"CTT*3" + b"*X" * 5000)
    parts, _ = items(data)
    assert {finding.code for finding in errors_in(parts[0].findings)} <= {
        "X153",
        "X140",
        "X156",
        "X155",
        "X154",
        "X152",
    }


def test_values_that_look_like_formats_or_code_stay_text() -> None:
    data = (
        (SAMPLES / "acme-850.edi")
        .read_bytes()
        .replace(b"HEX BOLT M8X40 ZINC", b"{low} %s {0.__class__} __import__('os')")
    )
    data = data.replace(b"PO1*2*40*BX", b"PO1*2*{value}*BX")
    parts, _ = items(data)
    assert [finding.message for finding in errors_in(parts[0].findings)] == [
        'PO1 line 2, quantity (PO102) is "{value}": not a number'
    ]
