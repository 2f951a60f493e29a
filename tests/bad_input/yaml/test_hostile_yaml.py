"""promises.md, bad inputs, YAML: refused with file:line, before any structure exists."""

from __future__ import annotations

from decimal import Decimal

import pytest

from crossdock.errors import ConfigError
from crossdock.yaml_source import MAX_BYTES, load

CASES = {
    "alias bomb": (b"a: &a [x]\nb: [*a, *a]\n", "Y005", 1, 4),
    "alias alone": (b"b: *a\n", "Y005", 1, 4),
    "depth bomb": (b"[" * 100_000, "Y007", 1, 52),
    "deep mappings": (b"{a: " * 100_000, "Y007", 1, 205),
    "duplicate key": (b"a: 1\nb: 2\na: 3\n", "Y009", 3, 1),
    "duplicate key of an inner mapping": (b"x:\n  a: 1\n  a: 2\n", "Y009", 3, 3),
    "tab": (b"a:\n\tb: 1\n", "Y003", 2, 1),
    "python tag": (b"a: !!python/object/apply:os.system [id]\n", "Y006", 1, 4),
    "standard tag": (b"a: !!binary x\n", "Y006", 1, 4),
    "two documents": (b"a: 1\n---\nb: 2\n", "Y004", 2, 1),
    "not UTF-8": (b"a: 1\nb: \xff\n", "Y002", 2, 4),
    "NUL": (b"a: 1\nb: \0\n", "Y003", 2, 4),
    "half-written": (b'a: "never closed\n', "Y003", 1, 4),
    "open bracket": (b"a: [1, 2\n", "Y003", 1, 4),
    "complex key": (b"? [a, b]\n: c\n", "Y008", 1, 3),
    "too large": (b"#" * (MAX_BYTES + 1), "Y001", 1, 1),
}


@pytest.mark.parametrize("name", CASES)
def test_it_is_refused_at_its_place(name: str) -> None:
    data, code, line, column = CASES[name]
    with pytest.raises(ConfigError) as caught:
        load(data, "f.yaml")
    (finding,) = caught.value.findings
    assert (finding.code, finding.place.file, finding.place.line, finding.place.column) == (
        code,
        "f.yaml",
        line,
        column,
    )


def test_every_duplicate_key_is_told() -> None:
    with pytest.raises(ConfigError) as caught:
        load(b"a: 1\na: 2\nb: 1\nb: 2\n", "f.yaml")
    assert [finding.place.line for finding in caught.value.findings] == [2, 4]


def test_words_of_old_yaml_stay_text() -> None:
    text = b"country: NO\ntime: 12:30\nzip: 010\nday: 2026-11-20\nhex: 0x1F\nyes: yes\nbig: 1e3\n"
    assert load(text, "f").value == {
        "country": "NO",
        "time": "12:30",
        "zip": "010",
        "day": "2026-11-20",
        "hex": "0x1F",
        "yes": "yes",
        "big": "1e3",
    }


def test_only_plain_words_and_numbers_are_typed() -> None:
    text = b"a: true\nb: null\nc: 12\nd: 1.50\ne: 'true'\nf: \"12\"\ng: -0.5\nh: ~\n"
    assert load(text, "f").value == {
        "a": True,
        "b": None,
        "c": 12,
        "d": Decimal("1.50"),
        "e": "true",
        "f": "12",
        "g": Decimal("-0.5"),
        "h": None,
    }
