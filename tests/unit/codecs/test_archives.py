"""zip and gzip: what is packed comes out again, in flat memory, and the same bytes always make the same bytes."""

from __future__ import annotations

import gzip
import io
import re
import zipfile
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crossdock.codecs.archive.entry import Limits
from crossdock.codecs.archive.gzip import gunzip, gzipped
from crossdock.codecs.archive.zip import unzip, zipped
from crossdock.message import Inline, Payload, read_all

Cut = Callable[[bytes, int], Payload]
LIMITS = Limits(total=10_000_000)


def test_gzip_gives_the_file_in_it_and_its_name() -> None:
    made = io.BytesIO()
    with gzip.GzipFile("stock.csv", "wb", fileobj=made) as file:
        file.write(b"a,b\n")
    entry = gunzip(Inline(made.getvalue()), "other.gz", LIMITS)
    assert (entry.name, read_all(entry.content)) == ("stock.csv", b"a,b\n")


@pytest.mark.parametrize(("given", "expected"), [("stock.csv.gz", "stock.csv"), (None, "file"), ("x", "x")])
def test_gzip_without_a_name_has_that_of_the_payload(given: str | None, expected: str) -> None:
    assert gunzip(Inline(b"".join(gzipped([b"a"]))), given, LIMITS).name == expected


def test_several_members_are_one_file() -> None:
    data = gzip.compress(b"one ") + gzip.compress(b"two") + b"\0" * 512
    assert read_all(gunzip(Inline(data), None, LIMITS).content) == b"one two"


@settings(max_examples=50)
@given(st.binary(max_size=5000), st.integers(1, 400))
def test_what_gzip_packs_comes_out_however_it_is_cut(data: bytes, size: int) -> None:
    pieces = [data[start : start + size] for start in range(0, len(data), size)]
    packed = b"".join(gzipped(pieces))
    assert gzip.decompress(packed) == data
    assert packed[4:8] == b"\0\0\0\0"
    assert read_all(gunzip(Inline(packed), None, LIMITS).content) == data


def archive(**files: bytes) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new:
        for name, data in files.items():
            new.writestr(name.replace("_", "."), data)
        new.writestr("folder/", b"")
    return made.getvalue()


@pytest.mark.parametrize("size", [1, 13, 100_000])
def test_zip_gives_every_file_in_the_order_of_its_directory(size: int, cut: Cut) -> None:
    data = archive(b_csv=b"bb" * 1000, a_csv=b"a", c_txt=b"")
    found = unzip(cut(data, size), LIMITS)
    assert [(one.name, read_all(one.content)) for one in found] == [
        ("b.csv", b"bb" * 1000),
        ("a.csv", b"a"),
        ("c.txt", b""),
    ]
    assert [one.content.size for one in found] == [2000, 1, 0]


def test_only_files_whose_names_fit_are_unpacked() -> None:
    found = unzip(Inline(archive(b_csv=b"b", c_txt=b"c")), LIMITS, re.compile(r".*\.csv\Z"))
    assert [one.name for one in found] == ["b.csv"]


def test_a_file_is_read_as_often_as_asked() -> None:
    (one, *_) = unzip(Inline(archive(b_csv=b"b" * 600_000)), LIMITS)
    assert read_all(one.content) == read_all(one.content) == b"b" * 600_000
    assert max(len(piece) for piece in one.content.chunks()) < 300_000


def test_the_same_bytes_make_the_same_archive() -> None:
    packed = zipped("orders.csv", [b"a", b"b"])
    assert packed == zipped("orders.csv", [b"ab"])
    with zipfile.ZipFile(io.BytesIO(packed)) as made:
        assert (made.namelist(), made.read("orders.csv")) == (["orders.csv"], b"ab")
