"""Partners end to end: files come in, documents and acknowledgements go out, by one YAML file a partner.

One test runs real processes; the others need none, and run the same engine in this one.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import cast

import pytest
from tests.flow.conftest import Project
from tests.flow.in_process import InProcess
from tests.flow.trading import (
    EDI_IN,
    ERP,
    SETTINGS,
    functional,
    interchange,
    orders,
    partner,
    profile,
    segments,
    sending,
    sent,
    trade,
)

ORDER_EDIFACT = "from: edifact/ORDERS\nfields:\n  number: BGM.BGM0201 || BGM.BGM02\n  buyer: _env.sender\n"
EDIFACT = """\
UNB+UNOC:3+{sender}:14+US1:14+261120:0815+{control}'UNH+1+ORDERS:D:96A:UN'BGM+220+{number}+9'DTM+137:20261120:102'\
NAD+BY+1::9'LIN+1'QTY+21:5'UNS+S'CNT+2:1'UNT+9+1'UNZ+1+{control}'
"""


@pytest.fixture
def traders(tmp_path: Path) -> Project:
    """Two partners and one route for both."""
    made = InProcess(tmp_path)
    trade(made)
    return made


def held(project: Project) -> list[dict[str, object]]:
    return cast("list[dict[str, object]]", project.command("hold", "list", "--json"))


def test_one_route_serves_every_partner(project: Project) -> None:
    traders = project
    trade(traders)
    traders.drop(interchange("ACME", 1, "A1", "A2"), "a.edi")
    traders.drop(interchange("GLOBEX", 1, "G1"), "g.edi")
    traders.finish()
    assert orders(traders) == ["A1", "A2", "G1"]
    (acme,), (globex,) = sent(traders, "acme"), sent(traders, "globex")
    assert segments(acme, "AK9") == ["AK9*A*2*2*2"]
    assert segments(globex, "AK9") == ["AK9*A*1*1*1"]
    assert acme.split("*")[6].strip() == "US"
    assert acme.split("*")[8].strip() == "ACME"
    assert traders.balanced()


def test_interchanges_of_several_partners_in_one_file_are_told_apart(traders: Project) -> None:
    traders.drop(interchange("ACME", 1, "A1") + interchange("GLOBEX", 7, "G1") + interchange("ACME", 2, "A2"))
    traders.finish()
    assert orders(traders) == ["A1", "A2", "G1"]
    assert [segments(one, "AK1") for one in sent(traders, "acme")] == [["AK1*PO*1"], ["AK1*PO*2"]]
    assert [segments(one, "AK1") for one in sent(traders, "globex")] == [["AK1*PO*7"]]


def test_a_bad_order_is_rejected_and_the_good_ones_go_on(traders: Project) -> None:
    traders.drop(interchange("ACME", 1, "A1", "bad2", "A3"))
    traders.finish()
    assert orders(traders) == ["A1", "A3"]
    (answer,) = sent(traders, "acme")
    assert segments(answer, "AK5") == ["AK5*A", "AK5*R*5", "AK5*A"]
    assert segments(answer, "AK9") == ["AK9*P*3*3*2"]
    assert traders.states("edi-in")["dead"] == 1


def test_all_or_nothing_rejects_the_good_ones_with_the_bad_one(traders: Project) -> None:
    profile(traders, "acme", partner("acme", "ACME", "partial: all-or-nothing\n"))
    traders.drop(interchange("ACME", 1, "A1", "bad2"))
    traders.finish()
    assert orders(traders) == []
    (answer,) = sent(traders, "acme")
    assert segments(answer, "AK9")[0].startswith("AK9*R*2*2*0")
    assert traders.states("edi-in")["dead"] == 2


def test_what_came_before_is_answered_and_not_processed_again(traders: Project) -> None:
    traders.drop(interchange("ACME", 1, "A1"), "first.edi")
    traders.finish()
    traders.drop(interchange("ACME", 1, "A1", "A2"), "again.edi")
    traders.finish()
    assert orders(traders) == ["A1"]
    first, again = sent(traders, "acme")
    assert segments(first, "AK9") == ["AK9*A*1*1*1"]
    assert segments(again, "TA1") == ["TA1*000000001*261120*0815*R*025"]
    assert traders.states("edi-in")["skipped"] == 3  # two orders, and the answer they would have had


def test_an_interchange_of_nobody_is_held_and_released_when_a_profile_was_added(traders: Project) -> None:
    traders.drop(
        interchange("ACME", 1, "A1") + interchange("NEWCO", 5, "N1", "N2") + interchange("ACME", 2, "A2"), "m.edi"
    )
    traders.finish()
    assert orders(traders) == ["A1", "A2"]
    (one,) = held(traders)
    assert one["code"] == "P130"
    assert "ids: {x12: [ZZ, NEWCO]}" in str(one["reason"])
    sample = traders.folder / "newco.edi"
    sample.write_text(interchange("NEWCO", 5, "N1"))
    added = traders.command("partner", "add", "newco", "--from", str(sample), "--status", "live", "--json")
    assert added == {"partner": "newco", "file": "partners/newco.yaml"}
    assert traders.command("partner", "check", "newco", "--json") == {"findings": []}
    assert traders.command("hold", "release", "--all", "--json") == {"released": 1}
    traders.finish()
    assert orders(traders) == ["A1", "A2", "N1", "N2"]
    assert [segments(one, "AK9") for one in sent(traders, "newco")] == [["AK9*A*2*2*2"]]
    assert len(sent(traders, "acme")) == 2
    assert traders.balanced()


def test_a_test_to_a_live_partner_is_held(traders: Project) -> None:
    traders.drop(interchange("ACME", 1, "A1", usage="T"))
    traders.finish()
    assert orders(traders) == []
    assert [one["code"] for one in held(traders)] == ["P133"]
    assert sent(traders, "acme") == []


def test_a_partner_in_testing_is_answered_with_tests(traders: Project) -> None:
    profile(traders, "acme", partner("acme", "ACME").replace("status: live", "status: testing"))
    traders.drop(interchange("ACME", 1, "A1", usage="T"))
    traders.finish()
    (answer,) = sent(traders, "acme")
    assert answer.split("*")[15] == "T"


def test_a_set_without_an_agreement_is_held_alone(traders: Project) -> None:
    profile(traders, "acme", partner("acme", "ACME").replace("  850:", "  860:"))
    traders.drop(interchange("ACME", 1, "A1"))
    traders.finish()
    assert [one["code"] for one in held(traders)] == ["P134"]
    profile(traders, "acme", partner("acme", "ACME"))
    traders.command("hold", "release", "--all", "--json")
    traders.finish()
    assert orders(traders) == ["A1"]
    assert len(sent(traders, "acme")) == 1


def test_documents_beyond_the_limit_wait_for_a_person(traders: Project) -> None:
    profile(traders, "acme", partner("acme", "ACME", "limits: {documents: 2}\n"))
    traders.drop(interchange("ACME", 1, "A1", "A2", "A3"))
    traders.finish()
    assert orders(traders) == ["A1", "A2"]
    assert [one["code"] for one in held(traders)] == ["P137"]
    traders.command("hold", "release", "--all", "--json")
    traders.finish()
    assert orders(traders) == ["A1", "A2", "A3"]


def test_rules_of_a_partner_are_acknowledged_as_such(traders: Project) -> None:
    profile(traders, "acme", partner("acme", "ACME", "rules: {850: {require: [CUR]}}\n"))
    traders.drop(interchange("ACME", 1, "A1") + interchange("GLOBEX", 1, "G1"))
    traders.finish()
    assert orders(traders) == ["G1"]
    (acme,), (globex,) = sent(traders, "acme"), sent(traders, "globex")
    assert segments(acme, "AK3") == ["AK3*CUR*3**3"]
    assert segments(globex, "AK9") == ["AK9*A*1*1*1"]


def test_findings_may_weigh_less_for_one_partner(traders: Project) -> None:
    profile(traders, "acme", partner("acme", "ACME", "findings: {X151: warning}\n"))
    traders.drop(interchange("ACME", 1, "bad1") + interchange("GLOBEX", 1, "bad2"))
    traders.finish()
    assert orders(traders) == ["bad1"]


def test_what_is_sent_goes_to_its_own_partner_with_numbers_without_a_gap(traders: Project) -> None:
    sending(traders)
    traders.drop(interchange("ACME", 1, "A1", "A2", "A3") + interchange("GLOBEX", 1, "G1"))
    traders.finish()
    acme, globex = sent(traders, "acme"), sent(traders, "globex")
    assert [one.split("*")[13] for one in acme] == ["000000001", "000000002", "000000003", "000000004"]
    assert sorted(b for one in acme for b in segments(one, "BAK")) == [
        "BAK*00*AC*A1*20261121",
        "BAK*00*AC*A2*20261121",
        "BAK*00*AC*A3*20261121",
    ]
    assert [segments(one, "BAK") for one in globex if segments(one, "BAK")] == [["BAK*00*AC*G1*20261121"]]


def test_an_acknowledgement_that_comes_in_answers_what_was_sent(traders: Project) -> None:
    sending(traders)
    alarm = 'from: {topic: ["ack.rejected", "ack.unmatched"]}\nto: [{file: {path: alarms, name: "{$id}.json"}}]\n'
    traders.write(SETTINGS, edi_in=EDI_IN, erp=ERP, alarm=alarm)
    traders.drop(interchange("ACME", 1, "A1") + interchange("GLOBEX", 1, "G1"))
    traders.finish()
    groups = {
        name: segments(next(one for one in sent(traders, name) if segments(one, "ST")[0] == "ST*855*0001"), "GS")[0]
        for name in ("acme", "globex")
    }
    traders.drop(functional("ACME", 2, groups["acme"].split("*")[6], "A"), "good.edi")
    traders.drop(functional("GLOBEX", 2, groups["globex"].split("*")[6], "R"), "bad.edi")
    traders.finish()
    alarms = [json.loads(path.read_text()) for path in (traders.folder / "alarms").glob("*.json")]
    assert {(one["partner"], one["state"]) for one in alarms} == {("globex", "rejected")}
    assert orders(traders) == ["A1", "G1"]
    assert len(sent(traders, "acme")) == 2  # an acknowledgement is not acknowledged


def test_nothing_is_sent_to_a_partner_who_is_retired(traders: Project) -> None:
    sending(traders)
    traders.drop(interchange("ACME", 1, "A1"))
    text = (traders.folder / "partners/acme.yaml").read_text()
    whose = "for: buyer, map"
    globex = (traders.folder / "partners/globex.yaml").read_text().replace("status: live", "status: retired")
    profile(traders, "globex", globex.replace("map: answer", f"{whose}: answer") + "known_as: [ACME]\n")
    assert text != globex
    traders.finish()
    assert [one["code"] for one in held(traders)] == ["P138"]
    assert sent(traders, "globex") == []


def test_edifact_goes_the_same_way(traders: Project) -> None:
    (traders.folder / "mappings/orders.yaml").write_text(ORDER_EDIFACT)
    profile(
        traders,
        "euro",
        "name: Euro\nstatus: live\nids: {edifact: [EURO, 14]}\n"
        "receives: {ORDERS: {version: D96A, map: orders, topic: order.received}}\n"
        "acknowledge: CONTRL\nchannel: {file: {path: out/euro}}\n",
    )
    traders.drop(EDIFACT.format(sender="EURO", control="77", number="E1"), "e.edi")
    traders.drop(interchange("ACME", 1, "A1"), "a.edi")
    traders.finish()
    assert orders(traders) == ["A1", "E1"]
    (answer,) = (path.read_text() for path in (traders.folder / "out/euro").glob("*"))
    assert "UCI+77+EURO:14+US1:14+7'" in answer
    assert answer.startswith("UNB+UNOC:3+US1:14+EURO:14+")


def test_a_file_that_is_no_edi_is_rejected(traders: Project) -> None:
    traders.drop("number;sku\n1;2\n")
    traders.finish()
    assert traders.states("edi-in") == {"dead": 1}


def test_partners_are_listed_and_shown(traders: Project) -> None:
    listed = cast("list[dict[str, object]]", traders.command("partner", "list", "--json"))
    assert [(one["partner"], one["status"], one["receives"]) for one in listed] == [
        ("acme", "live", ["850"]),
        ("globex", "live", ["850"]),
    ]
    assert traders.command("partner", "show", "acme", "--json")["routes"] == ["partner-acme-acknowledgements"]


def test_a_status_is_changed_in_place(traders: Project) -> None:
    path = traders.folder / "partners/acme.yaml"
    text = path.read_text().replace("status: live", "status: live   # since March")
    path.write_text(text)
    assert traders.command("partner", "set-status", "acme", "onboarding") == {"code": 3}
    assert path.read_text() == text
    assert traders.command("partner", "set-status", "acme", "testing") == {"code": 0}
    assert path.read_text() == text.replace("status: live", "status: testing")
