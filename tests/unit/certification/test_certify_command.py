"""``crossdock partner certify``, ``guide`` and ``rules`` at the command line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from tests.unit.certification.conftest import Shop, order

from crossdock.cli.partner import partner


def run(shop: Shop, *arguments: str) -> Result:
    return CliRunner().invoke(partner, [*arguments, "--project", str(shop.root)])


def put(shop: Shop, name: str, data: bytes) -> str:
    path = shop.root / "in" / name
    path.write_bytes(data)
    return str(path)


@pytest.mark.parametrize(("beg", "code"), [("00*SA", 0), ("00*NE", 1)])
def test_the_exit_code_says_whether_everything_is_accepted(shop: Shop, beg: str, code: int) -> None:
    assert run(shop, "certify", "acme", put(shop, "a.edi", order(beg=beg))).exit_code == code


def test_what_no_file_shows_fails_only_where_all_is_asked_for(shop: Shop) -> None:
    file = put(shop, "a.edi", order())
    assert run(shop, "certify", "acme", file).exit_code == 0
    assert run(shop, "certify", "acme", file, "--complete").exit_code == 1


def test_a_folder_is_taken_as_it_lies_without_hidden_files(shop: Shop) -> None:
    put(shop, "a.edi", order())
    put(shop, ".partial", b"half")
    result = run(shop, "certify", "acme", "--folder", str(shop.root / "in"), "--json")
    assert [one["file"] for one in json.loads(result.output)["files"]] == ["a.edi"]


def test_an_empty_folder_is_a_mistake(shop: Shop) -> None:
    result = run(shop, "certify", "acme", "--folder", str(shop.root / "in"))
    assert getattr(result.exception, "code", None) == "P307"


def test_the_report_is_written_as_a_page(shop: Shop, tmp_path: Path) -> None:
    page = tmp_path / "report.html"
    result = run(shop, "certify", "acme", put(shop, "a.edi", order()), "--html", str(page))
    assert f"{page} is written" in result.output
    assert page.read_text().startswith("<!doctype html>")


def test_control_characters_of_a_file_do_not_reach_the_terminal(shop: Shop) -> None:
    result = run(shop, "certify", "acme", put(shop, "a.edi", order(number="PO\x1b[31m")))
    assert "\x1b" not in result.output


def test_a_partner_that_does_not_exist_is_told(shop: Shop) -> None:
    result = run(shop, "certify", "acm", put(shop, "a.edi", order()))
    assert getattr(result.exception, "code", None) == "P144"


def test_a_guide_is_printed_or_written(shop: Shop, tmp_path: Path) -> None:
    assert run(shop, "guide", "acme").output.startswith("<!doctype html>")
    run(shop, "guide", "acme", "--output", str(tmp_path / "g.html"))
    assert "EDI guide for ACME" in (tmp_path / "g.html").read_text()


def test_rules_are_listed_by_what_they_judge() -> None:
    listed = json.loads(CliRunner().invoke(partner, ["rules", "x12/856", "--json"]).output)
    assert [one["name"] for one in listed] == ["sscc", "gtin", "gln", "hl-tree"]
