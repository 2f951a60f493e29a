"""``crossdock partner acks``, ``overdue`` and ``numbers`` over a real run, and the alarm of what nobody acknowledged."""

from __future__ import annotations

import json
import time
from collections.abc import Callable

import pytest
from tests.commands import command
from tests.flow.conftest import Project

EDI_IN = "from:\n  file: {path: inbox, every: 20ms, stable_for: 20ms}\nsteps:\n  - edi: {}\n"
ALARM = 'from: {topic: ack.overdue}\nto:\n  - file: {path: alarms, name: "{transaction}-{interchange}.json"}\n'
ORDER = "from: x12/850\nfields:\n  number: BEG.BEG03\n  buyer: _env.sender\n"
ANSWER = """\
from: order
to: x12/855
fields:
  BAK: {BAK01: {value: "00"}, BAK02: {value: AC}, BAK03: number, BAK04: {value: "20261121"}}
  PO1:
    - {PO101: {value: "1"}, PO102: {value: "10"}, PO103: {value: EA}, PO104: {value: "2"}}
"""
#: What orders are answered with comes from elsewhere, and has its business keys.
SENDS = """\
from: {file: {path: answers, every: 20ms, stable_for: 20ms}}
steps: [{decode: json}, {validate: order_acknowledgement/v1}]
to: [{topic: order.answered}]
"""
SAYING = ANSWER.replace("from: order", "from: order_acknowledgement/v1").replace("BAK03: number", "BAK03: order_number")
REFUSED = 'from: {topic: ["ack.rejected", "ack.unmatched"]}\nto: [{file: {path: refused, name: "{$id}.json"}}]\n'
PROFILE = """\
name: ACME
status: live
ids: {x12: [ZZ, ACME]}
receives:
  850: {version: "004010", map: order, topic: order.received}
sends:
  855: {version: "004010", map: answer, on: order.received, expect_ack: {within: 1s}}
channel: {file: {path: out}}
"""


def interchange(control: int, kind: str, *transactions: str) -> str:
    body = "".join(transactions)
    return (
        f"ISA*00*          *00*          *ZZ*{'ACME':15}*ZZ*{'US':15}*261120*0815*U*00401*{control:09}*0*P*>~"
        f"GS*{kind}*ACME*US*20261120*0815*{control}*X*004010~{body}GE*{len(transactions)}*{control}~IEA*1*{control:09}~"
    )


def order(number: str, control: int = 1) -> str:
    return f"ST*850*{control:04}~BEG*00*SA*{number}**20261120~PO1*1*10*EA*2~CTT*1~SE*5*{control:04}~"


def acknowledgement(group: int, verdict: str) -> str:
    accepted = int(verdict == "A")
    return f"ST*997*0001~AK1*PR*{group}~AK2*855*0001~AK5*{verdict}~AK9*{verdict}*1*1*{accepted}~SE*6*0001~"


@pytest.fixture
def acme(project: Project) -> Project:
    """One partner, who sends orders and is sent what we say to them."""
    project.write("ids: {x12: [ZZ, US]}\n", edi_in=EDI_IN, alarm=ALARM)
    for folder, name, text in (
        ("partners", "acme", PROFILE),
        ("mappings", "order", ORDER),
        ("mappings", "answer", ANSWER),
    ):
        (project.folder / folder).mkdir(exist_ok=True)
        (project.folder / folder / f"{name}.yaml").write_text(text)
    return project


def asked(project: Project, *arguments: str) -> str:
    """What a command prints for people."""
    told = command(project.folder, "partner", *arguments)
    assert told.code == 0, told.errors
    return told.output


def documents(project: Project, *arguments: str) -> list[dict[str, object]]:
    found = project.command("partner", *arguments, "--json")["documents"]
    assert isinstance(found, list)
    return found


def test_what_was_sent_is_listed_with_what_became_of_it(acme: Project) -> None:
    acme.drop(interchange(1, "PO", order("A1"), order("A2", 2)))
    acme.finish()
    acme.drop(interchange(2, "FA", acknowledgement(1, "A")), "accepted.edi")
    acme.drop(interchange(3, "FA", acknowledgement(2, "R")), "rejected.edi")
    acme.finish()
    found = {one["group"]: one["state"] for one in documents(acme, "acks", "acme")}
    assert found == {"1": "accepted", "2": "rejected"}
    assert [one["group"] for one in documents(acme, "acks", "--all", "--state", "rejected")] == ["2"]
    shown = asked(acme, "acks", "acme")
    assert "acme: 1 accepted, 1 rejected" in shown


def test_a_refusal_is_told_once_with_its_reason_where_group_and_transaction_say_it(acme: Project) -> None:
    (acme.folder / "routes/refused.yaml").write_text(REFUSED)
    acme.drop(interchange(1, "PO", order("A1")))
    acme.finish()
    acme.drop(interchange(2, "FA", acknowledgement(1, "R").replace("AK5*R", "AK5*R*5")), "rejected.edi")
    acme.finish()
    (told,) = [json.loads(one.read_text()) for one in (acme.folder / "refused").iterdir()]
    assert (told["state"], told["codes"]) == ("rejected", ["5"])


def test_what_is_due_is_listed_as_overdue_where_no_run_has_said_so(acme: Project) -> None:
    acme.drop(interchange(1, "PO", order("A1"), order("A2", 2)))
    acme.finish()
    time.sleep(1.1)
    assert {one["state"] for one in documents(acme, "overdue")} == {"overdue"}
    assert len(documents(acme, "overdue", "acme", "--limit", "1")) == 1


def test_control_numbers_are_shown_and_set(acme: Project) -> None:
    asked(acme, "numbers", "acme", "--set", "acme/x12/interchange", "4711")
    acme.drop(interchange(7, "PO", order("A1")) + interchange(9, "PO", order("A2")))
    acme.finish()
    told = acme.command("partner", "numbers", "acme", "--json")
    given, received = told["given"], told["received"]
    assert isinstance(given, list)
    assert isinstance(received, list)
    assert {one["scope"]: one["last"] for one in given}["acme/x12/interchange"] == 4713
    assert [(one["last"], one["missing"]) for one in received] == [(9, [{"first": 8, "last": 8}])]
    assert "acme/x12/interchange  4713" in asked(acme, "numbers")


@pytest.mark.parametrize("scope", ["nobody/x12/interchange", "acme/x12/interchnage", "acme"])
def test_a_series_that_nothing_draws_from_is_not_set(acme: Project, scope: str) -> None:
    assert acme.command("partner", "numbers", "--set", scope, "5")["code"] == 2
    assert acme.command("partner", "numbers", "--json")["given"] == []


def test_numbers_partners_have_seen_are_not_given_again_unless_that_is_meant(acme: Project) -> None:
    asked(acme, "numbers", "--set", "acme/x12/interchange", "4711")
    assert acme.command("partner", "numbers", "--set", "acme/x12/interchange", "4710")["code"] == 2
    assert acme.command("partner", "numbers", "--set", "acme/x12/interchange", "1000000000")["code"] == 2
    asked(acme, "numbers", "--set", "acme/x12/interchange", "4710", "--again")
    assert "acme/x12/interchange  4710" in asked(acme, "numbers")


def advice(action: str, number: str) -> str:
    """An 824 about the 855 of an order, which it knows by the order's number only."""
    oti = f"OTI*{action}*PO*{number}*******855~"
    return f"ST*824*0001~BGN*11*ADV1*20261121~{oti}TED*848*NOT OURS~SE*5*0001~"


def test_an_advice_that_names_only_the_document_refuses_it_for_good(acme: Project) -> None:
    for name, text in (("sends", SENDS), ("answer", SAYING), ("refused", REFUSED)):
        folder = "mappings" if name == "answer" else "routes"
        (acme.folder / folder / f"{name}.yaml").write_text(text)
    known = PROFILE.replace("order.received, exp", "order.answered, for: buyer.id, exp") + "known_as: ['7']\n"
    (acme.folder / "partners/acme.yaml").write_text(known)
    (acme.folder / "answers").mkdir()
    for number in ("A1", "A2"):
        answer = {"order_number": number, "status": "accepted", "acknowledged_on": "2026-11-21", "buyer": {"id": "7"}}
        line = {"number": 1, "status": "accepted", "sku": "S", "quantity": "1", "unit": "EA"}
        (acme.folder / "answers" / f"{number}.json").write_text(json.dumps({**answer, "lines": [line]}))
    acme.finish()
    acme.drop(interchange(1, "AG", advice("TR", "A2")), "advice.edi")
    acme.finish()
    acme.drop(interchange(2, "FA", acknowledgement(2, "A")) + interchange(3, "FA", acknowledgement(1, "A")), "late.edi")
    acme.finish()
    found = {str(one["keys"]): (one["state"], one["codes"]) for one in documents(acme, "acks", "acme")}
    assert found == {"['A1']": ("accepted", []), "['A2']": ("rejected", ["848"])}
    (alarm,) = (json.loads(path.read_text()) for path in (acme.folder / "refused").glob("*.json"))
    assert (alarm["set"], alarm["keys"], alarm["codes"]) == ("855", ["A2"], ["848"])


def test_what_is_not_acknowledged_in_time_is_an_alarm(acme: Project, wait_until: Callable[..., None]) -> None:
    acme.start()
    acme.drop(interchange(1, "PO", order("A1")))
    alarms = acme.folder / "alarms"
    wait_until(lambda: alarms.is_dir() and any(alarms.glob("*.json")))
    (alarm,) = (json.loads(path.read_text()) for path in alarms.glob("*.json"))
    assert (alarm["partner"], alarm["set"], alarm["state"]) == ("acme", "855", "overdue")
    assert [one["state"] for one in documents(acme, "overdue")] == ["overdue"]
