"""``crossdock map --explain``: text, JSON and the page."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache
from html.parser import HTMLParser
from pathlib import Path

import pytest
from click.testing import CliRunner

from crossdock.cli.console import load
from crossdock.cli.map import map_
from crossdock.codecs.contract import AnyCodecKind, CodecKind, Part
from crossdock.errors import ConfigError, Reject
from crossdock.mapping.case import MappingCase
from crossdock.mapping.compile import YamlMapping
from crossdock.mapping.scope import Scope
from crossdock.message import Document, Inline
from crossdock.ops.explanation.account import Account
from crossdock.ops.explanation.explain import MAX_EXPLAINED, Explainer
from crossdock.ops.explanation.page import page
from crossdock.ops.explanation.picture import MAX_TEXT
from crossdock.ops.explanation.repeats import Repeats
from crossdock.ops.explanation.report import WIDTH, lines
from crossdock.ops.explanation.unused import unused
from crossdock.ops.inspect import inspect, layouts
from crossdock.ops.mapped import format_of
from crossdock.registry import Registry
from crossdock.route.load import LoadedProject
from crossdock.route.resources import Layouts

ROOT = Path(__file__).resolve().parents[3]
CODECS: Registry[AnyCodecKind] = Registry("crossdock.codecs", CodecKind)
NOW = datetime(2026, 11, 20, 10, 30, tzinfo=UTC)
HOSTILE = "</script><script>alert(1)</script><img src=x onerror=\"alert('2')\"> & \u202egnirts\u202c \x07"


@cache
def _layouts() -> Layouts:
    return layouts(ROOT)


@pytest.fixture(scope="module")
def pack() -> LoadedProject:
    return load(ROOT, cases=True)


def _accounts(pack: LoadedProject, name: str, data: bytes, codec: str | None = None) -> list[Account]:
    mapping = pack.mappings[name]
    named, layout = format_of(mapping.reads, CODECS)
    inspection = inspect(Inline(data), CODECS, _layouts(), codec or named, layout)
    explainer = Explainer(mapping, inspection.format, inspection.codec, _layouts(), pack.tables, NOW)
    return list(explainer.accounts(Inline(data), inspection.parts(Inline(data))))


def _acme(pack: LoadedProject) -> Account:
    return _accounts(pack, "x12-850-to-order", (ROOT / "samples/x12/acme-850.edi").read_bytes())[0]


def _given(pack: LoadedProject) -> Iterator[tuple[YamlMapping, Document]]:
    """Every document that a case of the pack gives to a mapping, if it is given as a sample or a document."""
    for mapping in pack.mappings.values():
        if isinstance(mapping, YamlMapping):
            for case in mapping.cases:
                for document in _documents(mapping, case):
                    yield mapping, document


def _documents(mapping: YamlMapping, case: MappingCase) -> list[Document]:
    given = case.given
    if isinstance(given, dict):
        file, document = given.get("file"), given.get("document", given)
        return [document] if file is None else []  # type: ignore[list-item]  # YAML holds plain values
    payload = Inline((ROOT / given).read_bytes())
    inspection = inspect(payload, CODECS, _layouts(), *format_of(mapping.reads, CODECS))
    return [part.document for part in inspection.parts(payload)]


def test_every_case_of_the_pack_is_explained_with_the_result_of_its_mapping(pack: LoadedProject) -> None:
    count = 0
    for mapping, document in _given(pack):
        scope = Scope(id="map", route="map", now=NOW)
        explanation = mapping.explain(document, scope)
        try:
            result = mapping.apply(document, scope)
        except Reject:
            assert any(one.outcome == "failed" for one in explanation.fields), mapping.name
            continue
        count += 1
        assert explanation.result == result, mapping.name
    assert count > 80


def test_the_report_says_where_each_value_stands_on_lines_of_bearable_length(pack: LoadedProject) -> None:
    report = list(lines(_acme(pack), "acme-850.edi"))
    text = "\n".join(report)
    assert max(map(len, report)) <= WIDTH
    assert "/number" in text
    assert "BEG03 '4500017832'" in text
    assert "segment 2, bytes 183-193" in text
    assert re.search(r"BEG\.BEG03 +mappings/x12-850-to-order\.yaml:\d+:\d+", text)
    assert "mappings/tables/order-purposes.csv:2, lookup of '00'" in text
    assert "the source has no /BEG/BEG04" in text
    assert re.search(r"/CTT/CTT01 +'3' +segment 25 - number ", text)


def test_what_the_bookkeeping_of_a_codec_repeats_is_told_as_the_element_it_stands_for(pack: LoadedProject) -> None:
    account = _acme(pack)
    sku = next(one for one in account.fields if one.told.pointer == "/lines/0/sku")
    assert [source.pointer for source in sku.sources] == ["/PO1/0/PO107"]
    assert not any("PO107" in left.kind.path for left in account.left)


def test_values_below_levels_are_told_in_their_flat_list() -> None:
    parent: dict[str, Document] = {"HL01": "1", "HL03": "S", "TD5": [{"TD503": "RDWY"}]}
    child: dict[str, Document] = {"HL01": "2", "HL02": "1", "HL03": "O", "_up": parent}
    document: Document = {"HL": [parent, child], "HL_S": [{**parent, "HL_O": [dict(child)]}]}
    repeats = Repeats(document)
    assert repeats.originals("/HL_S/0/HL_O/0/HL02") == ["/HL/1/HL02"]
    assert repeats.originals("/HL/1/_up/TD5/0/TD503") == ["/HL/0/TD5/0/TD503"]
    assert [one.path for one in unused(document, {"/HL_S/0/TD5/0/TD503"})] == ["/HL/*/HL01", "/HL/*/HL03", "/HL/*/HL02"]


def test_unused_values_of_one_kind_stand_together() -> None:
    document: Document = {"PO1": [{"a": "1", "b": ""}, {"a": "2", "b": "x"}], "_set": "850"}
    groups = [(one.path, one.count, one.pointers) for one in unused(document, {"/PO1/0/a"})]
    assert groups == [("/PO1/*/a", 1, ["/PO1/1/a"]), ("/PO1/*/b", 1, ["/PO1/1/b"])]


# --- the command ---


ORDER_ROUTE = """
from: {file: {path: inbox/cxml, match: "*.xml"}}
steps:
  - decode: {xml: {root: cXML, doctype: ignore, lists: [Credential, ItemOut]}}
  - map: cxml-order-to-order
to: [{file: {path: out, name: "{$id}.json"}}]
"""


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project of a few files of the pack, which is loaded in no time."""
    root = tmp_path_factory.mktemp("small")
    (root / "crossdock.yaml").write_text("name: small\n")
    shutil.copytree(ROOT / "mappings/tables", root / "mappings/tables")
    for name in ("x12-850-to-order.yaml", "x12-850-to-order-summary.xsl", "cxml/cxml-order-to-order.yaml"):
        shutil.copy(ROOT / "mappings" / name, root / "mappings")
    (root / "routes").mkdir()
    (root / "routes/orders.yaml").write_text(ORDER_ROUTE)
    return root


def _run(root: Path, *arguments: str) -> str:
    result = CliRunner().invoke(map_, [*arguments, "--project", str(root)])
    assert result.exit_code == 0, result.output
    return result.stdout


def test_a_file_is_read_as_a_route_reads_it(small: Path) -> None:
    sample = str(ROOT / "samples/cxml/order-request.xml")
    (told,) = json.loads(_run(small, "cxml-order-to-order", sample, "--route", "orders", "--explain", "--json"))
    assert told["fields"][0]["sources"][0]["place"]["line"] == 11


def test_a_route_that_does_not_exist_reads_nothing(small: Path) -> None:
    arguments = ["cxml-order-to-order", str(ROOT / "samples/cxml/order-request.xml"), "--route", "order"]
    result = CliRunner().invoke(map_, [*arguments, "--project", str(small)])
    assert isinstance(result.exception, ConfigError)
    assert result.exception.findings[0].code == "E611"
    assert result.exception.findings[0].hint == "did you mean 'orders'?"


def test_the_profile_names_each_field_and_its_expression(small: Path) -> None:
    sample = str(ROOT / "samples/x12/acme-850.edi")
    told = json.loads(_run(small, "x12-850-to-order", sample, "--profile", "--json"))
    number = next(one for one in told["parts"] if one["name"] == "/number")
    assert number["file"] == "mappings/x12-850-to-order.yaml"
    assert number["expression"] == "BEG.BEG03"
    assert told["documents"] == 2


def test_the_profile_of_a_stylesheet_counts_its_templates(small: Path) -> None:
    sample = str(ROOT / "samples/golden/shop/replenishment-850.edi")
    lines = _run(small, "x12-850-to-order-summary", sample, "--profile").splitlines()
    assert lines[0].split() == ["share", "µs/document", "calls", "part"]
    assert any(re.search(r" 14 +PO1 +mappings/x12-850-to-order-summary\.xsl:\d+", line) for line in lines)


def test_json_has_the_places_and_bytes_of_sources(small: Path) -> None:
    sample = ROOT / "samples/x12/acme-850.edi"
    (told,) = json.loads(_run(small, "x12-850-to-order", str(sample), "--explain", "--document", "1", "--json"))
    number = told["fields"][0]
    assert number["target"] == "/number"
    assert number["expression"] == "BEG.BEG03"
    (source,) = number["sources"]
    start, end = source["bytes"]
    assert sample.read_bytes()[start:end] == b"4500017832"
    assert source["place"] == {"segment": 2, "element": "BEG03", "byte": start}
    assert {"path", "count", "meaning", "examples"} <= told["unused"][0].keys()


def test_a_document_that_is_not_there_is_told(small: Path) -> None:
    arguments = ["x12-850-to-order", str(ROOT / "samples/x12/acme-850.edi"), "--explain", "--document", "9"]
    result = CliRunner().invoke(map_, [*arguments, "--project", str(small)])
    assert isinstance(result.exception, ConfigError)
    assert result.exception.code == "E670"
    assert "no document 9; it has 2, counted from 1" in str(result.exception)


def test_one_document_can_be_mapped_without_explaining_it(small: Path) -> None:
    sample = str(ROOT / "samples/x12/acme-850.edi")
    assert json.loads(_run(small, "x12-850-to-order", sample, "--document", "2", "--json"))[0]["position"] == 2


# --- the page ---


class _Tags(HTMLParser):
    """What a browser would make of a page."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[str] = []
        self.attributes: set[str] = set()
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes |= {name for name, _ in attrs}

    def handle_data(self, data: str) -> None:
        self.text += data


def _seen(html: str) -> _Tags:
    tags = _Tags()
    tags.feed(html)
    return tags


def test_the_page_fetches_nothing_and_joins_values_with_their_spans(pack: LoadedProject) -> None:
    html = page([_acme(pack)], "acme-850.edi")
    seen = _seen(html)
    assert not {"link", "img", "iframe", "base"} & set(seen.tags)
    assert not {"src", "href", "style", "onclick"} & seen.attributes
    assert "http://" not in html
    assert "https://" not in html
    facts = json.loads(html.split('id="facts">')[1].split("</script>")[0])
    number = facts[0]["fields"][0]
    assert re.search(rf'data-n="{number["from"][0]}" tabindex="0">4500017832</span>', html)
    assert facts[0]["sources"][number["from"][0]]["fields"] == [0]


def test_the_page_lets_no_script_run_but_its_own(pack: LoadedProject) -> None:
    html = page([_acme(pack)], "acme-850.edi")
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', html)
    assert policy is not None
    assert "unsafe" not in policy[1]
    assert policy[1].startswith("default-src 'none'")


@pytest.mark.parametrize("place", ["value", "key"])
def test_whatever_a_payload_holds_is_text_on_the_page(pack: LoadedProject, place: str) -> None:
    key, value = (HOSTILE, "x") if place == "key" else ("number", HOSTILE)
    data = json.dumps({"number": "1", key: value, "lines": []}).encode()
    (account,) = _accounts(pack, "order-to-x12-850", data)
    html = page([account], f"{HOSTILE}.json")
    seen = _seen(html)
    assert seen.tags.count("script") == 2
    assert "img" not in seen.tags
    assert "onerror" not in seen.attributes
    assert "\u202e" not in html
    assert "\x07" not in html
    assert "alert(1)" in seen.text


def test_a_hostile_file_makes_a_report_that_a_terminal_only_shows(pack: LoadedProject) -> None:
    (account,) = _accounts(pack, "order-to-x12-850", json.dumps({"number": f"\x1b[31m{HOSTILE}"}).encode())
    assert all(line.isprintable() for line in lines(account, "x.json"))


def test_of_a_long_payload_the_page_shows_what_is_around_the_document(pack: LoadedProject) -> None:
    data = b" " * (MAX_TEXT + 5000) + json.dumps({"number": "PO-77"}).encode()
    (account,) = _accounts(pack, "order-to-x12-850", data)
    html = page([account], "long.json")
    assert len(html) < MAX_TEXT
    assert "of the payload are shown" in html
    assert "PO-77" in html


def test_of_very_many_documents_the_first_are_explained(pack: LoadedProject) -> None:
    data = b"".join(b'{"number": "%d"}\n' % number for number in range(MAX_EXPLAINED + 1))
    mapping = pack.mappings["order-to-x12-850"]
    kind = CODECS.get("json")
    assert kind is not None
    codec = kind.open(kind.options.model_validate({"lines": True}), _layouts())
    parts = [part for part in codec.read(Inline(data)) if isinstance(part, Part)]
    accounts = list(Explainer(mapping, "json", codec, _layouts(), pack.tables, NOW).accounts(Inline(data), parts))
    assert len(accounts) == MAX_EXPLAINED
    assert "--document" in accounts[-1].notes[-1]
    assert 'id="chosen"' in page(accounts, "many.json")
