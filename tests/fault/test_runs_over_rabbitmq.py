"""Whole runs over RabbitMQ while it is hurt: nothing lost, no effect twice, audit balanced."""

from __future__ import annotations

import os
import time
from collections.abc import Callable

from tests.commands import command
from tests.fault.conftest import Rig

from crossdock.amqp.address import Address
from crossdock.amqp.link import Link
from crossdock.bus.rabbitmq.standing import standing
from crossdock.testing.servers.rabbitmq import RabbitAddress, RabbitMQ

#: How hard CI hits; ``CROSSDOCK_BROKER_KILLS=100 CROSSDOCK_ORDERS=100000`` is the whole measure.
KILLS = int(os.environ.get("CROSSDOCK_BROKER_KILLS", "2"))
ORDERS = int(os.environ.get("CROSSDOCK_ORDERS", "2000"))


def finish(rig: Rig, url: str) -> None:
    assert rig.process is not None
    rig.process.terminate()
    rig.process.wait(timeout=60)
    rig.start("--until-idle", CROSSDOCK_BUS=url).wait(timeout=300)
    assert rig.process.returncode == 0, rig.log()


def test_every_queue_deleted_again_and_again_costs_latency_and_no_message(rig: Rig, rabbitmq: RabbitAddress) -> None:
    url = rabbitmq.fresh()
    rig.start(CROSSDOCK_BUS=url)
    for _ in range(8):
        rig.drop(files=2, orders=ORDERS // 16)
        delete_everything(url)
        time.sleep(0.5)
    finish(rig, url)
    rig.judge()


def test_a_broker_that_dies_and_comes_back_costs_latency_and_no_message(rig: Rig, own_rabbitmq: RabbitMQ) -> None:
    rig.start(CROSSDOCK_BUS=own_rabbitmq.url)
    for _ in range(KILLS):
        rig.drop(files=2, orders=ORDERS // 2 // KILLS)
        own_rabbitmq.kill()
        rig.drop(files=1, orders=10)
        own_rabbitmq.start()
    finish(rig, own_rabbitmq.url)
    rig.judge()


def test_without_a_broker_everything_is_delivered_all_the_same(
    rig: Rig, wait_until: Callable[[Callable[[], bool]], None]
) -> None:
    rig.drop(files=2, orders=50)
    rig.start(CROSSDOCK_BUS="amqp://127.0.0.1:1/")
    wait_until(lambda: len(rig.effects()[0]) == 100)
    finish(rig, "amqp://127.0.0.1:1/")
    rig.judge()


def test_commands_declare_show_and_empty_a_bus(rig: Rig, rabbitmq: RabbitAddress) -> None:
    url = rabbitmq.fresh()

    def crossdock(*arguments: str) -> str:
        told = command(rig.folder, "bus", *arguments, environment={"CROSSDOCK_BUS": url})
        assert told.code == 0, told.errors
        return told.output

    queues = ["orders-in", "orders-out", "orders-out/batch", "orders-out/file"]
    assert crossdock("show").count("missing") == len(queues) + 1
    crossdock("declare")
    found = standing(Address.parse(url), "rig", queues)
    assert all(stand.depth is not None for stand in found.queues)
    assert "missing" not in crossdock("show")
    assert crossdock("purge", "--yes") == "0 messages purged\n"


def test_definitions_for_an_administrator_are_what_crossdock_declares(rig: Rig, own_rabbitmq: RabbitMQ) -> None:
    own_rabbitmq.address.control("add_user", "worker", "secret")
    definitions = command(rig.folder, "bus", "policy", "--user", "worker")
    assert definitions.code == 0, definitions.errors
    (rig.folder / "definitions.json").write_text(definitions.output)
    own_rabbitmq.address.control("import_definitions", str(rig.folder / "definitions.json"))

    environment = {"CROSSDOCK_BUS": f"amqp://worker:secret@127.0.0.1:{own_rabbitmq.port}/"}
    done = command(rig.folder, "bus", "declare", "--json", environment=environment)
    assert done.code == 0, done.errors
    assert '"left_as_it_is": []' in done.output


def delete_everything(url: str) -> None:
    for stand in standing(
        Address.parse(url), "rig", ["orders-in", "orders-out", "orders-out/batch", "orders-out/file"]
    ).queues:
        link = Link(Address.parse(url), "operator")
        with link.asking() as channel:
            channel.queue_delete(stand.name)
        link.close()
