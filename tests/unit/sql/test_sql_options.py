"""What a route may say of a database, and what is told of a mistake."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from pydantic import ValidationError

from crossdock.connector import Effect
from crossdock.errors import Halt
from crossdock_connectors.sql import CONNECTOR, CallOptions, SinkOptions, SourceOptions
from crossdock_connectors.sql.extras import missing
from crossdock_connectors.sql.statement import parameters_of, text_of, values_for

URL = {"url": "sqlite:///erp.db"}
INSERT = {"insert": "orders", "columns": {"number": "number"}}


def refused(model: type[SinkOptions | SourceOptions | CallOptions], **options: object) -> str:
    with pytest.raises(ValidationError) as caught:
        model.model_validate({**URL, **options})
    return str(caught.value)


@pytest.mark.parametrize(
    "url",
    ["", "erp.db", "ftp://x/y", "sqlite://", "sqlite:///", "sqlite:///:memory:", "sqlite+pysqlite:///x", "mysqlx://a"],
)
def test_only_databases_we_know_are_urls(url: str) -> None:
    assert "url" in refused(SinkOptions, url=url, do=INSERT)


def test_a_password_is_not_shown() -> None:
    options = SinkOptions.model_validate({"url": "postgresql://u:canary@h/d", "do": INSERT})

    assert "canary" not in f"{options!r} {options.model_dump()}"


@pytest.mark.parametrize("name", ["a b", 'a"b', "a;b", "1a", "a.b.c", "", "a--", "ö", "x" * 64, "a\n"])
def test_a_name_of_a_table_is_a_plain_one(name: str) -> None:
    assert "no name" in refused(SinkOptions, do={"insert": name, "columns": {"a": "b"}})


@pytest.mark.parametrize("name", ["a b", "a.b", "a`", "a)"])
def test_a_name_of_a_column_is_a_plain_one(name: str) -> None:
    assert "no name of a column" in refused(SinkOptions, do={"insert": "t", "columns": {name: "b"}})


@pytest.mark.parametrize("path", ["a b", "a..b", "$what", "a[x]", "$header.", "a[0", "?"])
def test_a_path_that_is_none_is_told(path: str) -> None:
    assert "no path" in refused(SinkOptions, do={"insert": "t", "columns": {"a": path}})


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"columns": {"a": "b"}}, "exactly one of"),
        ({"insert": "t"}, "'columns'"),
        ({"insert": "t", "upsert": "t", "columns": {"a": "b"}}, "exactly one of"),
        ({"upsert": "t", "columns": {"a": "b"}}, "'key'"),
        ({"upsert": "t", "columns": {"a": "b"}, "key": ["c"]}, "not among the columns"),
        ({"insert": "t", "columns": {"a": "b"}, "params": {"a": "b"}}, "'params'"),
        ({"statement": "UPDATE t SET a = :a", "params": {"b": "b"}}, "no parameter :b"),
        ({"insert": "t", "columns": {"a": "b"}, "rows": 1}, "'rows'"),
        ({"statement": "../x.sql"}, "inside the project"),
        ({"statement": " "}, "a statement is needed"),
        ({"insert": "t", "columns": {"a": {"path": "b", "value": 1}}}, "either 'path' or 'value'"),
    ],
)
def test_a_change_that_makes_no_sense_is_told(change: object, told: str) -> None:
    assert told in refused(SinkOptions, do=change)


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({}, "exactly one of"),
        ({"statement": "SELECT 1"}, "how a row is known"),
        ({"statement": "SELECT 1", "key": "a", "lag": "5s"}, "go with a watermark"),
        ({"statement": "SELECT :x", "key": "a"}, "which nothing gives a value"),
        ({"procedure": "p", "watermark": "a"}, "no watermark"),
        ({"outbox": {"table": "t"}}, "'status' or a 'done_at'"),
        ({"outbox": {"table": "t", "done_at": "d", "claimed_at": "c"}}, "claims need"),
        ({"outbox": {"table": "t", "status": "s", "done": "waiting"}}, "different values"),
        ({"outbox": {"table": "t", "status": "s"}, "key": "id"}, "its own key"),
    ],
)
def test_a_source_that_makes_no_sense_is_told(options: dict[str, object], told: str) -> None:
    assert told in refused(SourceOptions, **options)


def test_parameters_are_found_where_sqlalchemy_finds_them() -> None:
    assert parameters_of("SELECT a::text, '12:30', \\:no FROM t WHERE b = :b AND c = :c OR b = :b") == ("b", "c")


def test_a_parameter_is_the_path_of_its_name() -> None:
    assert values_for("SELECT :sku", {})["sku"].path == "sku"


def test_a_file_of_a_statement_that_is_missing_stops_the_route(tmp_path: Path) -> None:
    with pytest.raises(Halt, match="K833"):
        text_of("sql/none.sql", tmp_path)


def test_a_destination_is_transactional() -> None:
    assert CONNECTOR.sink is not None
    assert CONNECTOR.sink.effect(SinkOptions.model_validate({**URL, "do": INSERT})) is Effect.TRANSACTIONAL


def test_what_is_not_installed_is_named_with_its_extra() -> None:
    assert [missing(one).hint for one in ("pymysql", "sqlalchemy", "psycopg._x")] == [
        'pip install "crossdock[sql,mariadb]"',
        'pip install "crossdock[sql]"',
        'pip install "crossdock[sql,postgres]"',
    ]


def test_options_are_read_without_sqlalchemy_and_opening_tells_what_to_install() -> None:
    script = """
import sys
sys.modules["sqlalchemy"] = None
from pathlib import Path
from crossdock_connectors.sql import CONNECTOR
from crossdock.connector import Surroundings
from crossdock.errors import Halt
options = CONNECTOR.call.options.model_validate({"url": "sqlite:///erp.db", "statement": "SELECT 1"})
try:
    CONNECTOR.call.open(options, Surroundings(root=Path(), name="r/sql", now=None))
except Halt as error:
    print(error)
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)

    assert done.stdout.startswith("K801")
    assert 'pip install "crossdock[sql]"' in done.stdout
