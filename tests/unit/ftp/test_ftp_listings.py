"""Lines of listings, as servers of many kinds send them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crossdock.connector.remote.files import Entry, Kind, Stamp
from crossdock_connectors.ftp.listing import from_facts, from_list, is_self, seconds

FILES = {
    "-rw-r--r--   1 owner    group        1803 Nov 20 12:30 a b.edi": ("a b.edi", 1803),
    "-rw-r--r--   1 owner    group        1803 Nov  2  2025  two leading.edi": (" two leading.edi", 1803),
    "-rw-r--r--+  1 owner    1803 Nov 20 12:30 no group.edi": ("no group.edi", 1803),
    "-rw-r--r--   1 DOMAIN\\some user domain users 7 Nov 20 12:30 x": ("x", 7),
    "-rw-r--r--   1 o g 12 2026-11-20 12:30 iso.edi": ("iso.edi", 12),
    "-rw-r--r--   1 o g 12 2026-11-20 12:30:11.000000000 +0100 full.edi": ("full.edi", 12),
    "-rw-r--r--   1 o g 12 20 Nov 12:30 day first.edi": ("day first.edi", 12),
    "- [R----F--] supervisor    512 Nov 20 12:30 netware.edi": ("netware.edi", 512),
    "11-20-26  12:30PM                 1803 a b.edi": ("a b.edi", 1803),
    "11-20-2026  12:30                 1803 iis.edi": ("iis.edi", 1803),
    "2026-11-20  12:30          1,803 grouped.edi": ("grouped.edi", 1803),
}
OTHERS = {
    "drwxr-xr-x   2 owner    group        4096 Nov 20 12:30 folder": ("folder", Kind.FOLDER),
    "lrwxrwxrwx   1 owner    group           9 Nov 20 12:30 link -> /etc/passwd": ("link", Kind.OTHER),
    "crw-rw----   1 root     disk      8,   0 Nov 20 12:30 device": ("device", Kind.OTHER),
    "prw-r--r--   1 o g 0 Nov 20 12:30 pipe": ("pipe", Kind.OTHER),
    "11-20-26  12:30PM       <DIR>          folder": ("folder", Kind.FOLDER),
    "11-20-26  12:30PM       <JUNCTION>     link": ("link", Kind.OTHER),
}
NONE = [
    "A.EDI;1    2/4    20-NOV-2026 12:30:11  [GROUP,OWNER]  (RWED,RWED,RE,)",
    "TSO004 3390   VSAM FOO.BAR",
    "a.edi",
    "-rw-r--r-- 1 a b lots Nov 20 12:30 c.edi",
    "-rw-r--r-- 1 a b 5 Nov 20 12:30",
    "11-20-26  12:30PM  1803",
    "x" * 100_000,
    "-rw-r--r-- " + "1 " * 5000,
]


@pytest.mark.parametrize("line", FILES)
def test_a_file_has_its_name_and_size_and_no_time(line: str) -> None:
    name, size = FILES[line]
    found = from_list(line)
    assert found is not None
    assert found[0] == Entry(name, Kind.FILE, Stamp(size, None))


@pytest.mark.parametrize("line", OTHERS)
def test_what_is_no_file_is_known_as_such(line: str) -> None:
    found = from_list(line)
    assert found is not None
    assert (found[0].name, found[0].kind) == OTHERS[line]


@pytest.mark.parametrize("line", NONE)
def test_what_is_in_no_known_style_is_not_guessed(line: str) -> None:
    assert from_list(line) is None


def test_facts_are_read_in_any_order_and_case() -> None:
    expected = Entry("a; b.edi", Kind.FILE, Stamp(1803, 1795177800))
    assert from_facts("Type=file;Size=1803;Modify=20261120123000; a; b.edi") == expected
    assert from_facts("modify=20261120123000.123;type=FILE;size=1803;UNIX.mode=0644; a; b.edi") == expected


@pytest.mark.parametrize("line", ["type=cdir; /x", "modify=20261120123000;Type=pdir; .."])
def test_the_folder_itself_is_no_entry(line: str) -> None:
    assert from_facts(line) is None
    assert is_self(line)


@pytest.mark.parametrize("fact", ["OS.unix=slink:/etc/passwd", "OS.unix=symlink", "OS.unix=chr-8/0"])
def test_other_types_are_never_files(fact: str) -> None:
    found = from_facts(f"type={fact};size=1; x")
    assert found is not None
    assert found.kind is Kind.OTHER


@pytest.mark.parametrize("size", ["-1", "1e9", "٣", "9" * 30, ""])
def test_a_size_that_is_none_is_not_told(size: str) -> None:
    found = from_facts(f"type=file;size={size}; x")
    assert found is not None
    assert found.stamp.size is None


@pytest.mark.parametrize("text", ["20260230000000", "2026112012300", "99999999999999", "x", ""])
def test_a_time_that_is_none_is_not_told(text: str) -> None:
    assert seconds(text) is None


@given(st.text(max_size=300))
def test_any_line_is_read_or_left(line: str) -> None:
    for found in (from_facts(line), from_list(line)):
        assert found is None or found


@given(st.text(st.characters(blacklist_categories=["Cs"], blacklist_characters="\r\n"), min_size=1))
def test_a_name_is_data_whatever_it_is(name: str) -> None:
    found = from_facts(f"type=file;size=1; {name}")
    assert found is not None
    assert found.name == name
