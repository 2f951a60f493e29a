"""kill -9 around the transaction of a database: the row and its proof are there once, and the outbox is marked."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

ROUTE = """\
from:
  sql:
    url: "sqlite:///shop.db"
    outbox: {table: outbox, status: status, claimed_at: claimed_at, stale: 1s}
    every: 50ms
steps:
  - decode: json
to:
  - sql:
      url: "sqlite:///erp.db"
      do:
        - {insert: orders, columns: {number: number}}
        - {statement: "UPDATE counter SET orders = orders + 1", rows: 1}
"""
ORDERS = 30


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "routes").mkdir()
    (tmp_path / "crossdock.yaml").write_text("name: kills\n")
    (tmp_path / "routes" / "orders.yaml").write_text(ROUTE)
    with sqlite3.connect(tmp_path / "shop.db") as shop:
        shop.execute("CREATE TABLE outbox (id INTEGER PRIMARY KEY, number TEXT, status TEXT, claimed_at TEXT)")
        shop.executemany(
            "INSERT INTO outbox (number, status) VALUES (?, 'waiting')", [(f"N{n}",) for n in range(ORDERS)]
        )
    shop.close()
    with sqlite3.connect(tmp_path / "erp.db") as erp:
        erp.execute("CREATE TABLE orders (number TEXT)")  # no key: a second effect would be a second row
        erp.execute("CREATE TABLE counter (orders INTEGER)")
        erp.execute("INSERT INTO counter VALUES (0)")
    erp.close()
    return tmp_path


def run(project: Path, **environment: str) -> None:
    command = [sys.executable, "-m", "crossdock", "run", "--workers", "1", "--until-idle"]
    with (project / "log").open("ab") as log:
        subprocess.run(
            command, cwd=project, env={**os.environ, **environment}, stdout=log, stderr=log, timeout=90, check=False
        )


def values(database: Path, statement: str) -> list[object]:
    connection = sqlite3.connect(database)
    try:
        return [row[0] for row in connection.execute(statement)]
    finally:
        connection.close()


@pytest.mark.parametrize("point", ["intake.before_settle", "commit.before_commit"])
def test_killed_anywhere_each_order_is_written_once(project: Path, point: str) -> None:
    once = project / "fired"

    run(project, CROSSDOCK_FAIL=f"{point}:2" if point.startswith("commit") else point, CROSSDOCK_FAIL_ONCE=str(once))
    run(project)

    assert once.exists(), (project / "log").read_text()[-2000:]
    numbers = values(project / "erp.db", "SELECT number FROM orders")
    assert sorted(map(str, numbers)) == sorted(f"N{number}" for number in range(ORDERS))
    assert values(project / "erp.db", "SELECT orders FROM counter") == [ORDERS]
    assert values(project / "erp.db", "SELECT count(*) FROM crossdock_delivered") == [ORDERS]
    assert values(project / "shop.db", "SELECT DISTINCT status FROM outbox") == ["done"]
