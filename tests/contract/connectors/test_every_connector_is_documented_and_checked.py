"""What holds for every registered connector, whoever wrote it: an example that runs, and mistakes told where they are."""

from __future__ import annotations

import copy
import importlib.metadata
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from pydantic import BaseModel, SecretStr

from crossdock.codecs.contract import CodecKind
from crossdock.connector import Connector
from crossdock.errors import ConfigError, Finding
from crossdock.registry import Registry
from crossdock.route.load import load_project

POINTS = {point.name: point for point in importlib.metadata.entry_points(group="crossdock.connectors")}
_BLOCK = re.compile(r"```yaml\n(.*?)```", re.DOTALL)
_SECRET = re.compile(r"\$\{secret:([A-Za-z0-9_]+)\}")
_VARIABLE = re.compile(r"\$\{([A-Z][A-Z0-9_]*)\}")
_VALUES = {"broker": "amqp://user:password@127.0.0.1/", "db": "sqlite:///example.db"}
_HEAVY = ("boto3", "httpx2", "paramiko", "sqlalchemy", "starlette", "uvicorn")

every_connector = pytest.mark.parametrize("name", sorted(POINTS))


def examples(name: str) -> list[dict[str, Any]]:
    """The YAML blocks of the docstring of the module that registers a connector, as routes."""
    module = sys.modules[POINTS[name].module] if POINTS[name].load() else None
    blocks = [yaml.safe_load(block) for block in _BLOCK.findall((module.__doc__ if module else "") or "")]
    return [_route(block) for block in blocks if isinstance(block, dict) and block.keys() & {"from", "to", "steps"}]


def _route(block: dict[str, Any]) -> dict[str, Any]:
    whole = {"from": {"file": {"path": "inbox"}}, "to": [{"topic": "example.received"}], **block}
    if "topic" in whole["from"]:
        whole["from"] = {"file": {"path": "inbox"}}
    return whole


def findings_of(root: Path, route: dict[str, Any]) -> tuple[str, tuple[Finding, ...]]:
    """The route as a file, and everything that loading its project finds."""
    text = yaml.safe_dump(route, sort_keys=False)
    (root / "routes").mkdir(exist_ok=True)
    (root / "secrets").mkdir(exist_ok=True)
    for secret in _SECRET.findall(text):
        (root / "secrets" / secret).write_text(_VALUES.get(secret.rpartition("_")[2], "s3cret-value"))
    (root / "crossdock.yaml").write_text("name: example\n")
    (root / "routes" / "example.yaml").write_text(text)
    (root / "routes" / "reader.yaml").write_text("from: {topic: example.received}\nto: [{file: {path: read}}]\n")
    environment = dict.fromkeys(_VARIABLE.findall(text), "https://example.com")
    try:
        project = load_project(
            root,
            environment=environment,
            connectors=Registry("crossdock.connectors", Connector),
            codecs=Registry("crossdock.codecs", CodecKind),
        )
    except ConfigError as error:
        return text, error.findings
    return text, project.warnings


def used(route: dict[str, Any], name: str) -> Iterator[dict[str, Any]]:
    """The options of every use of a connector in a route, to be changed in place."""
    found = [route["from"], *route["to"], *route.get("steps", ())]
    asked = [one.get(step) for one in found for step in ("call", "enrich") if isinstance(one, dict)]
    for one in (*found, *asked):
        if isinstance(one, dict) and isinstance(one.get(name), dict):
            yield one[name]


def kinds(connector: Connector) -> Iterator[type[BaseModel]]:
    """The options models of a connector."""
    for kind in (connector.source, connector.sink, connector.call, connector.endpoint):
        if kind is not None:
            yield kind.options


@every_connector
def test_it_says_in_a_sentence_what_it_is_and_its_options_are_described(name: str) -> None:
    connector = POINTS[name].load()
    assert connector.name == name
    assert connector.about.endswith(".")
    assert [model.__name__ for model in kinds(connector) if not (model.__doc__ or "").strip()] == []


@every_connector
def test_its_docstring_has_an_example_and_check_accepts_it(name: str, tmp_path: Path) -> None:
    routes = examples(name)
    assert any(list(used(route, name)) for route in routes), "an example that uses it"
    for route in routes:
        text, findings = findings_of(tmp_path, route)
        assert [str(one) for one in findings if one.severity == "error"] == [], text


@every_connector
def test_a_misspelt_option_is_told_where_it_stands_with_the_right_one(name: str, tmp_path: Path) -> None:
    for number, key in options_of(name):
        route = examples(name)[number]
        for options in used(route, name):
            if key in options:
                options[f"{key}z"] = options.pop(key)
        text, findings = findings_of(tmp_path, route)
        at = [one for one in findings if f"'{key}z'" in one.message]
        assert at, (key, text, [str(one) for one in findings])
        assert at[0].place.file == "routes/example.yaml"
        assert at[0].place.line in _lines(text, f"{key}z:")
        assert at[0].place.column is not None
        assert key in (at[0].hint or ""), at[0]


@every_connector
def test_a_value_of_the_wrong_type_is_told_where_it_stands(name: str, tmp_path: Path) -> None:
    for number, key in options_of(name):
        route = examples(name)[number]
        for options in used(route, name):
            if key in options:
                options[key] = {"not": {"what": ["is", "wanted"]}}
        text, findings = findings_of(tmp_path, route)
        errors = [one for one in findings if one.severity == "error"]
        assert errors, (key, text)
        lines = {one.place.line for one in errors if one.place.file == "routes/example.yaml"}
        near = {line + below for line in _lines(text, f"{key}:") for below in range(6)}
        assert lines & near, (key, text, [str(one) for one in errors])


@every_connector
def test_an_option_that_is_missing_is_told_at_the_connector(name: str, tmp_path: Path) -> None:
    required = {
        key for model in kinds(POINTS[name].load()) for key, one in model.model_fields.items() if one.is_required()
    }
    for number, key in options_of(name):
        if key not in required:
            continue
        route = examples(name)[number]
        told = [one.pop(key) for one in used(route, name) if key in one]
        text, findings = findings_of(tmp_path, route)
        assert told
        assert any(key in one.message or key in (one.hint or "") for one in findings if one.place.line), (key, text)


@every_connector
def test_a_secret_in_clear_text_is_warned_of(name: str, tmp_path: Path) -> None:
    for number, key in options_of(name):
        route = copy.deepcopy(examples(name)[number])
        changed = [one for one in used(route, name) if _SECRET.fullmatch(str(one.get(key, "")))]
        for options in changed:
            options[key] = "amqp://user:password@127.0.0.1/" if key == "url" else "in-clear-text"
        if changed:
            _, findings = findings_of(tmp_path, route)
            assert "R118" in {one.code for one in findings}, key


@every_connector
def test_a_secret_of_its_options_is_in_no_picture_of_them(name: str) -> None:
    for model in kinds(POINTS[name].load()):
        secret = {key: SecretStr("canary") for key, one in model.model_fields.items() if one.annotation is SecretStr}
        assert "canary" not in repr(model.model_construct(None, **secret))


def test_looking_at_all_connectors_loads_no_library_that_only_a_connection_needs() -> None:
    code = (
        "import sys; from crossdock.registry import Registry; from crossdock.connector import Connector\n"
        "for _, one in Registry('crossdock.connectors', Connector).all():\n"
        "    for kind in (one.source, one.sink, one.call, one.endpoint):\n"
        "        kind and kind.options.model_json_schema()\n"
        f"print([name for name in {_HEAVY!r} if name in sys.modules])\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def options_of(name: str) -> list[tuple[int, str]]:
    """The options that the examples use: which example, and which option; the one that tells an endpoint apart."""
    endpoint = POINTS[name].load().endpoint
    told_by = "" if endpoint is None else endpoint.told_by
    uses = [(number, one) for number, route in enumerate(examples(name)) for one in used(route, name)]
    found = [(number, key) for number, one in uses for key in one if key != told_by]
    return list(dict.fromkeys(found))


def _lines(text: str, key: str) -> list[int]:
    lines = enumerate(text.splitlines(), 1)
    return [number for number, line in lines if line.strip().removeprefix("- ").startswith(key)]


def test_a_secret_in_clear_text_is_warned_of_where_it_stands_deeper_or_in_a_list(tmp_path: Path) -> None:
    pinned = {"user": "b", "password": "clear", "host_key": "SHA256:2YGZ7MCzvGvcaUeiDxZKC6X4i1eUhOEe5Z6NBgEaHL0"}
    sftp = {"host": "a.example", "path": "in", "jump": [{"host": "c.example", **pinned}], **pinned}
    post = {"post": "https://a.example/", "auth": {"basic": {"user": "b", "password": "clear"}}}
    _, findings = findings_of(tmp_path, {"from": {"topic": "a"}, "to": [{"http": post}, {"sftp": sftp}]})
    assert [one.code for one in findings if one.code != "R302"] == ["R118"] * 3


def test_the_address_of_a_database_without_a_password_is_no_secret(tmp_path: Path) -> None:
    do = [{"insert": "a", "columns": {"b": "c"}}]
    _, findings = findings_of(tmp_path, {"from": {"topic": "a"}, "to": [{"sql": {"url": "sqlite:///a.db", "do": do}}]})
    assert "R118" not in {one.code for one in findings}


def test_a_password_in_a_url_is_refused_and_not_repeated(tmp_path: Path) -> None:
    to = [{"http": {"post": "https://me:hunter2@a.example/"}}]
    _, findings = findings_of(tmp_path, {"from": {"topic": "a"}, "to": to})
    (told,) = (one for one in findings if one.code == "R104")
    assert "do not belong into a URL" in told.message
    assert "hunter2" not in repr(told)
