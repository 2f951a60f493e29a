"""The socket that callers wait at goes on when a run executes itself anew."""

from __future__ import annotations

import os
import socket
from contextlib import closing

import pytest

from crossdock.runtime.listening import LEFT, Listener


def test_the_next_python_has_the_socket_its_queue_and_its_address(monkeypatch: pytest.MonkeyPatch) -> None:
    before = Listener()
    opened = before.at(("127.0.0.1", 0))
    assert opened is not None
    opened.listen()
    with closing(opened), socket.create_connection(opened.getsockname()):
        (told,) = before.kept().items()
        number, rest = told[1].split(" ", 1)
        assert os.get_inheritable(int(number))
        monkeypatch.setenv(told[0], f"{os.dup(int(number))} {rest}")
        after = Listener.left()
        kept = after.at(("127.0.0.1", 0))
        assert kept is not None
        with closing(kept):
            assert not kept.get_inheritable()
            accepted, _ = kept.accept()
            accepted.close()
    assert LEFT not in os.environ


def test_without_a_socket_nothing_is_kept() -> None:
    assert Listener().kept() == {}
    assert Listener.left().at(None) is None


def test_where_the_next_one_serves_elsewhere_the_socket_is_closed() -> None:
    kept = Listener()
    opened = kept.at(("127.0.0.1", 0))
    assert opened is not None
    assert kept.at(None) is None
    assert opened.fileno() == -1
