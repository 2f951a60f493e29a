"""What servers and networks do to a connection, and what comes of it: nothing lost, nothing twice, and told."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from urllib.parse import urlsplit, urlunsplit

import pytest
from tests.contract.sql.conftest import Ground, parcel

from crossdock.connector import Done
from crossdock.errors import Halt, Retry
from crossdock.testing.servers.proxy import TcpProxy

HEADER = {"insert": "orders", "columns": {"number": "number"}}
SERVERS = ("postgresql", "mariadb")
#: The end of a transaction as each driver sends it.
COMMIT = {"postgresql": b"COMMIT\0", "mariadb": b"\x03COMMIT"}

pytestmark = pytest.mark.parametrize("ground", SERVERS, indirect=True)


def behind(ground: Ground, proxy: TcpProxy) -> Ground:
    parts = urlsplit(ground.url)
    user = parts.netloc.rpartition("@")[0]
    return Ground(ground.family, urlunsplit(parts._replace(netloc=f"{user}@127.0.0.1:{proxy.port}")), ground.root)


def test_when_the_answer_to_a_commit_is_lost_the_database_is_asked(
    ground: Ground, proxied: Callable[[int], TcpProxy]
) -> None:
    ground.orders()
    proxy = proxied(urlsplit(ground.url).port or 0)
    sink = behind(ground, proxy).sink(HEADER)
    sink.send([parcel({"number": "0"})])
    proxy.lose_reply_to(COMMIT[ground.family])

    outcomes = sink.send([parcel({"number": "1"}), parcel({"number": "2"})])
    sink.close()

    assert not proxy.pending_loss
    assert [type(one) for one in outcomes] == [Done, Done], outcomes
    assert ground.rows("SELECT number FROM orders ORDER BY number") == [("0",), ("1",), ("2",)]


def test_a_connection_that_was_reset_is_opened_again(ground: Ground, proxied: Callable[[int], TcpProxy]) -> None:
    ground.orders()
    proxy = proxied(urlsplit(ground.url).port or 0)
    sink = behind(ground, proxy).sink(HEADER)
    sink.send([parcel({"number": "0"})])
    proxy.reset()
    one = parcel({"number": "1"})

    (first,) = sink.send([one])
    (second,) = sink.send([one])
    sink.close()

    assert isinstance(first, Retry), first
    assert first.code == "K809"
    assert isinstance(second, Done)
    assert len(ground.rows("SELECT number FROM orders")) == 2


@pytest.mark.parametrize("hurt", ["black_hole", "half_open"])
def test_a_server_that_says_nothing_is_not_waited_for_for_ever(
    ground: Ground, hurt: str, proxied: Callable[[int], TcpProxy]
) -> None:
    ground.orders()
    proxy = proxied(urlsplit(ground.url).port or 0)
    sink = behind(ground, proxy).sink(HEADER, timeout="200ms")
    sink.send([parcel({"number": "0"})])
    getattr(proxy, hurt)()
    one = parcel({"number": "1"})

    began = time.monotonic()
    (first,) = sink.send([one])
    took = time.monotonic() - began
    proxy.heal()
    outcomes = [sink.send([one])[0] for _ in range(2)]
    sink.close()

    assert isinstance(first, Retry), first
    assert took < 15
    assert isinstance(outcomes[-1], Done), outcomes
    assert len(ground.rows("SELECT number FROM orders")) == 2


def test_a_backend_that_is_killed_in_the_middle_undoes_everything(ground: Ground) -> None:
    ground.orders()
    slow = "SELECT pg_sleep(5)" if ground.family == "postgresql" else "DO SLEEP(5)"
    sink = ground.sink([HEADER, {"statement": slow}])
    one = parcel({"number": "1"})
    kill = (
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE strpos(query, 'pg_sleep(5)') > 0 AND pid <> pg_backend_pid()"
        " AND datname = current_database()"
    )

    def killing() -> None:
        time.sleep(0.7)
        if ground.family == "postgresql":
            ground.run(kill)
            return
        for (id,) in ground.rows("SELECT id FROM information_schema.processlist WHERE info = 'DO SLEEP(5)'"):
            ground.run(f"KILL {id}")

    thread = threading.Thread(target=killing)
    thread.start()
    (outcome,) = sink.send([one])
    thread.join()
    sink.close()
    quick = ground.sink(HEADER)
    (then,) = quick.send([one])
    quick.close()

    assert isinstance(outcome, Retry), outcome
    assert isinstance(then, Done), then
    assert "was there" not in then.receipt
    assert len(ground.rows("SELECT number FROM orders")) == 1


def test_a_wrong_password_stops_the_route_and_is_never_repeated(ground: Ground) -> None:
    parts = urlsplit(ground.url)
    wrong = f"{parts.username}:canary-4711@{parts.hostname}:{parts.port}"
    sink = Ground(ground.family, ground.url, ground.root).sink(HEADER, url=urlunsplit(parts._replace(netloc=wrong)))

    (outcome,) = sink.send([parcel({"number": "1"})])
    sink.close()

    assert isinstance(outcome, Halt), outcome
    assert outcome.code == "K804"
    assert "canary" not in f"{outcome!r} {outcome} {outcome.__cause__!r} {sink!r}"


def test_a_database_that_is_not_there_stops_the_route(ground: Ground) -> None:
    sink = ground.sink(HEADER, url=urlunsplit(urlsplit(ground.url)._replace(path="/nowhere")))

    (outcome,) = sink.send([parcel({"number": "1"})])
    sink.close()

    assert isinstance(outcome, Halt), outcome
    assert outcome.code == "K805"


def test_a_server_that_is_away_is_tried_again(ground: Ground, proxied: Callable[[int], TcpProxy]) -> None:
    proxy = proxied(urlsplit(ground.url).port or 0)
    away = behind(ground, proxy)
    proxy.cut()

    (outcome,) = away.sink(HEADER).send([parcel({"number": "1"})])

    assert isinstance(outcome, Retry), outcome
    assert outcome.code == "K803"


def test_without_the_right_to_make_the_dedupe_table_its_statement_is_told(ground: Ground) -> None:
    ground.orders()
    name = urlsplit(ground.url).path.strip("/")
    if ground.family == "postgresql":
        ground.run(
            f"CREATE ROLE u{name} LOGIN PASSWORD 'p'",
            f"GRANT INSERT ON orders TO u{name}",
            f"GRANT USAGE ON SEQUENCE orders_id_seq TO u{name}",
            "REVOKE CREATE ON SCHEMA public FROM PUBLIC",
        )
    else:
        ground.run(f"CREATE USER u{name} IDENTIFIED BY 'p'", f"GRANT INSERT ON {name}.orders TO u{name}")
    parts = urlsplit(ground.url)
    url = urlunsplit(parts._replace(netloc=f"u{name}:p@{parts.hostname}:{parts.port}"))
    sink = ground.sink(HEADER, url=url)

    (outcome,) = sink.send([parcel({"number": "1"})])
    sink.close()

    assert isinstance(outcome, Halt), outcome
    assert outcome.code == "K832"
    ground.run((outcome.hint or "").partition("run: ")[2].partition("; and")[0])
    ground.run(f"GRANT SELECT, INSERT, DELETE ON crossdock_delivered TO u{name}")
    again = ground.sink(HEADER, url=url)
    (then,) = again.send([parcel({"number": "1"})])
    again.close()
    assert isinstance(then, Done), then
    if ground.family == "postgresql":
        ground.run(f"DROP OWNED BY u{name}", f"DROP ROLE u{name}")
    else:
        ground.run(f"DROP USER u{name}")


def test_two_that_block_each_other_both_get_through(ground: Ground) -> None:
    ground.orders()
    ground.run(
        "INSERT INTO orders (number, quantity) VALUES ('a', 0)", "INSERT INTO orders (number, quantity) VALUES ('b', 0)"
    )
    count = "UPDATE orders SET quantity = quantity + 1 WHERE number = :number"
    pause = {"statement": "SELECT pg_sleep(0.3)" if ground.family == "postgresql" else "DO SLEEP(0.3)"}
    outcomes: dict[str, list[object]] = {}

    def send(first: str, second: str) -> None:
        do = [
            {"statement": count, "params": {"number": {"value": first}}},
            pause,
            {"statement": count, "params": {"number": {"value": second}}},
        ]
        sink = ground.sink(do)
        one = parcel({})
        outcomes[first] = [sink.send([one])[0]]
        while not isinstance(outcomes[first][-1], Done) and len(outcomes[first]) < 5:
            outcomes[first].append(sink.send([one])[0])
        sink.close()

    ground.sink(HEADER).send([parcel({"number": "c"})])
    threads = [threading.Thread(target=send, args=pair) for pair in (("a", "b"), ("b", "a"))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    every = [one for some in outcomes.values() for one in some]
    assert [one.code for one in every if isinstance(one, Retry)] == ["K807"], every
    assert ground.rows("SELECT quantity FROM orders WHERE number IN ('a', 'b')") == [(2,), (2,)]
