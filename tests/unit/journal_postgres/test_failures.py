"""What PostgreSQL's failures mean to the engine."""

from __future__ import annotations

import psycopg
import pytest

from crossdock.errors import CrossdockError, Halt, Retry
from crossdock.postgres.address import address_of
from crossdock.postgres.failures import meaning, refusal, translated

ADDRESS = address_of("postgresql://db/edi")


@pytest.mark.parametrize(
    ("error", "kind", "code"),
    [
        (psycopg.OperationalError, Retry, "E731"),
        (psycopg.errors.AdminShutdown, Retry, "E731"),
        (psycopg.errors.ReadOnlySqlTransaction, Retry, "E732"),
        (psycopg.errors.LockNotAvailable, Retry, "E733"),
        (psycopg.errors.QueryCanceled, Retry, "E733"),
        (psycopg.errors.DeadlockDetected, Retry, "E733"),
        (psycopg.errors.DiskFull, Retry, "E734"),
        (psycopg.errors.OutOfMemory, Retry, "E734"),
        (psycopg.errors.IoError, Retry, "E734"),
        (psycopg.errors.DataCorrupted, Halt, "E738"),
        (psycopg.errors.InsufficientPrivilege, Halt, "E739"),
        (psycopg.errors.UndefinedTable, Halt, "E739"),
    ],
)
def test_each_failure_has_one_meaning(error: type[psycopg.Error], kind: type[CrossdockError], code: str) -> None:
    with pytest.raises(kind) as raised, translated(ADDRESS):
        raise error("it\n said so")
    assert isinstance(raised.value, CrossdockError)
    assert raised.value.code == code
    assert "it said so" in raised.value.message


def test_a_defect_of_ours_stays_what_it_is() -> None:
    assert meaning(psycopg.errors.SyntaxError("near SELEC"), ADDRESS) is None
    with pytest.raises(psycopg.errors.SyntaxError), translated(ADDRESS):
        raise psycopg.errors.SyntaxError("near SELEC")


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("connection failed: Connection refused", Retry),
        ("connection timeout expired", Retry),
        ("FATAL:  the database system is starting up", Retry),
        ("FATAL:  sorry, too many clients already", Retry),
        ('FATAL:  password authentication failed for user "anna"', Halt),
        ('FATAL:  database "edi" does not exist', Halt),
        ('FATAL:  role "anna" does not exist', Halt),
        ("FATAL:  unsupported startup parameter: options", Halt),
    ],
)
def test_a_refused_connection_passes_or_is_for_a_person(text: str, kind: type[CrossdockError]) -> None:
    assert isinstance(refusal(psycopg.OperationalError(text), ADDRESS), kind)
