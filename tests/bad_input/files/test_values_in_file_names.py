"""Values never become structure: a hostile value in a name rejects the document and makes no file."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.file_connector.conftest import Outbox, order

from crossdock.connector.file_name import name_fault
from crossdock.errors import Reject


@pytest.fixture
def outbox(tmp_path: Path) -> Callable[..., Outbox]:
    return lambda **options: Outbox(tmp_path, **options)


@pytest.mark.parametrize(
    "value",
    [
        "../x",
        "..",
        "/etc/passwd",
        "a/b",
        "a\\b",
        "..\\x",
        "a\0b",
        "a\nb",
        "a\rb",
        "a\x1b[2Jb",
        "a\x7fb",
        "a\x85b",
        "a\u2028b",
        "gpj.\u202eexe",
        "\u2066a",
        "\ud800",
        "x" * 300,
        "é" * 128,
    ],
)
@pytest.mark.parametrize("name", ["{number}", "ORD{number}.txt"])
def test_a_value_that_could_be_more_than_a_part_of_a_name_is_rejected(
    outbox: Callable[..., Outbox], name: str, value: str
) -> None:
    box = outbox(name=name)
    (outcome,) = box.sink.stage([order(value)])
    assert isinstance(outcome, Reject)
    assert outcome.code == "K103"
    assert str(outcome).isprintable()
    assert box.files() == {}


@pytest.mark.parametrize("value", [".", ".hidden", "CON", "con", "NUL.txt", "COM1", "LPT9.tar.gz", "AUX ", "a.", "a "])
def test_a_whole_name_that_means_something_to_some_system_is_rejected(
    outbox: Callable[..., Outbox], value: str
) -> None:
    box = outbox(name="{number}")
    (outcome,) = box.sink.stage([order(value)])
    assert isinstance(outcome, Reject)
    assert box.files() == {}


@pytest.mark.parametrize(
    "value", ["-rf", "$(id)", "`id`", "a b", "CONTACT", "COM10", "x" * 255, "הזמנה", "注文", "%2e"]
)
def test_a_value_that_only_looks_odd_is_a_name(outbox: Callable[..., Outbox], value: str) -> None:
    box = outbox(name="{number}")
    box.deliver(order(value))
    assert list(box.files()) == [value]


def test_names_that_differ_only_in_their_normal_form_or_case_are_two_files(outbox: Callable[..., Outbox]) -> None:
    box = outbox(name="{number}")
    box.deliver(order("é"), order("e\u0301"), order("A"), order("a"))
    assert len(box.files()) == 4


@pytest.mark.parametrize("value", ["..", "a/b", "\0", ".ssh", "CON"])
def test_a_value_cannot_lead_out_of_a_folder_either(outbox: Callable[..., Outbox], value: str) -> None:
    box = outbox(path="out/{number}", name="stock.csv")
    (outcome,) = box.sink.stage([order(value)])
    assert isinstance(outcome, Reject)
    assert not box.path.exists()


@given(st.text(max_size=300))
def test_whatever_passes_as_a_name_is_one_entry_of_a_folder(name: str) -> None:
    if name_fault(name) is None:
        assert os.path.basename(name) == name  # noqa: PTH119 - the text itself is looked at
        assert len(os.fsencode(name)) <= 255
        assert name not in ("", ".", "..")
        assert "\0" not in name
