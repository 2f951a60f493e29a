"""Whatever an author writes in place of a value: findings with a place, and never anything else."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec
import pytest
from tests.bad_input.yaml.conftest import CONNECTORS

from crossdock.codecs.contract import CodecKind
from crossdock.connector import Connector
from crossdock.errors import Finding
from crossdock.message import Document
from crossdock.registry import Registry
from crossdock.route.compile import compile_route
from crossdock.route.files import Folder
from crossdock.route.materials import Materials
from crossdock.route.project import Project
from crossdock.route.resources import load_materials
from crossdock.route.substitution import Values, substitute
from crossdock.yaml_source import load

ROUTE = """\
about: Everything a route can say.
from:
  file: {path: in}
steps:
  - decode: {json: {path: /a}}
  - split: "orders[]"
  - map: m
  - validate: order/v1
  - set: {fields: {a.b: c}, headers: {h: d}, partner: e, correlation: f}
  - filter: "a == b"
  - lookup: {table: t, key: k, as: row, optional: true}
  - once: {key: "[a, b]", within: 90d}
  - latest: {key: a, by: b}
  - check:
      - {name: n, that: x, severity: hold, text: "{a} b"}
  - choose:
      - {when: a, steps: [{filter: b}], to: [{topic: "x.{y}"}]}
      - otherwise: {to: [{file: {path: z}}]}
  - tap: {topic: t.u, when: v}
to:
  - file: {path: out}
    name: n1
    when: "total > `1`"
    map: m
    encode: {json: {}}
    retry: {attempts: 3, first: 1s, factor: 2, max: 5m}
    rate: 10/s
    timeout: 5s
    batch: {count: 10, wait: 1s}
    priority: 3
  - topic: out.{a}
order: {by: x}
retry: {attempts: 8}
rate: 1/s
timeout: 1s
priority: 1
enabled: true
cases:
  - given: samples/a.json
    expect: {x: samples/a.json, y: {a: 1}}
  - given: [samples/a.json]
    expect_error: C101
"""
FILES = {
    "mappings/m.yaml": "from: json/x\nto: order/v1\nfields: {a: b}\n",
    "mappings/tables/t.csv": "a,b\n1,2\n",
    "samples/a.json": "{}",
}
ODD: list[Document] = [None, True, -1, "", "x y\n", "${", [None], {}, {"a": [{}]}]


def paths(value: Document, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    yield path
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from paths(inner, (*path, key))
    if isinstance(value, list):
        for index, inner in enumerate(value):
            yield from paths(inner, (*path, index))


def put(value: Document, path: tuple[str | int, ...], odd: Document) -> Document:
    if not path:
        return odd
    if isinstance(value, dict):
        return {key: put(inner, path[1:], odd) if key == path[0] else inner for key, inner in value.items()}
    assert isinstance(value, list)
    return [put(inner, path[1:], odd) if index == path[0] else inner for index, inner in enumerate(value)]


VALUE = load(ROUTE.encode(), "r.yaml").value


@pytest.fixture(scope="module")
def materials(tmp_path_factory: pytest.TempPathFactory) -> Materials:
    root = tmp_path_factory.mktemp("project")
    for name, text in FILES.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    folder = Folder(root, [])
    connectors = Registry("crossdock.test.none", Connector, CONNECTORS)
    loaded = load_materials(folder, Project(), connectors, Registry("crossdock.codecs", CodecKind))
    assert folder.findings == []
    return loaded


def told(text: bytes, materials: Materials) -> list[Finding]:
    source = load(text, "r.yaml")
    read = substitute(source, Values({}, lambda name: None))
    return list(compile_route("r", source, read, materials).findings)


def test_the_route_itself_has_no_errors(materials: Materials) -> None:
    assert told(ROUTE.encode(), materials) == []


@pytest.mark.parametrize("path", list(paths(VALUE)), ids=lambda path: "/".join(map(str, path)) or "route")
def test_odd_values_give_findings_with_a_place(path: tuple[str | int, ...], materials: Materials) -> None:
    for odd in ODD:
        found = told(msgspec.json.encode(put(VALUE, path, odd)), materials)
        assert {(finding.place.file, finding.place.line) for finding in found} <= {("r.yaml", 1)}
