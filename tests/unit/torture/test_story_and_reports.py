from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from click.testing import CliRunner

from crossdock.cli.main import crossdock
from crossdock.delivery.states import State
from crossdock.journal.portable import KeyRow, MessageRow, QueueRow, Record, WorkRow
from crossdock.message import delivery_key
from crossdock.testing.torture.faults import every_fault
from crossdock.testing.torture.judge import Case, Judgement, Verdict
from crossdock.testing.torture.ledger import Effect
from crossdock.testing.torture.load import Drop
from crossdock.testing.torture.page import page
from crossdock.testing.torture.report import Report, Span, as_text
from crossdock.testing.torture.story import Story, read_story
from crossdock.testing.torture.terms import EngineKind, Terms
from crossdock.testing.torture.timeline import timeline


def message(row: int, id: str, parent: str | None, position: int, headers: str = "{}") -> MessageRow:
    return MessageRow(
        row=row, id=id, parent=parent, correlation="root", route="orders-in", position=position, topic=None,
        partner=None, content_type="", headers=headers, trace=None, at=0.0, gone=0, size=0, sha256=b"", stored=None,
        body=b"",
    )  # fmt: skip


def work(row: int, message: int, queue: int, receipt: str | None) -> WorkRow:
    return WorkRow(
        row=row, message=message, queue=queue, state=State.DELIVERED, due=0.0, priority=5, lane=None, turn=None,
        attempts=2, crashes=0, progress=0, released="", phase=None, proof=None, at=0.0, settled=1.0, code=None,
        reason=None, receipt=receipt,
    )  # fmt: skip


@pytest.fixture
def records() -> list[Record]:
    return [
        QueueRow(number=1, name="orders-in", posted=1, purged=0, stopped=None),
        QueueRow(number=2, name="orders-out/erp", posted=1, purged=0, stopped=None),
        message(1, "root", None, 0, '{"file.name": "a.edi"}'),
        message(2, "part", "root", 3),
        work(1, 1, 1, None),
        work(2, 2, 2, "out/orders-out--erp-0/x~1.txt"),
        KeyRow(key="PO7", message=2),
    ]


@pytest.fixture
def told(records: list[Record]) -> Story:
    return read_story(records)


@pytest.fixture
def report() -> Report:
    judgement = Judgement(
        {"out/erp": Counter({Verdict.OK: 5, Verdict.RECOVERED: 2, Verdict.LOST: 1})},
        [Case(verdict=Verdict.LOST, queue="out/erp", message="PO7 <b>", why="nobody saw it")],
    )
    return Report(
        terms=Terms(engine=EngineKind.EMBEDDED, seed=7, seconds=3, orders=8),
        project="/project",
        judgement=judgement,
        spans=[Span("kill-all", "host-1", 0.5, 1.5), Span("kill-worker", "", 1.6, 1.6)],
        missing={"disk-full": "needs root"},
        seconds=3.0,
        dropped=8,
        files=2,
        balanced=True,
        timeline=timeline(
            100.0, 3.0, [Drop("r", "a.edi", 0.0, 8)], {"a.edi": 100.5}, Story(), [Effect("out", "x", 102.0)]
        ),
        machine="a machine",
    )


def test_a_deed_is_told_by_where_its_message_came_from(told: Story) -> None:
    first, second = told.deeds
    assert (first.queue, first.path, first.key) == ("orders-in", "a.edi", "")
    assert second.path == "a.edi > orders-in#3"
    assert second.key == delivery_key("part", "orders-out", "erp")
    assert second.label == "PO7"
    assert told.arrivals == {"a.edi": 1}


def test_the_time_line_knows_how_long_an_effect_took(told: Story) -> None:
    seen = [Effect("orders-out--erp-0", "x~1.txt", 102.25)]
    line = timeline(100.0, 3.0, [Drop("r", "a.edi", 0.0, 8)], {"a.edi": 100.5}, told, seen)
    assert [(one.at, one.dropped, one.effects, one.median) for one in line] == [
        (0, 8, 0, None),
        (1, 0, 0, None),
        (2, 0, 1, 1.75),
        (3, 0, 0, None),
    ]


def test_the_text_names_verdicts_faults_and_what_was_not_injected(report: Report) -> None:
    text = "\n".join(as_text(report))
    for words in ("lost: out/erp: PO7", "kill-all 1", "needs root: disk-full", "PROMISE BROKEN", "seed 7"):
        assert words in text


def test_the_json_has_everything(report: Report) -> None:
    told = json.loads(json.dumps(report.as_dict()))
    assert told["good"] is False
    assert told["verdicts"]["recovered"] == 2
    assert told["timeline"][0] == [0, 8, 0, None, None]


def test_the_page_fetches_nothing_runs_nothing_and_escapes_what_came_from_outside(report: Report) -> None:
    html = page([report], "2026-11-21 12:00")
    assert "http" not in html.replace('http-equiv="', "")
    assert "<script" not in html
    assert "PO7 &lt;b&gt;" in html
    assert "1 lost" in html
    svg = html[html.index("<svg") : html.index("</svg>") + len("</svg>")]
    assert ET.fromstring(svg).tag == "svg"  # noqa: S314 - our own


def test_the_faults_are_listed_with_what_they_do() -> None:
    listed = CliRunner().invoke(crossdock, ["torture", "--list"])
    assert listed.exit_code == 0
    assert all(f"{name} " in listed.output for name in every_fault())


def test_an_unknown_fault_is_refused_with_a_suggestion(tmp_path: Path) -> None:
    refused = CliRunner().invoke(crossdock, ["torture", "--faults", "kill-worke"])
    assert refused.exit_code == 2
    assert "kill-worker" in refused.output
