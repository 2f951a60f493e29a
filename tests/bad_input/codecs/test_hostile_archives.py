"""Archives that want out of their folder, grow without end, lie about themselves, or are damaged."""

from __future__ import annotations

import contextlib
import gzip
import io
import stat
import zipfile
from collections.abc import Callable

import pytest

from crossdock.codecs.archive.entry import Limits
from crossdock.codecs.archive.gzip import gunzip, gzipped
from crossdock.codecs.archive.zip import unzip, zipped
from crossdock.errors import Reject
from crossdock.message import Inline, read_all

LIMITS = Limits(total=50_000_000, files=10)


def refused(read: Callable[[], object]) -> str:
    with pytest.raises(Reject) as caught:
        read()
    return caught.value.code


def of_zip(data: bytes) -> str:
    return refused(lambda: unzip(Inline(data), LIMITS))


def made(change: Callable[[zipfile.ZipInfo], None], data: bytes = b"x", count: int = 1) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for number in range(count):
            info = zipfile.ZipInfo(f"a{number}.csv")
            change(info)
            archive.writestr(info, data)
    return packed.getvalue()


def named(name: str) -> Callable[[zipfile.ZipInfo], None]:
    def change(info: zipfile.ZipInfo) -> None:
        info.filename = name

    return change


@pytest.mark.parametrize(
    "name", ["../x", "a/../../x", "/etc/passwd", "C:x", "a\\..\\x", "..", "a/./b", "x\n", "\u202ecsv.exe"]
)
def test_a_name_that_leads_out_or_deceives_is_refused(name: str) -> None:
    assert of_zip(made(named(name))) == "S304"


def test_a_link_is_refused() -> None:
    def link(info: zipfile.ZipInfo) -> None:
        info.external_attr = (stat.S_IFLNK | 0o777) << 16

    assert of_zip(made(link, b"/etc/passwd")) == "S305"


def test_an_encrypted_entry_is_told() -> None:
    data = bytearray(zipped("a.csv", [b"x"]))
    data[data.index(b"PK\x01\x02") + 8] |= 1
    assert of_zip(bytes(data)) == "S303"


def test_a_method_that_few_know_is_told() -> None:
    data = bytearray(zipped("a.csv", [b"x"]))
    data[data.index(b"PK\x01\x02") + 10] = 99
    assert of_zip(bytes(data)) == "S312"


def test_two_entries_of_one_name_are_refused() -> None:
    with pytest.warns(UserWarning, match="Duplicate"):
        data = made(named("a.csv"), count=2)
    assert of_zip(data) == "S309"


def test_too_many_entries_are_refused() -> None:
    assert of_zip(made(lambda info: None, count=11)) == "S306"


def test_an_archive_in_an_archive_is_refused() -> None:
    assert of_zip(zipped("inner.zip", [zipped("a", [b"x"])])) == "S308"
    assert of_zip(zipped("inner.csv.gz", gzipped([b"x"]))) == "S308"


def test_a_workbook_in_an_archive_is_none() -> None:
    assert len(unzip(Inline(zipped("prices.xlsx", [zipped("a", [b"x"])])), LIMITS)) == 1


def test_a_bomb_is_stopped_by_what_comes_out_whatever_its_headers_say() -> None:
    bomb = bytearray(zipped("a.csv", [b"\0" * 1_000_000] * 20))
    at = bomb.index(b"PK\x01\x02") + 24
    assert of_zip(bytes(bomb)) == "S307"
    bomb[at : at + 4] = (10).to_bytes(4, "little")
    assert of_zip(bytes(bomb)) in {"S301", "S302"}
    assert refused(lambda: gunzip(Inline(b"".join(gzipped([b"\0" * 1_000_000] * 20))), None, LIMITS)) == "S307"


def test_the_sum_of_all_files_is_limited() -> None:
    data = made(lambda info: None, bytes(range(256)) * 4000, count=10)
    assert refused(lambda: unzip(Inline(data), Limits(total=5_000_000))) == "S307"


def test_entries_that_share_their_data_are_refused() -> None:
    data = bytearray(made(lambda info: None, b"x" * 50, count=2))
    second = data.rindex(b"PK\x01\x02")
    data[second + 42 : second + 46] = (5).to_bytes(4, "little")
    assert of_zip(bytes(data)) == "S310"


def test_a_wrong_check_sum_is_told_with_the_entry() -> None:
    data = bytearray(made(lambda info: None, b"hello hello"))
    data[data.index(b"hello")] ^= 1
    with pytest.raises(Reject) as caught:
        unzip(Inline(bytes(data)), LIMITS)
    assert (caught.value.code, caught.value.findings[0].place.element) == ("S302", "a0.csv")


def test_a_zip_is_refused_wherever_it_is_cut() -> None:
    data = zipped("a.csv", [b"hello " * 30])
    for length in range(len(data)):
        assert of_zip(data[:length]) in {"S300", "S301", "S310"}


def test_a_gzip_is_refused_wherever_it_is_cut() -> None:
    data = b"".join(gzipped([b"hello " * 30]))
    for length in range(len(data)):
        assert refused(lambda: gunzip(Inline(data[:length]), None, LIMITS)) in {"S300", "S313"}  # noqa: B023 - called at once


def test_a_gzip_with_any_byte_changed_is_refused_or_the_same() -> None:
    data = gzip.compress(b"hello " * 30, mtime=0)
    for at in range(len(data)):
        bad = data[:at] + bytes([data[at] ^ 0xFF]) + data[at + 1 :]
        with contextlib.suppress(Reject):
            assert read_all(gunzip(Inline(bad), None, LIMITS).content) == b"hello " * 30


def test_a_zip_with_any_byte_changed_is_refused_or_the_same() -> None:
    data = zipped("a.csv", [b"hello " * 30])
    for at in range(len(data)):
        bad = data[:at] + bytes([data[at] ^ 0xFF]) + data[at + 1 :]
        with contextlib.suppress(Reject):
            assert all(read_all(one.content) == b"hello " * 30 for one in unzip(Inline(bad), LIMITS))
