"""What the tests of mappings share: a scope, tables, and short ways to compile."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from crossdock import yaml_source
from crossdock.errors import ConfigError, Finding, Place, Reject
from crossdock.mapping.compile import YamlMapping, compile_mapping
from crossdock.mapping.expression import compile_expression
from crossdock.mapping.lookup import Table, parse_table
from crossdock.mapping.scope import Scope
from crossdock.message import Document

Evaluate = Callable[..., Document]
Mistakes = Callable[[str], tuple[Finding, ...]]
CompileYaml = Callable[[str], YamlMapping]

UOM = b"x12,rec20,erp\nEA,C62,ST\nCA,CS,KAR\nDZ,DZN,ST\nXX,,\n"


@pytest.fixture
def scope() -> Scope:
    return Scope(
        id="m-1",
        route="orders-in",
        now=datetime(2026, 11, 20, 10, 30, tzinfo=UTC),
        partner="acme",
        headers={"file": "po.edi"},
        place=lambda pointer: Place(segment=17, pointer=pointer) if pointer.startswith("/PO1") else None,
    )


@pytest.fixture
def tables() -> dict[str, Table]:
    return {"uom": parse_table("uom", UOM, "mappings/tables/uom.csv")}


@pytest.fixture
def evaluate(scope: Scope, tables: dict[str, Table]) -> Evaluate:
    def run(text: str, document: Document = None, **values: Document) -> Document:
        place = Place(file="r.yaml", line=1, column=1)
        return compile_expression(text, place=place, tables=tables, names=values)(document, scope, values)

    return run


@pytest.fixture
def mistakes(tables: dict[str, Table]) -> Mistakes:
    """The findings of an expression that does not compile."""

    def found(text: str) -> tuple[Finding, ...]:
        with pytest.raises(ConfigError) as caught:
            compile_expression(text, place=Place(file="r.yaml", line=3, column=7), tables=tables)
        return caught.value.findings

    return found


@pytest.fixture
def refused(evaluate: Evaluate) -> Callable[..., Finding]:
    """The finding of an expression that rejects a document."""

    def found(text: str, document: Document = None) -> Finding:
        with pytest.raises(Reject) as caught:
            evaluate(text, document)
        return caught.value.findings[0]

    return found


@pytest.fixture
def compile_yaml(tables: dict[str, Table]) -> CompileYaml:
    def compiled(text: str) -> YamlMapping:
        return compile_mapping("m", yaml_source.load(text.encode(), "mappings/m.yaml"), tables)

    return compiled


@pytest.fixture
def result(compile_yaml: CompileYaml, scope: Scope) -> Evaluate:
    """What a mapping with these ``fields`` (and ``let``) makes of a document."""

    def run(body: str, document: Document = None) -> Document:
        return compile_yaml(f"from: x12/850\n{body}").apply(document, scope)

    return run


@pytest.fixture
def findings(compile_yaml: CompileYaml, scope: Scope) -> Callable[..., tuple[Finding, ...]]:
    """The findings of a document that a mapping rejects."""

    def run(body: str, document: Document = None) -> tuple[Finding, ...]:
        with pytest.raises(Reject) as caught:
            compile_yaml(f"from: x12/850\n{body}").apply(document, scope)
        return caught.value.findings

    return run


@pytest.fixture
def broken(compile_yaml: CompileYaml) -> Mistakes:
    """The findings of a mapping file that does not compile."""

    def found(text: str) -> tuple[Finding, ...]:
        with pytest.raises(ConfigError) as caught:
            compile_yaml(text)
        return caught.value.findings

    return found
