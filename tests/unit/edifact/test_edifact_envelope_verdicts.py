"""Interchanges, groups, trailers, snippets, objects: what became of each."""

from __future__ import annotations

import pytest
from tests.unit.edifact.conftest import UNB, Bench

from crossdock.errors import Reject


def lines(*segments: str) -> bytes:
    return "".join(f"{segment}'" for segment in segments).encode()


def test_the_account_has_what_an_answer_needs(bench: Bench) -> None:
    bad = [line.replace("21:10", "21:1O") for line in bench.order]
    outcome = bench.read(bench.wrap(bench.order, bad))
    (account,) = outcome.accounts
    assert (account.standard, account.control, account.closed) == ("EDIFACT", "REF1", True)
    assert account.elements[:3] == ("UNB", "UNOC:3", "5412345000013:14")
    (group,) = account.groups
    assert [one.control for one in group.transactions] == ["1", "2"]
    assert [one.rejected for one in group.transactions] == [False, True]
    assert group.transactions[0].version == "D:96A:UN:EAN008"
    assert (account.transactions, account.rejected) == (2, 1)


TRAILERS = [
    ("UNZ+1+REF1", "UNZ+1+REF2", "X212"),
    ("UNZ+1+REF1", "UNZ+2+REF1", "X213"),
    ("UNZ+1+REF1'", "", "X211"),
]


@pytest.mark.parametrize(("old", "new", "code"), TRAILERS)
def test_a_trailer_that_disagrees_is_a_warning(bench: Bench, old: str, new: str, code: str) -> None:
    outcome = bench.read(bench.wrap(bench.order).replace(old.encode(), new.encode()))
    assert outcome.remarked == [code]
    assert [finding.code for finding in outcome.accounts[0].findings] == [code]


ENDINGS = [
    ("UNT+13+1", "UNT+12+1", "X233", "29"),
    ("UNT+13+1", "UNT+13+2", "X232", "28"),
    ("UNT+13+1'", "", "X231", "13"),
]


@pytest.mark.parametrize(("old", "new", "code", "reported"), ENDINGS)
def test_a_message_that_ends_wrong_is_rejected(bench: Bench, old: str, new: str, code: str, reported: str) -> None:
    outcome = bench.read(bench.wrap(bench.order).replace(old.encode(), new.encode()))
    assert outcome.codes == [code]
    assert outcome.findings[0].report == (("0085", reported),)


def test_messages_without_unt_do_not_swallow_each_other(bench: Bench) -> None:
    data = bench.wrap(bench.order, bench.order, bench.order).replace(b"UNT+13+1'", b"").replace(b"UNT+13+2'", b"")
    outcome = bench.read(data)
    assert [part.headers["edifact.unh"] for part in outcome.parts] == ["1", "2", "3"]
    assert outcome.codes == ["X231", "X231"]


def test_groups_are_judged_too(bench: Bench) -> None:
    one = bench.message(bench.order)
    data = lines(UNB, "UNG+ORDERS+A+B+261121:0930+G1+UN+D:96A", *one, "UNE+2+G9", "UNZ+1+REF1")
    outcome = bench.read(data)
    assert outcome.remarked == ["X222", "X223"]
    (group,) = outcome.accounts[0].groups
    assert (group.control, group.announced) == ("G1", "2")
    assert [finding.code for finding in group.findings] == ["X222", "X223"]


def test_a_group_number_may_stand_once(bench: Bench) -> None:
    group = ["UNG+ORDERS+A+B+261121:0930+G1+UN+D:96A", *bench.message(bench.order), "UNE+1+G1"]
    assert bench.read(lines(UNB, *group, *group, "UNZ+2+REF1")).remarked == ["X228"]


def test_a_reference_that_comes_twice_is_rejected(bench: Bench) -> None:
    data = lines(UNB, *bench.message(bench.order), *bench.message(bench.order), "UNZ+2+REF1")
    outcome = bench.read(data)
    assert outcome.codes == ["X234"]
    assert [one.rejected for one in outcome.accounts[0].groups[0].transactions] == [False, True]


def test_several_interchanges_of_several_delimiters_are_read(bench: Bench) -> None:
    first = bench.wrap(bench.order)
    second = bench.wrap(bench.order).replace(b"+", b"|").replace(b"'", b"~")
    outcome = bench.read(first + b"\r\n" + b"UNA:|.? ~" + second + first)
    assert outcome.remarked == []
    assert len(outcome.parts) == 3
    assert len(outcome.accounts) == 3


def test_a_message_without_unb_is_read_as_a_snippet(bench: Bench) -> None:
    outcome = bench.read(lines(*bench.message(bench.order)))
    assert outcome.remarked == ["X219"]
    assert outcome.codes == []


def test_messages_after_unz_are_not_lost(bench: Bench) -> None:
    outcome = bench.read(bench.wrap(bench.order) + lines(*bench.message(bench.order)))
    assert len(outcome.parts) == 2
    assert outcome.remarked == ["X219"]


def test_segments_outside_any_message_are_a_part_without_document(bench: Bench) -> None:
    data = lines(UNB, "RFF+ON:1", *bench.message(bench.order), "FTX+AAA", "UNZ+1+REF1")
    outcome = bench.read(data)
    assert [part.document is None for part in outcome.parts] == [True, False, True]
    assert outcome.codes == ["X225", "X225"]


def test_an_object_is_taken_by_its_length(bench: Bench) -> None:
    content = b"%PDF UNT+1' \xff UNZ+9'"
    uno = f"UNO+OBJ1+1:2+3:4+{len(content)}'".encode()
    data = UNB.encode() + b"'" + uno + content + f"UNP+{len(content)}+OBJ1'UNZ+1+REF1'".encode()
    outcome = bench.read(data)
    assert (outcome.remarked, outcome.codes) == ([], [])
    assert outcome.document["_set"] == "UNO"
    assert outcome.document["_object"] == "JVBERiBVTlQrMScg/yBVTlorOSc="


def test_an_object_that_is_cut_off_says_so(bench: Bench) -> None:
    data = UNB.encode() + b"'UNO+OBJ1+1:2+3:4+99'abc"
    assert bench.read(data).codes == ["X249"]


@pytest.mark.parametrize(("data", "code"), [(b"", "X201"), (b"hello world", "X202"), (b"UNB", "X202")])
def test_what_is_no_edifact_at_all_is_refused(bench: Bench, data: bytes, code: str) -> None:
    with pytest.raises(Reject) as caught:
        bench.read(data)
    assert caught.value.code == code


def test_a_party_that_is_too_long_is_a_warning(bench: Bench) -> None:
    outcome = bench.read(bench.wrap(bench.order, unb=UNB.replace("5412345000013", "5" * 36)))
    assert outcome.remarked == ["X270"]
    assert outcome.remarks[0].report == (("0085", "39"),)


@pytest.mark.parametrize("odd", ["\u4eac", "\x07"])
def test_characters_of_unb_that_are_none_of_its_set_are_a_warning(bench: Bench, odd: str) -> None:
    data = bench.wrap(bench.order, unb=UNB.replace("5412345000013", "54@13")).replace(b"@", odd.encode())
    assert bench.read(data).remarked == ["X224"]
