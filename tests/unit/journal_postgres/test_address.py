"""The URL of a PostgreSQL: what of it is ours, what is libpq's, and what nobody gets to see."""

from __future__ import annotations

import pytest
from psycopg.conninfo import conninfo_to_dict

from crossdock.errors import Halt
from crossdock.postgres.address import address_of

URL = "postgresql://anna:s3cr%2Ft@db.example:5433/edi"


def test_the_schema_is_ours_and_the_rest_goes_to_libpq() -> None:
    address = address_of(f"{URL}?sslmode=verify-full&schema=acme")
    told = conninfo_to_dict(address.conninfo)
    assert address.schema == "acme"
    assert {name: told[name] for name in ("host", "port", "dbname", "user", "password", "sslmode")} == {
        "host": "db.example",
        "port": "5433",
        "dbname": "edi",
        "user": "anna",
        "password": "s3cr/t",
        "sslmode": "verify-full",
    }


def test_a_project_that_says_nothing_gets_a_schema_of_its_name() -> None:
    assert address_of(URL).schema == "crossdock"


def test_nothing_waits_for_ever_unless_the_url_says_so() -> None:
    assert conninfo_to_dict(address_of(URL).conninfo)["connect_timeout"] == "5"
    assert conninfo_to_dict(address_of(f"{URL}?connect_timeout=60").conninfo)["connect_timeout"] == "60"


def test_people_see_where_it_is_and_never_the_password() -> None:
    address = address_of(URL)
    assert str(address) == "db.example:5433/edi?schema=crossdock"
    assert "s3cr" not in repr(address) + str(address)


@pytest.mark.parametrize(
    "url",
    [
        "mysql://anna:s3cret@db/edi",
        "postgresql://anna:s3cret@[::1/edi",
        "postgresql://anna:s3 cret@db:port/edi",
        "postgresql://anna:s3cret@db/edi?nonsense",
        "postgresql://anna:s3cret@db/edi?nonsense=1",
    ],
)
def test_a_url_that_cannot_be_read_is_not_repeated(url: str) -> None:
    with pytest.raises(Halt) as refused:
        address_of(url)
    assert refused.value.code == "E737"
    assert "cret" not in str(refused.value)
    assert refused.value.__cause__ is None


@pytest.mark.parametrize("schema", ["", "Acme", "a-b", 'a"; DROP TABLE work; --', "1a", "a" * 64])
def test_a_schema_is_a_plain_name(schema: str) -> None:
    with pytest.raises(Halt) as refused:
        address_of(f"{URL}?schema={schema}")
    assert refused.value.code == "E737"


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://u:supersecret/x@127.0.0.1:5432/db",
        "postgresql://u:12/secret@127.0.0.1:5432/db",
        "postgresql://u:a@secret/x@127.0.0.1:5432/db",
        "postgresql://u:a@secret@127.0.0.1:5432/db",
        "postgresql://u:a?secret@127.0.0.1:5432/db",
        "postgresql://u:a#secret@127.0.0.1:5432/db",
        "postgresql://u:a?secret=1@127.0.0.1:5432/db",
        "postgresql://u%3Asecret%40h/db",
        "postgresql://h/u%3Asecret%40h",
        "postgresql://u:secret/db",
        "postgresql://127.0.0.1:secret/db",
        "postgresql://127.0.0.1:99999/db?user=secret",
    ],
)
def test_a_password_that_libpq_takes_for_something_else_is_refused_and_not_shown(url: str) -> None:
    with pytest.raises(Halt) as refused:
        address_of(url)
    assert refused.value.code == "E737"
    assert refused.value.hint
    assert "secret" not in str(refused.value)


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("postgresql:///edi", "localhost:5432/edi"),
        ("postgresql://u:p%40%2F@[::1]:5433/edi", "::1:5433/edi"),
        ("postgresql://one:5433,two/edi", "one,two:5433,/edi"),
        ("postgresql:///edi?host=/var/run/postgresql", "/var/run/postgresql:5432/edi"),
    ],
)
def test_what_libpq_reads_rightly_is_let_through(url: str, shown: str) -> None:
    assert str(address_of(url)) == f"{shown}?schema=crossdock"


def test_an_unknown_parameter_is_named() -> None:
    with pytest.raises(Halt, match=r"E737: .* unknown parameter 'schem'") as refused:
        address_of(f"{URL}?schem=1")
    assert refused.value.hint == "did you mean 'schema'?"
