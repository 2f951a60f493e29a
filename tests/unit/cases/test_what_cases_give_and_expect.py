"""What a case may give, and expect: messages of every form, several outcomes at once, routes in a chain, a clock."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from tests.unit.cases.conftest import Shop

from crossdock.errors import ConfigError

Case = Callable[[str, str], tuple[str, ...]]

TO_TOPIC = "from: {topic: t}\nto: [{topic: seen}]\ncases:\n"
FROM_FILE = """\
from: {file: {path: in}}
steps:
  - decode: json
  - set: {fields: {name: '$headers."file.name"', at: $now, id: $id, who: $partner}}
to: [{topic: seen}]
cases:
"""


@pytest.mark.parametrize(
    "text",
    [
        "{given: {file: samples/a.json}, expect: {seen: {n: 1, name: a.json}}}",
        "{given: {file: samples/a.json, headers: {file.name: b.json}}, expect: {seen: {name: b.json}}}",
        "{given: {text: '{\"n\": 2}', headers: {file.name: c}}, expect: {seen: {n: 2}}}",
        "{given: {document: {file: x, n: 3}, headers: {file.name: c}}, expect: {seen: {file: x, n: 3}}}",
        "{given: [samples/a.json, {file: samples/a.json, headers: {file.name: z}}], expect: {seen: [{n: 1}, {name: z}]}}",
        "{given: {file: samples/a.json, partner: acme}, expect: {seen: {who: acme}}}",
        "{given: samples/a.json, now: '2027-02-03T04:05:06Z', expect: {seen: {at: '2027-02-03T04:05:06Z'}}}",
        (
            "{given: [samples/a.json, {file: samples/a.json, after: 90m}], now: '2027-02-03T04:00:00Z', "
            "expect: {seen: [{at: '2027-02-03T04:00:00Z'}, {at: '2027-02-03T05:30:00Z'}]}}"
        ),
    ],
)
def test_messages_are_given_in_every_form(shop: Shop, case: Case, text: str) -> None:
    shop.write(**{"samples/a.json": '{"n": 1}'})
    assert case(FROM_FILE, text) == ()


def test_ids_are_the_same_in_every_run(shop: Shop, case: Case) -> None:
    shop.write(**{"samples/a.json": '{"n": 1}'})
    ids = {case(FROM_FILE, "{given: samples/a.json, expect: {seen: {id: none}}}") for _ in range(2)}
    assert len(ids) == 1


PARTS = """\
from: {file: {path: in}}
steps: [{decode: json}, {split: "@"}, {filter: "n != `3`"}, {check: [{name: big, that: "n < `9`", text: big}]}]
to: [{topic: seen}]
cases:
"""
GIVEN = '{given: {text: \'[{"n": 1}, {"n": 9}, {"n": 3}]\'}, '


@pytest.mark.parametrize(
    ("expected", "problems"),
    [
        ("expect: {seen: {n: 1}}, expect_error: R403, expect_skip: true}", 0),
        ("expect: {seen: {n: 1}}, expect_error: [R403]}", 0),
        ("expect: {seen: {n: 1}}}", 1),
        ("expect_error: [R403, M301]}", 1),
        ("expect: {seen: {n: 2}}, expect_error: R403}", 1),
    ],
)
def test_one_part_may_pass_and_another_fail(case: Case, expected: str, problems: int) -> None:
    assert len(case(PARTS, GIVEN + expected)) == problems


def test_a_case_goes_through_the_routes_that_read_what_is_published(shop: Shop) -> None:
    chained = "from: {topic: seen}\nto: [{name: erp, file: {path: out, name: '{n}.json'}}]\n"
    shop.write(**{"routes/second.yaml": chained})
    through = (
        "  - {given: {n: '7'}, through: %s, expect: {seen: {n: '7'}, out/7.json: {n: '7'}}, effects: {second/erp: 1}}\n"
    )
    assert shop.problems(TO_TOPIC + through % "[second]") == ()
    assert shop.problems(TO_TOPIC + through % "true") == ()


def test_topics_of_the_whole_chain_are_counted(shop: Shop) -> None:
    for number in range(3):
        shop.write(**{f"routes/c{number}.yaml": f"from: {{topic: t{number}}}\nto: [{{topic: t{number + 1}}}]\n"})
    route = "from: {topic: t}\nto: [{topic: t0}]\ncases:\n  - {given: {n: 1}, through: %s, effects: {t0: 1, %s}}\n"
    assert shop.problems(route % ("true", "t3: 1")) == ()
    assert shop.problems(route % ("[c0, c1]", "t2: 1")) == ()
    for mistake in (route % ("true", "t33: 0"), route % ("[c0, c1]", "t3: 0")):
        shop.write(**{"routes/r.yaml": mistake})
        with pytest.raises(ConfigError) as caught:
            shop.load()
        assert "R450" in {one.code for one in caught.value.findings}


def test_destinations_of_the_chain_fail_under_their_whole_name(shop: Shop) -> None:
    shop.write(**{"routes/second.yaml": "from: {topic: seen}\nto: [{name: erp, echo: {effect: keyed}}]\n"})
    text = "{given: {n: '7'}, through: [second], when_down: {second/erp: 1}, attempts: {second/erp: 2}}"
    assert shop.problems(f"{TO_TOPIC}  - {text}\n") == ()


def test_batches_and_turns_are_waited_for_on_the_clock_of_the_case(case: Case) -> None:
    route = "from: {topic: t}\nto: [{name: b, echo: {effect: keyed}, batch: {count: 5, wait: 1h}}]\ncases:\n"
    assert case(route, "{given: [{document: {n: 1}}, {document: {n: 2}, after: 10m}], effects: {b: 1}}") == ()


@pytest.mark.parametrize(
    ("text", "code", "said"),
    [
        (
            "{given: {n: 1}, when_down: erq, expect_skip: true}",
            "R450",
            "called 'erq' does not exist; did you mean 'erp'?",
        ),
        ("{given: {n: 1}, when_slow: {erq: 1}, expect_skip: true}", "R450", "'erq'"),
        ("{given: {n: 1}, when_duplicate: [fron], expect_skip: true}", "R450", "did you mean 'from'?"),
        ("{given: {n: 1}, effects: {sen: 1}}", "R450", "did you mean 'seen'?"),
        ("{given: {n: 1}, outcome: {erq: dead}}", "R450", "'erq'"),
        ("{given: {n: 1}, outcome: {erp: ded}}", "R101", "'dead'"),
        ("{given: {text: a, file: b}, expect_skip: true}", "R451", "not 'file' and 'text'"),
        ("{given: {text: a, headrs: {}}, expect_skip: true}", "R451", "did you mean 'headers'?"),
        ("{given: {file: samples/x.json}, expect_skip: true}", "R116", "'samples/x.json' does not exist"),
        ("{given: {n: 1}, expect: {sean: {}}}", "R452", "did you mean 'seen'?"),
        ("{given: {n: 1}, through: [secnd], expect_skip: true}", "R453", "'secnd', which does not exist"),
        ("{given: {n: 1}, now: yesterday, expect_skip: true}", "R101", "such as 2026-01-01T12:00:00Z"),
        ("{given: {n: 1}}", "R120", "expects nothing"),
    ],
)
def test_a_mistake_in_a_case_is_found_by_check(shop: Shop, text: str, code: str, said: str) -> None:
    route = "from: {topic: t}\nto: [{topic: seen}, {name: erp, echo: {effect: keyed}}]\ncases:\n"
    shop.write(**{"routes/r.yaml": f"{route}  - {text}\n"})
    with pytest.raises(ConfigError) as caught:
        shop.load()
    (finding,) = [one for one in caught.value.findings if one.code == code]
    assert (said in str(finding), finding.place.line) == (True, 4), str(finding)


CHAIN = "from: {topic: t}\nto: [{topic: seen}]\ncases:\n  - {given: {n: '7'}, through: "


def test_a_route_that_is_not_there_is_told_at_its_name(shop: Shop) -> None:
    shop.write(**{"routes/second.yaml": "from: {topic: seen}\nto: [{echo: {}}]\n"})
    shop.write(**{"routes/r.yaml": f"{CHAIN}[second, secnd], effects: {{seen: 1}}}}\n"})
    with pytest.raises(ConfigError) as caught:
        shop.load()
    (finding,) = [one for one in caught.value.findings if one.code == "R453"]
    assert (finding.code, finding.place.line, finding.place.column) == ("R453", 4, 41)
    assert finding.hint == "did you mean 'second'?"


def test_a_route_that_has_mistakes_is_not_told_to_be_missing(shop: Shop) -> None:
    partner = "name: A\nstatus: live\nids: {x12: [ZZ, A]}\nsends: {855: {version: '004010', on: u}}\nnmae: A\n"
    shop.write(**{"routes/second.yaml": "from: {topic: seen}\nto: [{ecko: {}}]\n", "partners/a.yaml": partner})
    shop.write(**{"routes/r.yaml": f"{CHAIN}[second, partner-a-855], effects: {{thing.done: 1}}}}\n"})
    with pytest.raises(ConfigError) as caught:
        shop.load()
    assert {one.code for one in caught.value.findings} & {"R453", "R450"} == set()


def test_only_the_routes_that_are_named_go_on(shop: Shop) -> None:
    asking = "from: {topic: seen}\nsteps:\n  - enrich: {http: {get: 'https://h.example/a'}, as: a}\nto: [{echo: {}}]\n"
    second = "from: {topic: seen}\nto: [{name: erp, echo: {}}]\n"
    shop.write(**{"routes/asking.yaml": asking, "routes/second.yaml": second})
    assert any("E810" in one for one in shop.problems(f"{CHAIN}true, effects: {{second/erp: 1}}}}\n"))
    assert shop.problems(f"{CHAIN}[second], effects: {{second/erp: 1}}}}\n") == ()
