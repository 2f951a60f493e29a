"""Dead letters, holds and doubts are told on topics, each once, and an alarm that fails cannot alarm itself."""

from __future__ import annotations

import json
from typing import Any

from tests.unit.runtime.conftest import Rig

from crossdock.delivery.states import Event, State
from crossdock.errors import Doubt, Reject
from crossdock.message import read_all

OUT = "to:\n  - fake: {to: out}\n"
RULE = "steps:\n  - check: [{name: ok, that: ok, severity: SEVERITY, text: 'not ok'}]\n"
ALARM = "from: {topic: 'crossdock.*.r'}\nto:\n  - fake: {to: alarm}\n"


def told(rig: Rig, sink: str = "alarm") -> list[dict[str, Any]]:
    return [json.loads(one) for one in rig.sink(sink).effects]


def test_a_dead_letter_is_told_once_with_its_reason(rig: Rig) -> None:
    rig.start(r="from: {topic: t}\n" + RULE.replace("SEVERITY", "reject") + OUT, alarm=ALARM)
    id = rig.send("r", {"ok": False})
    rig.work()
    (one,) = told(rig)
    assert (one["message"], one["state"], one["queue"], one["reason"]) == (id, "dead", "r", "not ok")
    assert one["findings"][0]["rule"] == "ok"


def test_a_hold_is_told_once(rig: Rig) -> None:
    rig.start(r="from: {topic: t}\n" + RULE.replace("SEVERITY", "hold") + OUT, alarm=ALARM)
    rig.send("r", {"ok": False})
    rig.work()
    assert [one["state"] for one in told(rig)] == ["held"]


def test_a_doubt_at_a_destination_is_told_once(rig: Rig) -> None:
    rig.sink("out").answer = lambda parcel: Doubt("X1", "no answer")
    rig.start(r="from: {topic: t}\nto:\n  - fake: {to: out, effect: opaque}\n", alarm=ALARM)
    rig.send("r", {"n": 1})
    rig.work()
    assert [(one["state"], one["queue"]) for one in told(rig)] == [("doubt", "r/fake")]


def test_every_bad_part_of_a_file_is_told(rig: Rig) -> None:
    rig.start(
        r="from:\n  file: {path: in}\nsteps:\n  - decode: lines\n  - split: lines\n" + OUT,
        alarm=ALARM,
    )
    rig.send("r", b'!\n{"n":1}\n!')
    rig.work()
    assert [one["code"] for one in told(rig)] == ["L1", "L1"]


def test_a_failing_alarm_route_does_not_alarm_itself(rig: Rig) -> None:
    rig.sink("alarm").answer = lambda parcel: Reject("X2", "no mailbox")
    rig.start(
        r="from: {topic: t}\n" + RULE.replace("SEVERITY", "reject") + OUT,
        alarm="from: {topic: ['crossdock.dead.*']}\nto:\n  - fake: {to: alarm}\n",
    )
    rig.send("r", {"ok": False})
    rig.work()
    assert len(rig.sink("alarm").sent) == 1
    assert rig.states("alarm/fake") == {"dead": 1}


def test_an_alarm_that_fails_behind_a_topic_of_its_own_does_not_alarm_either(rig: Rig) -> None:
    rig.sink("pager").answer = lambda parcel: Reject("X2", "no pager")
    rig.start(
        r="from: {topic: t}\n" + RULE.replace("SEVERITY", "reject") + OUT,
        alarm="from: {topic: ['crossdock.dead.*']}\nsteps:\n  - set: {fields: {level: \"'high'\"}}\nto:\n  - topic: alarms\n",
        pager="from: {topic: alarms}\nto:\n  - fake: {to: pager}\n",
    )
    rig.send("r", {"ok": False})
    rig.work()
    assert rig.states("pager/fake") == {"dead": 1}
    assert rig.states("alarm") == {"delivered": 1}


def test_an_alarm_route_that_orders_by_a_key_the_alarm_lacks_hears_it_all_the_same(rig: Rig) -> None:
    rig.start(
        r="from: {topic: t}\n" + RULE.replace("SEVERITY", "reject") + OUT,
        alarm="from: {topic: ['crossdock.dead.*']}\norder: {by: no.such.key}\nto:\n  - fake: {to: alarm}\n",
    )
    id = rig.send("r", {"ok": False})
    rig.work()
    assert rig.item(id, "r").state is State.DEAD
    assert sum(rig.states("alarm").values()) == 1


def test_a_reader_that_cannot_order_a_document_rejects_it_in_its_own_queue(rig: Rig) -> None:
    rig.start(
        r="from: {topic: t}\nto:\n  - topic: u\n",
        s="from: {topic: u}\norder: {by: key}\n" + OUT,
        other="from: {topic: u}\nto:\n  - fake: {to: other}\n",
    )
    id = rig.send("r", {"n": 1})
    rig.work()
    assert rig.item(id, "r").state is State.DELIVERED
    assert (rig.states("s"), rig.states("other/fake")) == ({"dead": 1}, {"delivered": 1})


def test_the_rejects_of_a_source_get_the_payload_with_a_report(rig: Rig) -> None:
    rig.start(r="from:\n  file: {path: in, rejects: bad}\nsteps:\n  - decode: lines\n  - split: lines\n" + OUT)
    rig.send("r", b'{"n":1}\n!', headers={"file.name": "a.txt"})
    rig.work()
    (dead,) = rig.items("r", State.DEAD)
    (copy,) = rig.journal.children(dead.message.id, 10)
    assert read_all(copy.body) == b"!"
    assert "L1: bad" in copy.headers["crossdock.report"]
    assert f"crossdock dead show {dead.message.id}" in copy.headers["crossdock.report"]


def test_a_replayed_dead_letter_that_fails_again_is_told_again(rig: Rig) -> None:
    rig.start(r="from: {topic: t}\n" + RULE.replace("SEVERITY", "reject") + OUT, alarm=ALARM)
    id = rig.send("r", {"ok": False})
    rig.work()
    rig.decide(rig.item(id, "r"), Event.RELEASE)
    rig.work()
    assert len(told(rig)) == 2


def test_a_loop_of_topics_ends(rig: Rig) -> None:
    rig.start(
        a="from: {topic: t}\nsteps:\n  - set: {fields: {n: 'n'}}\nto:\n  - topic: u\n",
        b="from: {topic: u}\nsteps:\n  - set: {fields: {n: 'n'}}\nto:\n  - topic: t\n",
    )
    rig.send("a", {"n": 1})
    rig.work(rounds=500)
    (dead,) = [*rig.items("a", State.DEAD), *rig.items("b", State.DEAD)]
    assert dead.code == "E401"


def test_nothing_is_told_where_nobody_listens(rig: Rig) -> None:
    rig.start(r="from: {topic: t}\n" + RULE.replace("SEVERITY", "reject") + OUT)
    rig.send("r", {"ok": False})
    rig.work()
    assert not rig.journal.counts().get("alarm")
