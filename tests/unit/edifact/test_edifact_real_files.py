"""Files as the world sends them, where the corpus lies beside the project; and our own."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from tests.unit.edifact.conftest import Bench

from crossdock.codecs.contract import Part
from crossdock.codecs.edifact.reading import Reading
from crossdock.codecs.edifact.sniffing import sniff
from crossdock.codecs.edifact.writing import Writing
from crossdock.errors import Finding, Severity
from crossdock.message import Inline

PROJECT = Path(__file__).resolve().parents[3]
CORPUS = PROJECT.parent / "shared" / "corpus" / "edi"
UNH = re.compile(rb"(?:^|['#~\n\r\x1c])\s*UNH[+|^\x1d]")
OWN = {"own.edi": Bench().wrap(Bench.order, Bench.order, una="UNA:+.? '\r\n", end="'\r\n")}


def files() -> dict[str, bytes]:
    found = dict(OWN)
    for path in sorted(CORPUS.rglob("*")):
        if path.is_file() and path.suffix != ".md":
            data = path.read_bytes()
            if sniff(data[:4096]) >= 40:
                found[str(path.relative_to(CORPUS))] = data
    return found


FILES = files()


def items(data: bytes) -> tuple[list[Part], list[Finding]]:
    read = list(Reading(Inline(data)))
    return [item for item in read if isinstance(item, Part)], [item for item in read if isinstance(item, Finding)]


def is_canonical(parts: list[Part], remarks: list[Finding]) -> bool:
    findings = [finding for part in parts for finding in part.findings]
    odd = any(one.severity is not Severity.NOTE or one.code == "X266" for one in findings)
    return bool(parts) and not remarks and not odd


@pytest.mark.parametrize("name", FILES)
def test_every_message_is_seen(name: str) -> None:
    parts, _ = items(FILES[name])
    seen = [part for part in parts if "edifact.unh" in part.headers]
    assert len(seen) == len(UNH.findall(FILES[name]))


@pytest.mark.parametrize("name", FILES)
def test_what_is_in_order_is_written_back_to_the_byte(name: str) -> None:
    data = FILES[name]
    parts, remarks = items(data)
    if is_canonical(parts, remarks):
        assert b"".join(Writing().chunks(part.document for part in parts)).rstrip() == data.rstrip()


@pytest.mark.parametrize("name", FILES)
def test_every_part_reads_to_the_same_document_on_its_own(name: str) -> None:
    parts, _ = items(FILES[name])
    for part in parts:
        if part.document is not None:
            (alone,), _ = items(part.raw())
            assert alone.document == part.document


def test_some_files_are_in_order() -> None:
    """Guards the test above against judging nothing."""
    judged = [name for name in FILES if is_canonical(*items(FILES[name]))]
    assert len(judged) >= (4 if CORPUS.is_dir() else 1)
