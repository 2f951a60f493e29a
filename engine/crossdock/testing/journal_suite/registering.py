"""What processes agree on through the journal: small texts, changed as one step, lapsing with the machine."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest

from crossdock.journal.contract import Journal
from crossdock.journal.registers import Change, Register
from crossdock.testing.journal_suite.bench import Bench

TURNS = 50


class Registering:
    """``update`` and ``registers``."""

    def test_a_register_is_what_it_was_changedto(self, bench: Bench) -> None:
        assert bench.journal.update(Register.LEASE, "door", to("host a")) == "host a"
        assert bench.journal.registers(Register.LEASE)[0] == {"door": "host a"}

    def test_a_change_sees_what_there_is(self, bench: Bench) -> None:
        seen: list[str | None] = []

        def change(text: str | None, clock: float) -> str:
            seen.append(text)
            return f"{text}+"

        for _ in range(3):
            bench.journal.update(Register.PACE, "erp", change)
        assert seen == [None, "None+", "None++"]

    def test_none_removes_a_register(self, bench: Bench) -> None:
        bench.journal.update(Register.LEASE, "door", to("host a"))
        assert bench.journal.update(Register.LEASE, "door", to(None)) is None
        assert bench.journal.registers(Register.LEASE)[0] == {}
        assert bench.journal.update(Register.LEASE, "door", to(None)) is None

    def test_registers_are_by_kind_and_key(self, bench: Bench) -> None:
        for kind in Register:
            for key in ("a", "b"):
                bench.journal.update(kind, key, to(f"{kind} {key}"))
        bench.journal.update(Register.HOST, "a", to(None))
        for kind in Register:
            expected = {key: f"{kind} {key}" for key in "ab" if (kind, key) != (Register.HOST, "a")}
            assert bench.journal.registers(kind)[0] == expected

    @pytest.mark.parametrize("text", ["", "a\nb", "😀 Ü \u2028", "quote ' \" \\", "x" * 20_000])
    def test_key_and_text_are_any_text(self, bench: Bench, text: str) -> None:
        bench.journal.update(Register.CIRCUIT, text[:200], to(text))
        assert bench.journal.registers(Register.CIRCUIT)[0] == {text[:200]: text}

    def test_the_clock_is_steady_when_somebody_sets_the_wall_clock(self, bench: Bench) -> None:
        before = _clock(bench.journal)
        bench.clock.set_wall(-3600.0)
        assert _clock(bench.journal) - before == pytest.approx(0.0, abs=5.0)
        bench.clock.set_wall(365 * 86400.0)
        assert _clock(bench.journal) - before == pytest.approx(0.0, abs=5.0)

    def test_reading_and_changing_tell_the_same_clock(self, bench: Bench) -> None:
        assert bench.journal.registers(Register.HOST)[1] - _clock(bench.journal) == pytest.approx(0.0, abs=5.0)

    def test_a_change_that_raises_changes_nothing(self, bench: Bench) -> None:
        def refuse(text: str | None, clock: float) -> str:
            raise ValueError(text)

        bench.journal.update(Register.LEASE, "door", to("host a"))
        with pytest.raises(ValueError, match="host a"):
            bench.journal.update(Register.LEASE, "door", refuse)
        assert bench.journal.update(Register.LEASE, "door", lambda text, clock: f"{text}!") == "host a!"

    def test_nobody_comes_between_reading_and_writing(self, bench: Bench) -> None:
        def count(journal: Journal) -> None:
            for _ in range(TURNS):
                journal.update(Register.PACE, "erp", lambda text, clock: str(int(text or 0) + 1))

        _at_once(bench, count, count)
        assert bench.journal.registers(Register.PACE)[0] == {"erp": str(2 * TURNS)}

    def test_only_one_of_many_takes_a_lease(self, bench: Bench) -> None:
        got: list[str | None] = []

        def take(journal: Journal) -> None:
            me = threading.current_thread().name
            got.append(journal.update(Register.LEASE, "door", lambda text, clock: text or me))

        _at_once(bench, take, take, take)
        assert len(set(got)) == 1

    def test_registers_are_kept_when_the_journal_is_opened_again(self, bench: Bench) -> None:
        bench.journal.update(Register.HOST, "a", to("here"))
        journal = bench.again()
        assert journal.registers(Register.HOST)[0] == {"a": "here"}
        journal.close()

    def test_registers_are_no_part_of_the_account(self, bench: Bench) -> None:
        bench.journal.update(Register.HOST, "a", to("here"))
        assert bench.journal.audit().sums == ()
        assert bench.journal.pending() == 0


def to(text: str | None) -> Change:
    """A change to that text, whatever there is."""
    return lambda before, clock: text


def _clock(journal: Journal) -> float:
    told: list[float] = []

    def change(text: str | None, clock: float) -> None:
        told.append(clock)

    journal.update(Register.PACE, "clock", change)
    return told[-1]


def _at_once(bench: Bench, *jobs: Callable[[Journal], None]) -> None:
    """Each job in a thread of its own, with the journal opened by that thread."""
    begin = threading.Barrier(len(jobs))

    def run(job: Callable[[Journal], None]) -> None:
        journal = bench.again()
        try:
            begin.wait()
            job(journal)
        finally:
            journal.close()

    threads = [threading.Thread(target=run, args=(job,), name=f"thread {index}") for index, job in enumerate(jobs)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
