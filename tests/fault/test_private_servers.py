"""Private servers do what torture needs of them, and nothing of them stays behind however their owner ends."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from crossdock.errors import Halt
from crossdock.testing.servers.postgres import Postgres, PostgresAddress
from crossdock.testing.servers.rabbitmq import RabbitAddress, RabbitMQ
from crossdock.testing.servers.server import LOOPBACK, find
from crossdock.testing.servers.tree import alive, descendants

Wait = Callable[[Callable[[], bool]], None]

_OWNER = """
import sys, time
from crossdock.testing.servers.postgres import Postgres
server = Postgres()
server.start()
server.freeze()
print(server.pid, server.folder, flush=True)
time.sleep(600)
"""


def test_a_shared_postgres_has_a_database_for_everyone(postgres: PostgresAddress) -> None:
    assert postgres.fresh() != postgres.fresh()
    assert postgres.execute("SHOW fsync") == "on"


def test_a_shared_rabbitmq_has_a_virtual_host_for_everyone(rabbitmq: RabbitAddress) -> None:
    first, second = rabbitmq.fresh(), rabbitmq.fresh()
    hosts = rabbitmq.evaluate("[binary_to_list(Name) || Name <- rabbit_vhost:list_names()].")
    assert all(url.rpartition("/")[2] in hosts for url in (first, second))


def test_postgres_keeps_what_was_committed_through_kill(own_postgres: Postgres) -> None:
    own_postgres.address.execute("CREATE TABLE kept AS SELECT 7 AS number")
    family = [own_postgres.pid, *descendants(own_postgres.pid)]
    own_postgres.kill()
    assert not any(alive(pid) for pid in family)
    own_postgres.start()
    assert own_postgres.address.execute("SELECT number FROM kept") == "7"


def test_rabbitmq_comes_back_after_kill_and_freeze(own_rabbitmq: RabbitMQ) -> None:
    url = own_rabbitmq.address.fresh()
    own_rabbitmq.kill()
    own_rabbitmq.start()
    own_rabbitmq.freeze()
    own_rabbitmq.thaw()
    assert url.rpartition("/")[2] in own_rabbitmq.address.evaluate(
        "[binary_to_list(Name) || Name <- rabbit_vhost:list_names()]."
    )


def test_rabbitmq_listens_on_loopback_alone(own_rabbitmq: RabbitMQ) -> None:
    told = own_rabbitmq.address.evaluate(
        "[case inet:sockname(P) of {ok, {A, _}} -> A; _ -> none end || P <- erlang:ports(), "
        'erlang:port_info(P, name) =:= {name, "tcp_inet"}].'
    )
    assert "{127, 0, 0, 1}" in told
    assert "{0, 0, 0, 0}" not in told


def test_nothing_stays_behind_when_the_owner_of_a_server_is_killed(wait_until: Wait, postgres: PostgresAddress) -> None:
    with subprocess.Popen([sys.executable, "-c", _OWNER], stdout=subprocess.PIPE, text=True) as owner:
        assert owner.stdout is not None
        pid, folder = owner.stdout.readline().split()
        os.kill(owner.pid, signal.SIGKILL)
        wait_until(lambda: not alive(int(pid)) and not Path(folder).exists())


def test_a_shared_server_ends_with_its_last_user(wait_until: Wait, tmp_path: Path, postgres: PostgresAddress) -> None:
    script = (
        "import sys\nfrom pathlib import Path\nfrom crossdock.testing.servers.shared import shared_postgres\n"
        "share, address = shared_postgres(Path(sys.argv[1]))\n"
        "print(address.execute('SHOW data_directory'), flush=True)\nsys.stdin.read()\n"
    )
    command = [sys.executable, "-c", script, str(tmp_path)]
    users = [subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    data = {user.stdout.readline().strip() for user in users if user.stdout is not None}
    assert len(data) == 1
    users[0].communicate()
    time.sleep(0.2)  # it would end now, if it counted wrong
    assert Path(data.copy().pop()).exists()
    users[1].kill()
    users[1].communicate()
    wait_until(lambda: not Path(data.copy().pop()).exists())


def test_a_folder_the_unprivileged_user_cannot_enter_is_refused(tmp_path: Path, postgres: PostgresAddress) -> None:
    tmp_path.chmod(0o700)
    if os.geteuid() == 0:
        with pytest.raises(Halt, match="T103"):
            Postgres(tmp_path / "server")
    else:
        with Postgres(tmp_path / "server") as server:
            assert server.running


def test_a_program_that_is_missing_is_named_with_its_package() -> None:
    with pytest.raises(Halt, match=r"T101.*no-such-server.*apt-get install servers"):
        find("no-such-server", [], "servers")


def test_a_server_that_cannot_start_says_why(postgres: PostgresAddress) -> None:
    server = Postgres(settings={"no_such_setting": "1"})
    with pytest.raises(Halt, match=r"(?s)T102.*no_such_setting"):
        server.start()
    server.close()
    assert LOOPBACK in server.url
