"""Conditions, choices, local names, numbers of rows, and mappings that use others."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

import pytest

from crossdock import yaml_source
from crossdock.errors import ConfigError, Finding, Reject
from crossdock.mapping.compile import YamlMapping, compile_mapping
from crossdock.mapping.scope import Scope
from crossdock.message import Document

ORDER: Document = {
    "kind": "B",
    "buyer": {"name": "Acme", "id": "7"},
    "groups": [{"lines": [{"q": "1"}, {"q": "0"}]}, {"lines": [{"q": "3"}]}],
}

PARTY = """
from: json/party
parameters: {role: null, agency: "'92'"}
let: {loud: upper(name)}
fields: {N101: $role, N102: $loud, N103: $agency, N104: {expr: id, when: id}, top: $root.id}
"""


def compiled(text: str, **others: str) -> YamlMapping:
    texts = {"m": f"from: json\n{text}", **others}
    sources = {name: yaml_source.load(one.encode(), f"mappings/{name}.yaml") for name, one in texts.items()}
    return compile_mapping("m", sources["m"], {}, sources)


def wrong(text: str, **others: str) -> list[tuple[str, int | None, str]]:
    with pytest.raises(ConfigError) as caught:
        compiled(text, **others)
    return [(finding.code, finding.place.line, finding.message) for finding in caught.value.findings]


@pytest.mark.parametrize(
    ("fields", "made"),
    [
        ("a: {value: 1, when: buyer}", {"a": 1}),
        ("a: {value: 1, when: nope}", {}),
        ("a: {expr: nope, when: nope, required: true}", {}),
        ("a: {expr: nope, when: nope, default: 5}", {}),
        ("a: {fields: {n: kind}, when: \"kind == 'B'\"}", {"a": {"n": "B"}}),
        ("a: {each: groups, fields: {n: $row}, when: nope}", {}),
        ("a: [{value: x, when: nope}, {value: y, when: kind}]", {"a": ["y"]}),
        ("a: {when: kind}", {"a": {"when": "B"}}),
        ("a: {when: kind, value: kind}", {"a": "kind"}),
        ("a: {use: kind, at: kind}", {"a": {"use": "B", "at": "B"}}),
        ("a: {case: kind, of: kind, at: kind}", {"a": {"case": "B", "of": "B", "at": "B"}}),
        ("a: {case: [{when: nope, value: 1}, {when: kind, expr: kind}, {value: 3}]}", {"a": "B"}),
        ("a: {case: [{when: nope, value: 1}, kind]}", {"a": "B"}),
        ("a: {case: [{when: nope, value: 1}]}", {}),
        ("a: {case: [{when: nope, value: 1}], default: 9}", {"a": 9}),
        ("a: {case: [{when: kind, fields: {x: nope}}, {value: 2}]}", {}),
        ("a: {let: {b: buyer.name, c: lower($b)}, fields: {n: $c}}", {"a": {"n": "acme"}}),
        (
            "a: {each: groups, fields: {l: {each: lines, fields: {row: $row, all: $running}}}}",
            {"a": [{"l": [{"row": 1, "all": 1}, {"row": 2, "all": 2}]}, {"l": [{"row": 1, "all": 3}]}]},
        ),
        (
            "a: {each: groups, let: {g: $row}, fields: {l: {each: lines, fields: {of: $g, at: $index}}}}",
            {"a": [{"l": [{"of": 1, "at": 0}, {"of": 1, "at": 1}]}, {"l": [{"of": 2, "at": 0}]}]},
        ),
        ("a: {each: 'groups[].lines[]', case: [{when: \"q != '0'\", fields: {n: $row, q: q}}]}", {"a": [{"n": 1, "q": "1"}, {"n": 2, "q": "3"}]}),
    ],
)  # fmt: skip
def test_fields_are_chosen_named_and_counted(fields: str, made: Document, scope: Scope) -> None:
    assert compiled(f"fields: {{{fields}}}").apply(ORDER, scope) == made


@pytest.mark.parametrize(
    ("fields", "made"),
    [
        ("a: {use: party, of: buyer, with: {role: \"'BY'\"}}", {"N101": "BY", "N102": "ACME", "N103": "92", "N104": "7", "top": "7"}),
        ("a: {use: party, of: buyer, with: {role: kind, agency: \"'1'\"}}", {"N101": "B", "N102": "ACME", "N103": "1", "N104": "7", "top": "7"}),
        ("a: {use: party, of: seller, with: {role: kind}}", None),
        ("a: {use: party, of: seller, with: {role: kind}, default: none}", "none"),
        ("a: {use: party, of: seller, with: {role: kind}, when: seller, required: true}", None),
    ],
)  # fmt: skip
def test_a_mapping_is_used_on_a_part_of_the_document(fields: str, made: Document, scope: Scope) -> None:
    result = compiled(f"fields: {{{fields}}}", party=PARTY).apply(ORDER, scope)
    assert result == ({} if made is None else {"a": made})


def test_what_is_used_sees_no_names_of_its_user(scope: Scope) -> None:
    nosy = "from: json\nfields: {x: $secret}"
    text = "let: {secret: kind}\nfields: {a: {use: nosy}}"
    assert compiled(text, nosy=nosy).apply(ORDER, scope) == {}
    with pytest.raises(ConfigError):
        compile_mapping("nosy", yaml_source.load(nosy.encode(), "nosy.yaml"), {})


def test_one_used_in_a_loop_is_made_of_each_element(scope: Scope) -> None:
    line = "from: json\nparameters: {at: null}\nfields: {n: $at, q: dec(q)}"
    text = "fields: {l: {each: 'groups[].lines[]', use: line, with: {at: $row}}}"
    assert compiled(text, line=line).apply(ORDER, scope) == {
        "l": [{"n": 1, "q": 1}, {"n": 2, "q": 0}, {"n": 3, "q": 3}]
    }


def test_a_finding_of_a_used_mapping_names_the_target_and_its_own_line(
    scope: Scope, rejected: Callable[[YamlMapping, Document], tuple[Finding, ...]]
) -> None:
    line = "from: json\nlet: {n: dec(q)}\nfields: {n: {expr: $n, required: true}, r: \"concat(q, '-', dec(q))\"}"
    mapping = compiled("fields: {l: {each: 'groups[].lines[]', use: line}}", line=line)
    document: Document = {"groups": [{"lines": [{"q": "1"}, {"q": "x"}]}]}
    told = [(one.message, one.place.pointer) for one in rejected(mapping, document)]
    assert told == [
        ("/l/1: 'x' is not a number, in: dec(q) (mappings/line.yaml:2:10)", "/groups/0/lines/1/q"),
        ("/l/1/r: 'x' is not a number, in: concat(q, '-', dec(q)) (mappings/line.yaml:3:44)", "/groups/0/lines/1/q"),
    ]


def test_a_name_that_fails_in_one_element_silences_no_other(
    rejected: Callable[[YamlMapping, Document], tuple[Finding, ...]],
) -> None:
    text = "fields: {l: {each: l, let: {n: dec(q)}, fields: {n: {expr: $n, required: true}}}}"
    found = rejected(compiled(text), {"l": [{"q": "x"}, {}, {"q": "1"}]})
    assert [(one.code, one.message.partition(":")[0]) for one in found] == [("M304", "/l/0"), ("M302", "/l/0/n")]


def test_a_condition_that_cannot_be_told_chooses_nothing(
    rejected: Callable[[YamlMapping, Document], tuple[Finding, ...]],
) -> None:
    text = "fields: {a: {case: [{when: dec(q) > `1`, value: 1}, {expr: dec(r)}]}}".replace(
        "dec(q) > `1`", '"dec(q) > `1`"'
    )
    found = rejected(compiled(text), {"q": "x", "r": "y"})
    assert [(one.code, one.place.pointer) for one in found] == [("M304", "/q")]


def test_an_error_beside_a_running_number_is_found_where_it_is(
    rejected: Callable[[YamlMapping, Document], tuple[Finding, ...]],
) -> None:
    text = 'fields: {g: {each: groups, fields: {l: {each: lines, fields: {n: "divide(dec(q), subtract(`4`, $running))"}}}}}'
    groups: Document = {"groups": [{"lines": [{"q": "1"}, {"q": "1"}]}, {"lines": [{"q": "1"}, {"q": "1"}]}]}
    (found,) = rejected(compiled(text), groups)
    assert (found.code, found.message.partition(":")[0]) == ("M307", "/g/1/l/1/n")


@pytest.fixture
def rejected(scope: Scope) -> Callable[[YamlMapping, Document], tuple[Finding, ...]]:
    def found(mapping: YamlMapping, document: Document) -> tuple[Finding, ...]:
        with pytest.raises(Reject) as caught:
            mapping.apply(document, scope)
        return caught.value.findings

    return found


@pytest.mark.parametrize(
    ("fields", "others", "told"),
    [
        ("a: {case: []}", {}, ("M104", "'case' is a list of what is chosen from")),
        ("a: {case: [{value: 1}, {value: 2}]}", {}, ("M104", "what stands after an alternative without 'when' is never chosen")),
        ("a: {expr: a, of: b}", {}, ("M104", "'of' stands beside 'use'")),
        ("a: {expr: a, let: {x: b}}", {}, ("M104", "'let' stands beside 'each' or 'fields'")),
        ("a: {expr: a, when: 7}", {}, ("M103", "expected an expression, found 7")),
        ("a: {expr: a, when: ''}", {}, ("M110", "JMESPath: the expression is empty")),
        ("a: {let: {row: a}, fields: {b: c}}", {}, ("M105", "'$row' has a meaning already")),
        ("a: $row", {}, ("M113", "JMESPath: unknown name '$row', at column 1 of: $row")),
        ("a: {use: nope}", {}, ("M321", "mapping 'nope' does not exist")),
        ("a: {use: m}", {}, ("M320", "a mapping that uses itself: m -> m")),
        ("a: {use: b}", {"b": "from: json\nfields: {a: {use: m}}"}, ("M320", "a mapping that uses itself: m -> b -> m")),
        ("a: {use: party}", {"party": PARTY}, ("M322", "mapping 'party' wants its parameter 'role'")),
        ("a: {use: party, with: {role: a, rol: b}}", {"party": PARTY}, ("M323", "mapping 'party' has no parameter 'rol'")),
    ],
)  # fmt: skip
def test_a_mistake_in_a_choice_or_a_use_is_one_finding(
    fields: str, others: Mapping[str, str], told: tuple[str, str]
) -> None:
    assert wrong(f"fields: {{{fields}}}", **others) == [(told[0], 2, told[1])]


def test_a_misspelt_option_beside_use_makes_no_field_of_it() -> None:
    told = wrong("fields: {a: {use: party, wiht: {role: kind}}}", party=PARTY)
    assert told == [
        ("M322", 2, "mapping 'party' wants its parameter 'role'"),
        ("M102", 2, "unknown option 'wiht'"),
    ]


def test_the_profile_measures_names_and_each_field_inside_of_loops_and_choices(scope: Scope) -> None:
    mapping = compiled(
        "let: {n: kind}\n"
        "fields: {k: {value: 1}, b: {use: party, of: buyer, with: {role: kind}},"
        " l: {each: groups, let: {x: lines}, fields: {y: $x, z: [{expr: $n, when: $x}]}}}",
        party=PARTY,
    )
    ticks = iter(range(100_000))
    spent = mapping.profile([(ORDER, scope)], lambda: float(next(ticks)))
    names = {"/b/N101", "/b/N102", "/b/N103", "/b/N104", "/b/top"}
    assert {one.name for one in spent} == {"$n", "/l/*/y", "/l/*/z/0", *names}
    assert next(one.text for one in spent if one.name == "/b/N102") == "$loud"


def test_mappings_that_multiply_are_refused_and_not_unfolded() -> None:
    doubling = {f"x{at}": f"from: json\nfields: {{a: {{use: x{at + 1}}}, b: {{use: x{at + 1}}}}}" for at in range(40)}
    assert [code for code, *_ in wrong("fields: {a: {use: x0}}", **doubling)] == ["M324"]


def test_conditions_too_deep_for_python_are_refused() -> None:
    deep = {
        f"x{at}": f"from: json\nfields: {{a: {'{when: b, fields: {a: ' * 5}{{use: x{at + 1}, when: c}}{'}}' * 5}}}"
        for at in range(9)
    }
    assert {code for code, *_ in wrong("fields: {a: {use: x0}}", **deep)} == {"M104"}


def test_parameters_have_what_the_step_gives_or_what_they_say(scope: Scope) -> None:
    mapping = compiled("parameters: {site: null, lane: kind}\nfields: {s: $site, l: $lane}")
    assert mapping.parameters == {"site": True, "lane": False}
    assert mapping.apply(ORDER, scope) == {"l": "B"}
    assert mapping.apply(ORDER, replace(scope, given={"site": "north", "lane": 7})) == {"s": "north", "l": 7}
