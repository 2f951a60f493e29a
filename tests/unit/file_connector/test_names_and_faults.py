"""Names made visible, free and unique; the system's errors in the engine's words."""

from __future__ import annotations

import errno
import os
import re
from itertools import islice
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crossdock.connector.folders.names import numbered, tagged, visible
from crossdock.errors import CrossdockError, Hold, Reject, Retry
from crossdock_connectors.file import faults
from crossdock_connectors.file.faults import fault

RAW = st.binary(min_size=1, max_size=40).map(lambda raw: os.fsdecode(raw.replace(b"\0", b"")))


@given(RAW)
def test_a_visible_name_is_text_that_can_be_stored_and_shown(raw: str) -> None:
    shown = visible(raw)
    shown.encode()
    assert not re.search(r"[\x00-\x1f\x7f-\x9f\u202e]", shown)


@given(RAW, RAW)
def test_two_names_never_look_the_same(one: str, other: str) -> None:
    assert (visible(one) == visible(other)) == (one == other)


def test_ordinary_names_look_like_themselves() -> None:
    for name in ("orders 17.edi", "Wörter.edi", "注文.edi", "$(id)", "-rf"):
        assert visible(name) == name


def test_odd_bytes_are_written_out() -> None:
    assert visible(os.fsdecode(b"a\xffb")) == "a\\xffb"
    assert visible("a\nb\\c\u202ed") == "a\\u000ab\\\\c\\u202ed"


@given(RAW, st.integers(0, 20))
def test_a_tagged_name_always_fits(raw: str, spare: int) -> None:
    assert len(os.fsencode(tagged(raw * 8, "1f0c9a2b", spare=spare))) + spare <= 255


def test_a_tag_stands_before_the_ending() -> None:
    assert tagged("orders.edi", "TAG") == "orders.TAG.edi"
    assert tagged("orders", "TAG") == "orders.TAG"
    assert tagged("é" * 200 + ".edi", "TAG") == "é" * 123 + ".TAG.edi"


def test_a_taken_name_is_numbered() -> None:
    assert list(islice(numbered("ORD1.txt"), 3)) == ["ORD1.txt", "ORD1-2.txt", "ORD1-3.txt"]
    assert list(islice(numbered("ORD1"), 2)) == ["ORD1", "ORD1-2"]


@pytest.mark.parametrize(
    ("number", "kind", "code"),
    [
        (errno.ENOSPC, Retry, "K401"),
        (errno.EROFS, Retry, "K402"),
        (errno.EACCES, Retry, "K403"),
        (errno.EIO, Retry, "K404"),
        (errno.ENOENT, Retry, "K405"),
        (errno.ELOOP, Retry, "K406"),
        (errno.ENAMETOOLONG, Reject, "K407"),
        (errno.EFBIG, Reject, "K408"),
        (errno.EMFILE, Retry, "K409"),
        (errno.ESTALE, Retry, "K410"),
        (errno.EBUSY, Retry, "K411"),
        (errno.EISDIR, Hold, "K412"),
        (errno.EXFULL, Retry, "K499"),
    ],
)
def test_what_the_system_says_decides_what_happens_next(number: int, kind: type[CrossdockError], code: str) -> None:
    error = fault(OSError(number, "whatever"), "writing 'a'")
    assert (type(error), error.code) == (kind, code)
    assert error.message.startswith("writing 'a': ")
    assert errno.errorcode[number] in error.message


def test_an_error_without_a_number_is_tried_again() -> None:
    assert isinstance(fault(OSError("odd"), "writing"), Retry)


def test_every_code_stands_in_the_source_once() -> None:
    codes = re.findall(r'"(K4\d\d)"', Path(faults.__file__).read_text())
    assert len(codes) == len(set(codes))
