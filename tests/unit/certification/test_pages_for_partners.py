"""The pages that are sent to partners: what is on them, and that nothing on them is ever run."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest
from tests.unit.certification.conftest import LINES, NOW, Shop, order

from crossdock.ops.certification.page import certificate_page
from crossdock.ops.certification.scenarios import checklist
from crossdock.ops.guide.guide import guide_of
from crossdock.ops.guide.page import guide_page
from crossdock.ops.paper import Html, table, tag, text

EVIL = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>&"


class Tags(HTMLParser):
    """Gathers every tag, its attributes and what is fetched."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.open: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}
        if tag != "meta":
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def harmless(page: str) -> bool:
    seen = Tags(page)
    assert seen.open == []
    known = {"html", "head", "meta", "title", "style", "body", "h1", "h2", "h3", "p", "div", "span", "b", "pre", "code"}
    known |= {"table", "thead", "tbody", "tr", "th", "td", "ul", "ol", "li", "nav"}
    assert seen.tags <= known
    assert seen.attributes <= {"lang", "charset", "name", "content", "http-equiv", "class"}
    return re.search(r"(?:src|href)\s*=\s*[\"']?(?:http|//)", re.sub(r"&[a-z#0-9]+;", "", page)) is None


def guide(shop: Shop) -> str:
    project = shop.load()
    partner = project.partners.roster.partners["acme"]
    asked = checklist(None, {number for number, _, _ in partner.profile.received()})
    return guide_page(guide_of(project, partner, asked, NOW))


def test_a_report_says_what_was_found_in_words(shop: Shop) -> None:
    page = certificate_page(shop.certify(order(lines=["PO1*1*1O*EA*2**UP*614141999996"])))
    assert "Not everything is accepted yet" in page
    assert "PO1*1*1O*EA*2**UP*614141999996~\n      ^^</pre>" in page
    assert "line 5 of the file" in page
    assert "How to mend it: </b>Send a value of the element&#x27;s type and character set." in page
    assert "What we would answer" in page
    assert "@page" in page
    assert harmless(page)


def test_hostile_names_and_values_stay_text(shop: Shop) -> None:
    shop.partner(name=f"'{EVIL.replace(chr(39), chr(39) * 2)}'")
    report = shop.certify(order(number="<script>alert(3)</script>", lines=[*LINES, f"PO1*3*{EVIL}*EA"]))
    report.files[0].name = f"{EVIL}.edi"
    for page in (certificate_page(report), guide(shop)):
        assert "<script" not in page
        assert "<img" not in page
        assert "&lt;script&gt;" in page
        assert harmless(page)


def test_hostile_rules_samples_and_scenarios_stay_text(shop: Shop) -> None:
    folder = shop.root / "samples/acme"
    folder.mkdir(parents=True)
    (folder / "a<b>.edi").write_bytes(order(number="</pre><script>"))
    shop.partner(more=f"about: '{EVIL.replace(chr(39), chr(39) * 2)}'\n")
    page = guide(shop)
    assert "&lt;/pre&gt;&lt;script&gt;" in page
    assert "<script" not in page
    assert harmless(page)


def test_a_guide_has_the_sets_their_elements_rules_answers_samples_and_the_plan(shop: Shop) -> None:
    page = guide(shop)
    for wanted in (
        "EDI guide for ACME",
        "850 004010, purchase order: you send us",
        "855 004010, purchase order acknowledgement: we send you",
        "PO1.PO107 is mandatory",
        "CTT01 is the number of PO1",
        "we expect your acknowledgement within 4 hours",
        "functional acknowledgement (997) for every group",
        "CONTRL for every interchange",
        "ZZ/US",
        "ORDERS D96A",
        "ST*850*0001~",
        "A credit note.",
        "Test plan",
    ):
        assert str(text(wanted)) in page, wanted


def test_a_guide_tells_what_a_mapping_reads_from_what_it_does_not(shop: Shop) -> None:
    page = guide(shop)
    row = next(one for one in page.split("<tr>") if "<code>PO107</code>" in one)
    assert "read</td>" in row
    row = next(one for one in page.split("<tr>") if "<code>PO105</code>" in one)
    assert "read</td>" not in row
    assert "May be sent and is not used" in page


def test_a_guide_shows_the_partners_own_samples_where_there_are_some(shop: Shop) -> None:
    folder = shop.root / "samples/acme"
    folder.mkdir(parents=True)
    (folder / "first.edi").write_bytes(order("PO-777"))
    page = guide(shop)
    assert "first.edi" in page
    assert "BEG*00*SA*PO-777**20261120~" in page


@pytest.mark.parametrize("value", [EVIL, "\x1b[31mred\x00", "a\u202eb"])
def test_paper_escapes_everything_but_its_own(value: str) -> None:
    shown = table((value,), [(value, tag("b", value, value))])
    assert "<script" not in shown
    assert "\x1b" not in shown
    assert "\x00" not in shown
    assert text(Html("<b>")) == "<b>"
