"""A payload of EDI and its parts: whose they are, what of them goes on, and what answers them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from tests.flow.trading import ORDER, interchange, partner
from tests.unit.route.conftest import NOW, Workshop, message

from crossdock.codecs.contract import Part
from crossdock.codecs.judged import SMALL
from crossdock.errors import Hold, Reject
from crossdock.message import Inline, Message, Payload
from crossdock.route.compiled import CompiledRoute
from crossdock.route.plan import Pass, Publish, Skip, Stop

IN = "from: {folder: {path: in}}\nsteps:\n  - edi: {}\n"


@dataclass(frozen=True)
class Large:
    """A payload that says it is too large to be held."""

    body: Payload
    size: int = SMALL + 1

    def chunks(self) -> Iterator[bytes]:
        return self.body.chunks()


def route(workshop: Workshop, **profiles: str) -> CompiledRoute:
    files = {f"partners/{name}.yaml": _offline(text) for name, text in profiles.items()}
    settings = {"crossdock.yaml": "ids: {x12: [ZZ, US]}\n", "mappings/order.yaml": ORDER, "routes/in.yaml": IN}
    return workshop.load({**settings, **files}).routes["in"]


def _offline(text: str) -> str:
    return text.replace("file: {path: out/", "folder: {path: out/")


def parts(route: CompiledRoute, text: str, *, large: bool = False) -> list[Part]:
    arrived = message(text.encode())
    if large:
        arrived = Message(id=arrived.id, correlation=arrived.id, route="in", body=Large(Inline(text.encode())))
    return [one for one in route.parts(arrived, NOW) if isinstance(one, Part)]


def decided(route: CompiledRoute, part: Part) -> Pass | Skip | Stop:
    return route.decide(message(b"", headers=dict(part.headers)), part, NOW)  # type: ignore[arg-type]  # headers too


def topics(route: CompiledRoute, found: list[Part]) -> list[list[str]]:
    plans = [decided(route, one) for one in found]
    return [[out.topic for out in plan.outputs if isinstance(out, Publish)] for plan in plans]


def test_documents_come_before_the_answer_to_their_interchange(workshop: Workshop) -> None:
    acme = route(workshop, acme=partner("acme", "ACME"))
    found = parts(acme, interchange("ACME", 1, "A1", "A2") + interchange("ACME", 2, "A3"))
    assert [one.position for one in found] == [1, 2, 3, 4, 5]
    order, answer = ["order.received"], ["edi.acknowledgement"]
    assert topics(acme, found) == [order, order, answer, order, answer]


def test_the_last_document_is_recorded_with_the_answer(workshop: Workshop) -> None:
    found = parts(route(workshop, acme=partner("acme", "ACME")), interchange("ACME", 1, "A1", "A2"))
    assert [one.joined for one in found] == [False, True, False]


def test_positions_are_the_same_before_and_after_a_profile_was_added(workshop: Workshop) -> None:
    text = interchange("ACME", 1, "A1") + interchange("GLOBEX", 1, "G1", "G2") + interchange("ACME", 2, "A2")
    one = route(workshop, acme=partner("acme", "ACME"))
    before: list[int] = []
    with pytest.raises(Hold) as held:
        before += [item.position for item in one.parts(message(text.encode()), NOW) if isinstance(item, Part)]
    assert [finding.code for finding in held.value.findings] == ["P130"]
    both = parts(route(workshop, acme=partner("acme", "ACME"), globex=partner("globex", "GLOBEX")), text)
    assert [item.position for item in both] == [1, 2, 3, 4, 5, 6, 7]
    assert [item.position for item in both if "ACME" in item.headers.get("x12.sender", "")] == [1, 6]


@pytest.mark.parametrize("large", [False, True])
def test_a_payload_too_large_to_be_held_is_read_twice_with_the_same_result(workshop: Workshop, *, large: bool) -> None:
    rules = "rules: {850: {require: [CUR]}}\npartial: all-or-nothing\n"
    both = route(workshop, acme=partner("acme", "ACME", rules), globex=partner("globex", "GLOBEX"))
    text = interchange("GLOBEX", 1, "G1") + interchange("ACME", 1, "A1", "A2") + interchange("GLOBEX", 2, "G2")
    found = parts(both, text, large=large)
    assert [one.position for one in found] == [1, 2, 3, 4, 5, 6, 7]
    assert [type(decided(both, one)).__name__ for one in found] == [
        "Pass",
        "Pass",
        "Stop",
        "Stop",
        "Pass",
        "Pass",
        "Pass",
    ]


def test_thousands_of_transactions_are_answered_at_once(workshop: Workshop) -> None:
    acme = route(workshop, acme=partner("acme", "ACME"))
    text = interchange("ACME", 1, *(f"L{number}" for number in range(2000)))
    *_, answer = parts(acme, text, large=True)
    (out,) = decided(acme, answer).outputs
    assert isinstance(out.document, dict)
    assert out.document["AK9"] == {"AK901": "A", "AK902": "2000", "AK903": "2000", "AK904": "2000"}


def test_a_partner_who_is_not_answered_leaves_a_reason(workshop: Workshop) -> None:
    silent = route(workshop, acme=partner("acme", "ACME").replace("acknowledge: 997", "acknowledge: none"))
    *_, answer = parts(silent, interchange("ACME", 1, "A1"))
    plan = decided(silent, answer)
    assert isinstance(plan, Skip)
    assert plan.reason == "1 edi: no acknowledgement is agreed with acme"


def test_every_part_of_an_interchange_has_one_guard_in_common(workshop: Workshop) -> None:
    acme = route(workshop, acme=partner("acme", "ACME"))
    guards = [decided(acme, one).guards for one in parts(acme, interchange("ACME", 7, "A1", "A2"))]
    assert len(set(guards)) == 1
    ((guard,), *_) = guards
    assert guard.key == "X12/ZZ/ACME/ZZ/US/000000007"


def test_without_a_window_nothing_is_a_duplicate(workshop: Workshop) -> None:
    acme = route(workshop, acme=partner("acme", "ACME", "duplicates: off\n"))
    assert [decided(acme, one).guards for one in parts(acme, interchange("ACME", 7, "A1"))] == [(), ()]


def test_a_rate_is_shared_by_all_that_a_partner_sends(workshop: Workshop) -> None:
    acme = route(workshop, acme=partner("acme", "ACME", "limits: {rate: 600/min}\n"))
    first, *_ = parts(acme, interchange("ACME", 1, "A1"))
    plan = decided(acme, first)
    assert isinstance(plan, Pass)
    assert [(one.scope, one.per_second) for one in plan.throttles] == [("partner/acme", 10.0)]


def test_a_payload_beyond_the_limit_is_held_whole(workshop: Workshop) -> None:
    acme = route(workshop, acme=partner("acme", "ACME", "limits: {size: 100B}\n"))
    with pytest.raises(Hold) as held:
        parts(acme, interchange("ACME", 1, "A1"))
    assert held.value.code == "P136"


def test_a_document_that_mapping_refuses_is_advised_where_that_is_agreed(workshop: Workshop) -> None:
    agreed = partner("acme", "ACME").replace(
        "topic: order.received", "validate: order/v1, topic: order.received, advise: 824"
    )
    acme = route(workshop, acme=agreed)
    first, *_ = parts(acme, interchange("ACME", 1, "A1"))
    plan = decided(acme, first)
    assert isinstance(plan, Stop)
    ((topic, number),) = [
        (out.topic, out.document["_set"])
        for out in plan.outputs
        if isinstance(out, Publish) and isinstance(out.document, dict)
    ]
    assert (topic, number) == ("edi.acknowledgement", "824")


def test_what_is_no_edi_is_refused(workshop: Workshop) -> None:
    with pytest.raises(Reject, match="P150"):
        parts(route(workshop, acme=partner("acme", "ACME")), "a;b;c\n")


def test_a_part_that_was_held_comes_again_alone(workshop: Workshop) -> None:
    acme = route(workshop, acme=partner("acme", "ACME"))
    first, *_ = parts(acme, interchange("ACME", 1, "A1", "A2"))
    again = message(first.raw(), headers=dict(first.headers))  # type: ignore[arg-type]  # headers too
    (part,) = (one for one in acme.parts(again, NOW) if isinstance(one, Part))
    assert part.document == first.document


def test_an_answer_that_waited_comes_again_as_it_was(workshop: Workshop) -> None:
    acme = route(workshop, acme=partner("acme", "ACME"))
    *_, answer = parts(acme, interchange("ACME", 1, "A1"))
    again = message(answer.raw(), headers=dict(answer.headers))  # type: ignore[arg-type]  # headers too
    (part,) = (one for one in acme.parts(again, NOW) if isinstance(one, Part))
    assert part.document == answer.document
