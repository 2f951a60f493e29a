"""Replies that are lost and workers that are killed on the way to an ERP that honours no key: each order is one sale."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

import pytest
from tests.live.conftest import Globex
from tests.live.test_orders_become_sales_in_tryton import order

from crossdock.testing.servers.proxy import TcpProxy

DRAFT = b"POST /erp/rest/model/sale.sale HTTP/1.1"


def sales(globex: Globex) -> Counter[str]:
    """How many sales of each order Tryton has, whatever their state."""
    found = globex.erp.address.search("sale.sale", [], "reference", "state")
    assert {sale["state"] for sale in found} == {"processing"}
    return Counter(str(sale["reference"]) for sale in found)


@pytest.mark.parametrize("lost", [DRAFT, b"/quote HTTP/1.1", b"/confirm HTTP/1.1"])
def test_a_reply_that_is_lost_makes_no_second_sale(
    globex: Globex, proxied: Callable[[int], TcpProxy], lost: bytes, record_property: Callable[[str, object], None]
) -> None:
    way = proxied(globex.erp.port)
    way.lose_reply_to(lost)
    globex.put("order.edi", order("PO-1", 17))
    globex.finish(seconds=150, **globex.through(way.port))
    assert not way.pending_loss
    assert sales(globex) == {"PO-1": 1}
    assert globex.states("order-to-tryton/file") == {"delivered": 1}
    assert globex.balanced()
    record_property("orders", 1)
    record_property("sales", 1)


def test_what_was_drafted_twice_is_discarded_also_when_that_reply_is_lost(
    globex: Globex, proxied: Callable[[int], TcpProxy], wait_until: Callable[..., None]
) -> None:
    way = proxied(globex.erp.port)
    way.lose_reply_to(DRAFT)
    globex.put("order.edi", order("PO-1", 17))
    globex.start("--until-idle", **globex.through(way.port))
    wait_until(lambda: not way.pending_loss)
    way.lose_reply_to(b"model.sale.sale.delete")
    assert globex.run.wait(timeout=150) == 0, globex.log()
    assert not way.pending_loss
    assert sales(globex) == {"PO-1": 1}
    assert globex.balanced()


def test_a_worker_that_is_killed_again_and_again_makes_each_sale_once(
    globex: Globex, record_property: Callable[[str, object], None]
) -> None:
    for number in range(6):
        globex.put(f"order-{number}.edi", order(f"PO-{number}", 100 + number))
    for turn, point in enumerate(("sink.after_send:2", "commit.before_commit:4", "sink.after_send:9")):
        fired = globex.folder / f"fired-{turn}"
        failing = {"CROSSDOCK_FAIL": point, "CROSSDOCK_FAIL_ONCE": str(fired)}
        globex.finish(seconds=150, **globex.environment, **failing)
    assert (globex.folder / "fired-0").exists()
    assert sales(globex) == {f"PO-{number}": 1 for number in range(6)}
    assert globex.states("order-to-tryton/file") == {"delivered": 6}
    assert globex.balanced()
    record_property("orders", 6)
    record_property("sales", 6)
