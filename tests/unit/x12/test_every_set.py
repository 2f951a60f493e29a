"""Every set of the dictionary, at every release: what it generates is read without a finding and written back."""

from __future__ import annotations

import random

import pytest
from tests.unit.x12.conftest import Bench

from crossdock.codecs.x12.delimiters import Delimiters
from crossdock.codecs.x12.dictionary.library import find_set, known_sets
from crossdock.codecs.x12.sampling import sample_body
from crossdock.codecs.x12.writing import Writing
from crossdock.errors import Severity

MARKS = Delimiters("*", ">", "~", "^", "")
CHANCES = range(6)


def sample(number: str, release: str, seed: int) -> bytes:
    definition = find_set(number, release)
    assert definition is not None
    body = sample_body(definition, random.Random(seed).randrange, MARKS)  # noqa: S311 - no secret, a sample
    return Bench().wrap(body, version=release, number=number, group=definition.group)


@pytest.mark.parametrize(("number", "release"), known_sets())
def test_a_generated_transaction_is_faultless_and_written_back(number: str, release: str) -> None:
    for seed in CHANCES:
        data = sample(number, release, seed)
        outcome = Bench().read(data)
        findings = [*outcome.part.findings, *outcome.remarks]
        assert [finding for finding in findings if finding.severity is Severity.ERROR] == []
        assert b"".join(Writing().chunks([outcome.document])).rstrip() == data.rstrip()


@pytest.mark.parametrize(("number", "release"), known_sets())
def test_what_is_not_of_the_set_is_told(number: str, release: str) -> None:
    data = sample(number, release, 1).replace(b"~SE*", b"~ISR*AB~XYZ*1~SE*")
    assert {"X141"} <= set(Bench().read(data).codes)


@pytest.mark.parametrize(("number", "release"), known_sets())
def test_the_first_segment_is_mandatory(number: str, release: str) -> None:
    envelope, transaction = sample(number, release, 2).split(b"~ST*", 1)
    st, _, rest = transaction.split(b"~", 2)
    assert "X145" in Bench().read(envelope + b"~ST*" + st + b"~" + rest).codes
