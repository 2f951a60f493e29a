"""Bodies as they are packed, idempotency keys, API keys, allowances: all without a server."""

from __future__ import annotations

import gzip
import os
from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crossdock.connector.endpoint import KeyRule
from crossdock.front import api_keys
from crossdock.front.allowance import Allowance
from crossdock.front.bodies import documents, media_type, unpacked
from crossdock.front.idempotency import TOGETHER, Again, compare, key_of, scoped, together
from crossdock.front.problem import PROBLEMS, Problem
from crossdock.message import EMPTY, Inline, Message

NOW = 1_760_000_000.0


@given(st.binary(max_size=10_000), st.integers(1, 3))
def test_what_is_packed_comes_out_as_it_was(data: bytes, times: int) -> None:
    assert unpacked(gzip.compress(data) * times, "gzip", 100_000) == data * times


@given(st.binary(max_size=300))
def test_what_is_not_gzip_is_refused_or_empty(data: bytes) -> None:
    try:
        found = unpacked(data, "gzip", 1_000_000)
    except Problem:
        return
    assert not data or found is not None


def test_unpacked_size_counts() -> None:
    with pytest.raises(Problem) as refused:
        unpacked(gzip.compress(os.urandom(2000)), "gzip", 1000)
    assert refused.value.code == "W106"


def test_a_bomb_is_stopped_at_200_times_its_size() -> None:
    with pytest.raises(Problem) as refused:
        unpacked(gzip.compress(bytes(10_000_000)), "gzip", 100_000_000)
    assert refused.value.code == "W109"


@pytest.mark.parametrize("text", ["", "json", "a/b/c", "text/", "a b/c", "x/\x00"])
def test_what_is_no_media_type_is_refused(text: str) -> None:
    with pytest.raises(Problem):
        media_type(text)


@given(st.binary(max_size=400))
def test_a_form_of_anything_is_read_or_refused(data: bytes) -> None:
    try:
        found = documents(data, "multipart/form-data; boundary=b", ())
    except Problem:
        return
    assert found


@pytest.mark.parametrize(("header", "key"), [('"a b"', "a b"), ("abc", "abc"), (r'"a\"b"', 'a"b'), (" k ", "k")])
def test_a_key_is_read_as_a_string_or_bare(header: str, key: str) -> None:
    assert key_of(header, KeyRule.OPTIONAL) == key


@pytest.mark.parametrize("header", ["", '"', '""', "a b", "a;b", "a,b", "ä", "k" * 256, '"a\n"'])
def test_what_is_no_key_is_refused(header: str) -> None:
    with pytest.raises(Problem) as refused:
        key_of(header, KeyRule.OPTIONAL)
    assert refused.value.code == "W112"


def test_where_keys_are_off_none_counts() -> None:
    assert key_of("k", KeyRule.OFF) is None


@given(st.text(max_size=20), st.text(max_size=20), st.text(max_size=20), st.text(max_size=20))
def test_two_callers_never_share_a_key(one: str, key: str, two: str, other: str) -> None:
    assert (scoped(one, key) == scoped(two, other)) == ((one, key) == (two, other))


@pytest.mark.parametrize(
    ("earlier", "again"), [(b"a", Again.SAME), (b"b", Again.OTHER), (b"ab", Again.OTHER), (None, Again.FORGOTTEN)]
)
def test_a_second_document_is_compared_with_the_first(earlier: bytes | None, again: Again) -> None:
    assert compare(_message(b"a"), None if earlier is None else _message(earlier)) is again


def test_a_document_that_came_with_others_is_not_the_same_as_alone() -> None:
    alone, beside = _message(b"a"), _message(b"a", {TOGETHER: together([b"a", b"b"])})
    assert compare(beside, alone) is Again.OTHER
    assert compare(beside, _message(b"a", {TOGETHER: together([b"a", b"b"])})) is Again.SAME
    assert compare(beside, _message(b"a", {TOGETHER: together([b"a", b"c"])})) is Again.OTHER


def test_a_key_with_a_number_is_not_the_place_of_another() -> None:
    assert scoped("shop", "a", 1) != scoped("shop", "a 1")


def test_very_many_members_of_a_gzip_are_refused_and_some_are_not() -> None:
    member = gzip.compress(b"x", mtime=0)
    assert unpacked(member * 1_000, "gzip", 10_000) == b"x" * 1_000
    with pytest.raises(Problem, match="members"):
        unpacked(member * 1_100, "gzip", 10_000)


def _message(data: bytes, headers: Mapping[str, str] = EMPTY) -> Message:
    return Message(id="m", correlation="m", route="r", headers=headers, body=Inline(data))


def test_of_a_key_only_its_hash_is_kept() -> None:
    key, text = api_keys.new_key(os.urandom, NOW, "shop")
    kept = api_keys.written(key)
    assert text.split("_", 2)[2] not in kept
    assert api_keys.read(kept) == key
    assert key.is_of(text)
    assert api_keys.id_of(text) == key.id


def test_a_key_ends_when_it_is_revoked_or_expires() -> None:
    key, _ = api_keys.new_key(os.urandom, NOW, "shop")
    assert key.live(NOW)
    assert not api_keys.revoked(key, NOW).live(NOW)
    assert api_keys.ending(key, NOW + 5).live(NOW + 4)
    assert not api_keys.ending(key, NOW + 5).live(NOW + 5)
    assert api_keys.ending(api_keys.ending(key, NOW + 5), NOW + 9).expires == NOW + 5


@pytest.mark.parametrize("text", ["", "cdk_", "cdk_a_b", "cdk_aaaaaaaa_" + "a" * 44, "CDK_aaaaaaaa_" + "a" * 43])
def test_what_is_no_key_has_no_id(text: str) -> None:
    assert api_keys.id_of(text) is None


def test_an_allowance_fills_at_its_rate() -> None:
    allowance = Allowance()
    assert [allowance.take("a", 2.0, 0.0) for _ in range(3)] == [0.0, 0.0, 0.5]
    assert allowance.take("b", 2.0, 0.0) == 0.0
    assert allowance.take("a", 2.0, 0.5) == 0.0


def test_each_problem_has_a_status_of_its_class() -> None:
    assert all(400 <= one.status < 600 for one in PROBLEMS.values())
