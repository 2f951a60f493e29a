"""How a payload of partners is read: envelopes first, what is large as it comes, each standard by itself."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from tests.flow.trading import interchange, partner
from tests.unit.route.conftest import NOW, Workshop, message
from tests.unit.route.test_edi_intake import decided, parts, route

from crossdock.codecs.contract import Part
from crossdock.codecs.judged import SMALL
from crossdock.errors import Finding, Hold
from crossdock.message import Inline, Message
from crossdock.route.partners.runs import runs
from crossdock.route.plan import Pass

EURO = """\
name: Euro
status: live
ids: {edifact: [EURO, 14]}
us: {edifact: [US1, 14]}
receives: {ORDERS: {version: D96A, topic: order.received}}
acknowledge: CONTRL
channel: {folder: {path: euro}}
"""
EDIFACT = (
    "UNB+UNOC:3+EURO:14+US1:14+261120:0815+7'UNH+1+ORDERS:D:96A:UN'BGM+220+E1+9'DTM+137:20261120:102'"
    "NAD+BY+1::9'LIN+1'QTY+21:5'UNS+S'CNT+2:1'UNT+9+1'UNZ+1+7'"
)


@dataclass
class Counted:
    """A payload in small chunks that says how much of it was read, by each reading."""

    data: bytes
    size: int = SMALL + 1
    read: list[int] = field(default_factory=list)

    def chunks(self) -> Iterator[bytes]:
        self.read.append(0)
        mine = len(self.read) - 1
        for start in range(0, len(self.data), 512):
            self.read[mine] += 512
            yield self.data[start : start + 512]


def many(number: int) -> bytes:
    return interchange("ACME", 1, *(f"A{one}" for one in range(number))).encode()


def stream(workshop: Workshop, payload: Counted, more: str = "") -> Iterator[Part | Finding]:
    acme = route(workshop, acme=partner("acme", "ACME", more))
    return acme.parts(Message(id="m", correlation="m", route="in", body=payload), NOW)


def test_documents_of_a_large_payload_leave_before_all_of_it_is_read(workshop: Workshop) -> None:
    payload = Counted(many(5000))
    found = stream(workshop, payload)
    next(found)
    assert payload.read[-1] < len(payload.data) / 2
    assert len(list(found)) == 5000


def test_where_all_or_nothing_is_agreed_all_is_read_before_anything_leaves(workshop: Workshop) -> None:
    payload = Counted(many(500))
    next(stream(workshop, payload, "partial: all-or-nothing\n"))
    assert payload.read[-2] >= len(payload.data)


def test_a_trailer_that_a_profile_does_not_tolerate_is_found_before_anything_leaves(workshop: Workshop) -> None:
    payload = Counted(many(500).replace(b"IEA*1*000000001", b"IEA*1*000000009"))
    found = stream(workshop, payload, "findings: {X112: error}\n")
    first = next(one for one in found if isinstance(one, Part))
    assert [finding.code for finding in first.findings] == ["P140"]


def both(workshop: Workshop, text: str) -> list[Part]:
    return parts(route(workshop, acme=partner("acme", "ACME"), euro=EURO), text)


@pytest.mark.parametrize("between", ["", "\n", " \r\n\r\n"])
@pytest.mark.parametrize("x12_first", [True, False])
def test_a_payload_may_mix_the_standards(workshop: Workshop, between: str, *, x12_first: bool) -> None:
    order = [interchange("ACME", 1, "A1"), EDIFACT] if x12_first else [EDIFACT, interchange("ACME", 1, "A1")]
    route_in = route(workshop, acme=partner("acme", "ACME"), euro=EURO)
    found = parts(route_in, between.join([*order, *order[:1]]))
    assert [one.position for one in found] == [1, 2, 3, 4, 5, 6]
    assert len({one.headers["edi.interchange"] for one in found}) == 3
    assert all(isinstance(decided(route_in, one), Pass) for one in found)


def test_findings_of_the_second_standard_have_their_places_in_the_whole_payload(workshop: Workshop) -> None:
    text = interchange("ACME", 1, "A1") + EDIFACT.replace("QTY+21:5'", "QTY+21:'")
    bad = both(workshop, text)[2]
    (finding,) = [one for one in bad.findings if one.place.element == "QTY0102"]
    assert finding.place.byte == text.index("QTY+21:'") + len("QTY+21:")


@pytest.mark.parametrize("size", [1, 7, 64, 4096])
def test_however_the_bytes_come_the_standards_are_told_apart(size: int) -> None:
    x12 = interchange("ACME", 1, "A1").encode()
    data = x12 + b"\r\n" + EDIFACT.encode() + x12

    class Cut:
        size = len(data)

        def chunks(self) -> Iterator[bytes]:
            return (data[start : start + size] for start in range(0, len(data), size))

    assert [run.size for run in runs(Cut())] == [len(x12) + 2, len(EDIFACT), len(x12)]


@pytest.mark.parametrize("value", ["UNB+UNOC", "IEA*1*1", "UNZ+1+1'ISA*", "UNA:+.? '"])
def test_the_words_of_the_other_standard_divide_nothing_inside_a_value(value: str) -> None:
    data = interchange("ACME", 1, "A1").replace("A1", value).encode()
    assert [run.size for run in runs(Inline(data))] == [len(data)]


def test_only_what_was_held_is_taken_when_it_is_released(workshop: Workshop) -> None:
    text = interchange("ACME", 1, "A1") + interchange("GLOBEX", 1, "G1") + interchange("ACME", 2, "A2", usage="T")
    one = route(workshop, acme=partner("acme", "ACME"))
    with pytest.raises(Hold) as held:
        parts(one, text)
    rules = frozenset(str(finding.rule) for finding in held.value.findings)
    assert rules == {"interchange 2", "interchange 3"}
    later = route(workshop, acme=partner("acme", "ACME"), globex=partner("globex", "GLOBEX"))
    given: list[int] = []
    with pytest.raises(Hold) as again:
        given += [
            item.position
            for item in later.parts(message(text.encode()), NOW, frozenset({"interchange 2", "interchange 3"}))
            if isinstance(item, Part)
        ]
    assert [finding.rule for finding in again.value.findings] == ["interchange 3"]


def test_a_partner_named_by_two_qualifiers_is_two(workshop: Workshop) -> None:
    other = partner("other", "ACME").replace("[ZZ, ACME]", '["01", ACME]')
    both = route(workshop, acme=partner("acme", "ACME"), other=other)
    text = interchange("ACME", 1, "A1") + interchange("ACME", 1, "B1").replace("*ZZ*ACME", "*01*ACME")
    owners = [out.partner for one in parts(both, text) for out in decided(both, one).outputs]
    assert owners == ["acme", "acme", "other", "other"]


def test_a_partner_is_found_by_an_id_padded_in_profile_and_envelope(workshop: Workshop) -> None:
    euro = EURO.replace("[EURO, 14]", '["EURO  ", 14]')
    found = parts(route(workshop, euro=euro), EDIFACT.replace("EURO:14", "EURO    :14"))
    assert len(found) == 2
