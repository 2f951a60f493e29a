"""What goes wrong in partners/*.yaml is told with its place and what was probably meant."""

from __future__ import annotations

import pytest
from tests.bad_input.yaml.conftest import Findings

SETTINGS = "ids: {x12: [ZZ, US]}\n"
ROUTES = {
    "crossdock.yaml": SETTINGS,
    "routes/in.yaml": "from: {file: {path: inbox}}\nsteps:\n  - edi: {}\n",
    "routes/erp.yaml": "from: {topic: order.received}\nto: [{file: {path: erp}}]\n",
    "mappings/to-order.yaml": "from: x12/850\nfields: {number: BEG.BEG03}\n",
    "mappings/to-855.yaml": "from: order\nto: x12/855\nfields: {BAK: {BAK03: number}}\n",
}
ACME = """\
name: ACME
status: live
ids: {x12: [ZZ, ACME]}
receives:
  850: {version: "004010", map: to-order, topic: order.received}
sends:
  855: {version: "004010", map: to-855, on: order.received, expect_ack: {within: 4h}}
acknowledge: 997
channel: {file: {path: out/acme}}
"""


def with_(old: str, new: str) -> dict[str, str | bytes]:
    assert old in ACME
    return {**ROUTES, "partners/acme.yaml": ACME.replace(old, new)}


def test_a_profile_without_mistakes_has_no_findings(findings: Findings) -> None:
    assert findings({**ROUTES, "partners/acme.yaml": ACME}) == []


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("status: live", "status: alive", "2:9: error P120: unknown value 'alive'; did you mean 'live'?"),
        ("status: live", "state: live", "2:1: error P120: unknown key 'state'; did you mean 'status'?"),
        (
            "acknowledge: 997",
            "acknowledge: 99",
            "8:14: error P120: unknown value '99'; did you mean '999'?",
        ),
        ("[ZZ, ACME]", "[ZZ, SIXTEENLETTERSXX]", "3:13: error P120: at most 15 characters, not 16: 'SIXTEENLETTERSXX'"),
        ("{x12: [ZZ, ACME]}", "{x12: ACME}", "3:12: error P120: expected an id such as [ZZ, ACMEDIST], not 'ACME'"),
        (
            "map: to-order",
            "map: to-ordr",
            "5:33: error M201: mapping 'to-ordr' does not exist; did you mean 'to-order'?",
        ),
        ("map: to-855", "map: to-865", "7:33: error M201: mapping 'to-865' does not exist; did you mean 'to-855'?"),
        ("topic: order.received", "topic: order received", "5:50: error R113: 'order received' is not a topic"),
        ("file: {path", "fiel: {path", "9:11: error R102: connector 'fiel' does not exist; did you mean 'file'?"),
        ("{path: out", "{pth: out", "9:18: error R104: unknown option 'pth' of connector 'file'; did you mean 'path'?"),
        ("within: 4h", "within: 4", "7:82: error P120: expected a duration such as 15m"),
        ("  850:", "  857:", "5:3: warning P122: no dictionary has set '857': it can only be read by its structure"),
        ('"004010", map: to-order', '"04010", map: to-order', "5:18: warning P122: no dictionary has version '04010'"),
        ("channel: {file: {path: out/acme}}\n", "", "7:3: error P124: the partner is sent to, but has no channel"),
        ("acknowledge: 997", "rules: {860: {require: [BEG]}}", "8:9: error P126: nothing is agreed about 860"),
        ("acknowledge: 997", 'x12: {separators: "**~"}', "8:19: error P120: '**~': each separator must be another"),
        ("acknowledge: 997", "limits: {size: 20}", "8:16: error P120: expected a size such as 20MB"),
        ("acknowledge: 997", "duplicates: never", "8:13: error P120: expected a duration such as 15m"),
        ("acknowledge: 997", "acknowledge: [999, 997]", "8:14: error P125: either 997 or 999 answers, not both"),
        ("[ZZ, ACME]", '[ZZ, "AC\\nME"]', "3:13: error P120: an id has no line breaks or other control characters"),
        ("  850:", '  "../850":', "5:13: error P120: '../850' is no set"),
        (
            "topic: order.received",
            "topic: ack.overdue",
            "5:50: error R114: 'ack.overdue' is for what the engine says of acknowledgements",
        ),
        (
            "topic: order.received",
            "topic: edi.acknowledgement",
            "5:50: error R114: 'edi.acknowledgement' is for what the engine says of acknowledgements",
        ),
        ("acknowledge: 997", "findings: {X156: fatal}", "8:18: error P120: unknown value 'fatal'"),
    ],
)
def test_a_mistake_is_told_at_its_place(findings: Findings, old: str, new: str, expected: str) -> None:
    told = [one for one in findings(with_(old, new)) if "R301" not in one and "R302" not in one]
    assert len(told) == 1, told
    assert told[0].removeprefix("partners/acme.yaml:").startswith(expected), told


def test_an_acknowledgement_of_the_other_standard_is_refused(findings: Findings) -> None:
    (told,) = findings(with_("topic: order.received}", "topic: order.received, acknowledge: CONTRL}"))
    assert told == ("partners/acme.yaml:5:79: error P125: CONTRL does not answer 850; one of: 997, 999, TA1, none")


def test_one_id_is_one_partners(findings: Findings) -> None:
    twin = ACME.replace("ACME\n", "Twin\n", 1)
    told = findings({**ROUTES, "partners/acme.yaml": ACME, "partners/twin.yaml": twin})
    assert told == ["partners/twin.yaml:3:12: error P121: X12 id ZZ/ACME is claimed by partner 'acme' already"]


def test_a_number_of_ours_is_one_partners(findings: Findings) -> None:
    first = ACME + 'known_as: ["0007"]\n'
    second = first.replace("[ZZ, ACME]", "[ZZ, OTHER]")
    told = findings({**ROUTES, "partners/acme.yaml": first, "partners/other.yaml": second})
    assert told == ["partners/other.yaml:10:12: error P127: '0007' is partner 'acme' already"]


def test_a_set_cannot_be_agreed_twice_for_one_version(findings: Findings) -> None:
    one = '{version: "004010", map: to-order, topic: order.received}'
    (told,) = findings(with_(one, f"[{one}, {one}]"))
    assert told == "partners/acme.yaml:5:68: error P128: 850 is agreed twice for version 004010; remove one of them"


def test_without_an_id_of_ours_nothing_can_be_written(findings: Findings) -> None:
    told = findings({**ROUTES, "crossdock.yaml": "", "partners/acme.yaml": ACME})
    assert told[0] == (
        "partners/acme.yaml:7:3: error P123: we have no X12 id towards this partner;"
        " add 'ids: {x12: …}' to crossdock.yaml, or 'us' to the profile"
    )


def test_a_route_cannot_have_the_name_of_one_that_a_profile_makes(findings: Findings) -> None:
    route = "from: {topic: order.received}\nto: [{file: {path: b}}]\n"
    told = findings({**ROUTES, "partners/acme.yaml": ACME, "routes/partner-acme-855.yaml": route})
    assert [one.partition(";")[0] for one in told] == [
        "partners/acme.yaml:1:1: error P129: route 'partner-acme-855', which this profile makes, exists already"
    ]


def test_a_rule_that_does_not_fit_the_set_is_told_at_its_line(findings: Findings) -> None:
    (told,) = findings(with_("acknowledge: 997", "rules:\n  850:\n    require: [CUR, PO1.PO1007]"))
    assert told.startswith("partners/acme.yaml:10:20: error ")


def test_rules_for_any_version_must_fit_each_version_that_may_come(findings: Findings) -> None:
    agreed = (
        ACME.replace('{version: "004010", map: to-order', "{map: to-order")
        + "rules: {850: {require: [PO1.MEA.MEA11]}}\n"
    )
    told = findings({**ROUTES, "partners/acme.yaml": agreed})
    (told_of,) = [one for one in told if "D203" in one]
    assert "MEA11" in told_of


def test_rules_of_a_version_nobody_describes_are_not_silently_dropped(findings: Findings) -> None:
    agreed = ACME.replace("004010", "003060", 1) + "rules: {850: {require: [BEG]}}\n"
    told = findings({**ROUTES, "partners/acme.yaml": agreed})
    assert "10:9: error P122: rules of 850 cannot be kept: no dictionary has it at 003060" in told[-1]


def test_the_topic_of_an_agreement_that_nobody_reads_is_a_warning(findings: Findings) -> None:
    told = findings(with_("topic: order.received", "topic: order.recieved"))
    assert "partners/acme.yaml:5:50: warning R301: no route reads topic 'order.recieved'" in told[0]


def test_nothing_stands_beside_the_edi_step(findings: Findings) -> None:
    route = "from: {file: {path: inbox}}\nsteps:\n  - edi: {}\n  - filter: number\n"
    (told,) = findings({**ROUTES, "routes/in.yaml": route, "partners/acme.yaml": ACME})
    assert "error R220: nothing can stand beside 'edi'" in told


def test_a_partner_that_does_not_exist_cannot_be_written_for(findings: Findings) -> None:
    route = "from: {topic: order.received}\nsteps:\n  - interchange: {partner: acne}\nto: [{file: {path: b}}]\n"
    (told,) = findings({**ROUTES, "routes/b.yaml": route, "partners/acme.yaml": ACME})
    assert told == "routes/b.yaml:3:28: error P144: partner 'acne' does not exist; did you mean 'acme'?"


def test_a_secret_in_clear_text_is_warned_of(findings: Findings) -> None:
    told = findings(with_("{path: out/acme}", "{path: out/acme, password: hidden}"))
    assert {one.partition(";")[0] for one in told} == {
        "partners/acme.yaml:9:44: warning R118: 'password' is a secret in clear text"
    }


def test_a_variable_that_is_not_set_is_told_once(findings: Findings) -> None:
    told = findings(with_("out/acme", '"${NOWHERE}/acme"'))
    assert [one.partition(";")[0] for one in told] == [
        "partners/acme.yaml:9:24: error P104: environment variable NOWHERE is not set"
    ]
