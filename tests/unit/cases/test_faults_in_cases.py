"""Faults that cases inject: the engine's own retry, breaker and keys decide what comes of them, on a clock of its own."""

from __future__ import annotations

from collections.abc import Callable

import pytest

Case = Callable[[str, str], tuple[str, ...]]

FILE = "from: {topic: t}\nto:\n  - {name: erp, file: {path: out, name: '{n}.json'}}\n"
THRICE = "retry: {attempts: 3}\ncases:\n"
KEYED = "from: {topic: t}\nto:\n  - {name: erp, echo: {effect: keyed}}\ncases:\n"
OPAQUE = "from: {topic: t}\nto:\n  - {name: erp, echo: {effect: opaque}}\ncases:\n"
ASKS = "from: {topic: t}\nsteps:\n  - enrich: {echo: {}, as: c, retry: {attempts: 2}}\nto: [{topic: u}]\ncases:\n"


def passes(case: Case, route: str, text: str) -> None:
    assert case(route, f"{{given: {{n: '1'}}, {text}}}") == ()


@pytest.mark.parametrize(
    "text",
    [
        "effects: {erp: 1}, attempts: {erp: 1}, outcome: {erp: delivered, from: delivered}",
        "when_down: {erp: 2}, effects: {erp: 1}, attempts: {erp: 3}, expect: {out/1.json: {n: '1'}}",
        "when_down: erp, effects: {erp: 0}, attempts: {erp: 3}, outcome: {erp: dead}, expect_error: E502",
        "when_down: [erp], expect_error: E811, outcome: {erp: dead}",
        "when_slow: {erp: 1}, effects: {erp: 1}, attempts: {erp: 2}, outcome: {erp: delivered}",
        "when_duplicate: erp, effects: {erp: 1}, attempts: {erp: 2}, outcome: {erp: delivered}",
        "when_duplicate: from, effects: {erp: 1}, attempts: {erp: 1}",
    ],
)
def test_a_file_takes_effect_once_whatever_happens(case: Case, text: str) -> None:
    passes(case, FILE + THRICE, text)


@pytest.mark.parametrize(
    "text",
    [
        "when_slow: {erp: 2}, effects: {erp: 1}, attempts: {erp: 3}, outcome: {erp: delivered}",
        "when_duplicate: [erp], effects: {erp: 1}, attempts: {erp: 2}, outcome: {erp: delivered}",
        "when_down: {erp: 2h}, effects: {erp: 1}, outcome: {erp: delivered}",
        "when_down: erp, effects: {erp: 0}, attempts: {erp: 5}, outcome: {erp: waiting}, expect_error: E811",
    ],
)
def test_a_destination_that_honours_keys_is_tried_again_and_left_alone_by_its_breaker(case: Case, text: str) -> None:
    passes(case, KEYED, text)


@pytest.mark.parametrize("fault", ["when_slow: erp", "when_duplicate: erp"])
def test_a_destination_without_a_key_leaves_a_doubt_and_one_effect(case: Case, fault: str) -> None:
    passes(case, OPAQUE, f"{fault}, effects: {{erp: 1}}, outcome: {{erp: doubt}}")


def test_a_doubt_nobody_foresaw_is_a_problem(case: Case) -> None:
    (problem,) = case(OPAQUE, "{given: {n: '1'}, when_slow: erp, effects: {erp: 1}}")
    assert problem.startswith("r/erp: R460: the case says that erp is slow")


def test_what_still_waits_at_the_end_is_a_problem(case: Case) -> None:
    (problem,) = case(KEYED, "{given: {n: '1'}, when_down: erp, effects: {erp: 0}}")
    assert problem.startswith("r/erp: still waits: E811")


@pytest.mark.parametrize(
    "text",
    [
        "answers: {c: 1}, when_down: {c: 1}, expect: {u: {c: 1}}, attempts: {c: 2}",
        "answers: {c: 1}, when_down: c, outcome: {c: dead}, expect_error: E502",
        "answers: {c: 1}, when_slow: {c: 1}, expect: {u: {c: 1}}, attempts: {ask-c: 2}, effects: {u: 1}",
    ],
)
def test_systems_that_are_asked_fail_as_destinations_do(case: Case, text: str) -> None:
    passes(case, ASKS, text)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("effects: {erp: 2}", "erp: expected 2 effects, got 1"),
        ("attempts: {erp: 2}", "erp: expected 2 attempts, got 1"),
        ("outcome: {erp: dead}", "erp: expected to be dead, is delivered"),
        ("outcome: {erp: delivered}, expect_error: M306", "expected error M306, got none"),
    ],
)
def test_what_is_not_as_expected_is_told(case: Case, text: str, said: str) -> None:
    assert said in case(KEYED, f"{{given: {{n: '1'}}, {text}}}")
