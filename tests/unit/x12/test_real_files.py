"""Our own samples, and files as the world sends them where the corpus lies beside the project.

``CROSSDOCK_EDI_CORPUS`` names another folder of EDI: what is promised here must hold for files nobody has seen yet.
"""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path

import pytest

from crossdock.codecs.contract import Part
from crossdock.codecs.x12.reading import Reading
from crossdock.errors import Finding
from crossdock.message import Inline
from crossdock.testing.edi.corpus import corpus_files
from crossdock.testing.edi.examination import Examination, examine
from crossdock.testing.edi.standards import STANDARDS

PROJECT = Path(__file__).resolve().parents[3]
SAMPLES = sorted((PROJECT / "samples" / "x12").glob("*.edi"))
CORPUS = Path(os.environ.get("CROSSDOCK_EDI_CORPUS", PROJECT.parent / "shared" / "corpus" / "edi"))

X12 = STANDARDS["x12"]
FILES = [*SAMPLES, *(path for path, _ in corpus_files(CORPUS, frozenset({"x12"})))]
NAMES = [path.name for path in FILES]


@cache
def examined(path: Path) -> Examination:
    return examine(path.read_bytes(), X12)


def items(data: bytes) -> tuple[list[Part], list[Finding]]:
    read = list(Reading(Inline(data)))
    return [item for item in read if isinstance(item, Part)], [item for item in read if isinstance(item, Finding)]


def test_there_are_samples_of_three_partners() -> None:
    assert {path.name for path in SAMPLES} >= {"acme-850.edi", "globex-850.edi", "initech-850.edi"}


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.name)
def test_our_samples_are_faultless(path: Path) -> None:
    parts, remarks = items(path.read_bytes())
    assert remarks == []
    assert [finding for part in parts for finding in part.findings] == []


@pytest.mark.parametrize("path", FILES, ids=NAMES)
def test_every_transaction_is_seen(path: Path) -> None:
    assert examined(path).seen == X12.count(path.read_bytes())


@pytest.mark.parametrize("path", FILES, ids=NAMES)
def test_every_promise_is_kept(path: Path) -> None:
    assert examined(path).broken == []


@pytest.mark.parametrize("path", FILES, ids=NAMES)
def test_what_is_in_order_is_written_back_to_the_byte(path: Path) -> None:
    assert examined(path).same is not False


@pytest.mark.parametrize("path", FILES, ids=NAMES)
def test_every_interchange_has_a_valid_acknowledgement(path: Path) -> None:
    assert set(examined(path).answers) == {"valid"}


def test_most_files_are_in_order() -> None:
    """Guards the test above against judging nothing."""
    written = [path for path in FILES if examined(path).same]
    assert len(written) >= len(FILES) / 3


@pytest.mark.parametrize("path", FILES, ids=NAMES)
def test_every_part_reads_to_the_same_document_on_its_own(path: Path) -> None:
    parts, _ = items(path.read_bytes())
    for part in parts:
        if part.document is not None:
            (alone,), _ = items(part.raw())
            assert alone.document == part.document
