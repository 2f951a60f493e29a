"""What a mapping file makes of a document."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from crossdock import yaml_source
from crossdock.errors import Finding
from crossdock.mapping.compile import YamlMapping, compile_mapping
from crossdock.mapping.lookup import Table
from crossdock.mapping.scope import Scope
from crossdock.message import Document

ORDER: Document = {
    "BEG": {"BEG03": "PO1"},
    "N1": [{"N101": "BY"}, {"N101": "ST", "N102": "DC 7", "N3": [{"N301": "1 MAIN"}]}],
    "PO1": [
        {"PO101": "1", "PID": [{"PID05": "bolt"}, {"PID05": "M8"}], "_ids": {"VP": "S1"}},
        {"PO101": "2", "_ids": {"BP": "B2"}},
    ],
}


@pytest.mark.parametrize(
    ("body", "made"),
    [
        ("fields: {n: BEG.BEG03}", {"n": "PO1"}),
        ("fields: {n: BEG.BEG99}", {}),
        ("fields: {to: {name: 'N1[1].N102', code: nope}}", {"to": {"name": "DC 7"}}),
        ("fields: {to: {name: nope}}", {}),
        ("fields: {n: {value: 850}, x: {value: null}}", {"n": 850, "x": None}),
        ("fields: {n: {expr: nope, default: [1]}}", {"n": [1]}),
        ("fields: {n: {expr: \"''\", omit_empty: true}}", {}),
        ("fields: {n: {expr: \"''\"}}", {"n": ""}),
        ('fields: {n: {expr: "`0`", omit_empty: true}}', {"n": 0}),
        ('fields: {n: {expr: "`false`", omit_empty: true}}', {"n": False}),
        ("fields: {n: {expr: \"''\", omit_empty: true, default: x}}", {"n": "x"}),
        ("fields: {l: [{a: BEG.BEG03}, {a: nope}, nope, {value: 1}]}", {"l": [{"a": "PO1"}, 1]}),
        ("fields: {l: [nope]}", {}),
        ("fields: {id: {scheme: \"'92'\", value: BEG.BEG03}}", {"id": {"scheme": "92", "value": "PO1"}}),
        ("fields: {id: {fields: {value: BEG.BEG03}}}", {"id": {"value": "PO1"}}),
        ("fields: {value: BEG.BEG03, default: nope}", {"value": "PO1"}),
        ("fields: {o: {fields: {a: nope}, default: {}}}", {"o": {}}),
        ("fields: BEG.BEG03", "PO1"),
        ("fields: {l: {each: nope, fields: {a: a}}}", {}),
        ("fields: {l: {each: '`[]`', fields: {a: a}}}", {"l": []}),
        ("fields: {l: {each: '`[]`', fields: {a: a}, omit_empty: true}}", {}),
        ("fields: {l: {each: PO1, fields: PO101}}", {"l": ["1", "2"]}),
        ("fields: {l: {each: PO1, fields: _ids.BP}}", {"l": ["B2"]}),
        ("fields: {l: {each: PO1, fields: {value: PO101}}}", {"l": [{"value": "1"}, {"value": "2"}]}),
        (
            "fields: {l: {each: PO1, fields: {n: $index, o: $root.BEG.BEG03}}}",
            {"l": [{"n": 0, "o": "PO1"}, {"n": 1, "o": "PO1"}]},
        ),
    ],
)
def test_fields_make_this_of_the_order(result: Callable[..., Document], body: str, made: Document) -> None:
    assert result(body, ORDER) == made


def test_loops_inside_loops_reach_outwards(result: Callable[..., Document]) -> None:
    body = """
fields:
  lines:
    each: PO1
    fields:
      n: PO101
      texts: {each: PID, fields: {line: $parent.PO101, at: $index, text: PID05, order: $root.BEG.BEG03}}
"""
    assert result(body, ORDER) == {
        "lines": [
            {
                "n": "1",
                "texts": [
                    {"line": "1", "at": 0, "text": "bolt", "order": "PO1"},
                    {"line": "1", "at": 1, "text": "M8", "order": "PO1"},
                ],
            },
            {"n": "2"},
        ]
    }


def test_a_let_is_known_to_later_lets_and_to_loops(result: Callable[..., Document]) -> None:
    body = """
let: {ship: "by(N1, 'N101', 'ST')", street: "$ship.N3[0].N301"}
fields: {street: $street, lines: {each: PO1, fields: {to: $ship.N102, street: $street}}}
"""
    line = {"to": "DC 7", "street": "1 MAIN"}
    assert result(body, ORDER) == {"street": "1 MAIN", "lines": [line, line]}


def test_a_multi_line_shape_and_its_loop_agree_with_single_expressions(result: Callable[..., Document]) -> None:
    assert result("fields: {l: 'PO1[].{n: PO101, s: _ids.VP || _ids.BP}'}", ORDER) == result(
        "fields: {l: {each: PO1, fields: {n: PO101, s: _ids.VP || _ids.BP}}}", ORDER
    )


def test_a_mapping_says_what_it_reads_and_makes(compile_yaml: Callable[[str], YamlMapping]) -> None:
    mapping = compile_yaml("about: x\nfrom: x12/850\nto: order/v1\nfields: {a: a}\ncases: []\n")
    assert (mapping.name, mapping.reads, mapping.makes) == ("m", "x12/850", "order/v1")


def test_constants_are_not_shared_between_documents(compile_yaml: Callable[[str], YamlMapping], scope: Scope) -> None:
    mapping = compile_yaml(
        "from: json\nfields: {a: {value: [1]}, b: '`{\"x\": []}`', c: {expr: nope, default: {y: 1}}}"
    )
    first, second = mapping.apply({}, scope), mapping.apply({}, scope)
    assert isinstance(first, dict)
    assert isinstance(second, dict)
    assert first == second
    assert all(first[key] is not second[key] for key in ("a", "b", "c"))


def test_nothing_but_the_document_decides_the_result(compile_yaml: Callable[[str], YamlMapping], scope: Scope) -> None:
    mapping = compile_yaml("from: json\nfields: {a: 'l[?x==`1`]', b: 'l[?x==`true`]'}")
    document: Document = {"l": [{"x": 1}, {"x": True}]}
    assert mapping.apply(document, scope) == {"a": [{"x": 1}], "b": [{"x": True}]}
    assert document == {"l": [{"x": 1}, {"x": True}]}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("fields: {a: a}", [("M101", 1, "required key 'from' is missing", None)]),
        ("from: x12/850\nfileds: {a: a}", [("M101", 2, "unknown key 'fileds'", "did you mean 'fields'?")]),
        ("from: json\nfields: {a: 5}", [("M103", 2, "expected an expression, found 5", "a constant is written {value: 5}")]),
        ("from: json\nfields: {a: {expr: a, requird: true}}", [("M102", 2, "unknown option 'requird'", "did you mean 'required'?")]),
        ("from: json\nfields: {a: {eech: a, fields: {b: b}}}", [("M102", 2, "unknown option 'eech'", "did you mean 'each'?")]),
        ("from: json\nfields: {a: {if: b, expr: a}}", [("M102", 2, "unknown option 'if'", "did you mean 'when'?")]),
        ("from: json\nfields: {a: {case: [{when: b, expr: a}], else: b}}", [("M102", 2, "unknown option 'else'", "what is chosen otherwise stands last in the list of 'case', without 'when'")]),
        ("from: json\nfields: {a: {each: a}}", [("M104", 2, "'each' needs 'fields': what to make of every element", None)]),
        ("from: json\nfields: {a: {expr: a, each: b}}", [("M104", 2, "'each' and 'expr' do not go together", None)]),
        ("from: json\nfields: {a: {default: 1}}", [("M104", 2, "options without a value", "add 'expr:', 'each:' or 'fields:'")]),
        ("from: json\nfields: {a: {expr: a, default: 1, required: true}}", [("M104", 2, "'required' has no use beside 'default'", None)]),
        ("from: json\nfields: {a: {expr: a, required: yes}}", [("M103", 2, "'required' is true or false", None)]),
        ("from: json\nfields: {}", [("M103", 2, "there are no fields", None)]),
        ("from: json\nfields: {a: ''}", [("M110", 2, "JMESPath: the expression is empty", None)]),
        (f"from: json\nfields: {{a: {'a.' * 300}a}}", [("M118", 2, f"JMESPath: expression is nested deeper than 220 of: {'a.' * 50}…", None)]),
        ("from: json\nlet: {root: a}\nfields: {a: a}", [("M105", 2, "'$root' has a meaning already", "choose another name")]),
        ("from: json\nfields: {a: $shp}\nlet: {ship: a}", [("M113", 2, "JMESPath: unknown name '$shp', at column 1 of: $shp", "did you mean '$ship'?")]),
        ("from: json\nfields: {a: $parent.b}", [("M113", 2, "JMESPath: unknown name '$parent', at column 1 of: $parent.b", "$parent is known inside 'each' only")]),
    ],
)  # fmt: skip
def test_a_mistake_in_the_file_is_one_finding_with_its_line(
    broken: Callable[[str], tuple[Finding, ...]], text: str, found: list[tuple[str, int, str, str | None]]
) -> None:
    got = [(finding.code, finding.place.line, finding.message, finding.hint) for finding in broken(text)]
    assert got == found


def test_every_mistake_in_the_file_is_told_at_once_in_its_order(broken: Callable[[str], tuple[Finding, ...]]) -> None:
    text = """from: json
let:
  x: nope(a)
fields:
  a: a[
  b: {value: 1, required: true}
  c: lookup('oum', d)
  d: {each: e, fields: {f: $indx, g: 7}}
"""
    assert [(finding.code, finding.place.line) for finding in broken(text)] == [
        ("M111", 3),
        ("M110", 5),
        ("M104", 6),
        ("M121", 7),
        ("M113", 8),
        ("M103", 8),
    ]


def test_a_finding_about_an_expression_has_its_column_in_the_file(broken: Callable[[str], tuple[Finding, ...]]) -> None:
    (finding,) = broken("from: json\nfields:\n  a:\n    b: c[\n")
    assert (finding.place.line, finding.place.column) == (4, 9)


def test_a_mapping_of_a_loaded_file_keeps_no_file_open(tables: dict[str, Table]) -> None:
    source = yaml_source.load(b"from: json\nfields: {a: a}\n", "m.yaml")
    assert compile_mapping("m", source, tables).reads == "json"
