"""What is told of a stylesheet's run: made by a copy of it, which must not change what it makes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

import pytest

from crossdock.errors import Reject
from crossdock.mapping.explanation.stylesheets import sources, witness
from crossdock.mapping.explanation.told import Cause, Explanation, Outcome, Told
from crossdock.mapping.lookup import Table
from crossdock.mapping.scope import Scope
from crossdock.mapping.xslt import Stylesheet, compile_stylesheet
from crossdock.message import Document
from crossdock.ops.explanation.repeats import at

Explain = Callable[..., Explanation]

ORDER: Document = {
    "@kind": "rush",
    "number": "1",
    "buyer": {"id": "7", "address": {"city": "Bonn", "@code": "DE", "zip": ""}},
    "lines": [{"unit": "EA", "q": "2"}, {"unit": "CA", "q": "3"}],
}
IDENTITY = (
    '<xsl:template match="@*|node()"><xsl:copy><xsl:apply-templates select="@*|node()"/></xsl:copy></xsl:template>'
)


def order(body: str) -> str:
    return f'<xsl:template match="/order">{body}</xsl:template>'


def compiled(body: str, attributes: str, tables: Mapping[str, Table]) -> Stylesheet:
    text = (
        '<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform" '
        'xmlns:xd="urn:crossdock:xslt" xmlns:exsl="http://exslt.org/common" exclude-result-prefixes="exsl" '
        f'xd:root="order" {attributes}>\n{body}\n</xsl:stylesheet>'
    )
    return compile_stylesheet("crm", text.encode(), "mappings/crm.xsl", tables)


@pytest.fixture
def explain(tables: dict[str, Table], scope: Scope) -> Explain:
    """Explains, having seen that the result is that of a run nobody watches."""

    def explained(
        body: str, document: Document = ORDER, attributes: str = "", given: Mapping[str, Document] | None = None
    ) -> Explanation:
        stylesheet = compiled(body, attributes, tables)
        own = replace(scope, given=given or {})
        told = stylesheet.explain(document, own)
        assert told.result == stylesheet.apply(document, own)
        return told

    return explained


def field(explanation: Explanation, pointer: str) -> Told:
    return next(one for one in explanation.fields if one.pointer == pointer)


def origins(explanation: Explanation) -> dict[str, tuple[str, ...]]:
    return {one.pointer: one.origins for one in explanation.fields if one.outcome is not Outcome.EMPTY}


def test_each_field_has_its_expression_its_line_and_its_sources(explain: Explain) -> None:
    told = explain(order('<o n="{number}"><Unit>\n<xsl:value-of select="lines/q"/></Unit></o>'))
    unit = field(told, "/o/Unit")
    assert (unit.text, unit.place.file, unit.place.line, unit.origins) == (
        "lines/q",
        "mappings/crm.xsl",
        3,
        ("/lines/0/q",),
    )
    assert field(told, "/o/@n").text == "{number}"
    assert origins(told) == {"/o/@n": ("/number",), "/o/Unit": ("/lines/0/q",)}


@pytest.mark.parametrize(
    ("select", "expected"),
    [
        ("concat(number, '-', buyer/id)", ("/number", "/buyer/id")),
        ("sum(lines/q)", ("/lines/0/q", "/lines/1/q")),
        ("count(lines)", ("/lines/0", "/lines/1")),
        ("lines[unit='CA']/q", ("/lines/1/q",)),
        ("buyer/address/@code | number", ("/number",)),
        ("buyer", ("/buyer/id", "/buyer/address/city")),
        ("-number + 1", ("/number",)),
        ("lines[last()]/preceding-sibling::lines/q", ("/lines/0/q",)),
        ("current()/number", ("/number",)),
        ("@kind", ("/@kind",)),
        ("buyer/id/text()", ("/buyer/id",)),
        ("key('units', 'CA')/q", ("/lines/1/q",)),
        ("xd:pad(number, 3, '0', 'left')", ("/number",)),
    ],
)
def test_an_expression_is_told_with_the_values_it_addresses(
    explain: Explain, select: str, expected: tuple[str, ...]
) -> None:
    key = '<xsl:key name="units" match="lines" use="unit"/>'
    told = explain(key + order(f'<o><xsl:value-of select="{select}"/></o>'))
    assert field(told, "/o").origins == expected


def test_what_is_written_out_is_a_constant_at_its_line(explain: Explain) -> None:
    told = explain(order('<o a="x">\n<b>text</b><xsl:element name="c"><xsl:text>t</xsl:text></xsl:element><d/></o>'))
    constants = {one.pointer: (one.value, one.place.line) for one in told.fields if one.outcome is Outcome.CONSTANT}
    assert constants == {"/o/@a": ("x", 2), "/o/b": ("text", 3), "/o/c": ("t", 3)}
    empty = field(told, "/o/d")
    assert empty.reason is not None
    assert (empty.value, empty.place.line, empty.reason.text) == ("", 3, "an element without content")


def test_a_text_of_several_pieces_is_told_as_one(explain: Explain) -> None:
    told = field(explain(order('<o>No <xsl:value-of select="number"/>/<xsl:number value="5"/></o>')), "/o")
    assert (told.value, told.origins, told.text) == ("No 1/5", ("/number",), "'No' + number + '/' + xsl:number value=5")


# --- what is empty ---


@pytest.mark.parametrize(
    ("select", "cause", "text"),
    [
        ("buyer/region", Cause.ABSENT, "the source has no /buyer/region"),
        ("lines[unit='ZZ']/q", Cause.ABSENT, "lines[unit='ZZ']/q finds nothing"),
        ("buyer/address/zip", Cause.EMPTY_TEXT, "/buyer/address/zip is empty text"),
        ("xd:lookup('uom', number, 'rec20', '')", Cause.LOOKUP, "table 'uom' has nothing for '1'"),
        ("substring(number, 5)", Cause.NOTHING, "nothing comes of /number"),
        ("''", Cause.NOTHING, "the expression gives empty text"),
    ],
)
def test_a_field_that_stayed_empty_says_why(explain: Explain, select: str, cause: Cause, text: str) -> None:
    for body in (f'<o><e><xsl:value-of select="{select}"/></e></o>', f'<o><e a="{{{select}}}"/></o>'):
        told = explain(order(body))
        empty = next(one for one in told.fields if one.outcome is Outcome.EMPTY)
        assert empty.reason is not None
        assert (empty.reason.cause, empty.reason.text) == (cause, text)


def test_elements_that_a_condition_kept_away_are_empty_because_of_it(explain: Explain) -> None:
    told = explain(
        order(
            '<o><xsl:if test="total">\n<T/></xsl:if><xsl:for-each select="notes"><N/></xsl:for-each>'
            '<xsl:choose><xsl:when test="number = 2"><A/></xsl:when><xsl:when test="total"><B/></xsl:when></xsl:choose></o>'
        )
    )
    reasons = {one.pointer: one.reason.text for one in told.fields if one.reason and one.outcome is Outcome.EMPTY}
    assert reasons == {
        "/o/T": "its condition does not hold: the source has no /total",
        "/o/N": "notes finds nothing",
        "/o/A": "its condition does not hold: the source has no /total",
        "/o/B": "its condition does not hold: the source has no /total",
    }
    assert field(told, "/o/A").consulted == ("/number",)


def test_a_condition_that_denies_blames_nothing_that_is_absent(explain: Explain) -> None:
    told = explain(order('<o><xsl:if test="not(nope) and number = 2"><T/></xsl:if></o>'))
    reason = field(told, "/o/T").reason
    assert reason is not None
    assert reason.text == "its condition does not hold"


def test_an_element_that_came_another_way_is_not_told_as_empty(explain: Explain) -> None:
    told = explain(order('<o><xsl:if test="total"><T>1</T></xsl:if><T>2</T></o>'))
    assert [(one.pointer, one.outcome) for one in told.fields] == [("/o/T", Outcome.CONSTANT)]


# --- what was asked, what was used ---


def test_fields_have_seen_what_the_conditions_around_them_looked_at(explain: Explain) -> None:
    body = (
        '<o><xsl:if test="number"><xsl:choose><xsl:when test="buyer/id = 9"><a/></xsl:when>'
        '<xsl:otherwise><b><xsl:value-of select="lines/q"/></b></xsl:otherwise></xsl:choose></xsl:if><c>x</c></o>'
    )
    told = explain(order(body))
    assert set(field(told, "/o/b").consulted) == {"/number", "/buyer/id"}
    assert field(told, "/o/c").consulted == ()


def test_conditions_in_templates_that_are_called_are_seen_through_them(explain: Explain) -> None:
    body = (
        order('<o><xsl:if test="@kind"><xsl:call-template name="n"/></xsl:if></o>')
        + '<xsl:template name="n"><n><xsl:value-of select="number"/></n></xsl:template>'
    )
    assert field(explain(body), "/o/n").consulted == ("/@kind",)


def test_predicates_tests_sorting_keys_and_patterns_have_asked_for_what_they_name(explain: Explain) -> None:
    body = (
        '<xsl:key name="k" match="buyer" use="id"/>'
        + order(
            '<o><xsl:for-each select="lines[unit=\'EA\']"><xsl:sort select="q"/><l/></xsl:for-each><xsl:apply-templates/></o>'
        )
        + '<xsl:template match="address[city]"/>'
    )
    used = explain(body).used
    assert {"/buyer/id", "/lines/0/unit", "/lines/1/unit", "/lines/0/q", "/buyer/address/city"} <= used
    assert "/buyer/address/@code" not in used


def test_templates_that_no_node_came_to_are_noted(explain: Explain) -> None:
    told = explain(order("<o/>") + '\n<xsl:template match="nope" mode="m"/>')
    assert told.notes == ["no node came to these templates: nope (m) (line 3)"]


def test_a_lookup_tells_the_row_it_asked_for(explain: Explain) -> None:
    told = explain(order("<o u=\"{xd:lookup('uom', lines[2]/unit, 'erp')}\"><xsl:value-of select=\"number\"/></o>"))
    (row,) = field(told, "/o/@u").rows
    assert (row.function, row.table, row.column, row.key) == ("lookup", "uom", "erp", "CA")
    assert field(told, "/o").rows == ()


# --- variables and parameters ---


def test_values_are_followed_through_variables_and_what_they_hold(explain: Explain) -> None:
    body = (
        '<xsl:variable name="held">n<xsl:value-of select="number"/></xsl:variable>'
        '<xsl:variable name="made" select="concat($held, buyer/id)"/>'
        '<o a="{$held}" b="{$made}"><xsl:value-of select="$held"/></o>'
    )
    told = explain(order(body))
    assert origins(told) == {"/o/@a": ("/number",), "/o/@b": ("/buyer/id", "/number"), "/o": ("/number",)}
    assert field(told, "/o/@b").text == "{$made}"
    assert field(told, "/o/@b").through == ("$made is concat($held, buyer/id) (line 2)",)


def test_values_are_followed_through_every_level_of_a_recursion(explain: Explain) -> None:
    body = order('<o><xsl:call-template name="s"><xsl:with-param name="n" select="lines"/></xsl:call-template></o>') + (
        '<xsl:template name="s"><xsl:param name="n"/><xsl:param name="acc" select="0"/><xsl:choose><xsl:when test="$n">'
        '<xsl:call-template name="s"><xsl:with-param name="n" select="$n[position() &gt; 1]"/>'
        '<xsl:with-param name="acc" select="$acc + $n[1]/q"/></xsl:call-template></xsl:when>'
        '<xsl:otherwise><t><xsl:value-of select="$acc"/></t></xsl:otherwise></xsl:choose></xsl:template>'
    )
    assert set(field(explain(body), "/o/t").origins) == {"/lines/0/q", "/lines/1/q"}


def test_a_deep_recursion_is_followed_so_far(explain: Explain) -> None:
    body = order('<o><xsl:call-template name="s"><xsl:with-param name="n" select="1200"/></xsl:call-template></o>') + (
        '<xsl:template name="s"><xsl:param name="n"/><xsl:param name="acc" select="number"/><xsl:choose>'
        '<xsl:when test="$n &gt; 0"><xsl:call-template name="s"><xsl:with-param name="n" select="$n - 1"/>'
        '<xsl:with-param name="acc" select="$acc + buyer/id"/></xsl:call-template></xsl:when>'
        '<xsl:otherwise><t><xsl:value-of select="$acc"/></t></xsl:otherwise></xsl:choose></xsl:template>'
    )
    told = field(explain(body), "/o/t")
    assert told.origins == ("/buyer/id",)
    assert told.through[-1] == "and so on, through more values than are followed"


def test_names_of_the_stylesheets_own_stand_in_no_way(explain: Explain) -> None:
    body = (
        '<watch0:o xmlns:watch0="urn:own"><xsl:variable name="patterns" select="number"/>'
        '<xsl:variable name="of.patterns" select="buyer/id"/><a x="{$patterns}" y="{$of.patterns}"/></watch0:o>'
    )
    assert origins(explain(order(body))) == {"/o/a/@x": ("/number",), "/o/a/@y": ("/buyer/id",)}


def test_nodes_that_the_stylesheet_made_itself_are_followed_to_the_document(explain: Explain) -> None:
    body = (
        '<xsl:variable name="rows"><xsl:for-each select="lines"><r k="{unit}"><xsl:value-of select="q"/></r>'
        '</xsl:for-each></xsl:variable><o><xsl:for-each select="exsl:node-set($rows)/r"><z i="{@k}"><xsl:value-of '
        'select="."/></z></xsl:for-each><xsl:copy-of select="$rows"/></o>'
    )
    told = origins(explain(order(body)))
    assert (told["/o/z[2]/@i"], told["/o/z[2]"]) == (("/lines/1/unit",), ("/lines/1/q",))
    assert (told["/o/r[1]/@k"], told["/o/r[1]"]) == (("/lines/0/unit",), ("/lines/0/q",))


def test_a_parameter_is_told_as_given_as_its_expression_or_as_its_own(explain: Explain) -> None:
    head = (
        '<xsl:param name="who" select="\'own\'"/><xsl:param name="sum" xd:value="sum_of(lines, &amp;dec(q))"/>'
        '<xsl:param name="held">p<xsl:value-of select="/order/number"/></xsl:param>'
    )
    body = head + order('<o a="{$who}" b="{$sum}" c="{$held}"/>')
    told = explain(body)
    assert origins(told) == {"/o/@a": (), "/o/@b": ("/lines/0/q", "/lines/1/q"), "/o/@c": ("/number",)}
    assert field(told, "/o/@a").through == ("$who is 'own' (line 2)",)
    assert field(explain(body, given={"who": "us"}), "/o/@a").through == ("$who is given",)


# --- copies ---


def test_the_identity_tells_each_value_as_itself(explain: Explain) -> None:
    told = explain(IDENTITY)
    assert {one.pointer: one.origins for one in told.fields} == {
        "/order/@kind": ("/@kind",),
        "/order/number": ("/number",),
        "/order/buyer/id": ("/buyer/id",),
        "/order/buyer/address/@code": ("/buyer/address/@code",),
        "/order/buyer/address/city": ("/buyer/address/city",),
        "/order/buyer/address/zip": ("/buyer/address/zip",),
        "/order/lines[1]/unit": ("/lines/0/unit",),
        "/order/lines[1]/q": ("/lines/0/q",),
        "/order/lines[2]/unit": ("/lines/1/unit",),
        "/order/lines[2]/q": ("/lines/1/q",),
    }


def test_copies_of_elements_and_attributes_are_followed_inside(explain: Explain) -> None:
    told = explain(
        order('<o><xsl:copy-of select="@*"/><xsl:attribute name="x">1</xsl:attribute><xsl:copy-of select="buyer"/></o>')
    )
    assert origins(told) == {
        "/o/@kind": ("/@kind",),
        "/o/@x": (),
        "/o/buyer/id": ("/buyer/id",),
        "/o/buyer/address/@code": ("/buyer/address/@code",),
        "/o/buyer/address/city": ("/buyer/address/city",),
        "/o/buyer/address/zip": ("/buyer/address/zip",),
    }
    assert "/buyer/address/zip" in told.used


def test_the_built_in_rules_tell_what_they_write(explain: Explain) -> None:
    told = field(explain(order('<o><xsl:apply-templates select="buyer/id" mode="m"/></o>')), "/o")
    assert (told.origins, told.text) == (("/buyer/id",), "the built-in rule")


# --- attributes ---


def test_attributes_are_told_however_they_are_made(explain: Explain) -> None:
    body = (
        '<xsl:attribute-set name="s"><xsl:attribute name="n"><xsl:value-of select="number"/></xsl:attribute>'
        '<xsl:attribute name="m">set</xsl:attribute></xsl:attribute-set>'
        + order(
            '<o xsl:use-attribute-sets="s" m="{buyer/id}"><xsl:attribute name="k{number}">'
            '<xsl:call-template name="t"/></xsl:attribute></o>'
        )
        + '<xsl:template name="t">u<xsl:if test="lines"><xsl:value-of select="lines/unit"/></xsl:if></xsl:template>'
    )
    told = explain(body)
    assert origins(told) == {"/o/@n": ("/number",), "/o/@m": ("/buyer/id",), "/o/@k1": ("/lines/0/unit",)}
    assert field(told, "/o/@k1").value == "uEA"


def test_an_attribute_that_is_set_twice_has_the_last_ones_source(explain: Explain) -> None:
    body = '<o a="{number}"><xsl:if test="buyer"><xsl:attribute name="a"><xsl:value-of select="buyer/id"/></xsl:attribute></xsl:if></o>'
    assert field(explain(order(body)), "/o/@a").origins == ("/buyer/id",)


# --- results ---


def test_a_result_that_is_a_document_is_told_by_its_pointers(explain: Explain) -> None:
    body = order('<o a="1"><lines><q u="{lines/unit}"><xsl:value-of select="lines/q"/></q></lines><n/><n>2</n></o>')
    told = explain(body, attributes='xd:to="order/v1" xd:lists="lines"')
    assert [one.pointer for one in told.fields] == ["/@a", "/lines/0/q/@u", "/lines/0/q/#text", "/n/0", "/n/1"]
    assert all(at(told.result, one.pointer) == one.value for one in told.fields)


def test_text_is_told_piece_by_piece_at_its_line_and_column(explain: Explain) -> None:
    body = '<xsl:output method="text"/>' + order(
        'Order <xsl:value-of select="number"/>\n<xsl:for-each select="lines"><xsl:value-of select="q"/>&lt;\n'
        '<xsl:value-of select="zz"/></xsl:for-each>'
    )
    told = explain(body)
    assert [(one.pointer, one.value, one.origins) for one in told.fields if one.outcome is Outcome.VALUE] == [
        ("/line 1, column 7", "1", ("/number",)),
        ("/line 1, column 8", "2", ("/lines/0/q",)),
        ("/line 2, column 1", "3", ("/lines/1/q",)),
    ]
    assert sum(one.outcome is Outcome.EMPTY for one in told.fields) == 2


@pytest.mark.parametrize(
    ("head", "body"),
    [
        ('<xsl:strip-space elements="*"/><xsl:output cdata-section-elements="c" indent="yes"/>', "<c>{}&lt;</c>"),
        ('<xsl:output method="html"/>', "<html><body><br/><p>{}</p></body></html>"),
        ("", "<xsl:comment>{}</xsl:comment><xsl:processing-instruction name='p'>{}</xsl:processing-instruction><p>{}</p>"),
        ("", '<p:o xmlns:p="urn:p" xmlns:q="urn:q" p:a="1" q:a="2">{}</p:o>'),
        ("", '<o xml:space="preserve"> {} x </o>'),
        ("", '<xsl:message>{}</xsl:message><o><xsl:value-of select="number" disable-output-escaping="yes"/></o>'),
        ("", '<o xmlns=""><xsl:fallback>{}</xsl:fallback><xsl:copy>{}</xsl:copy></o>'),
        ('<xsl:namespace-alias xmlns:a="urn:a" stylesheet-prefix="a" result-prefix="exsl"/>', '<a:o xmlns:a="urn:a">{}</a:o>'),
    ],
)  # fmt: skip
def test_whatever_is_written_the_copy_writes_it_too(explain: Explain, head: str, body: str) -> None:
    if body.startswith(("<xsl:comment", "<xsl:message")):
        body = f"<r>{body}</r>"
    told = explain(head + order(body.replace("{}", '<xsl:value-of select="number"/>')))
    assert any(one.origins == ("/number",) for one in told.fields)
    assert not told.notes


# --- what the copy may not change ---


def test_a_stylesheet_that_counts_its_own_nodes_is_explained_without_them(explain: Explain) -> None:
    body = (
        '<xsl:variable name="rows"><r k="1"><xsl:value-of select="number"/></r></xsl:variable>'
        '<o n="{count(exsl:node-set($rows)//node())}" m="{count(exsl:node-set($rows)//@*)}"><xsl:value-of '
        'select="number"/><xsl:copy-of select="$rows"/></o>'
    )
    told = explain(order(body))
    assert field(told, "/o/text()").origins == ("/number",)
    copied = field(told, "/o/r")
    assert copied.reason is not None
    assert (copied.text, copied.reason.text) == ("copy-of $rows", "where what it copies came from is not followed")
    count = field(told, "/o/@n")
    assert count.reason is not None
    assert count.reason.text == "where the content of $rows came from is not followed"


def test_an_attribute_behind_text_that_is_not_there_is_still_made(explain: Explain) -> None:
    empty = '<xsl:value-of select="nope"/><xsl:copy-of select="nope"/><xsl:if test="nope"><a/></xsl:if>'
    told = explain(order(f'<o>{empty}<xsl:attribute name="x">1</xsl:attribute>t<xsl:value-of select="number"/></o>'))
    assert origins(told) == {"/o/@x": (), "/o": ("/number",)}
    assert field(told, "/o").text == "'t' + number"


def test_where_the_copy_makes_something_else_only_the_result_is_shown(explain: Explain) -> None:
    body = (
        '<xsl:variable name="rows"><xsl:call-template name="r"/></xsl:variable>'
        '<o n="{count(exsl:node-set($rows)//node())}"/>'
    )
    told = explain(order(body) + '<xsl:template name="r"><r><xsl:value-of select="number"/></r></xsl:template>')
    assert not told.fields
    assert "only the result is shown" in told.notes[0]


def test_what_the_plain_run_never_calls_may_fail_without_harm(explain: Explain) -> None:
    told = explain(order("<o><xsl:if test=\"false() and number[xd:date('x')]\"><a/></xsl:if></o>"))
    assert not told.fields
    assert "does not run to its end" in told.notes[0]


def test_a_stylesheet_that_stops_stops_while_it_is_explained(tables: dict[str, Table], scope: Scope) -> None:
    body = order('<xsl:message terminate="yes">no lines</xsl:message>')
    with pytest.raises(Reject) as caught:
        compiled(body, "", tables).explain(ORDER, scope)
    assert caught.value.code == "M310"


def test_a_copy_may_reach_no_more_than_its_stylesheet(explain: Explain) -> None:
    body = (
        '<xsl:variable name="d" select="\'document\'"/><o><xsl:value-of select="function-available(\'xd:nope\')"/></o>'
    )
    assert field(explain(order(body)), "/o").value == "false"


def test_a_document_that_is_one_text_shows_its_result_alone(explain: Explain) -> None:
    told = explain('<xsl:template match="/a"><b><xsl:value-of select="."/></b></xsl:template>', "<a>x</a>")
    assert not told.fields
    assert "one text" in told.notes[0]


# --- very much of it ---


def test_of_very_many_instructions_the_first_are_told(explain: Explain, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(witness, "MAX_EVENTS", 10)
    document: Document = {"lines": [{"q": str(number)} for number in range(50)]}
    told = explain(
        order('<o><xsl:for-each select="lines"><l><xsl:value-of select="q"/></l></xsl:for-each></o>'), document
    )
    assert 3 <= len(told.fields) <= 10
    assert len(told.fields) + told.more == 50
    assert {f"/lines/{number}/q" for number in range(50)} <= told.used
    assert "only the first 10 instructions" in told.notes[0]


@pytest.mark.parametrize(("module", "limit"), [(witness, "MAX_WORK"), (sources, "MAX_NODES")])
def test_too_much_to_look_through_shows_the_result_alone(
    explain: Explain, monkeypatch: pytest.MonkeyPatch, module: object, limit: str
) -> None:
    monkeypatch.setattr(module, limit, 2)
    told = explain(order('<o><xsl:value-of select="sum(lines/q)"/></o>'))
    assert not told.fields
    assert "more than 2 " in told.notes[0]


def test_a_stylesheet_that_would_call_its_watcher_shows_the_result_alone(explain: Explain) -> None:
    body = '<xsl:if test="function-available(\'w:tell\')"><xsl:value-of select="w:tell()"/></xsl:if>x'
    told = explain(order(f'<o xmlns:w="urn:crossdock:watch">{body}</o>'))
    assert not told.fields
    assert "names 'urn:crossdock:watch'" in told.notes[0]


def test_what_a_variable_holds_counts_each_time(explain: Explain, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(witness, "MAX_WORK", 5_000)
    held = '<xsl:variable name="v"><r><xsl:for-each select="lines"><b/></xsl:for-each></r></xsl:variable>'
    each = '<xsl:for-each select="lines"><xsl:value-of select="count(exsl:node-set($v)/r)"/></xsl:for-each>'
    told = explain(order(f"{held}<o>{each}</o>"), {"lines": [{"q": "1"}] * 100})
    assert "more than 5,000 nodes" in told.notes[0]


def test_texts_are_sought_among_the_first_elements(explain: Explain, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sources, "MAX_SOUGHT", 4)
    told = explain(order('<o><xsl:value-of select="/order"/></o>'), {"a": "1", "b": [""] * 5, "c": "2"})
    assert field(told, "/o").origins == ("/a",)
