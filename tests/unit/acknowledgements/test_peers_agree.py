"""What other tools answer to the same interchanges, as recorded, and that each difference is explained."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from tests.unit.acknowledgements.conftest import MADE

from crossdock.acknowledgement import Receipt, Terms
from crossdock.codecs.acknowledging import acknowledge
from crossdock.codecs.edifact.codec import EdifactCodec
from crossdock.codecs.edifact.reading import Reading as EdifactReading
from crossdock.codecs.x12.codec import X12Codec
from crossdock.codecs.x12.reading import Reading as X12Reading
from crossdock.message import Inline

ROOT = Path(__file__).parents[3]
FACTS: Mapping[str, Any] = json.loads((ROOT / "tests" / "golden" / "acknowledgement_peers.json").read_text())
PAGE = (ROOT / "docs" / "evidence" / "edi-acknowledgements.md").read_text()
PEERS = ("pyx12", "mock-edi")


def answer_997(text: str) -> list[str]:
    reading = X12Reading(Inline(text.encode()))
    for _ in reading:
        continue
    made = acknowledge(reading.accounts[0], Terms(functional="997", receipt=Receipt.ASKED), MADE)
    return b"".join(X12Codec().write(made)).decode().split("~")


def answer_contrl(text: str) -> list[str]:
    reading = EdifactReading(Inline(text.encode()))
    for _ in reading:
        continue
    made = acknowledge(reading.accounts[0], Terms(functional="CONTRL"), MADE)
    return b"".join(EdifactCodec().write(made)).decode().split("'")


def told_997(lines: list[str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {"TA1": [], "AK3": [], "AK5": [], "AK9": []}
    for elements in (line.split("*") for line in lines):
        match elements[0]:
            case "TA1":
                found["TA1"].append(" ".join(elements[4:6]))
            case "AK3":
                found["AK3"].append(f"{elements[1]} {elements[2]}: {elements[4]}")
            case "AK4":
                found["AK3"].append(f"{elements[1]}: {elements[3]}")
            case "AK5" | "AK9":
                found[elements[0]].append(" ".join(filter(None, elements[1:])))
    return found


def told_contrl(lines: list[str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {"UCI": [], "UCM": [], "UCS": []}
    for elements in (line.split("+") for line in lines):
        match elements[0]:
            case "UCI":
                found["UCI"].append(" ".join(filter(None, elements[4:])))
            case "UCM":
                found["UCM"].append(" ".join(filter(None, elements[3:])))
            case "UCS" | "UCD":
                found["UCS"].append(" ".join(filter(None, elements)))
    return found


ANSWERS: Mapping[str, Callable[[str], dict[str, list[str]]]] = {
    "X12": lambda text: told_997(answer_997(text)),
    "EDIFACT": lambda text: told_contrl(answer_contrl(text)),
}
CASES = [(standard, name) for standard in ANSWERS for name in FACTS[standard]]


@pytest.mark.parametrize(("standard", "name"), CASES)
def test_the_answer_is_the_one_that_was_compared(standard: str, name: str) -> None:
    case = FACTS[standard][name]

    assert ANSWERS[standard](case["in"]) == case["crossdock"]


@pytest.mark.parametrize(("standard", "name"), CASES)
def test_other_tools_read_our_answer_without_a_finding(standard: str, name: str) -> None:
    case = FACTS[standard][name]

    assert case.get("pyx12 reads ours", True)
    assert case["mock-edi finds in ours"] == []


def test_each_difference_is_explained_and_nothing_else() -> None:
    differences = {
        (standard, name, peer)
        for standard, name in CASES
        for peer in PEERS
        if peer in FACTS[standard][name] and FACTS[standard][name][peer] != FACTS[standard][name]["crossdock"]
    }
    rows = re.findall(r"^\| (X12|EDIFACT) \| ([^|]+) \| (pyx12|mock-edi) \| .+ \| .+ \| .{20,} \|$", PAGE, re.MULTILINE)

    assert sorted(rows) == sorted(differences)
