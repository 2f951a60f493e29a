"""``enrich`` and ``call`` as they are written: every mistake is found before anything runs."""

from __future__ import annotations

import pytest
from tests.unit.route.conftest import Bench, Workshop

from crossdock.connector import Effect
from crossdock.route.asking import ASKING, Instead, waiting
from crossdock.route.plan import Deliver, Pass

HEAD = "from: {topic: t}\nsteps:\n"
TO = "to: [{folder: {path: out}}]\n"
GET = "http: {get: x}"
POST = "http: {post: x}"


def finding(workshop: Workshop, steps: str, code: str, rest: str = TO) -> str:
    found = [one for one in workshop.findings({"routes/r.yaml": HEAD + steps + rest}) if f" {code}: " in one]
    assert len(found) == 1, found
    return found[0]


@pytest.mark.parametrize(
    ("step", "code", "line", "says"),
    [
        ("enrich: {htp: {get: x}, as: c}", "R102", "3:12", "did you mean 'http'"),
        ("enrich: {printer: {path: x}, as: c}", "R103", "3:12", "connectors that can: http"),
        ("enrich: {as: c}", "R231", "3:3", "names no connector"),
        (f"enrich: {{{GET}, mailbox: {{path: x}}, as: c}}", "R231", "3:28", "not to 'http' and 'mailbox'"),
        (f"enrich: {{{GET}}}", "R202", "3:3", "'as'"),
        (f"enrich: {{{GET}, as: 'a b'}}", "R202", "3:32", ""),
        (f"enrich: {{{GET}, as: c, cahce: {{key: a, for: 1m}}}}", "R202", "3:35", "did you mean 'cache'"),
        (f"enrich: {{{GET}, as: c, cache: {{key: 'a b', for: 1m}}}}", "M110", "3:51", ""),
        (f"enrich: {{{GET}, as: c, cache: {{key: a}}}}", "R202", "3:35", "'for'"),
        (f"enrich: {{{GET}, as: c, fallback: cached}}", "R235", "3:45", "cache: {key: …, for: …}"),
        (f"enrich: {{{GET}, as: c, fallback: chached}}", "R202", "3:45", "cached, hold, or {value: …}"),
        (f"enrich: {{{GET}, as: c, timeout: 0s}}", "R202", "3:44", "1ms to 7d"),
        (f"enrich: {{{GET}, as: c, send: a, map: m}}", "R234", "3:35", "both"),
        (f"enrich: {{{POST}, as: c}}", "R232", "3:3", "write 'call'"),
        (f"call: {{{GET}, as: c}}", "R232", "3:3", "write 'enrich'"),
        ("call: {http: {post: x, effect: provable}, as: c}", "R232", "3:3", "provable"),
        (f"call: {{{POST}, as: c, fallback: cached}}", "R235", "3:44", "no cache"),
        ("enrich: {http: {gett: x}, as: c}", "R104", "3:19", "did you mean 'get'"),
    ],
)
def test_a_mistake_is_told_with_its_place(workshop: Workshop, step: str, code: str, line: str, says: str) -> None:
    text = finding(workshop, f"- {step}\n", code)
    assert says in text
    assert text.startswith(f"routes/r.yaml:{line}: "), text


def test_an_answer_may_not_hide_a_field_of_the_contract(workshop: Workshop) -> None:
    steps = f"- validate: order/v1\n- enrich: {{{GET}, as: currency}}\n"
    assert "'currency' is a field of order/v1" in finding(workshop, steps, "R233")
    assert not [
        one
        for one in workshop.findings({"routes/r.yaml": HEAD + steps.replace("as:", "replace: true, as:") + TO})
        if "R233" in one
    ]


def test_nothing_is_asked_behind_a_choice_that_sends(workshop: Workshop) -> None:
    choose = "- choose:\n  - when: a\n    to: [{folder: {path: b}}]\n"
    assert "put it before" in finding(workshop, choose + f"- enrich: {{{GET}, as: c}}\n", "R236")


def test_a_question_needs_a_document(workshop: Workshop) -> None:
    source = "from: {folder: {path: in}}\nsteps:\n" + f"- enrich: {{{GET}, as: c}}\n" + TO
    assert any("R209" in one for one in workshop.findings({"routes/r.yaml": source}))


def test_a_question_does_not_stand_before_split_nor_behind_encode(workshop: Workshop) -> None:
    assert finding(workshop, f"- enrich: {{{GET}, as: c}}\n- split: a\n", "R208")
    assert finding(workshop, f"- encode: lines\n- enrich: {{{GET}, as: c}}\n", "R210")


def test_a_route_that_only_asks_sends_to_nowhere(workshop: Workshop) -> None:
    assert finding(workshop, f"- call: {{{POST}}}\n", "R108", rest="")


def test_the_document_leaves_the_steps_where_they_ask(bench: Bench) -> None:
    plan = bench.plan(f'- set: {{fields: {{a: "\'b\'"}}}}\n- enrich: {{{GET}, as: c}}\n- filter: "false"\n', {"n": 1})
    assert isinstance(plan, Pass)
    (output,) = plan.outputs
    assert isinstance(output, Deliver)
    assert (output.slot, output.content_type) == ("ask-c", ASKING)


def test_a_place_is_set_as_a_destination_is(bench: Bench) -> None:
    step = f"- enrich: {{{GET}, as: c, name: bank, timeout: 5s, rate: 10/s, concurrency: 2, retry: {{attempts: 2}}}}\n"
    route = bench.route(HEAD + step + TO)
    place = route.destination("bank")
    assert (place.timeout, place.rate, place.concurrency, place.retry.attempts) == (5.0, 10.0, 2, 2)
    assert (place.asking.effect, place.asking.instead, place.asking.label) == (None, Instead.NOTHING, "1 enrich")


def test_a_question_takes_no_name_of_a_destination(bench: Bench) -> None:
    route = bench.route(HEAD + f"- call: {{{POST}, as: folder}}\n" + TO)
    assert [one.slot for one in route.destinations] == ["ask-folder", "folder"]
    assert route.destination("ask-folder").asking.effect is Effect.KEYED


def test_what_waits_can_be_read_again(bench: Bench, message: object) -> None:
    plan = bench.plan(f"- enrich: {{{GET}, as: c}}\n", {"n": 1})
    held = waiting(message(plan.outputs[0].payload, content_type=ASKING))  # type: ignore[operator]  # a fixture that makes them
    assert held.document == {"n": 1}


CASE = "cases:\n- given: {n: 1}\n  expect_skip: true\n  "


@pytest.mark.parametrize(
    ("more", "code"),
    [("answers: {d: 1}", "R237"), ("when_down: d", "R450"), ("when_down: [c, d]", "R450")],
)
def test_a_case_answers_only_what_is_asked(workshop: Workshop, more: str, code: str) -> None:
    assert "'d' does not exist" in finding(
        workshop, f"- enrich: {{{GET}, as: c}}\n", code, rest=TO + CASE + more + "\n"
    )
