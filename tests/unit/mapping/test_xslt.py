"""Stylesheets as mappings."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

import pytest

from crossdock.errors import ConfigError, Finding, Reject
from crossdock.mapping.lookup import Table
from crossdock.mapping.scope import Scope
from crossdock.mapping.xslt import Stylesheet, compile_stylesheet
from crossdock.message import Document

Sheet = Callable[..., Stylesheet]

ORDER: Document = {"number": "1", "lines": [{"unit": "EA", "q": Decimal("1.50")}, {"unit": "CA"}]}


@pytest.fixture
def sheet(tables: dict[str, Table]) -> Sheet:
    def compiled(body: str, attributes: str = 'xd:root="order"', version: str = "1.0") -> Stylesheet:
        text = (
            f'<xsl:stylesheet version="{version}" xmlns:xsl="http://www.w3.org/1999/XSL/Transform" '
            f'xmlns:xd="urn:crossdock:xslt" {attributes}>\n{body}\n</xsl:stylesheet>'
        )
        return compile_stylesheet("crm", text.encode(), "mappings/crm.xsl", tables)

    return compiled


def mistakes(sheet: Sheet, body: str, attributes: str = "", version: str = "1.0") -> tuple[Finding, ...]:
    with pytest.raises(ConfigError) as caught:
        sheet(body, attributes, version)
    return caught.value.findings


def test_a_document_becomes_xml_and_the_result_is_text(sheet: Sheet, scope: Scope) -> None:
    body = '<xsl:template match="/order"><o n="{number}" l="{count(lines)}"><xsl:value-of select="lines/q"/></o></xsl:template>'
    assert sheet(body).apply(ORDER, scope) == '<?xml version="1.0"?>\n<o n="1" l="2">1.50</o>\n'


def test_text_that_is_xml_is_read_with_its_own_root(sheet: Sheet, scope: Scope) -> None:
    body = '<xsl:template match="/a"><b><xsl:value-of select="."/></b></xsl:template>'
    made = sheet(body).apply('<?xml version="1.0" encoding="iso-8859-1"?><a>\u00e9</a>', scope)
    assert made == '<?xml version="1.0"?>\n<b>\u00e9</b>\n'


def test_a_stylesheet_that_makes_a_contract_gives_a_document(sheet: Sheet, scope: Scope) -> None:
    body = '<xsl:template match="/*"><o><number><xsl:value-of select="number"/></number><lines><q>1</q></lines></o></xsl:template>'
    mapping = sheet(body, 'xd:from="json" xd:to="order/v1" xd:lists="lines"')
    assert (mapping.reads, mapping.makes) == ("json", "order/v1")
    assert mapping.apply(ORDER, scope) == {"number": "1", "lines": [{"q": "1"}]}


@pytest.mark.parametrize(
    ("call", "text"),
    [
        ("xd:lookup('uom', order/lines[1]/unit)", "C62"),
        ("xd:lookup('uom', order/lines[2]/unit, 'erp')", "KAR"),
        ("xd:lookup('uom', 'ZZ', '', 'none')", "none"),
        ("xd:lookup('uom', nope)", ""),
        ("xd:reverse_lookup('uom', 'CS')", "CA"),
    ],
)
def test_a_stylesheet_can_look_things_up(sheet: Sheet, scope: Scope, call: str, text: str) -> None:
    body = f'<xsl:output method="text"/><xsl:template match="/">=<xsl:value-of select="{call}"/></xsl:template>'
    assert sheet(body).apply(ORDER, scope) == f"={text}"


def rejected(mapping: Stylesheet, document: Document, scope: Scope) -> tuple[str, int | None, str]:
    with pytest.raises(Reject) as caught:
        mapping.apply(document, scope)
    (finding,) = caught.value.findings
    return finding.code, finding.place.line, finding.message


def test_a_code_the_table_lacks_is_told_with_the_stylesheets_line(sheet: Sheet, scope: Scope) -> None:
    body = "<xsl:template match=\"/\">\n<o><xsl:value-of select=\"xd:lookup('uom', 'ZZ')\"/></o></xsl:template>"
    code, line, message = rejected(sheet(body), ORDER, scope)
    assert (code, line) == ("M306", 3)
    assert message == "table 'uom' has no rec20 for 'ZZ'"


def test_a_message_that_terminates_is_the_reason(sheet: Sheet, scope: Scope) -> None:
    body = '<xsl:template match="/"><xsl:message terminate="yes">no lines</xsl:message></xsl:template>'
    assert rejected(sheet(body), ORDER, scope)[::2] == ("M310", "no lines")


def test_a_message_that_does_not_terminate_changes_nothing(sheet: Sheet, scope: Scope) -> None:
    body = '<xsl:template match="/"><xsl:message>note</xsl:message><o/></xsl:template>'
    assert sheet(body).apply(ORDER, scope) == '<?xml version="1.0"?>\n<o/>\n'


def test_an_undeclared_variable_is_told_with_its_line(sheet: Sheet, scope: Scope) -> None:
    body = '<xsl:template match="/"><o><xsl:value-of select="$nope"/></o></xsl:template>'
    assert rejected(sheet(body), ORDER, scope) == ("M310", 2, "Variable 'nope' has not been declared.")


def test_a_result_without_an_element_is_refused(sheet: Sheet, scope: Scope) -> None:
    assert rejected(sheet('<xsl:template match="/nope"><o/></xsl:template>'), ORDER, scope)[0] == "M311"


@pytest.mark.parametrize(
    ("body", "code", "hint"),
    [
        ("<xsl:tempalte/>", "M144", "did you mean 'template'?"),
        (
            "<xsl:template match='/'><xsl:value-of select=\"xd:lookup('oum', 1)\"/></xsl:template>",
            "M121",
            "did you mean 'uom'?",
        ),
        ("<xsl:template match='/'><xsl:value-of select='a[['/></xsl:template>", "M147", None),
    ],
)
def test_a_mistake_is_told_when_compiling(sheet: Sheet, body: str, code: str, hint: str | None) -> None:
    (finding,) = mistakes(sheet, body)
    assert (finding.code, finding.place.file, finding.place.line, finding.hint) == (code, "mappings/crm.xsl", 2, hint)


def test_an_unknown_attribute_of_ours_is_told(sheet: Sheet) -> None:
    (finding,) = mistakes(sheet, "", 'xd:roots="a"')
    assert (finding.code, finding.hint) == ("M146", "did you mean 'root'?")


def test_other_versions_of_xslt_are_told_not_half_run(sheet: Sheet) -> None:
    assert [finding.code for finding in mistakes(sheet, "", version="2.0")] == ["M145"]


def test_xml_that_is_broken_has_line_and_column(tables: dict[str, Table]) -> None:
    with pytest.raises(ConfigError) as caught:
        compile_stylesheet("crm", b"<a>\n<b></a>", "mappings/crm.xsl", tables)
    (finding,) = caught.value.findings
    assert (finding.code, finding.place.file, finding.place.line) == ("M141", "mappings/crm.xsl", 2)


def printed(sheet: Sheet, scope: Scope, select: str, head: str = "") -> Document:
    body = f'{head}<xsl:output method="text"/><xsl:template match="/">=<xsl:value-of select="{select}"/></xsl:template>'
    return sheet(body).apply(ORDER, scope)


@pytest.mark.parametrize(
    ("select", "text"),
    [
        ("xd:format_date('2026-11-20', 'DD.MM.YYYY')", "20.11.2026"),
        ("xd:pad(order/number, 4, '0', 'left')", "0001"),
        ("xd:multiply(order/lines[1]/q, 1234567)", "1851850.50"),
        ("xd:date(nope)", ""),
        ("xd:add_to_date('2026-11-20', count(order/lines))", "2026-11-22"),
    ],
)
def test_a_stylesheet_calls_the_functions_of_expressions(sheet: Sheet, scope: Scope, select: str, text: str) -> None:
    assert printed(sheet, scope, select) == f"={text}"


def test_a_function_that_stylesheets_do_not_have_is_told_when_compiling(sheet: Sheet) -> None:
    (finding,) = mistakes(sheet, "<xsl:template match='/'><xsl:value-of select=\"xd:lokup('uom', 1)\"/></xsl:template>")
    assert (finding.code, finding.place.line, finding.hint) == ("M111", 2, "did you mean 'lookup'?")


def test_what_a_function_refuses_is_told_with_the_stylesheets_line(sheet: Sheet, scope: Scope) -> None:
    body = '<xsl:template match="/">\n<o><xsl:value-of select="xd:date(\'00000000\')"/></o></xsl:template>'
    assert rejected(sheet(body), ORDER, scope)[:2] == ("M305", 3)


@pytest.mark.parametrize(
    ("given", "text"), [({}, "=acme 3.50 own"), ({"who": 'it\'s "us"', "plain": 7}, '=it\'s "us" 3.50 7')]
)
def test_a_parameter_has_what_is_given_or_its_expression_or_its_own(
    sheet: Sheet, scope: Scope, given: dict[str, Document], text: str
) -> None:
    head = (
        '<xsl:param name="who" xd:value="$partner"/><xsl:param name="sum" xd:value="add(sum_of(lines, &amp;q), `2`)"/>'
        '<xsl:param name="plain" select="\'own\'"/>'
    )
    made = printed(sheet, replace(scope, given=given), "concat($who, ' ', $sum, ' ', $plain)", head)
    assert made == text


def test_a_parameters_expression_is_checked(sheet: Sheet) -> None:
    (finding,) = mistakes(sheet, '<xsl:param name="who" xd:value="$partne"/>')
    assert (finding.code, finding.place.line) == ("M113", 2)


def test_a_profile_counts_the_templates(sheet: Sheet, scope: Scope) -> None:
    body = (
        '<xsl:template match="/order"><o><xsl:apply-templates select="lines"/></o></xsl:template>\n'
        '<xsl:template match="lines"><l/></xsl:template>'
    )
    spent = sheet(body).profile([(ORDER, scope)], lambda: 0.0)
    assert sorted((one.name, one.calls, one.place.line) for one in spent) == [("/order", 1, 2), ("lines", 2, 3)]
