"""A project with one partner, and the files they send."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest

from crossdock.codecs.contract import CodecKind
from crossdock.connector import Connector
from crossdock.ops.certification.certify import certify
from crossdock.ops.certification.report import Certificate
from crossdock.ops.certification.scenarios import checklist
from crossdock.registry import Registry
from crossdock.route.load import LoadedProject, load_project

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
PROFILE = """\
name: {name}
status: {status}
ids: {{x12: [ZZ, ACME], edifact: [ACME1, "14"]}}
receives:
  850: {{version: "004010", map: order, topic: order.received}}
  810: {{version: "004010", topic: invoice.received}}
  ORDERS: {{version: D96A, topic: order.received}}
sends:
  855: {{version: "004010", map: answer, on: order.acknowledged, expect_ack: {{within: 4h}}}}
acknowledge: [997, CONTRL]
rules: {{850: {{require: [PO1.PO107], codes: {{BEG02: [SA]}}}}}}
channel: {{file: {{path: out}}}}
"""
ORDER = """\
from: x12/850
to: order/v1
fields:
  number: BEG.BEG03
  ordered_on: date(BEG.BEG05)
  currency: CUR.CUR02 || 'USD'
  buyer: {id: $partner}
  lines:
    each: PO1
    fields: {number: int(PO101), gtin: PO107, quantity: dec(PO102), unit: PO103}
"""
ANSWER = """\
from: order
to: x12/855
fields:
  BAK: {BAK01: {value: "00"}, BAK02: {value: AC}, BAK03: number, BAK04: {value: "20261121"}}
"""
LINES = ("PO1*1*10*EA*2**UP*614141999996", "PO1*2*5*EA*3**UP*614141999996")

Run = Callable[..., Certificate]


def order(
    number: str = "PO-1", lines: Sequence[str] = LINES, beg: str = "00*SA", usage: str = "T", sender: str = "ACME"
) -> bytes:
    """An interchange with one 850, a segment a line."""
    body = [f"BEG*{beg}*{number}**20261120", *lines, f"CTT*{len(lines)}"]
    segments = [
        f"ISA*00*          *00*          *ZZ*{sender:15}*ZZ*{'US':15}*261120*0815*U*00401*000000017*0*{usage}*>",
        f"GS*PO*{sender}*US*20261120*0815*17*X*004010",
        "ST*850*0001",
        *body,
        f"SE*{len(body) + 2}*0001",
        "GE*1*17",
        "IEA*1*000000017",
    ]
    return "".join(f"{one}~\n" for one in segments).encode()


class Shop:
    """The project's folder and what certification says of files in it."""

    def __init__(self, root: Path) -> None:
        self.root = root
        for folder in ("partners", "mappings", "routes", "in"):
            (root / folder).mkdir()
        (root / "crossdock.yaml").write_text("ids: {x12: [ZZ, US], edifact: [US1, '14']}\n")
        (root / "mappings/order.yaml").write_text(ORDER)
        (root / "mappings/answer.yaml").write_text(ANSWER)
        (root / "routes/edi.yaml").write_text("from: {file: {path: inbox}}\nsteps: [edi: {}]\n")
        self.partner()

    def partner(self, name: str = "ACME", status: str = "onboarding", more: str = "") -> None:
        """Write the partner's profile."""
        (self.root / "partners/acme.yaml").write_text(PROFILE.format(name=name, status=status) + more)

    def load(self) -> LoadedProject:
        """The project as it is now."""
        return load_project(
            self.root,
            environment={},
            connectors=Registry("crossdock.connectors", Connector),
            codecs=Registry("crossdock.codecs", CodecKind),
        )

    def certify(self, *files: bytes, scenarios: str | None = None, complete: bool = False) -> Certificate:
        """The report on these files, called 1.edi, 2.edi …"""
        paths = []
        for number, data in enumerate(files, start=1):
            paths.append(self.root / f"in/{number}.edi")
            paths[-1].write_bytes(data)
        own = None
        if scenarios is not None:
            own = self.root / "checklist.yaml"
            own.write_text(scenarios)
        project = self.load()
        partner = project.partners.roster.partners["acme"]
        asked = checklist(own, {number for number, _, _ in partner.profile.received()})
        return certify(project, partner, paths, asked, NOW, complete=complete)


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    return Shop(tmp_path)
