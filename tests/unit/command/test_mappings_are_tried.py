"""``crossdock map --with --partner``: mappings with parameters and with rows for some partners, without a route."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path

import pytest
from tests.commands import Told, command

from crossdock.mapping.compile import compile_mapping
from crossdock.message import Document
from crossdock.ops.trial import given_values
from crossdock.yaml_source import load

LABEL = """\
from: json
parameters: {site: , tone: "'plain'"}
fields:
  number: n
  site: $site
  tone: $tone
  terms: lookup_for('terms', $partner, terms)
  pieces: convert('units', quantity, 'GRO', 'EA')
"""
TERMS = "for,code,days\nacme,N30,NET30\n,N30,30D\n"
UNITS = "unit,factor,of\nGRO,12,DZ\nDZ,12,EA\nPAL,40,CT\n"
SHEET = """\
<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform">
  <xsl:param name="site">nowhere</xsl:param>
  <xsl:template match="/"><label><xsl:value-of select="$site"/></label></xsl:template>
</xsl:stylesheet>
"""
FILES = {
    "crossdock.yaml": "name: shop\n",
    "mappings/label.yaml": LABEL,
    "mappings/sheet.xsl": SHEET,
    "mappings/tables/terms.csv": TERMS,
    "mappings/tables/units.csv": UNITS,
    "partners/acme.yaml": "name: A\nstatus: live\nids: {x12: [ZZ, ACME]}\nknown_as: ['0007']\n",
    "order.json": '{"n": "7", "terms": "N30", "quantity": 2}',
}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    for name, text in FILES.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    return tmp_path


def tried(project: Path, *more: str, mapping: str = "label") -> Told:
    return command(project, "map", mapping, "order.json", *more)


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("north", "north"),
        ("007", "007"),
        ("12.50", Decimal("12.50")),
        ("true", True),
        ('"12"', "12"),
        ('{"a": [1]}', {"a": [1]}),
        ("[A-Z]", "[A-Z]"),
        ("", ""),
        ("\u00fc\u20ac", "\u00fc\u20ac"),
        ("NaN", "NaN"),
        ("'; rm -rf", "'; rm -rf"),
    ],
)
def test_values_are_json_or_else_text(written: str, value: Document) -> None:
    mapping = compile_mapping("m", load(b"from: json\nparameters: {site: }\nfields: {site: $site}\n", "m.yaml"), {})
    assert given_values([("site", written)], mapping) == {"site": value}


def test_a_value_may_have_an_equals_sign(project: Path) -> None:
    assert json.loads(tried(project, "--with", "site=a=b").output)["site"] == "a=b"


def test_the_partner_chooses_the_row_and_may_be_called_by_a_number_of_ours(project: Path) -> None:
    for partner, terms in (("acme", "NET30"), ("0007", "NET30")):
        told = tried(project, "--with", "site=x", "--with", "tone=loud", "--partner", partner)
        assert json.loads(told.output) == {"number": "7", "site": "x", "tone": "loud", "terms": terms, "pieces": 288}
    other = tried(project, "--with", "site=x", "--partner", "acne")
    assert (other.code, json.loads(other.output)["terms"]) == (0, "30D")
    assert "warning M361: partner 'acne' does not exist; did you mean 'acme'?" in other.errors


def test_a_stylesheet_takes_them_too(project: Path) -> None:
    assert "<label>north</label>" in tried(project, "--with", "site=north", mapping="sheet").output
    assert "<label>nowhere</label>" in tried(project, mapping="sheet").output
    assert "M323: mapping 'sheet' has no parameter 'tone'" in tried(project, "--with", "tone=a", mapping="sheet").errors


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ((), "error M322: mapping 'label' wants its parameter 'site'; give it: --with site=VALUE"),
        (("--with", "sight=a"), "error M323: mapping 'label' has no parameter 'sight'; did you mean 'site'?"),
        (("--with", "site=" + "[" * 5_000 + "]" * 5_000), "error M360: no value for 'site': nested deeper than 200"),
        (("--with", 'site={"a":1,"a":2}'), "error M360: no value for 'site': "),
        (("--with", "site=" + "9" * 5_000), "error M360: no value for 'site': "),
        (("--with", "site=\udcff\udc80"), "error M360: no value for 'site': not UTF-8 text"),
        (("--with", "site=a\x00b"), "error M360: "),
        (("--with", "\x1b[2J\n=a"), "has no parameter '\ufffd[2J\ufffd'"),
        (("--partner", "a\nb"), "error M361: 'a\ufffdb' can be no partner's name"),
        (("--partner", ""), "error M361: '' can be no partner's name"),
        (("--partner", "\udcff"), "error M361: "),
    ],
)
def test_what_cannot_be_given_is_told(project: Path, words: tuple[str, ...], says: str) -> None:
    told = tried(project, *words)
    assert (told.code, told.output) == (3, "")
    assert says in told.errors
    assert max(map(len, told.errors.splitlines())) < 300


@pytest.mark.parametrize("words", [("--with", "site"), ("--with", "=a"), ("--with", "site=a", "--with", "site=b")])
def test_what_is_no_name_and_value_is_a_mistake_of_usage(project: Path, words: tuple[str, ...]) -> None:
    assert tried(project, *words).code == 2


def test_rows_that_answered_are_explained_whoever_asked_for_them(project: Path) -> None:
    told = tried(project, "--with", "site=x", "--partner", "acme", "--explain", "--json")
    (account,) = json.loads(told.output)
    rows = {field["target"]: field.get("tables") for field in account["fields"]}
    file = "mappings/tables/terms.csv"
    asked = {"function": "lookup_for", "table": "terms", "key": "N30", "file": file}
    assert rows["/terms"] == [{**asked, "for": "acme", "line": 2}]
    units = {"function": "convert", "table": "units", "file": "mappings/tables/units.csv"}
    assert rows["/pieces"] == [{**units, "key": "GRO", "line": 2}, {**units, "key": "DZ", "line": 3}]
    text = tried(project, "--with", "site=x", "--partner", "other", "--explain").output
    assert "table  mappings/tables/terms.csv:3, lookup_for of 'N30' for 'other'" in text
    assert "table  mappings/tables/units.csv:3, convert of 'DZ'" in text


def test_a_missing_row_for_a_partner_is_told_with_its_key(project: Path) -> None:
    (project / "mappings/label.yaml").write_text(
        "from: json\nfields: {terms: \"lookup_for('terms', $partner, n, `null`, `null`)\"}\n"
    )
    text = tried(project, "--partner", "acme", "--explain").output
    assert "table 'terms' has nothing for '7'" in text
