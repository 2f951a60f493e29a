"""Order to cash with a trading partner that is not ours: mock-edi, over folders, both ways, X12 and EDIFACT.

Once it buys from the distributor of the pack, once it sells to it. What is sent to it is judged by its own dictionary and
against the order it placed; what it sends is judged by ours. Prints a table; exit 1 if anything differs.

    pip install mock-edi
    python benchmarks/order_to_cash_with_mock_edi.py
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from mockedi.testing import Mock

WHO = "MOCKEDI"
PROFILE = """\
name: A partner that is not ours
status: live
ids: {x12: [ZZ, MOCKEDI], edifact: [MOCKEDI, ZZ]}
known_as: [MOCKEDI]
acknowledge: [997, CONTRL]
findings: {X144: warning, X244: warning}   # it writes PID behind ACK in an 855, and CNT behind MOA in an INVOIC
receives:
  850: {version: "004010", map: x12-850-to-order, topic: order.received}
  ORDERS: {version: D96A, map: edifact-orders-to-order, topic: order.received}
  855: {version: "004010", map: x12-855-to-order-acknowledgement, topic: purchase.acknowledged}
  856: {version: "004010", map: x12-856-to-shipment, topic: purchase.shipped}
  810: {version: "004010", map: x12-810-to-invoice, topic: purchase.invoiced}
  ORDRSP: {version: D96A, map: edifact-ordrsp-to-order-acknowledgement, topic: purchase.acknowledged}
  DESADV: {version: D96A, map: edifact-desadv-to-shipment, topic: purchase.shipped}
  INVOIC: {version: D96A, map: edifact-invoic-to-invoice, topic: purchase.invoiced}
sends:
  855: {version: "004010", map: order-acknowledgement-to-x12-855, on: order.acknowledged, for: buyer.id, when: "currency == 'USD'"}
  856: {version: "004010", map: shipment-to-x12-856, on: shipment.shipped, for: buyer.id, when: "starts_with(number, 'X')"}
  810: {version: "004010", map: invoice-to-x12-810, on: invoice.issued, for: buyer.id, when: "currency == 'USD'"}
  850: {version: "004010", map: order-to-x12-850, on: purchase.ordered, for: seller.id, when: "currency == 'USD'"}
  ORDRSP: {version: D96A, map: order-acknowledgement-to-edifact-ordrsp, on: order.acknowledged, for: buyer.id, when: "currency == 'EUR'"}
  DESADV: {version: D96A, map: shipment-to-edifact-desadv, on: shipment.shipped, for: buyer.id, when: "starts_with(number, 'E')"}
  INVOIC: {version: D96A, map: invoice-to-edifact-invoic, on: invoice.issued, for: buyer.id, when: "currency == 'EUR'"}
  ORDERS: {version: D96A, map: order-to-edifact-orders, on: purchase.ordered, for: seller.id, when: "currency == 'EUR'"}
x12: {separators: "*>~"}
channel: {file: {path: outbox/mock}}
"""
# What is bought from us, and (its own catalogue) what we buy of it: (our number, its number, GTIN, quantity, unit, price).
GOODS = (("HB-0840", "", "9520000084004", 120, "EA", "9.25"), ("WA-0800", "", "9520000080013", 40, "EA", "31.50"))
WARES = (
    ("B-50", "BRKT-050", "076123400041", 100, "EA", "4.15"),
    ("B-75", "BRKT-075", "076123400058", 20, "EA", "6.40"),
)
OURS = {"USD": "DISTRIBUTOR", "EUR": "9520000000011"}
SSCC = ("095200000000000011", "095200000000000028", "095200000000000035", "095200000000000042")


@dataclass(frozen=True)
class Result:
    """One line of the table: what was asked, what came out, whether it is as it should be."""

    what: str
    found: str
    right: bool


class Shop:
    """The distributor of the pack, in a folder."""

    def __init__(self, home: Path) -> None:
        crossdock(home, "init", "shop")
        self.folder = home / "shop"
        for drop in ("orders", "stock"):
            for file in (self.folder / "inbox" / drop).iterdir():
                file.unlink()
        (self.folder / "partners/mock.yaml").write_text(PROFILE)
        with (self.folder / "mappings/tables/partners.csv").open("a") as table:
            table.write(f"{WHO},C-2001,A partner that is not ours,buyer\n")

    def put(self, place: str, text: str) -> None:
        """A file that somebody writes for us."""
        file = self.folder / place
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)

    def run(self) -> None:
        """Until nothing waits."""
        crossdock(self.folder, "run", "--until-idle")

    def told(self, *arguments: str) -> object:
        """What a command says, as data."""
        return json.loads(crossdock(self.folder, *arguments, "--json"))

    def sent(self) -> Iterator[Path]:
        """What was written for the partner and not taken yet."""
        yield from sorted((self.folder / "outbox/mock").glob("*"))

    def refused(self) -> list[object]:
        """Whatever did not go its way: dead letters and held messages."""
        found: list[object] = []
        for kind in ("dead", "hold"):
            listed = self.told(kind, "list")
            found += listed if isinstance(listed, list) else [listed]
        return found


def crossdock(folder: Path, *arguments: str) -> str:
    """A command of the project, which must succeed."""
    command = [sys.executable, "-m", "crossdock", *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True).stdout


@dataclass(frozen=True)
class Partner:
    """mock-edi with a drop and a pickup folder."""

    mock: Mock
    drop: Path
    pickup: Path

    def take(self, shop: Shop) -> None:
        """Everything that was written for it and it has not seen."""
        for file in shop.sent():
            file.rename(self.drop / file.name)
        self.mock.post("/_mock/drop/scan")
        self.mock.post("/_mock/advance?all")

    def give(self, shop: Shop) -> None:
        """Everything it has written, into the inbox."""
        for file in sorted(self.pickup.glob("*.edi")):
            file.rename(shop.folder / "inbox/partners" / file.name)

    def asked(self, path: str) -> object:
        """What it says of itself."""
        return self.mock.get(path).body


@contextmanager
def trading(home: Path, role: str) -> Iterator[tuple[Shop, Partner]]:
    """The two of them, ``role`` being ours as it sees us: its supplier, or its customer."""
    drop, pickup = home / "drop", home / "pickup"
    for folder in (drop, pickup):
        folder.mkdir(parents=True)
    with Mock.start(drop_dir=str(drop), pickup_dir=str(pickup), drop_settle_ms=0) as mock:
        for dialect, ours, release in (("X12", OURS["USD"], "004010"), ("EDIFACT", OURS["EUR"], "D:96A:UN")):
            qualifier = "ZZ" if dialect == "X12" else "14"
            said = {"id": ours, "name": "Distributor", "dialect": dialect, "role": role, "qualifier": qualifier}
            mock.expect("POST", "/_mock/partners", {**said, "version": release, "test": 0}, status=201)
        yield Shop(home), Partner(mock, drop, pickup)


def lines_of(goods: tuple[tuple[str, str, str, int, str, str], ...]) -> list[dict[str, object]]:
    """Lines of an order, as canonical documents have them."""
    return [
        {"number": n, "sku": sku, "quantity": count, "unit": unit, "unit_price": float(price)}
        | ({"seller_item": theirs} if theirs else {})
        for n, (sku, theirs, _, count, unit, price) in enumerate(goods, start=1)
    ]


# --- it buys ---------------------------------------------------------------------------------------------------------


def buys(home: Path) -> Iterator[Result]:
    """It orders; 850 and ORDERS come in, everything up to the invoice goes out."""
    with trading(home, "supplier") as (shop, partner):
        orders = {currency: ordered(partner, currency) for currency in OURS}
        partner.give(shop)
        shop.run()
        yield Result("its orders that reached the ERP", *count(shop.folder / "erp/in", 2))
        for step in (answered, shipped, billed):
            for number, (currency, order) in enumerate(orders.items()):
                shop.put(*step(order, currency, number))
            shop.run()
            partner.take(shop)
        partner.give(shop)
        shop.run()
        yield from judged(shop, partner, awaited=6)
        kept = partner.asked("/_mock/disagreements")
        yield Result("what it finds different from its orders", str(len(listed(kept))), kept == [])


def ordered(partner: Partner, currency: str) -> str:
    """The number of an order it has placed with us."""
    lines = [{"sku": sku, "upc": gtin, "quantity": count, "price": price} for sku, _, gtin, count, _, price in GOODS]
    wanted = {"partner": OURS[currency], "currency": currency, "lines": lines}
    return str(partner.mock.expect("POST", "/_mock/purchase", wanted, status=201)["po_number"])


def answered(order: str, currency: str, position: int) -> tuple[str, str]:
    """What the ERP says to the order."""
    lines = [
        {**line, "status": "accepted", "accepted_quantity": line["quantity"], "promised_delivery_on": "2026-12-01"}
        for line in lines_of(GOODS)
    ]
    said = {
        "order_number": order,
        "seller_order_number": f"SO-{order}",
        "status": "accepted",
        "acknowledged_on": "2026-11-21",
        "currency": currency,
        "buyer": {"id": WHO, "id_scheme": "buyer"},
        "seller": {"id": OURS[currency], "id_scheme": "buyer"},
        "lines": lines,
    }
    return f"erp/out/sales/{order}.json", json.dumps(said)


def shipped(order: str, currency: str, position: int) -> tuple[str, str]:
    """What the warehouse says: each line in a carton of its own."""
    body = [f"W06*F*{order}*20261127*{'X' if currency == 'USD' else 'E'}-{order}**{order}"]
    body += [
        f"N1*ST*MOCK*92*{WHO}",
        f"N1*BY*MOCK*92*{WHO}",
        "N1*SF*STOCKWELL*91*MEM1",
        "N9*BM*BOL-1",
        "G62*11*20261127",
    ]
    for n, (sku, _, _, quantity, unit, _) in enumerate(GOODS, start=1):
        body += [f"LX*{n}", f"MAN*GM*00{SSCC[2 * position + n - 1]}"]
        body += [f"W12*CC*{quantity}*{quantity}**{unit}**VN*{sku}", f"N9*LI*{n}"]
    control = position + 1
    head = (
        f"ISA*00*          *00*          *12*9015550199     *ZZ*DISTRIBUTOR    *261127*1015*U*00401*{control:09}*0*P*>"
    )
    lines = [head, f"GS*SW*9015550199*DISTRIBUTOR*20261127*1015*{control}*X*004010", "ST*945*0001", *body]
    lines += [f"SE*{len(body) + 2}*0001", f"GE*1*{control}", f"IEA*1*{control:09}"]
    return f"inbox/partners/{order}-945.edi", "".join(f"{line}~\n" for line in lines)


def billed(order: str, currency: str, position: int) -> tuple[str, str]:
    """What the ERP charges: its billing file."""
    total = round(sum(quantity * float(price) for *_, quantity, _, price in GOODS) * 100)
    ship = f"{'X' if currency == 'USD' else 'E'}-{order}"
    number = f"9{order[-5:]}{position}"
    lines = [f"INV{number:15}I20261128{'C-2001':10}{order:22}{ship:15}{currency}030{total:013}"]
    for n, (sku, _, _, quantity, unit, price) in enumerate(GOODS, start=1):
        cents = round(quantity * float(price) * 100)
        lines.append(f"LIN{n:04}{sku:20}{quantity * 1000:011}{unit:3}{round(float(price) * 10000):013}{cents:013}")
    return f"erp/out/invoices/{order}.txt", "".join(f"{line:96}\r\n" for line in lines)


# --- it sells --------------------------------------------------------------------------------------------------------


def sells(home: Path) -> Iterator[Result]:
    """We order; 850 and ORDERS go out, everything up to the invoice comes in."""
    with trading(home, "customer") as (shop, partner):
        for currency in OURS:
            shop.put(f"erp/out/purchasing/{currency}.json", json.dumps(purchase(currency)))
        shop.run()
        partner.take(shop)
        partner.give(shop)
        shop.run()
        yield from judged(shop, partner, awaited=2)
        for kind in ("answers", "arrivals", "invoices"):
            yield Result(f"its {kind} that reached the ERP", *count(shop.folder / "erp/purchases" / kind, 2))
        partner.take(shop)
        kept = listed(partner.asked("/_mock/unacknowledged"))
        yield Result("what it sent and misses an acknowledgement for", str(len(kept)), kept == [])


def purchase(currency: str) -> dict[str, object]:
    """An order of ours to it."""
    return {
        "number": f"PO-{currency}",
        "ordered_on": "2026-11-21",
        "currency": currency,
        "buyer": {"id": OURS[currency], "id_scheme": "buyer", "name": "Distributor"},
        "seller": {"id": WHO, "id_scheme": "seller"},
        "ship_to": {"id": "MEM1", "id_scheme": "buyer", "name": "Stockwell Memphis"},
        "lines": lines_of(WARES),
    }


# --- what comes of it ------------------------------------------------------------------------------------------------


def judged(shop: Shop, partner: Partner, *, awaited: int) -> Iterator[Result]:
    """What both sides say of what went to and fro."""
    ledger = shop.told("partner", "acks", "--all")
    rows = ledger["documents"] if isinstance(ledger, dict) else []
    rows = [row for row in rows if row["partner"] == "mock"]
    states = sorted({f"{row['set']} {row['state']}" for row in rows})
    yield Result("what we sent and it acknowledged", ", ".join(states), right(rows, awaited))
    refused = [
        one for one in shop.refused() if not isinstance(one, dict) or one.get("queue") != "partner-stockwell-943"
    ]
    yield Result("what we refused or held", str(len(refused)), refused == [])
    remarks = list(remarks_of(partner))
    yield Result("what its dictionary remarks", "; ".join(remarks) or "nothing", not remarks)


#: What its dictionary lacks and the standards have: segment or code, and where that is said.
LACKS = {
    "MAN is not a segment": "X12 856, position 190: marks and numbers",
    "PCI is not a segment": "UN/EDIFACT D.96A DESADV, group 12: package identification",
    "GIN is not a segment": "UN/EDIFACT D.96A DESADV, group 13: goods identity number",
    "CNT is not a segment": "UN/EDIFACT D.96A DESADV, control total",
    "29 is not a code BGM03": "UN/EDIFACT D.96A 1225: accepted without amendment",
    "69 is not a code DTM01": "UN/EDIFACT D.96A 2005: delivery, promised for",
}
_SUMS = ("one or more segments in error",)  # says that there are others


def remarks_of(partner: Partner) -> Iterator[str]:
    """What it says of documents of ours, without what its dictionary does not know."""
    for one in listed(partner.asked("/_mock/documents")):
        findings = one.get("findings")
        for said in findings if one.get("direction") == "in" and isinstance(findings, list) else []:
            if said not in _SUMS and not any(lack in said for lack in LACKS):
                yield f"{one.get('code')}: {said}"


def right(rows: list[dict[str, object]], awaited: int) -> bool:
    """Everything is acknowledged, and nothing refused but for what its dictionary does not know (LACKS)."""
    blamed = {"DESADV", "ORDRSP"}
    refused = {row["set"] for row in rows if row["state"] not in ("accepted", "accepted-with-errors")}
    return len(rows) == awaited and refused <= blamed and all(row["state"] != "waiting" for row in rows)


def listed(body: object) -> list[dict[str, object]]:
    """A list of objects, whatever came."""
    return [one for one in body if isinstance(one, dict)] if isinstance(body, list) else []


def count(folder: Path, wanted: int) -> tuple[str, bool]:
    """How many files there are, and whether that is right."""
    found = len([file for file in folder.glob("*") if file.is_file()])
    return str(found), found == wanted


def main() -> int:
    """The table; 1 if anything is not as it should be."""
    home = Path(tempfile.mkdtemp(prefix="crossdock-mock-edi-"))
    wrong = 0
    try:
        for title, story in (("It buys from us", buys), ("It sells to us", sells)):
            sys.stdout.write(
                f"\n## {title} (mock-edi {version('mock-edi')})\n\n| what | found | as it should be |\n|---|---|---|\n"
            )
            for result in story(home / story.__name__):
                wrong += not result.right
                sys.stdout.write(f"| {result.what} | {result.found} | {'yes' if result.right else '**no**'} |\n")
    finally:
        shutil.rmtree(home)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
