"""What ``crossdock schema`` prints, against files: those that are right, and those that are not."""

from __future__ import annotations

import json
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import get_args

import pytest
from click.testing import CliRunner
from jsonschema_rs import Draft7Validator, meta
from pydantic import BaseModel

from crossdock.cli.main import crossdock
from crossdock.cli.schema import language
from crossdock.message import Document
from crossdock.ops.schemas.documents import KINDS, schemas
from crossdock.ops.schemas.editors import MARK, associations, kinds_of_files, write_modelines, write_settings
from crossdock.ops.schemas.name_file import FOLDER, NAMES, refresh_names
from crossdock.ops.schemas.names import definitions, names_of
from crossdock.ops.schemas.words import purpose
from crossdock.yaml_source import load

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def validators() -> dict[str, Draft7Validator]:
    """A validator for each kind of file, with the names of the pack."""
    made = schemas(KINDS.values(), language(None), definitions(names_of(ROOT)))
    whole = json.loads(json.dumps(made, default=float))
    assert all(meta.is_valid(one) for one in whole.values())
    return {name: Draft7Validator(one) for name, one in whole.items()}


def _projects() -> Iterator[Path]:
    yield ROOT
    yield from (path.parent for path in (ROOT / "docs/examples").rglob("crossdock.yaml"))


def _plain(value: Document) -> object:
    if isinstance(value, dict):
        return {key: _plain(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_plain(inner) for inner in value]
    return float(value) if isinstance(value, Decimal) else value


def _mistakes(validator: Draft7Validator, text: str) -> list[str]:
    value = load(text.encode(), "file.yaml").value
    return [error.message for error in validator.iter_errors(_plain({} if value is None else value))]


def test_every_file_of_the_pack_and_of_the_examples_is_accepted(validators: dict[str, Draft7Validator]) -> None:
    files = [(root, *one) for root in _projects() for one in kinds_of_files(root)]
    wrong = {
        path: found for root, kind, path in files if (found := _mistakes(validators[kind], (root / path).read_text()))
    }
    assert len(files) > 100
    assert not wrong


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("route", "from: {file: {path: '${IN}', every: '${EVERY}'}}\nretry: {attempts: '${N}'}\nenabled: '${ON}'"),
        (
            "route",
            "from: {topic: a.b}\nto: [{topic: c.d, map: {mapping: m, with: {site: 'a'}}}, {file: {path: x}, map: m}]",
        ),
        (
            "route",
            "from: {topic: a.b}\nsteps: [enrich: {http: {get: x}, as: c, map: {mapping: m, with: {a: b}}}]\nto: [topic: c.d]",
        ),
        (
            "route",
            "from: {topic: a.b}\nto: [topic: c.d]\ncases: [{given: {}, through: [orders-to-erp, partner-acme-855]}]",
        ),
        (
            "partner",
            "name: A\nids: {x12: [ZZ, A]}\nreceives: {850: {topic: a.b, map: {mapping: m, with: {a: b}}}}\nsends: {855: {version: '1', on: a.b, map: m}}",
        ),
        ("mapping", "from: json\nparameters: {a: }\nfields: {b: $a}\ncases: [{given: {}, with: {a: 1}, expect: {}}]"),
        ("route", "from: {file: {path: in}}\nretry: {attempts: '3'}\nenabled: yes\npriority: '7'"),
        ("route", "from: {file: {path: in, match: '*.a'}, expect: {within: 25h}}\nto: [{topic: a.b, when: }]"),
        ("route", "from: {echo: }\nto: [{log: }]"),
        ("route", "from: {topic: [a.b, c.*]}\nsteps: [{unpack: {zip: '*.csv'}}, {decode: csv}, {pack: gzip}]"),
        ("route", "from: {topic: a.b}\nsteps: [{check: [{preflight: gln, severity: off}, {name: a, that: b}]}]"),
        (
            "partner",
            "name: A\nids: {x12: [ZZ, A], edifact: [['1', 14], {id: 2}]}\nacknowledge: [TA1, 997]\nduplicates: off",
        ),
        (
            "partner",
            "name: A\nids: {x12: [ZZ, A]}\nchannel: {sftp: {host: a, user: b, key: c, host_key: d, in: /i, out: /o}}",
        ),
        ("mapping", "extends: other\nfields: {a: null, b: {required: true}}"),
        (
            "mapping",
            "from: x12/850\nfields: {scheme: \"'GLN'\", value: N104, deep: {value: 5}, all: {each: PO1, fields: {a: b}}}",
        ),
        ("layout", "record: {tag: {text: A, at: 3}, fields: {a: 5, b: 'packed(7,2)', c: {type: zoned, digits: 4}}}"),
        ("settings", "limits: {payload: 20MB, batch: '50'}\nworkers: '${WORKERS:-2}'"),
        ("settings", ""),
    ],
)
def test_every_way_to_write_a_value_is_accepted(validators: dict[str, Draft7Validator], kind: str, text: str) -> None:
    assert _mistakes(validators[kind], text) == []


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("route", "from: {file: {pth: in}}"),
        ("route", "from: {file: {path: in}, http: {path: /a}}"),
        ("route", "from: {file: {path: in, every: 3}}"),
        ("route", "from: {topic: a.b}\nsteps: [{once: {key: a, withn: 3d}}]"),
        ("route", "from: {topic: a.b}\nsteps: [{map: a, validate: order/v1}]"),
        ("route", "from: {topic: a.b}\nto: [{when: a}]"),
        ("route", "from: {topic: a.b}\npriority: 12"),
        ("route", "from: {topic: a.b}\nto: [{topic: c.d, map: m, with: {a: b}}]"),
        ("route", "from: {topic: a.b}\nto: [{topic: c.d, map: {mapping: m, wiht: {a: b}}}]"),
        ("route", "from: {topic: a.b}\nto: [topic: c.d]\ncases: [{given: {}, through: orders-to-erp}]"),
        ("partner", "name: A\nreceives: {850: {topic: a.b, map: {with: {a: b}}}}"),
        ("partner", "name: A\nids: {x12: [ZZ, A]}\nstatus: alive"),
        ("mapping", "from: x12/850\nfields: {a: {expr: b, requird: true}}"),
        ("layout", "record: {fields: {a: five}}"),
        ("settings", "limit: {batch: 3}"),
        ("preset", "on: http"),
    ],
)
def test_a_mistake_is_refused(validators: dict[str, Draft7Validator], kind: str, text: str) -> None:
    assert _mistakes(validators[kind], text)


def test_every_key_that_an_author_may_write_is_told_about() -> None:
    silent = [
        f"{model.__name__}.{info.alias or name}"
        for model in _with_inner([*language(None).models(), *(kind.model for kind in KINDS.values())])
        for name, info in model.model_fields.items()
        if not purpose(model, info.alias or name, info)
    ]
    assert not silent


def _with_inner(models: list[type[BaseModel]]) -> set[type[BaseModel]]:
    """These, and those that stand inside them."""
    found: set[type[BaseModel]] = set()
    while models:
        model = models.pop()
        if model not in found:
            found.add(model)
            models += [inner for info in model.model_fields.values() for inner in _named_in(info.annotation)]
    return found


def _named_in(annotation: object) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for inner in get_args(annotation):
        yield from _named_in(inner)


# Files of a project


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A small project."""
    (tmp_path / "routes/deep").mkdir(parents=True)
    (tmp_path / "mappings/layouts").mkdir(parents=True)
    (tmp_path / "crossdock.yaml").write_text("name: small\n")
    (tmp_path / "routes/deep/a.yaml").write_text("from: {topic: a.first}\nto: [{log: {}}]\n")
    (tmp_path / "mappings/layouts/b.yaml").write_text("record: {fields: {a: 5}}\n")
    return tmp_path


def test_writing_makes_schemas_that_nobody_commits_and_settings(project: Path) -> None:
    done = CliRunner().invoke(crossdock, ["schema", "--write", "--project", str(project)])
    assert done.exit_code == 0, done.output
    assert {path.name for path in (project / FOLDER).glob("*.json")} == {*(f"{kind}.json" for kind in KINDS), NAMES}
    assert (project / FOLDER / ".gitignore").read_text() == "*\n"
    written = json.loads((project / ".vscode/settings.json").read_text())["yaml.schemas"]
    assert all((project / schema).is_file() for schema in written)
    names = json.loads((project / FOLDER / NAMES).read_text())["definitions"]
    assert "a.first" in names["topic"]["anyOf"][0]["enum"]
    (project / "mappings/new.yaml").write_text("from: order/v1\nfields: {a: b}\n")
    assert refresh_names(project)
    assert not refresh_names(project)


def test_settings_that_are_there_are_left_alone(project: Path) -> None:
    (project / ".vscode").mkdir()
    (project / ".vscode/settings.json").write_text("{}")
    assert write_settings(project) == [".vscode/extensions.json"]
    assert (project / ".vscode/settings.json").read_text() == "{}"


def test_each_file_of_a_project_has_one_kind(project: Path) -> None:
    found = {path: kind for kind, path in kinds_of_files(project)}
    assert found == {"routes/deep/a.yaml": "route", "mappings/layouts/b.yaml": "layout", "crossdock.yaml": "settings"}
    assert associations()[f"./{FOLDER}/mapping.json"][-1] == "!mappings/layouts/**"


def test_a_modeline_is_the_first_line_and_leads_to_the_schema(project: Path) -> None:
    assert "routes/deep/a.yaml" in write_modelines(project)
    first, rest = (project / "routes/deep/a.yaml").read_text().split("\n", 1)
    assert first == f"{MARK}../../{FOLDER}/route.json"
    assert rest.startswith("from:")
    assert write_modelines(project) == []


def test_outside_of_a_project_a_schema_has_everything_that_is_installed(tmp_path: Path) -> None:
    done = CliRunner().invoke(crossdock, ["schema", "route", "--project", str(tmp_path)])
    made = json.loads(done.output)
    assert {"file", "sql", "shopify", "topic"} <= set(made["definitions"]["source"]["properties"])


def test_what_belongs_to_a_project_is_written_nowhere_else(tmp_path: Path) -> None:
    done = CliRunner().invoke(crossdock, ["schema", "--write", "--project", str(tmp_path)])
    assert done.exit_code == 2
    assert "is no project" in done.output
    assert list(tmp_path.iterdir()) == []
