"""Mutations of generated interchanges and of our samples: every promise is kept, whatever the bytes."""

from __future__ import annotations

import random
import time
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crossdock.testing.edi.examination import examine
from crossdock.testing.edi.mutants import TOKENS, Kitchen, mutant
from crossdock.testing.edi.samples import SAMPLES
from crossdock.testing.edi.standards import STANDARDS
from crossdock.testing.fuzz import main

OURS = Path(__file__).resolve().parents[3] / "samples"


@cache
def kitchen(name: str) -> Kitchen:
    chance = random.Random(1)  # noqa: S311 - no secret, samples
    files = [SAMPLES[name](chance) for _ in range(20)]
    return Kitchen([*files, *(path.read_bytes() for path in sorted((OURS / name).glob("*.edi")))], TOKENS[name])


@pytest.mark.parametrize("name", ["x12", "edifact"])
def test_what_is_generated_keeps_every_promise(name: str) -> None:
    for data in kitchen(name).files:
        found = examine(data, STANDARDS[name])
        assert found.broken == []
        assert found.same is not False


@pytest.mark.parametrize("name", ["x12", "edifact"])
@given(seed=st.integers(0, 2**48))
@settings(max_examples=60)
def test_a_mutant_keeps_every_promise(name: str, seed: int) -> None:
    data = mutant(random.Random(seed), kitchen(name))  # noqa: S311 - no secret, a mutant
    assert examine(data, STANDARDS[name]).broken == []


def test_the_command_tells_what_it_tried(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    sample = tmp_path / "sample.edi"
    sample.write_bytes(kitchen("x12").files[0])
    assert main(["--standard", "x12", "--file", str(sample)]) == 0
    assert "1 x12 files tried" in capsys.readouterr().out


@pytest.mark.parametrize(
    "piece",
    [b"ST*850*0001~", b"ST*850*0001~SE~", b"BIN*9*~", b"BIN*99999*x~", b"\nSE", b"GS*PO~", b"ISA*00*~", b"HL*1**S~"],
)
def test_much_of_one_thing_takes_bounded_time(piece: bytes) -> None:
    head = (OURS / "x12" / "globex-850.edi").read_bytes()
    start = head[: head.index(b"ST*850")]
    data = start + b"ST*850*0001~" + piece * (30_000 // len(piece))
    began = time.process_time()
    examined = examine(data, STANDARDS["x12"])
    assert time.process_time() - began < 20
    assert examined.broken == []
    assert examined.seen >= 1
