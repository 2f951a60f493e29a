"""What connectors note down: by place and key, with an arrival or without, forgotten when nobody needs it any more."""

from __future__ import annotations

from dataclasses import replace

import pytest

from crossdock.delivery.states import Event
from crossdock.journal.notebook import RENEW
from crossdock.testing.journal_suite.bench import QUEUE, Bench, arrival

PLACE = "orders-in"
MANY = [f"out/ORD{number:05}.edi" for number in range(2000)]
DAY = 86400.0


class Noting:
    """``notes``, ``note``, ``noted``, ``places`` and ``Entry.notes``."""

    def test_a_note_is_read_as_it_was_written(self, bench: Bench) -> None:
        bench.journal.note(PLACE, {"watermark": "2026-11-20", "etag": '"5-a"'})
        assert bench.journal.notes(PLACE, ["etag", "watermark", "other"]) == {
            "watermark": "2026-11-20",
            "etag": '"5-a"',
        }

    def test_a_later_note_takes_the_place_of_an_earlier_one(self, bench: Bench) -> None:
        bench.journal.note(PLACE, {"watermark": "1"})
        bench.journal.note(PLACE, {"watermark": "2"})
        assert bench.journal.notes(PLACE, ["watermark"]) == {"watermark": "2"}

    def test_none_forgets_a_key_and_one_that_is_not_there(self, bench: Bench) -> None:
        bench.journal.note(PLACE, {"a": "1", "b": "2"})
        bench.journal.note(PLACE, {"a": None, "c": None, "b": "3"})
        assert bench.journal.notes(PLACE, ["a", "b", "c"]) == {"b": "3"}

    def test_places_know_nothing_of_each_other(self, bench: Bench) -> None:
        bench.journal.note(PLACE, {"watermark": "1"})
        bench.journal.note("orders-out/erp", {"watermark": "2"})
        bench.journal.note(PLACE, {"watermark": None})
        assert bench.journal.notes(PLACE, ["watermark"]) == {}
        assert bench.journal.notes("orders-out/erp", ["watermark"]) == {"watermark": "2"}

    def test_nothing_is_asked_for_and_nothing_noted(self, bench: Bench) -> None:
        bench.journal.note(PLACE, {})
        assert bench.journal.notes(PLACE, []) == {}
        assert bench.journal.places() == []

    @pytest.mark.parametrize(
        "text", ["", "a\nb", "😀 Ü \u2028", "quote ' \" \\ %s {}", "x" * 20_000, "../../x", "null"]
    )
    def test_key_and_text_are_any_text(self, bench: Bench, text: str) -> None:
        bench.journal.note(PLACE, {text: text})
        assert bench.journal.notes(PLACE, [text, "other"]) == {text: text}

    def test_thousands_of_keys_are_asked_for_at_once(self, bench: Bench) -> None:
        bench.journal.note(PLACE, dict.fromkeys(MANY[::2], "seen"))
        assert bench.journal.notes(PLACE, MANY) == dict.fromkeys(MANY[::2], "seen")

    def test_notes_are_kept_when_the_journal_is_opened_again(self, bench: Bench) -> None:
        bench.journal.note(PLACE, {"watermark": "1"})
        journal = bench.again()
        assert journal.notes(PLACE, ["watermark"]) == {"watermark": "1"}
        journal.close()

    def test_an_arrival_brings_notes_for_the_place_of_its_route(self, bench: Bench) -> None:
        one, two = (replace(arrival(number), notes={"watermark": str(number)}) for number in (1, 2))
        bench.journal.accept([one, two])
        assert bench.journal.notes(QUEUE, ["watermark"]) == {"watermark": "2"}

    def test_an_arrival_that_is_known_already_brings_its_notes_too(self, bench: Bench) -> None:
        bench.arrive(1)
        again = replace(arrival(2), identity="file 1", notes={"watermark": "after it"})
        assert bench.journal.accept([again]) == [arrival(1).message.id]
        assert bench.journal.notes(QUEUE, ["watermark"]) == {"watermark": "after it"}

    def test_news_is_noted_with_an_arrival_that_is_new_and_with_no_other(self, bench: Bench) -> None:
        first = replace(arrival(1), news={"arrived": "first"})
        again = replace(arrival(2), identity="file 1", news={"arrived": "again"}, notes={"watermark": "1"})
        bench.journal.accept([first, again])
        bench.journal.accept([replace(arrival(3), identity="file 1", news={"arrived": "once more"})])
        assert bench.journal.notes(QUEUE, ["arrived", "watermark"]) == {"arrived": "first", "watermark": "1"}

    def test_what_stands_for_dead_work_brings_its_notes(self, bench: Bench) -> None:
        bench.arrive(1)
        work = bench.take_one()
        bench.settle(work, Event.REJECT)
        assert bench.journal.replace(work.row, replace(arrival(2), notes={"edited": "yes"}), "mended")
        assert bench.journal.notes(QUEUE, ["edited"]) == {"edited": "yes"}

    def test_notes_are_listed_by_key_in_pages(self, bench: Bench) -> None:
        bench.journal.note(PLACE, {"b": "2", "ä": "4", "a": "1", "C": "3"})
        listed = bench.journal.noted(PLACE, limit=2)
        assert [(note.place, note.key, note.text) for note in listed] == [(PLACE, "C", "3"), (PLACE, "a", "1")]
        assert [note.key for note in bench.journal.noted(PLACE, after="a", limit=9)] == ["b", "ä"]
        assert listed[0].at == pytest.approx(bench.clock.now(), abs=60.0)

    def test_every_place_tells_how_many_notes_it_has(self, bench: Bench) -> None:
        bench.journal.note("b", {"1": "", "2": ""})
        bench.journal.note("a", {"1": ""})
        assert [(place.name, place.notes) for place in bench.journal.places()] == [("a", 1), ("b", 2)]

    def test_what_was_neither_written_nor_read_for_long_is_forgotten(self, bench: Bench) -> None:
        bench.journal.note(PLACE, {"left": "", "read": "", "written": ""})
        bench.clock.advance(RENEW + 60.0)
        begun = bench.clock.now()
        assert bench.journal.notes(PLACE, ["read"]) == {"read": ""}
        bench.journal.note(PLACE, {"written": "again"})
        assert _forget(bench, begun - 30.0) == 1
        assert bench.journal.notes(PLACE, ["left", "read", "written"]) == {"read": "", "written": "again"}

    def test_reading_renews_a_note_at_most_once_a_day(self, bench: Bench) -> None:
        bench.journal.note(PLACE, {"file": "seen"})
        (written,) = bench.journal.noted(PLACE, limit=1)
        bench.clock.advance(DAY - 60.0)
        bench.journal.notes(PLACE, ["file"])
        assert bench.journal.noted(PLACE, limit=1) == [written]
        bench.clock.advance(120.0)
        bench.journal.notes(PLACE, ["file"])
        (renewed,) = bench.journal.noted(PLACE, limit=1)
        assert renewed.at - written.at == pytest.approx(DAY + 60.0, abs=30.0)
        assert renewed.text == "seen"

    def test_notes_are_forgotten_in_steps_and_only_with_the_keys(self, bench: Bench) -> None:
        bench.journal.note(PLACE, dict.fromkeys("abc", ""))
        bench.clock.advance(10.0)
        assert bench.journal.purge(messages_before=bench.clock.now(), limit=2) == 0
        assert [_forget(bench, bench.clock.now(), limit=2) for _ in range(3)] == [2, 1, 0]
        assert bench.journal.places() == []

    def test_notes_are_no_part_of_the_account(self, bench: Bench) -> None:
        bench.journal.note(PLACE, {"watermark": "1"})
        assert bench.journal.audit().sums == ()
        assert bench.journal.pending() == 0


def _forget(bench: Bench, before: float, limit: int = 100) -> int:
    return bench.journal.purge(messages_before=0.0, keys_before=before, limit=limit)
