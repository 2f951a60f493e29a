"""Order to cash in the distributor pack: partners over X12 and EDIFACT, ERP, warehouse, in real processes over folders.

The story is played once; what every partner was sent is compared with golden files, dates, times and numbers of envelopes aside.
``pytest tests/flow/test_order_to_cash.py --update-golden`` writes them anew.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import pytest

GOLDEN = Path(__file__).parents[1] / "golden" / "order_to_cash"
PARTNERS = ("acme", "nordwind", "alpina", "stockwell", "meridian", "hansa", "initech")
CLOCK = (  # dates and times that envelopes are written at
    (re.compile(r"(?m)^(ISA(?:[*|][^*|]*){8}[*|])\d{6}([*|])\d{4}"), r"\g<1>261121\g<2>1030"),
    (re.compile(r"(?m)^(GS(?:[*|][^*|]*){3}[*|])\d{8}([*|])\d{4,8}"), r"\g<1>20261121\g<2>1030"),
    (re.compile(r"(?m)^(UNB\+[^+]*\+[^+]*\+[^+]*\+)\d{6}:\d{4}"), r"\g<1>261121:1030"),
)
NUMBERS = (  # control numbers, which documents that are written at the same time get in either order
    (re.compile(r"(?m)^(ISA(?:[*|][^*|]*){12}[*|])\d{9}"), r"\g<1>#########"),
    (re.compile(r"(?m)^(GS(?:[*|][^*|]*){5}[*|])\d+"), r"\g<1>#"),
    (re.compile(r"(?m)^((?:GE|IEA)[*|]\d+[*|])\d+"), r"\g<1>#"),
    (re.compile(r"(?m)^(UNB(?:\+[^+]*){4}\+|UNH\+|UN[TZ]\+\d+\+)\d+"), r"\g<1>#"),
)


class Trade:
    """The pack in a folder of its own, its inboxes empty."""

    def __init__(self, home: Path) -> None:
        crossdock(home, "init", "shop")
        self.folder = home / "shop"
        for drop in ("orders", "stock"):
            for file in (self.folder / "inbox" / drop).iterdir():
                file.unlink()

    def drop(self, sample: str, place: str) -> None:
        """A sample, to where it comes in."""
        shutil.copyfile(self.folder / "samples" / sample, self.folder / place / Path(sample).name)

    def put(self, name: str, text: str) -> None:
        (self.folder / "inbox/partners" / name).write_text(text)

    def run(self) -> dict[str, object]:
        report = json.loads(crossdock(self.folder, "run", "--until-idle", "--json"))
        assert isinstance(report, dict)
        return report

    def told(self, *arguments: str) -> object:
        return json.loads(crossdock(self.folder, *arguments, "--json"))

    def sent(self, partner: str) -> list[str]:
        """What a partner was sent, one interchange each, in the order of their control numbers."""
        files = (self.folder / "outbox" / partner).glob("*")
        return sorted((masked(file.read_bytes().decode("latin-1")) for file in files), key=control_of)

    def sets(self, partner: str) -> list[str]:
        return [set_of(text) for text in self.sent(partner)]

    def document(self, place: str) -> dict[str, object]:
        found = json.loads((self.folder / place).read_text())
        assert isinstance(found, dict)
        return found


def crossdock(folder: Path, *arguments: str) -> str:
    command = [sys.executable, "-m", "crossdock", *arguments]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{' '.join(arguments)}: {done.stdout}{done.stderr}"
    return done.stdout


def masked(text: str) -> str:
    """A segment a line, as people read it in golden files, whatever ends a segment."""
    end = "'" if text.startswith("UN") else text[105]
    text = "".join(f"{segment.strip()}{end.strip()}\n" for segment in text.split(end) if segment.strip())
    return without(text, CLOCK)


def without(text: str, masks: Iterable[tuple[re.Pattern[str], str]]) -> str:
    for pattern, by in masks:
        text = pattern.sub(by, text)
    return text


def control_of(text: str) -> int:
    marks = (text[3], 13) if text.startswith("ISA") else ("+", 5)
    start = text[text.index("UNB") :] if marks[0] == "+" else text
    return int(start.split(marks[0])[marks[1]].split("'")[0])


def set_of(text: str) -> str:
    found = re.search(r"(?m)(?:^|~)ST[*|](\w+)|(?:^|')UNH\+[^+]*\+(\w+)", text)
    assert found is not None, text
    return found[1] or found[2]


def functional(sent: Iterable[str], qualifier: str, sender: str, control: int) -> str:
    """What a partner's translator says to X12 of ours: all of it is accepted."""
    head = f"ISA*00*          *00*          *{qualifier}*{sender:15}*ZZ*{'DISTRIBUTOR':15}*261128*0900*U*00401"
    lines = [f"{head}*{control:09}*0*P*>", f"GS*FA*{sender}*DISTRIBUTOR*20261128*0900*{control}*X*004010"]
    count = 0
    for text in sent:
        group = re.search(r"(?m)(?:^|~)GS[*|](\w+)[*|][^*|]*[*|][^*|]*[*|]\d+[*|]\d+[*|](\d+)", text)
        transaction = re.search(r"(?m)(?:^|~)ST[*|](\d+)[*|](\d+)", text)
        assert group is not None
        assert transaction is not None
        count += 1
        lines += [f"ST*997*{count:04}", f"AK1*{group[1]}*{group[2]}", f"AK2*{transaction[1]}*{transaction[2]}"]
        lines += ["AK5*A", "AK9*A*1*1*1", f"SE*6*{count:04}"]
    return "".join(f"{line}~\n" for line in [*lines, f"GE*{count}*{control}", f"IEA*1*{control:09}"])


def control(sent: Iterable[str], sender: str, number: int) -> str:
    """The same for EDIFACT: one CONTRL for each interchange."""
    text, count = f"UNB+UNOC:3+{sender}:14+9520000000011:14+261128:0900+{number}'\n", 0
    for one in sent:
        count += 1
        text += f"UNH+{count}+CONTRL:D:3:UN'\nUCI+{control_of(one)}+9520000000011:14+{sender}:14+7'\nUNT+3+{count}'\n"
    return text + f"UNZ+{count}+{number}'\n"


@dataclass(frozen=True)
class Story:
    """What the story left behind."""

    trade: Trade
    awaited: object
    settled: object
    audit: dict[str, object]


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Story:
    trade = Trade(tmp_path_factory.mktemp("trade"))
    # customers order, we order from suppliers
    for sample in ("x12/acme-850.edi", "partners/nordwind-orders.edi", "partners/alpina-orders.edi"):
        trade.drop(sample, "inbox/partners")
    for sample in ("erp/meridian-order.json", "erp/hansa-order.json"):
        trade.drop(sample, "erp/out/purchasing")
    trade.run()
    # the ERP answers and releases; suppliers answer, ship and charge; changes of mind
    for sample in ("acme-acknowledgement", "nordwind-acknowledgement", "acme-release", "acme-change-answer"):
        trade.drop(f"erp/{sample}.json", "erp/out/sales")
    trade.drop("erp/stock-for-customers.json", "erp/out/sales")
    for sample in ("acme-860", "nordwind-ordchg", "meridian-855", "meridian-856", "meridian-810", "hansa-ordrsp"):
        trade.drop(f"partners/{sample}.edi", "inbox/partners")
    for sample in ("hansa-desadv", "hansa-invoic", "hansa-invrpt"):
        trade.drop(f"partners/{sample}.edi", "inbox/partners")
    trade.run()
    # the warehouse receives and ships, the ERP charges
    for sample in ("945-acme", "945-nordwind", "944", "846"):
        trade.drop(f"partners/stockwell-{sample}.edi", "inbox/partners")
    trade.drop("erp/invoices.txt", "erp/out/invoices")
    trade.run()
    awaited = trade.told("partner", "acks", "--all")
    # what was sent is acknowledged; goods are received, and paid
    ours = {name: [one for one in trade.sent(name) if set_of(one) not in ("997", "CONTRL")] for name in PARTNERS}
    trade.put("acme-997.edi", functional(ours["acme"], "01", "049351117", 500))
    trade.put("stockwell-997.edi", functional(ours["stockwell"], "12", "9015550199", 2100))
    trade.put("nordwind-contrl.edi", control(ours["nordwind"], "9521110000014", 900))
    trade.drop("partners/nordwind-recadv.edi", "inbox/partners")
    trade.drop("partners/acme-820.edi", "inbox/partners")
    trade.run()
    audit = trade.told("audit")
    assert isinstance(audit, dict)
    return Story(trade, awaited, trade.told("partner", "acks", "--all"), audit)


def test_the_pack_has_no_mistakes(story: Story) -> None:
    assert "0 errors, 0 warnings" in crossdock(story.trade.folder, "check")


def test_nothing_is_lost_held_or_dead(story: Story) -> None:
    assert (story.audit["balanced"], story.audit["damage"]) == (True, [])
    assert story.trade.told("hold", "list") == []
    assert story.trade.told("dead", "list") == []


def test_every_partner_was_sent_what_the_golden_files_say(story: Story, request: pytest.FixtureRequest) -> None:
    sent = {name: "\n".join(sorted(without(text, NUMBERS) for text in story.trade.sent(name))) for name in PARTNERS}
    if request.config.getoption("--update-golden"):
        shutil.rmtree(GOLDEN, ignore_errors=True)
        GOLDEN.mkdir(parents=True)
        for name, text in sent.items():
            (GOLDEN / f"{name}.edi").write_text(text)
    assert sent == {name: (GOLDEN / f"{name}.edi").read_text() for name in PARTNERS}


def test_a_customer_over_x12_has_every_document_of_the_sale(story: Story) -> None:
    assert sorted(set(story.trade.sets("acme"))) == ["810", "855", "856", "865", "997"]


def test_a_customer_over_edifact_has_the_same(story: Story) -> None:
    assert sorted(set(story.trade.sets("nordwind"))) == ["CONTRL", "DESADV", "INVOIC", "INVRPT", "ORDRSP"]


def test_the_warehouse_is_told_what_to_ship_and_what_arrives(story: Story) -> None:
    assert sorted(set(story.trade.sets("stockwell"))) == ["940", "943", "997"]


def test_control_numbers_have_no_gap(story: Story) -> None:
    for name in PARTNERS:
        numbers = [control_of(text) for text in story.trade.sent(name)]
        assert numbers == list(range(1, len(numbers) + 1)), name


def test_orders_reach_the_erp_as_its_import_file(story: Story) -> None:
    orders = sorted(file.name for file in (story.trade.folder / "erp/in").iterdir())
    assert orders == ["ORD4500017832.txt", "ORD4500017833.txt", "ORDAM-70031.txt", "ORDNW-70815.txt"]


def test_what_was_shipped_short_is_told_with_what_is_still_owed(story: Story) -> None:
    shipment = story.trade.document("erp/shipments/SH-88001.json")
    lines = shipment["lines"]
    assert isinstance(lines, list)
    assert [(line["quantity"], line.get("backordered_quantity"), line["status"]) for line in lines] == [
        (120, None, "complete"),
        (30, 10, "partial"),
        (6, None, "substituted"),
    ]


def test_each_document_of_suppliers_reaches_the_erp(story: Story) -> None:
    purchases = story.trade.folder / "erp/purchases"
    assert sorted(file.relative_to(purchases).as_posix() for file in purchases.rglob("*.json")) == [
        "answers/PO-70021.json",
        "answers/PO-70022.json",
        "arrivals/ASN-88120.json",
        "arrivals/LS-2207.json",
        "invoices/MF-55012.json",
        "invoices/RE-55120.json",
    ]


def test_receipts_and_payments_reach_the_erp(story: Story) -> None:
    assert story.trade.document("erp/deliveries/SH-88002.json")["status"] == "delivered"
    assert story.trade.document("erp/payments/084000021187345.json")["amount"] == 3071.25
    assert story.trade.document("erp/stock/RC-5512.json")["type"] == "adjustment"


def test_what_was_sent_is_awaited_until_it_is_acknowledged(story: Story) -> None:
    before = states(story.awaited)
    after = states(story.settled)
    for name in ("acme", "stockwell", "nordwind"):
        assert before[name] == {"waiting"}
        assert after[name] == {"accepted"}
    assert after["meridian"] == {"waiting"}


def states(ledger: object) -> dict[str, set[str]]:
    assert isinstance(ledger, dict)
    found: dict[str, set[str]] = {}
    for row in ledger["documents"]:
        found.setdefault(row["partner"], set()).add(row["state"])
    return found


def test_nobody_had_to_be_alarmed(story: Story) -> None:
    assert list((story.trade.folder / "alarms").glob("*")) == []
