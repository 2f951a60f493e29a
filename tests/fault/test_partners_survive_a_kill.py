"""kill -9 while partners are served: every document once, every acknowledgement once, no number left out or twice."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.flow.conftest import Project
from tests.flow.trading import interchange, orders, segments, sending, sent, trade

POINTS = ("commit.before_commit", "commit.after_commit", "claim.after_commit", "sink.after_finish")


@pytest.fixture
def traders(tmp_path: Path) -> Iterator[Project]:
    made = Project(tmp_path)
    trade(made)
    sending(made)
    yield made
    made.end()


@pytest.mark.parametrize("point", [f"{point}:{passing}" for point in POINTS for passing in (1, 3)])
def test_a_death_costs_no_document_no_answer_and_no_number(traders: Project, point: str) -> None:
    fired = traders.folder / "fired"
    traders.drop(interchange("ACME", 1, "A1", "bad2", "A3") + interchange("GLOBEX", 1, "G1"), "first.edi")
    traders.drop(interchange("ACME", 2, "A4") + interchange("ACME", 1, "A1"), "second.edi")

    traders.start("--until-idle", CROSSDOCK_FAIL=point, CROSSDOCK_FAIL_ONCE=str(fired)).wait(timeout=60)
    assert fired.exists(), traders.log()
    traders.finish(seconds=60)

    assert orders(traders) == ["A1", "A3", "A4", "G1"]
    acme, globex = sent(traders, "acme"), sent(traders, "globex")
    assert [int(one.split("*")[13]) for one in acme] == list(range(1, len(acme) + 1))
    assert [int(one.split("*")[13]) for one in globex] == [1, 2]
    assert sorted(line for one in acme for line in segments(one, "AK1")) == ["AK1*PO*1", "AK1*PO*2"]
    assert [line for one in acme for line in segments(one, "TA1")] == ["TA1*000000001*261120*0815*R*025"]
    assert len([one for one in acme if segments(one, "BAK")]) == 3
    assert traders.balanced()
