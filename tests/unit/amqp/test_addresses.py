"""What the URL of a broker says."""

from __future__ import annotations

from pathlib import Path

import pytest

from crossdock.amqp.address import Address
from crossdock.errors import Halt


def test_what_a_url_leaves_out_is_as_rabbitmq_has_it() -> None:
    address = Address.parse("amqp://broker")
    assert address.hosts == (("broker", 5672),)
    assert (address.user, address.password, address.vhost) == ("guest", "guest", "/")
    assert address.heartbeat == 30
    assert address.tls is None


@pytest.mark.parametrize(
    ("url", "vhost"), [("amqp://h", "/"), ("amqp://h/", "/"), ("amqp://h/%2F", "/"), ("amqp://h/a%2Fb", "a/b")]
)
def test_a_virtual_host_is_what_follows_the_host(url: str, vhost: str) -> None:
    assert Address.parse(url).vhost == vhost


def test_user_and_password_may_have_any_character() -> None:
    address = Address.parse("amqp://me%40shop:p%3A%2F%40@h/v")
    assert (address.user, address.password) == ("me@shop", "p:/@")


def test_a_user_without_a_password_has_an_empty_one() -> None:
    assert Address.parse("amqp://me@h").password == ""


def test_several_hosts_are_the_nodes_of_a_cluster() -> None:
    address = Address.parse("amqps://u:p@one,two:5999,[::1]:7,[fe80::1]/v")
    assert address.hosts == (("one", 5671), ("two", 5999), ("::1", 7), ("fe80::1", 5671))


def test_an_address_is_shown_without_its_password() -> None:
    address = Address.parse("amqp://me:secret@h,[::1]/v")
    assert str(address) == "amqp://me@h:5672,[::1]:5672/v"
    assert "secret" not in repr(address)


def test_tls_has_files_relative_to_the_project(tmp_path: Path) -> None:
    for name in ("ca.pem", "me.pem", "me.key"):
        (tmp_path / name).touch()
    url = "amqps://h?cacertfile=ca.pem&certfile=me.pem&keyfile=me.key&auth_mechanism=external&server_name_indication=n"
    address = Address.parse(url, tmp_path)
    assert address.external
    assert address.tls is not None
    assert (address.tls.ca, address.tls.certificate) == (tmp_path / "ca.pem", tmp_path / "me.pem")
    assert (address.tls.key, address.tls.verify, address.tls.server_name) == (tmp_path / "me.key", True, "n")


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("http://u:secret@h", "B101"),
        ("broker", "B101"),
        ("amqp://u:secret@h:port", "B101"),
        ("amqp://u:secret@h:70000", "B101"),
        ("amqp://u:secret@h?hartbeat=3", "B102"),
        ("amqp://u:secret@h?heartbeat=0", "B103"),
        ("amqp://u:secret@h?heartbeat=x", "B103"),
        ("amqp://u:secret@h?connection_timeout=1", "B103"),
        ("amqp://u:secret@h?cacertfile=ca.pem", "B103"),
        ("amqps://u:secret@h?verify=maybe", "B103"),
        ("amqps://u:secret@h?cacertfile=missing.pem", "B104"),
    ],
)
def test_a_mistake_in_a_url_is_named_and_its_password_is_not(url: str, code: str) -> None:
    with pytest.raises(Halt) as halted:
        Address.parse(url)
    assert halted.value.code == code
    assert "secret" not in str(halted.value)


@pytest.mark.parametrize("password", ["xyz/zyx", "77/99", "xyz?zyx=77", "77?heartbeat=99"])
def test_a_password_that_is_not_escaped_is_not_shown_and_told_how_to_write(password: str) -> None:
    with pytest.raises(Halt, match="B101") as refused:
        Address.parse(f"amqp://user:{password}@broker/shop")
    assert "%2F" in str(refused.value.hint)
    assert not any(part in str(refused.value) for part in ("xyz", "zyx", "77", "99"))
