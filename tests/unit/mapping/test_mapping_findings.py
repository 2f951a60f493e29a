"""What is told of a document that a mapping cannot take."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from crossdock.errors import Finding, Reject
from crossdock.mapping.compile import YamlMapping
from crossdock.mapping.scope import Scope
from crossdock.message import Document

LINES = """
fields:
  number: {expr: BEG.BEG03, required: true}
  lines:
    each: PO1
    fields:
      quantity: dec(PO102)
      unit: lookup('uom', PO103)
      texts: {each: PID, fields: {text: {expr: PID05, required: true}}}
"""


def told(findings: tuple[Finding, ...]) -> list[tuple[str, str, str | None]]:
    return [(f.code, f.message.partition(":")[0], f.place.pointer) for f in findings]


def test_every_bad_field_of_the_document_is_told_at_once(findings: Callable[..., tuple[Finding, ...]]) -> None:
    document: Document = {
        "BEG": {},
        "PO1": [{"PO102": "1", "PO103": "EA"}, {"PO102": "1O", "PO103": "ZZ", "PID": [{"PID05": "x"}, {}]}],
    }
    assert told(findings(LINES, document)) == [
        ("M302", "/number", "/BEG"),
        ("M304", "/lines/1/quantity", "/PO1/1/PO102"),
        ("M306", "/lines/1/unit", "/PO1/1/PO103"),
        ("M302", "/lines/1/texts/1/text", "/PO1/1/PID/1"),
    ]


def test_a_finding_has_expression_value_source_and_author(findings: Callable[..., tuple[Finding, ...]]) -> None:
    (finding,) = findings(LINES, {"BEG": {"BEG03": "1"}, "PO1": [{"PO102": "1O"}]})
    assert finding.value == "1O"
    assert finding.place.segment == 17
    assert finding.rule == "mapping m"
    assert finding.message == "/lines/0/quantity: '1O' is not a number, in: dec(PO102) (mappings/m.yaml:8:17)"


def test_positions_of_the_result_count_what_was_made(findings: Callable[..., tuple[Finding, ...]]) -> None:
    body = "fields: {l: {each: l, fields: {a: dec(a)}}}"
    (finding,) = findings(body, {"l": [{}, {}, {"a": "x"}]})
    assert finding.message.startswith("/l/0/a:")
    assert finding.place.pointer == "/l/2/a"


@pytest.mark.parametrize(
    ("expression", "pointer"),
    [
        ("dec(l[?k=='b'] | [0].q)", "/l/1/q"),
        ("dec(l[].{v: q} | [1].v)", "/l/1/q"),
        ("dec(sort_by(l, &k)[-1].q)", "/l/1/q"),
        ("dec(upper(l[1].q))", "/l/1/q"),
        ("dec(nope || (l[::-1] | [0].q))", "/l/1/q"),
        ("dec(by(l, 'k', 'b').q)", "/l/1/q"),
        ("dec(coalesce(nope, l[1].q))", "/l/1/q"),
        ("dec(when(l, l[1].q))", "/l/1/q"),
        ("dec(*[1].q | [0])", "/l/1/q"),
        ("dec([nope, l[1].q][1])", "/l/1/q"),
        ("map(&dec(q), l)", "/l/1/q"),
        ("l[].q | [1] | dec(@)", "/l/1/q"),
        ("dec(first(l[1:].q))", "/l/1/q"),
        ("dec(not_null(nope, l[1].q))", "/l/1/q"),
        ("dec(max_by(l, &k).q)", "/l/1/q"),
    ],
)
def test_the_source_of_a_bad_value_is_found_however_it_got_there(
    findings: Callable[..., tuple[Finding, ...]], expression: str, pointer: str
) -> None:
    (finding,) = findings(f'fields: {{a: "{expression}"}}', {"l": [{"k": "a", "q": "1"}, {"k": "b", "q": "x1"}]})
    assert (finding.code, finding.place.pointer) == ("M304", pointer)


def test_a_let_that_fails_is_told_once_and_not_again_by_what_needs_it(
    findings: Callable[..., tuple[Finding, ...]],
) -> None:
    body = "let: {q: dec(a)}\nfields: {a: {expr: $q, required: true}, b: {expr: nope, required: true}}"
    assert told(findings(body, {"a": "x"})) == [("M304", "/let/q", "/a"), ("M302", "/b", "")]


def test_a_loop_over_what_is_no_list_is_told(findings: Callable[..., tuple[Finding, ...]]) -> None:
    (finding,) = findings("fields: {l: {each: PO1, fields: {a: a}}}", {"PO1": {"a": 1}})
    assert (finding.code, finding.place.pointer) == ("M303", "/PO1")
    assert finding.hint == "to_array() makes a list of a single value"


def test_a_required_list_that_is_absent_is_told(findings: Callable[..., tuple[Finding, ...]]) -> None:
    assert told(findings("fields: {l: {each: PO1, required: true, fields: {a: a}}}", {})) == [("M302", "/l", "")]
    body = "fields: {l: {each: PO1, required: true, omit_empty: true, fields: {a: a}}}"
    assert [finding.code for finding in findings(body, {"PO1": []})] == ["M302"]


def test_a_required_shape_that_is_empty_is_told(findings: Callable[..., tuple[Finding, ...]]) -> None:
    assert told(findings("fields: {o: {required: true, fields: {a: a}}}", {})) == [("M302", "/o", "")]


def test_a_hopeless_document_does_not_fill_the_screen(findings: Callable[..., tuple[Finding, ...]]) -> None:
    lines: list[Document] = [{"PO102": "x", "PO103": "ZZ"}] * 1000
    found = findings(LINES, {"BEG": {"BEG03": "1"}, "PO1": lines})
    assert len(found) == 101
    assert found[-1].code == "M300"


def test_names_with_slashes_are_escaped_in_pointers(findings: Callable[..., tuple[Finding, ...]]) -> None:
    (finding,) = findings("fields: {a/b: 'dec(\"c/d\")'}", {"c/d": "x"})
    assert finding.message.startswith("/a~1b:")
    assert finding.place.pointer == "/c~1d"


def test_a_rejection_is_named_by_its_first_finding(compile_yaml: Callable[[str], YamlMapping], scope: Scope) -> None:
    with pytest.raises(Reject, match="M304"):
        compile_yaml("from: json\nfields: {a: dec(a)}").apply({"a": "x"}, scope)
