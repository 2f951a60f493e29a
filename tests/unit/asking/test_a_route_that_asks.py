"""What a route does that asks another system: the answer is merged, and the route goes on behind the step."""

from __future__ import annotations

from decimal import Decimal

from tests.unit.asking.conftest import AskingRig

from crossdock.delivery.states import Event, State
from crossdock.errors import Halt, Hold, Reject, Retry

OUT = "to:\n  - fake: {to: out}\n"
FROM = "from: {topic: t}\nsteps:\n"
ENRICH = "  - enrich: {oracle: {of: credit}, as: credit}\n"
CALL = "  - call: {oracle: {of: stock, effect: keyed}, as: held}\n"


def test_the_answer_is_merged_under_its_name(rig: AskingRig) -> None:
    rig.start(r=FROM + ENRICH + OUT)
    rig.send("r", {"n": 1})
    rig.work()
    assert rig.left() == [{"n": 1, "credit": {"limit": 10}}]
    assert rig.balanced()


def test_steps_behind_the_question_see_the_answer(rig: AskingRig) -> None:
    rig.start(r=FROM + ENRICH + '  - filter: "credit.limit > n"\n' + OUT)
    rig.send("r", {"n": 1})
    rig.send("r", {"n": 11})
    rig.work()
    assert [one["n"] for one in rig.left()] == [1]
    assert rig.states("r/ask-credit") == {"delivered": 1, "skipped": 1}


def test_what_was_set_before_the_question_is_still_set_behind_it(rig: AskingRig) -> None:
    before = "  - set: {headers: {order: n}, partner: \"'ACME'\", correlation: \"'c-1'\", fields: {a: \"'b'\"}}\n"
    rig.start(r=FROM + before + ENRICH + "  - set: {fields: {id: $id, partner: $partner, h: $headers.order}}\n" + OUT)
    id = rig.send("r", {"n": "7"})
    rig.work()
    (left,) = rig.left()
    assert (left["id"], left["partner"], left["h"], left["a"]) == (id, "ACME", "7", "b")
    (parcel,) = rig.sink("out").sent
    assert (parcel.correlation, parcel.headers["order"]) == ("c-1", "7")


def test_several_questions_are_asked_one_after_the_other(rig: AskingRig) -> None:
    rig.system("stock").answer = lambda parcel: {"seen": parcel.document["credit"]["limit"]}  # type: ignore[index, call-overload]  # a document
    rig.start(r=FROM + ENRICH + CALL + OUT)
    rig.send("r", {"n": 1})
    rig.work()
    assert rig.left() == [{"n": 1, "credit": {"limit": 10}, "held": {"seen": 10}}]


def test_a_branch_that_asks_goes_on_in_that_branch(rig: AskingRig) -> None:
    choose = (
        "  - choose:\n"
        '      - when: "n == `1`"\n'
        "        steps:\n"
        "          - enrich: {oracle: {of: credit}, as: credit}\n"
        "          - set: {fields: {branch: \"'one'\", n: \"'2'\"}}\n"
        "        to: [{topic: big}]\n"
        "      - otherwise: {steps: [{set: {fields: {branch: \"'other'\"}}}]}\n"
        "  - set: {fields: {after: branch}}\n"
    )
    rig.start(r=FROM + choose + OUT, s="from: {topic: big}\nto:\n  - fake: {to: big}\n")
    rig.send("r", {"n": 1})
    rig.send("r", {"n": 2})
    rig.work()
    assert [(one["branch"], one["after"], "credit" in one) for one in rig.left()] == [
        ("other", "other", False),
        ("one", "one", True),
    ]
    assert [one["credit"] for one in rig.left("big")] == [{"limit": 10}]


def test_each_part_of_a_split_asks_for_itself(rig: AskingRig) -> None:
    rig.system().answer = lambda parcel: parcel.document["n"] * 10  # type: ignore[index, operator, call-overload]  # same
    rig.start(r=FROM + "  - split: orders\n" + ENRICH + OUT)
    rig.send("r", {"orders": [{"n": n} for n in range(40)]})
    rig.work(500)
    assert sorted((one["n"], one["credit"]) for one in rig.left()) == [(n, n * 10) for n in range(40)]
    assert rig.balanced()


def test_what_keeps_an_order_keeps_it_through_questions(rig: AskingRig) -> None:
    failing = iter([True, False])
    rig.system().answer = lambda parcel: Retry("X1", "away", only_this=True) if next(failing, False) else 1
    rig.start(r=FROM.replace("steps", "order: {by: key}\nsteps") + ENRICH + OUT)
    for n in range(6):
        rig.send("r", {"key": "same", "n": n}, lane="same")
    for _ in range(20):
        rig.work(200)
        rig.clock.advance(2.0)
    assert [one["n"] for one in rig.left()] == list(range(6))


def test_exact_numbers_go_through_a_question(rig: AskingRig) -> None:
    rig.system().answer = lambda parcel: {"rate": Decimal("0.10")}
    rig.start(r=FROM + ENRICH + OUT)
    rig.send("r", {"total": Decimal("12.50")})
    rig.work()
    assert rig.sink("out").effects == ['{"total":12.50,"credit":{"rate":0.10}}']


def test_what_is_sent_may_be_an_expression(rig: AskingRig) -> None:
    rig.start(r=FROM + "  - enrich: {oracle: {of: credit}, as: credit, send: '{id: buyer.id}'}\n" + OUT)
    rig.send("r", {"buyer": {"id": "ACME", "name": "x"}})
    rig.work()
    (asked,) = rig.system().asked
    assert (asked.data, asked.document) == (b'{"id":"ACME"}', {"buyer": {"id": "ACME", "name": "x"}})


def test_a_field_that_is_there_already_stops_the_document_before_anybody_is_asked(rig: AskingRig) -> None:
    rig.start(r=FROM + ENRICH + OUT)
    id = rig.send("r", {"credit": 1})
    rig.work()
    item = rig.item(id, "r")
    assert (item.state, item.code, rig.system().asked) == (State.DEAD, "E801", [])


def test_a_field_may_be_replaced_where_the_step_says_so(rig: AskingRig) -> None:
    rig.start(r=FROM + ENRICH.replace("as: credit", "as: credit, replace: true") + OUT)
    rig.send("r", {"credit": 1})
    rig.work()
    assert rig.left() == [{"credit": {"limit": 10}}]


def test_a_call_without_a_name_leaves_the_document_as_it_is(rig: AskingRig) -> None:
    rig.start(r=FROM + "  - call: {oracle: {of: stock, effect: keyed}}\n" + OUT)
    rig.send("r", {"n": 1})
    rig.work()
    assert rig.left() == [{"n": 1}]
    assert rig.states("r/ask-oracle") == {"delivered": 1}


def test_a_duplicate_is_skipped_before_it_asks(rig: AskingRig) -> None:
    rig.start(r=FROM + "  - once: {key: n}\n" + CALL + OUT)
    rig.send("r", {"n": 1})
    rig.send("r", {"n": 1})
    rig.work()
    assert len(rig.system("stock").asked) == 1
    assert rig.states("r") == {"delivered": 1, "skipped": 1}


def test_once_behind_a_question_may_judge_by_the_answer(rig: AskingRig) -> None:
    rig.start(r=FROM + ENRICH + '  - once: {key: "credit.limit"}\n' + OUT)
    rig.send("r", {"n": 1})
    rig.send("r", {"n": 2})
    rig.work()
    assert [one["n"] for one in rig.left()] == [1]
    assert rig.states("r/ask-credit") == {"delivered": 1, "skipped": 1}


def test_a_tap_before_the_question_leaves_without_waiting_for_it(rig: AskingRig) -> None:
    rig.system().answer = lambda parcel: Retry("X1", "away")
    rig.start(r=FROM + "  - tap: audit\n" + ENRICH + OUT, s="from: {topic: audit}\nto:\n  - fake: {to: audit}\n")
    rig.send("r", {"n": 1})
    rig.work()
    assert (rig.left("audit"), rig.left()) == ([{"n": 1}], [])


def test_a_refusal_is_a_dead_letter_that_names_the_step_and_what_was_said(rig: AskingRig) -> None:
    rig.system().answer = lambda parcel: Reject("H404", "no such customer")
    rig.start(r=FROM + "  - set: {fields: {a: \"'b'\"}}\n" + ENRICH + OUT)
    rig.send("r", {"n": 1})
    rig.work()
    (item,) = rig.items("r/ask-credit")
    (attempt,) = rig.attempts(item)
    assert (item.state, item.code, attempt.step) == (State.DEAD, "H404", "2 enrich")


def test_what_does_not_answer_is_asked_again_and_then_given_up(rig: AskingRig) -> None:
    rig.system().answer = lambda parcel: Retry("X1", "away", only_this=True)
    rig.start(r=FROM.replace("steps", "retry: {attempts: 3, first: 2s}\nsteps") + ENRICH + OUT)
    rig.send("r", {"n": 1})
    for _ in range(5):
        rig.work()
        rig.clock.advance(20)
    (item,) = rig.items("r/ask-credit")
    assert (item.state, item.code, len(rig.system().asked)) == (State.DEAD, "E502", 3)


def test_a_system_may_want_a_person_to_decide(rig: AskingRig) -> None:
    rig.system().answer = lambda parcel: Hold("X2", "look at it")
    rig.start(r=FROM + ENRICH + OUT)
    rig.send("r", {"n": 1})
    rig.work()
    (item,) = rig.items("r/ask-credit")
    assert (item.state, item.code) == (State.HELD, "X2")
    rig.system().answer = lambda parcel: 1
    assert rig.decide(item, Event.RELEASE)
    rig.work()
    assert rig.left() == [{"n": 1, "credit": 1}]


def test_wrong_credentials_stop_the_queue_and_no_other_work(rig: AskingRig) -> None:
    answers = iter([{"limit": 1}, Halt("X3", "who are you")])
    rig.system().answer = lambda parcel: next(answers)
    rig.start(r=FROM + ENRICH + OUT)
    for n in range(3):
        rig.send("r", {"n": n})
    rig.work()
    assert "who are you" in rig.journal.stopped()["r/ask-credit"]
    assert rig.states("r/ask-credit") == {"delivered": 1, "waiting": 2}
    assert [one["n"] for one in rig.left()] == [0]


def test_a_connector_that_raises_costs_an_attempt_and_opens_no_breaker(rig: AskingRig) -> None:
    rig.system().answer = lambda parcel: ZeroDivisionError("a defect")
    rig.start(r=FROM + ENRICH + OUT)
    for n in range(7):
        rig.send("r", {"n": n})
    rig.work()
    assert {item.code for item in rig.items("r/ask-credit")} == {"E504"}
    assert len(rig.system().asked) == 7


def test_an_answer_that_is_no_document_is_refused(rig: AskingRig) -> None:
    rig.system().answer = lambda parcel: Reject("E804", "told by exact")
    rig.start(r=FROM + ENRICH + OUT)
    rig.send("r", {"n": 1})
    rig.work()
    assert rig.items("r/ask-credit")[0].code == "E804"


def test_the_journal_tells_what_was_asked_and_how_it_was_answered(rig: AskingRig) -> None:
    rig.start(r=FROM + ENRICH + OUT)
    rig.send("r", {"n": 1})
    rig.work()
    assert rig.items("r/ask-credit")[0].receipt == "answered in 0 ms: oracle of credit"


def test_every_destination_hangs_on_the_question_by_lineage(rig: AskingRig) -> None:
    rig.start(r=FROM + ENRICH + OUT)
    id = rig.send("r", {"n": 1})
    rig.work()
    (question,) = rig.journal.children(id, 10)
    (left,) = rig.journal.children(question.id, 10)
    assert (rig.item(question.id, "r/ask-credit").state, rig.item(left.id, "r/fake").state) == (
        State.DELIVERED,
        State.DELIVERED,
    )


def test_what_waits_for_an_answer_and_was_spoilt_by_hand_is_refused(rig: AskingRig) -> None:
    rig.start(r=FROM + ENRICH + OUT)
    rig.send("r/ask-credit", {"no": "document"})
    rig.work()
    assert rig.items("r/ask-credit")[0].code == "E807"


def test_a_throttle_behind_a_question_does_not_ask_again(rig: AskingRig) -> None:
    rig.start(r=FROM + ENRICH + "  - throttle: 1/s\n" + OUT)
    for n in range(4):
        rig.send("r", {"n": n})
    for _ in range(6):
        rig.work()
        rig.clock.advance(1.0)
    assert sorted(one["n"] for one in rig.left()) == [0, 1, 2, 3]
    assert len(rig.system().asked) == 4
