"""Two trading partners as text: their profiles, what they send, and what they were sent."""

from __future__ import annotations

from tests.flow.conftest import Project

SETTINGS = "ids: {x12: [ZZ, US], edifact: [US1, '14']}\n"
EDI_IN = "from:\n  file: {path: inbox, every: 20ms, stable_for: 20ms}\nsteps:\n  - edi: {}\n"
ERP = 'from: {topic: order.received}\nto:\n  - file: {path: erp, name: "{number}.json"}\n'
ORDER = "from: x12/850\nfields:\n  number: BEG.BEG03\n  buyer: _env.sender\n"
ANSWER = """\
from: order
to: x12/855
fields:
  BAK: {BAK01: {value: "00"}, BAK02: {value: AC}, BAK03: number, BAK04: {value: "20261121"}}
  PO1:
    - {PO101: {value: "1"}, PO102: {value: "10"}, PO103: {value: EA}, PO104: {value: "2"}}
"""
PROFILE = """\
name: {name}
status: live
ids: {{x12: [ZZ, {id}]}}
receives:
  850: {{version: "004010", map: order, topic: order.received}}
acknowledge: 997
channel: {{file: {{path: out/{file}}}}}
"""


def partner(file: str, id: str, more: str = "") -> str:
    return PROFILE.format(name=file.upper(), id=id, file=file) + more


def transaction(number: str, control: int, *, good: bool) -> str:
    beg = f"BEG*00*SA*{number}**20261120~" if good else f"BEG*00*SA*{number}~"
    return f"ST*850*{control:04}~{beg}PO1*1*10*EA*2~CTT*1~SE*5*{control:04}~"


def interchange(sender: str, control: int, *orders: str, usage: str = "P") -> str:
    """An interchange of 850s; an order whose number begins with ``bad`` has no date."""
    body = "".join(transaction(one, n, good=not one.startswith("bad")) for n, one in enumerate(orders, start=1))
    return (
        f"ISA*00*          *00*          *ZZ*{sender:15}*ZZ*{'US':15}*261120*0815*U*00401*{control:09}*0*{usage}*>~"
        f"GS*PO*{sender}*US*20261120*0815*{control}*X*004010~{body}"
        f"GE*{len(orders)}*{control}~IEA*1*{control:09}~"
    )


def functional(sender: str, control: int, group: str, verdict: str) -> str:
    """A 997 for the only 855 of a group."""
    return (
        f"ISA*00*          *00*          *ZZ*{sender:15}*ZZ*{'US':15}*261120*0815*U*00401*{control:09}*0*P*>~"
        f"GS*FA*{sender}*US*20261120*0815*{control}*X*004010~ST*997*0001~AK1*PR*{group}~AK2*855*0001~AK5*{verdict}~"
        f"AK9*{verdict}*1*1*{int(verdict == 'A')}~SE*6*0001~GE*1*{control}~IEA*1*{control:09}~"
    )


def trade(project: Project) -> None:
    """Two partners and one route for both."""
    project.write(SETTINGS, edi_in=EDI_IN, erp=ERP)
    for folder in ("partners", "mappings"):
        (project.folder / folder).mkdir()
    (project.folder / "mappings/order.yaml").write_text(ORDER)
    profile(project, "acme", partner("acme", "ACME"))
    profile(project, "globex", partner("globex", "GLOBEX"))


def profile(project: Project, name: str, text: str) -> None:
    (project.folder / "partners" / f"{name}.yaml").write_text(text)


def sent(project: Project, name: str) -> list[str]:
    """What a partner was sent, each interchange as text, by its control number."""
    files = (project.folder / "out" / name).glob("*") if (project.folder / "out" / name).is_dir() else []
    whole = (file for file in files if not file.name.startswith("."))  # what a dead process staged is hidden
    return sorted((file.read_text() for file in whole), key=lambda text: text.split("*")[13])


def segments(text: str, tag: str) -> list[str]:
    return [one for one in text.split("~") if one.startswith(f"{tag}*")]


def orders(project: Project) -> list[str]:
    return sorted(path.stem for path in (project.folder / "erp").glob("*.json"))


def sending(project: Project) -> None:
    (project.folder / "mappings/answer.yaml").write_text(ANSWER)
    sends = 'sends:\n  855: {version: "004010", map: answer, on: order.received, expect_ack: {within: 1h}}\n'
    for name in ("acme", "globex"):
        profile(project, name, partner(name, name.upper(), sends))
