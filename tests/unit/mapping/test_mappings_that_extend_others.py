"""A mapping that is another one, but for what its file says anew."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from crossdock import yaml_source
from crossdock.errors import ConfigError, Finding
from crossdock.mapping.compile import compile_mapping
from crossdock.mapping.extending import bases_of, extended
from crossdock.mapping.lookup import Table
from crossdock.mapping.scope import Scope
from crossdock.message import Document
from crossdock.yaml_source import Authored

BASE = """\
from: x12/850
to: order/v1
let: {item: "'VP'"}
fields:
  number: BEG.BEG03
  kind: {value: order}
  to: {name: N1.N102, code: N1.N104}
  lines:
    each: PO1
    fields: {n: PO101, item: _ids.VP, qualifier: $item}
cases:
  - {given: {BEG: {BEG03: "1"}}, expect: {number: "1"}}
"""
ORDER: Document = {
    "BEG": {"BEG03": "P1", "BEG04": "R1"},
    "N1": {"N102": "DC", "N104": "7"},
    "PO1": [{"PO101": "1", "_ids": {"VP": "S1", "BP": "B1"}}, {"PO101": "2"}],
}
WHOLE = {
    "number": "P1",
    "kind": "order",
    "to": {"name": "DC", "code": "7"},
    "lines": [{"n": "1", "item": "S1", "qualifier": "VP"}, {"n": "2", "qualifier": "VP"}],
}


def sources(**files: str) -> dict[str, Authored]:
    return {name: yaml_source.load(text.encode(), f"mappings/{name}.yaml") for name, text in files.items()}


@pytest.fixture
def made(scope: Scope, tables: dict[str, Table]) -> Callable[..., Document]:
    """What a mapping that extends BASE makes of the order."""

    def run(body: str, **others: str) -> Document:
        files = sources(base=BASE, own=f"extends: base\n{body}", **others)
        return compile_mapping("own", extended("own", files), tables).apply(ORDER, scope)

    return run


@pytest.fixture
def wrong(tables: dict[str, Table]) -> Callable[..., tuple[Finding, ...]]:
    """What is wrong with the mapping ``own``."""

    def found(**files: str) -> tuple[Finding, ...]:
        with pytest.raises(ConfigError) as caught:
            compile_mapping("own", extended("own", sources(**files), [*files, "sheet"]), tables)
        return caught.value.findings

    return found


def shown(finding: Finding) -> tuple[str, str | None, int | None, int | None]:
    return finding.code, finding.place.file, finding.place.line, finding.place.column


def with_lines(*lines: dict[str, str]) -> dict[str, object]:
    return {**WHOLE, "lines": list(lines)}


@pytest.mark.parametrize(
    ("body", "changed"),
    [
        ("about: The same.", WHOLE),
        ("fields: {number: BEG.BEG04}", {**WHOLE, "number": "R1"}),
        ("fields: {release: BEG.BEG04}", {**WHOLE, "release": "R1"}),
        ("fields: {kind: {value: release}}", {**WHOLE, "kind": "release"}),
        ("fields: {kind: BEG.BEG04}", {**WHOLE, "kind": "R1"}),
        ("fields: {kind: {of: BEG.BEG04}}", {**WHOLE, "kind": {"of": "R1"}}),
        ("fields: {to: {code: BEG.BEG04}}", {**WHOLE, "to": {"name": "DC", "code": "R1"}}),
        ("fields: {to: {city: BEG.BEG04}}", {**WHOLE, "to": {"name": "DC", "code": "7", "city": "R1"}}),
        ("fields: {to: {code: null}}", {**WHOLE, "to": {"name": "DC"}}),
        ("fields: {to: N1.N104}", {**WHOLE, "to": "7"}),
        ("fields: {to: [N1.N104]}", {**WHOLE, "to": ["7"]}),
        ("fields: {to: null}", {name: value for name, value in WHOLE.items() if name != "to"}),
        ("fields: {lines: {each: 'PO1[:1]'}}", with_lines({"n": "1", "item": "S1", "qualifier": "VP"})),
        (
            "fields: {lines: {fields: {item: _ids.BP, qualifier: null}}}",
            with_lines({"n": "1", "item": "B1"}, {"n": "2"}),
        ),
        ("fields: {lines: {fields: PO101}}", {**WHOLE, "lines": ["1", "2"]}),
        (
            "let: {item: \"'SK'\"}",
            with_lines({"n": "1", "item": "S1", "qualifier": "SK"}, {"n": "2", "qualifier": "SK"}),
        ),
        (
            "fields: {lines: {fields: {item: {default: none}}}}",
            with_lines({"n": "1", "item": "S1", "qualifier": "VP"}, {"n": "2", "item": "none", "qualifier": "VP"}),
        ),
        ("fields: {to: {each: PO1, fields: {n: PO101}}}", {**WHOLE, "to": [{"n": "1"}, {"n": "2"}]}),
    ],
)
def test_what_the_file_says_anew_takes_its_place(made: Callable[..., Document], body: str, changed: Document) -> None:
    assert made(body) == changed


def test_it_reads_and_makes_what_the_other_does_unless_it_says_so(tables: dict[str, Table]) -> None:
    files = sources(base=BASE, own="extends: base", other="extends: base\nfrom: x12/875\nto: basket/v1")
    own, other = (compile_mapping(name, extended(name, files), tables) for name in ("own", "other"))
    assert (own.reads, own.makes) == ("x12/850", "order/v1")
    assert (other.reads, other.makes) == ("x12/875", "basket/v1")


def test_cases_are_each_files_own(tables: dict[str, Table]) -> None:
    files = sources(base=BASE, own="extends: base")
    assert compile_mapping("own", extended("own", files), tables).cases == ()


def test_one_that_extends_may_be_extended(
    made: Callable[..., Document], scope: Scope, tables: dict[str, Table]
) -> None:
    middle = "extends: base\nlet: {item: \"'SK'\"}\nfields: {to: {code: null}}"
    files = sources(base=BASE, middle=middle, own="extends: middle\nfields: {to: {name: BEG.BEG04}, kind: null}")
    result = compile_mapping("own", extended("own", files), tables).apply(ORDER, scope)
    assert result == {
        "number": "P1",
        "to": {"name": "R1"},
        "lines": [{"n": "1", "item": "S1", "qualifier": "SK"}, {"n": "2", "qualifier": "SK"}],
    }
    assert list(bases_of("own", files)) == ["middle", "base"]


def test_a_mistake_stands_where_it_was_written(wrong: Callable[..., tuple[Finding, ...]]) -> None:
    own = "extends: base\nfields:\n  number: nope(BEG)\n  lines: {fields: {item: 'PO1['}}\n"
    assert [shown(one) for one in wrong(base=BASE, own=own)] == [
        ("M111", "mappings/own.yaml", 3, 11),
        ("M110", "mappings/own.yaml", 4, 30),
    ]
    broken = BASE.replace("n: PO101", "n: 'PO1['")
    assert [shown(one)[:3] for one in wrong(base=broken, own="extends: base")] == [("M110", "mappings/base.yaml", 10)]


def test_a_let_that_was_left_out_is_missed_where_it_is_used(wrong: Callable[..., tuple[Finding, ...]]) -> None:
    (one,) = wrong(base=BASE, own="extends: base\nlet: {item: null}")
    assert shown(one)[:3] == ("M113", "mappings/base.yaml", 10)


@pytest.mark.parametrize(
    ("own", "code", "column", "hint"),
    [
        ("extends: bas", "M106", 10, "did you mean 'base'?"),
        ("extends: sheet", "M106", 10, "a YAML mapping without mistakes"),
        ("extends: base\nfields: {nuber: null}", "M107", 10, "did you mean 'number'?"),
        ("extends: base\nfields: {lines: {fields: {m: null}}}", "M107", 27, None),
        ("extends: base\nlet: {itm: null}", "M107", 7, "did you mean 'item'?"),
    ],
)
def test_mistakes_in_extending_are_told(
    wrong: Callable[..., tuple[Finding, ...]], own: str, code: str, column: int, hint: str | None
) -> None:
    (one,) = wrong(base=BASE, own=own)
    assert (one.code, one.place.file, one.place.column) == (code, "mappings/own.yaml", column)
    assert hint is None or one.hint == hint


def test_no_mapping_extends_itself(wrong: Callable[..., tuple[Finding, ...]]) -> None:
    (one,) = wrong(own="extends: own")
    assert (one.code, one.message) == ("M106", "a mapping that extends itself: own -> own")
    (one,) = wrong(own="extends: a", a="extends: b", b="extends: a")
    assert (one.place.file, one.message) == ("mappings/b.yaml", "a mapping that extends itself: a -> b -> a")


def test_fields_beside_the_options_of_a_loop_are_a_mistake(wrong: Callable[..., tuple[Finding, ...]]) -> None:
    (one,) = wrong(base=BASE, own="extends: base\nfields: {lines: {item: _ids.BP}}")
    assert (one.code, one.place.file) == ("M102", "mappings/own.yaml")
    assert "put the fields under 'fields:'" in (one.hint or "")
