"""Our own samples, and files as the world sends them where the corpus lies beside the project."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from crossdock.codecs.contract import Part
from crossdock.codecs.x12.reading import Reading
from crossdock.codecs.x12.writing import Writing
from crossdock.errors import Finding, Severity
from crossdock.message import Inline

PROJECT = Path(__file__).resolve().parents[3]
SAMPLES = sorted((PROJECT / "samples" / "x12").glob("*.edi"))
CORPUS = PROJECT.parent / "shared" / "corpus" / "edi"
SEGMENT_START = re.compile(rb"(?:^|[~\n\r\x1c|\\'])\s*ST([*|~\x1d^+])[0-9]{3}\1")


def is_x12(path: Path) -> bool:
    return path.is_file() and re.search(rb"(?:^|\n|\xbf)ISA[^A-Za-z0-9]", path.read_bytes()[:200]) is not None


FILES = [*SAMPLES, *(sorted(path for path in CORPUS.rglob("*") if is_x12(path)))]
NAMES = [path.name for path in FILES]


def items(data: bytes) -> tuple[list[Part], list[Finding]]:
    read = list(Reading(Inline(data)))
    return [item for item in read if isinstance(item, Part)], [item for item in read if isinstance(item, Finding)]


def is_canonical(data: bytes, parts: list[Part], remarks: list[Finding]) -> bool:
    """Nothing to remark, and one way of ending segments throughout."""
    findings = [finding for part in parts for finding in part.findings]
    if remarks or any(finding.severity is not Severity.NOTE or finding.code == "X148" for finding in findings):
        return False
    if not parts:
        return False
    document: Any = parts[0].document
    marks = document["_env"]
    end = marks["separators"][2]
    return data.rstrip().count((end + marks.get("newline", "")).encode()) >= data.rstrip().count(end.encode()) - 1


def test_there_are_samples_of_three_partners() -> None:
    assert {path.name for path in SAMPLES} >= {"acme-850.edi", "globex-850.edi", "initech-850.edi"}


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.name)
def test_our_samples_are_faultless(path: Path) -> None:
    parts, remarks = items(path.read_bytes())
    assert remarks == []
    assert [finding for part in parts for finding in part.findings] == []


@pytest.mark.parametrize("path", FILES, ids=NAMES)
def test_every_transaction_is_seen(path: Path) -> None:
    data = path.read_bytes()
    parts, _ = items(data)
    seen = [part for part in parts if part.headers.get("x12.set") not in (None, "", "TA1")]
    assert len(seen) == len(SEGMENT_START.findall(data))


@pytest.mark.parametrize("path", FILES, ids=NAMES)
def test_what_is_in_order_is_written_back_to_the_byte(path: Path) -> None:
    data = path.read_bytes()
    parts, remarks = items(data)
    if is_canonical(data, parts, remarks):
        written = b"".join(Writing().chunks(part.document for part in parts))
        assert written.rstrip() == data.rstrip()  # a last line break tells nothing and is always written


def test_most_files_are_in_order() -> None:
    """Guards the test above against judging nothing."""
    judged = [path for path in FILES if is_canonical(path.read_bytes(), *items(path.read_bytes()))]
    assert len(judged) >= (25 if CORPUS.is_dir() else 3)


@pytest.mark.parametrize("path", FILES, ids=NAMES)
def test_every_part_reads_to_the_same_document_on_its_own(path: Path) -> None:
    parts, _ = items(path.read_bytes())
    for part in parts:
        if part.document is not None:
            (alone,), _ = items(part.raw())
            assert alone.document == part.document
