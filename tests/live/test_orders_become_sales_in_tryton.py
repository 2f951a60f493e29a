"""From an 850 on an SFTP server to the 810 that lies there: Tryton is the ERP, people work in it, crossdock does the rest."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, datetime

from tests.live.conftest import Globex

from crossdock.message import Document

ORDER = (
    "ISA*00*          *00*          *ZZ*ACMEDIST       *ZZ*GLOBEX         *261120*1200*U*00401*{control:09}*0*P*>~"
    "GS*PO*ACMEDIST*GLOBEX*20261120*1200*{control}*X*004010~ST*850*0001~BEG*00*SA*{number}**20261120~"
    "N1*BY*ACME Distribution*92*ACMEDIST~PO1*1*120*EA*9.25**VN*HB-0840~PO1*2*40*EA*31.5**VN*WA-0800~"
    "CTT*2~SE*7*0001~GE*1*{control}~IEA*1*{control:09}~"
)
ONCE = ({"delivered": 1}, {"delivered": 1})
WEB_ORDER = {
    "number": "W-1",
    "ordered_on": "2026-11-20",
    "currency": "USD",
    "buyer": {"id": "WEBSHOP", "id_scheme": "mutual"},
    "lines": [
        {"number": 1, "sku": "HB-0840", "quantity": 120, "unit": "EA", "unit_price": 9.25},
        {"number": 2, "sku": "WA-0800", "quantity": 40, "unit": "EA", "unit_price": 31.5},
    ],
}


def order(number: str, control: int) -> str:
    return ORDER.format(number=number, control=control)


def ship(globex: Globex, sale: int) -> None:
    """What people in the warehouse do."""
    for shipment in globex.parts_of(sale, "shipments"):
        for button in ("assign_try", "pick", "pack", "do"):
            globex.erp.address.rest("POST", f"stock.shipment.out/{shipment}/{button}")


def bill(globex: Globex, sale: int) -> None:
    """What people in accounting do."""
    day = datetime.now(UTC).date()
    for invoice in globex.parts_of(sale, "invoices"):
        today: Document = {"__class__": "date", "year": day.year, "month": day.month, "day": day.day}
        globex.erp.address.rest("PUT", f"account.invoice/{invoice}", {"invoice_date": today})
        globex.erp.address.rest("POST", f"account.invoice/{invoice}/post")


def answers(sent: Iterable[str], control: int) -> str:
    """The 997 of ACME's translator: all of it is accepted."""
    head = (
        f"ISA*00*          *00*          *ZZ*{'ACMEDIST':15}*ZZ*{'GLOBEX':15}*261128*0900*U*00401*{control:09}*0*P*>~"
    )
    text = f"{head}GS*FA*ACMEDIST*GLOBEX*20261128*0900*{control}*X*004010~"
    count = 0
    for count, one in enumerate(sent, start=1):
        group = next(segment for segment in one.split("~") if segment.strip().startswith("GS*")).strip().split("*")
        kind = next(segment for segment in one.split("~") if segment.strip().startswith("ST*")).strip().split("*")
        text += (
            f"ST*997*{count:04}~AK1*{group[1]}*{group[6]}~AK2*{kind[1]}*{kind[2]}~AK5*A~AK9*A*1*1*1~SE*6*{count:04}~"
        )
    return f"{text}GE*{count}*{control}~IEA*1*{control:09}~"


def acknowledged(globex: Globex) -> set[tuple[str, str]]:
    ledger = globex.command("partner", "acks", "--all", "--json")["documents"]
    assert isinstance(ledger, list)
    return {(row["set"], row["state"]) for row in ledger}


def test_an_850_becomes_a_sale_and_comes_back_as_856_and_810(
    globex: Globex, wait_until: Callable[..., None], record_property: Callable[[str, object], None]
) -> None:
    globex.go()
    globex.put("order.edi", order("PO-1", 17))
    wait_until((globex.folder / "booked/PO-1.json").exists)
    (sale,) = globex.sales("PO-1")
    total: Document = {"__class__": "Decimal", "decimal": "2370.00"}
    assert (sale["state"], sale["total_amount"]) == ("processing", total)
    wait_until(lambda: len(globex.sent("997")) == 1)
    ship(globex, int(str(sale["id"])))
    wait_until(lambda: len(globex.sent("856")) == 1)
    bill(globex, int(str(sale["id"])))
    wait_until(lambda: len(globex.sent("810")) == 1)
    assert "PRF*PO-1~" in globex.sent("856")[0]
    assert "TDS*237000~" in globex.sent("810")[0]
    globex.put("answers.edi", answers([*globex.sent("856"), *globex.sent("810")], 18))
    wait_until(lambda: acknowledged(globex) == {("856", "accepted"), ("810", "accepted")})
    assert (globex.states("partner-acme-856/sftp"), globex.states("partner-acme-810/sftp")) == ONCE
    assert globex.balanced()
    record_property("fetched by SFTP", "850, 997 for each of ours")
    record_property("in Tryton", "1 sale, 1 shipment, 1 invoice")
    record_property("sent by SFTP", "997, 856, 810; both accepted")


def test_a_web_order_becomes_the_same_kind_of_sale(
    globex: Globex, wait_until: Callable[..., None], record_property: Callable[[str, object], None]
) -> None:
    globex.go()
    key = globex.key("web-shop", "--route", "web-orders")
    wait_until(lambda: globex.post("/orders", WEB_ORDER, X_API_Key=key, Idempotency_Key="W-1").status == 202)
    assert globex.post("/orders", WEB_ORDER, X_API_Key=key, Idempotency_Key="W-1").status == 202
    globex.put("order.edi", order("PO-1", 17))
    wait_until(lambda: {"W-1.json", "PO-1.json"} <= {file.name for file in (globex.folder / "booked").glob("*")})
    (web,), (edi,) = globex.sales("W-1"), globex.sales("PO-1")
    assert web["state"] == edi["state"] == "processing"
    assert web["total_amount"] == edi["total_amount"]
    record_property("posts with one key", 2)
    record_property("sales in Tryton", 1)
