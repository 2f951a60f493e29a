"""``crossdock map --explain`` of the pack's stylesheets: text, JSON and the page."""

from __future__ import annotations

import json
import re
import shutil
from functools import cache
from pathlib import Path

import pytest
from click.testing import CliRunner

from crossdock.cli.map import map_
from crossdock.mapping.explanation.told import Outcome
from crossdock.ops.explanation.report import WIDTH

ROOT = Path(__file__).resolve().parents[3]
SHOP = "samples/golden/shop/replenishment-850.edi"
ORDER = "samples/canonical/order.json"


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project of the pack's stylesheets, which is loaded in no time."""
    root = tmp_path_factory.mktemp("small")
    (root / "crossdock.yaml").write_text("name: small\n")
    shutil.copytree(ROOT / "mappings/tables", root / "mappings/tables")
    for name in ("x12-850-to-order-summary.xsl", "order-to-crm.xsl"):
        shutil.copy(ROOT / "mappings" / name, root / "mappings")
    (root / "routes").mkdir()
    return root


@cache
def _run(root: Path, *arguments: str) -> str:
    result = CliRunner().invoke(map_, [*arguments, "--project", str(root)])
    assert result.exit_code == 0, result.output
    return result.stdout


def _facts(root: Path, name: str, sample: str) -> dict[str, object]:
    (told,) = json.loads(_run(root, name, str(ROOT / sample), "--explain", "--json"))
    assert isinstance(told, dict)
    return told


def _fields(told: dict[str, object]) -> dict[str, dict[str, object]]:
    listed = told["fields"]
    assert isinstance(listed, list)
    return {one["target"]: one for one in listed}


def test_the_report_says_where_each_value_stands(small: Path) -> None:
    text = _run(small, "x12-850-to-order-summary", str(ROOT / SHOP), "--explain")
    assert max(map(len, text.splitlines())) <= WIDTH
    assert re.search(r"/Summary/@order +'RPL-2026-47'\n +by +\{BEG/BEG03\} +mappings/x12-850-to-order-summary.xsl:10\n"
                     r" +from +BEG03 'RPL-2026-47' +segment 2, bytes 184-195 - order number", text)  # fmt: skip
    assert "    with   $total is sum_of(PO1, &multiply(dec(PO102), dec(PO104))) (line 7)\n" in text
    assert re.search(r"= /Summary/Condition\[1\]/@kind +'allowance'\n.*\n +saw +SAC01 'A'", text)


def test_every_field_of_the_samples_has_a_source_or_says_why_not(small: Path) -> None:
    for name, sample in (("x12-850-to-order-summary", SHOP), ("order-to-crm", ORDER)):
        told = _facts(small, name, sample)
        assert told["notes"] == []
        for target, one in _fields(told).items():
            known = one.get("sources") or one.get("tables") or one.get("reason") or one["outcome"] == Outcome.CONSTANT
            assert known, target
            assert one["place"], target


def test_the_bytes_of_a_source_say_its_value(small: Path) -> None:
    payload, checked = (ROOT / SHOP).read_bytes(), 0
    for one in _fields(_facts(small, "x12-850-to-order-summary", SHOP)).values():
        for source in one.get("sources", []):  # type: ignore[attr-defined]  # a list, where there is one
            start, end = source["bytes"]
            assert payload[start:end].decode() == source["value"]
            checked += 1
    assert checked > 100


def test_rows_of_tables_are_told_with_their_lines(small: Path) -> None:
    account = _fields(_facts(small, "order-to-crm", ORDER))["/SalesOrder/Account"]
    tables = account["tables"]
    assert isinstance(tables, list)
    (row,) = tables
    assert (row["file"], row["key"], row["line"]) == ("mappings/tables/partners.csv", "0614141000029", 5)


def test_what_is_empty_and_what_was_not_used_are_listed(small: Path) -> None:
    text = _run(small, "order-to-crm", str(ROOT / ORDER), "--explain")
    empty = text.split("Empty (5)")[1]
    assert re.search(r"/SalesOrder/Buyer/Address +its condition does not hold: the source has no /buyer/address", empty)
    assert re.search(r"/seller/id +'123456789' +line 15", empty.split("Used by no expression")[1])
    assert "/ship_to/id " not in empty


def test_what_is_pointed_at_lights_the_other_side_of_the_page(small: Path, tmp_path: Path) -> None:
    page = tmp_path / "order.html"
    _run(small, "order-to-crm", str(ROOT / ORDER), "--html", str(page))
    html = page.read_text(encoding="utf-8")
    (facts,) = json.loads(html.split('id="facts">')[1].split("</script>")[0])
    targets = [one["target"] for one in facts["fields"]]
    name = targets.index("/SalesOrder/Buyer/Name")
    (source,) = facts["fields"][name]["from"]
    assert re.search(
        rf'<span class="s used" data-n="[^"]*\b{source}"[^>]*>&quot;Harlan Building Supply&quot;</span>', html
    )
    assert facts["sources"][source]["fields"] == [name]
    assert f'data-f="{name}"' in html
    city = facts["fields"][targets.index("/SalesOrder/ShipTo/Address/City")]
    assert city["seen"]
    assert targets.index("/SalesOrder/ShipTo/Address/City") in facts["sources"][city["seen"][0]]["fields"]


def test_a_document_that_a_stylesheet_refuses_is_explained_by_its_finding(small: Path, tmp_path: Path) -> None:
    order = json.loads((ROOT / ORDER).read_bytes())
    order["buyer"]["id"] = "nobody"
    (tmp_path / "order.json").write_text(json.dumps(order))
    arguments = ["order-to-crm", str(tmp_path / "order.json"), "--explain", "--json", "--project", str(small)]
    result = CliRunner().invoke(map_, arguments)
    (told,) = json.loads(result.stdout)
    assert (result.exit_code, told["fields"], told["result"]) == (1, [], None)
    assert (told["findings"][0]["code"], told["findings"][0]["place"]["line"]) == ("M306", 13)


def test_places_in_xml_are_told_by_xpath(small: Path, tmp_path: Path) -> None:
    (small / "mappings/dates.xsl").write_text(
        '<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform" xmlns:xd="urn:crossdock:xslt"'
        ' xd:from="xml"><xsl:template match="/document/Orders"><o d="{Order[2]/@date}"/></xsl:template></xsl:stylesheet>'
    )
    (tmp_path / "orders.xml").write_text('<Orders>\n <Order date="1"/>\n <Order date="2"/>\n</Orders>\n')
    text = _run(small, "dates", str(tmp_path / "orders.xml"), "--explain")
    assert re.search(r"from +/Orders/Order\[2\]/@date '2' +line 3, column 15, byte", text)
