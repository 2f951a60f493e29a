"""Files appear under their final name, whole, and never over another one."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from tests.unit.file_connector.conftest import Outbox, forbidden, good, order, surroundings

from crossdock.connector import Done, Effect, Parcel, Staged
from crossdock.errors import Hold, Reject, Retry
from crossdock.message import Inline
from crossdock_connectors.file import CONNECTOR, FileSink, RejectsOptions, SinkOptions, SourceOptions
from crossdock_connectors.file.leftovers import LOOK_AGAIN


def test_a_file_gets_its_name_from_the_document(outbox: Callable[..., Outbox]) -> None:
    box = outbox()
    assert box.deliver(order(4711)) == [Done("out/ORD4711.txt")]
    assert box.files() == {"ORD4711.txt": b"HDR\n"}


def test_without_a_name_it_is_called_after_its_message_and_what_it_is(tmp_path: Path) -> None:
    sink = FileSink(_sink_options(path="out"), surroundings(tmp_path))
    sink.finish([good(one) for one in sink.stage([order(1)])])
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["019a9f3c-5c00-7000-8000-000000000001.txt"]


def test_staged_is_hidden_and_not_yet_there(outbox: Callable[..., Outbox]) -> None:
    box = outbox()
    box.stage(order(1))
    (name,) = box.files()
    assert name.startswith(f".{order(1).key}.")
    assert name.endswith(".part")


def test_the_proof_names_both_names_size_and_hash(outbox: Callable[..., Outbox]) -> None:
    (staged,) = outbox().stage(order(1))
    proof = json.loads(staged.proof)
    ((temporary, final, size, sha256),) = proof["parts"]
    assert (proof["folder"], proof["below"], final, size, len(sha256)) == ("out", [], "ORD1.txt", 4, 64)
    assert temporary.startswith(".")


def test_bytes_leave_as_they_are_and_empty_ones_too(outbox: Callable[..., Outbox]) -> None:
    box = outbox()
    data = bytes(range(256)) * 3000
    box.deliver(order(1, data), order(2, b""))
    assert box.files() == {"ORD1.txt": data, "ORD2.txt": b""}


def test_hundreds_of_files_are_delivered_in_one_go(
    outbox: Callable[..., Outbox], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "fsync", lambda file: None)
    box = outbox()
    outcomes = box.deliver(*(order(number) for number in range(300)))
    assert all(isinstance(outcome, Done) for outcome in outcomes)
    assert len(box.files()) == 300


def test_each_file_is_flushed_before_its_folder_and_the_folder_once_for_all(
    outbox: Callable[..., Outbox], monkeypatch: pytest.MonkeyPatch
) -> None:
    box = outbox()
    box.path.mkdir()
    kinds: list[str] = []
    monkeypatch.setattr(os, "fsync", lambda file: kinds.append(_kind(file)))
    staged = box.stage(*(order(number) for number in range(60)))
    assert kinds == ["file"] * 60 + ["folder"]
    box.sink.finish(staged)
    assert kinds[61:] == ["folder"]


def _kind(file: int) -> str:
    return "folder" if os.path.isdir(f"/proc/self/fd/{file}") else "file"  # noqa: PTH112 - a descriptor


def test_folders_are_made_and_may_be_named_after_the_document(outbox: Callable[..., Outbox]) -> None:
    box = outbox(path="out/{buyer.id}/{$now:%Y}")
    assert box.deliver(order(1)) == [Done("out/ACME/2026/ORD1.txt")]


def test_folders_are_not_made_where_the_route_says_so(outbox: Callable[..., Outbox]) -> None:
    (outcome,) = outbox(mkdirs=False).sink.stage([order(1)])
    assert isinstance(outcome, Retry)
    assert outcome.code == "K405"


def test_a_file_gets_the_permissions_the_route_asks_for(outbox: Callable[..., Outbox]) -> None:
    box = outbox(mode="0640")
    box.deliver(order(1))
    assert (box.path / "ORD1.txt").stat().st_mode & 0o777 == 0o640


def test_a_taken_name_holds_the_message_before_anything_is_written(outbox: Callable[..., Outbox]) -> None:
    box = outbox()
    box.deliver(order(1, b"old"))
    (outcome,) = box.sink.stage([order(1, b"new")])
    assert isinstance(outcome, Hold)
    assert outcome.code == "K301"
    assert box.files() == {"ORD1.txt": b"old"}


def test_a_name_that_is_taken_meanwhile_holds_the_message_and_release_delivers_it(
    outbox: Callable[..., Outbox],
) -> None:
    box = outbox()
    staged = box.stage(order(1, b"new"))
    (box.path / "ORD1.txt").write_bytes(b"old")
    (outcome,) = box.sink.finish(staged)
    assert isinstance(outcome, Hold)
    assert (box.path / "ORD1.txt").read_bytes() == b"old"
    (box.path / "ORD1.txt").unlink()
    assert box.sink.finish(staged) == [Done("out/ORD1.txt")]
    assert box.files() == {"ORD1.txt": b"new"}


def test_two_parcels_of_one_name_in_one_batch_never_become_one_file(outbox: Callable[..., Outbox]) -> None:
    box = outbox(name="stock.csv")
    first, second = box.deliver(order(1, b"1"), order(2, b"2"))
    assert isinstance(first, Done)
    assert isinstance(second, Hold)
    assert box.files()["stock.csv"] == b"1"


def test_a_taken_name_can_be_numbered(outbox: Callable[..., Outbox]) -> None:
    box = outbox(name="stock.csv", exists="number")
    outcomes = box.deliver(order(1, b"1"), order(2, b"2"), order(3, b"3"))
    assert outcomes == [Done("out/stock.csv"), Done("out/stock-2.csv"), Done("out/stock-3.csv")]
    assert box.files() == {"stock.csv": b"1", "stock-2.csv": b"2", "stock-3.csv": b"3"}


def test_a_file_is_replaced_only_where_the_route_says_so(outbox: Callable[..., Outbox]) -> None:
    box = outbox(name="stock.csv", exists="replace")
    box.deliver(order(1, b"1"))
    assert box.deliver(order(2, b"2")) == [Done("out/stock.csv")]
    assert box.files() == {"stock.csv": b"2"}


def test_a_folder_of_that_name_is_for_a_person(outbox: Callable[..., Outbox]) -> None:
    box = outbox(name="stock.csv", exists="replace")
    staged = box.stage(order(1))
    (box.path / "stock.csv").mkdir()
    (outcome,) = box.sink.finish(staged)
    assert isinstance(outcome, Hold)
    assert outcome.code == "K412"


def test_one_parcel_that_cannot_be_named_stops_no_other(outbox: Callable[..., Outbox]) -> None:
    box = outbox()
    outcomes = box.sink.stage([order(1), order(None), order("a/b"), order(2)])
    assert [type(outcome) for outcome in outcomes] == [Staged, Reject, Reject, Staged]


def test_a_link_in_the_place_of_a_folder_below_the_outbox_is_not_followed(outbox: Callable[..., Outbox]) -> None:
    box = outbox(path="out/{buyer.id}")
    (box.root / "elsewhere").mkdir()
    box.path.mkdir()
    (box.path / "ACME").symlink_to(box.root / "elsewhere")
    (outcome,) = box.sink.stage([order(1)])
    assert isinstance(outcome, Retry)
    assert outcome.code == "K406"


def test_without_permission_it_is_tried_again_and_nothing_is_left(public_path: Path) -> None:
    box = Outbox(public_path)
    box.path.mkdir()
    with forbidden(box.path, 0o555):
        (outcome,) = box.sink.stage([order(1)])
    assert isinstance(outcome, Retry)
    assert outcome.code == "K403"
    assert box.files() == {}


def test_the_report_of_a_rejected_file_lies_beside_it(tmp_path: Path) -> None:
    options = CONNECTOR.source and CONNECTOR.source.rejects(
        SourceOptions.model_validate({"path": "inbox", "rejects": "bad"})
    )
    assert isinstance(options, RejectsOptions)
    sink = FileSink(options, surroundings(tmp_path))
    parcel = replace(order(1, b"ISA"), key="0123456789", report="X104: wrong\n")
    sink.finish([good(one) for one in sink.stage([parcel])])
    assert {path.name: path.read_bytes() for path in (tmp_path / "bad").iterdir()} == {
        "orders.01234567.edi": b"ISA",
        "orders.01234567.edi.report.txt": b"X104: wrong\n",
    }


def test_a_rejected_file_with_a_dangerous_name_is_called_after_its_message(tmp_path: Path) -> None:
    sink = FileSink(RejectsOptions.model_validate({"path": "bad"}), surroundings(tmp_path))
    parcel = replace(order(1), headers={"file.name": "..\\\\evil"}, report="why")
    sink.finish([good(one) for one in sink.stage([parcel])])
    assert all(path.name.startswith("019a9f3c-5c00-7000") for path in (tmp_path / "bad").iterdir())


def test_rejects_are_only_kept_in_a_folder_if_the_route_names_one() -> None:
    assert CONNECTOR.source is not None
    assert CONNECTOR.source.rejects(SourceOptions.model_validate({"path": "inbox"})) is None


def test_where_a_parcel_would_go_can_be_asked_without_sending_it() -> None:
    assert CONNECTOR.sink is not None
    options = _sink_options(path="erp/in/", name="ORD{number}-{$now:%Y}.txt")
    assert CONNECTOR.sink.target(options, order(7)) == "erp/in/ORD7-2025.txt"
    assert CONNECTOR.sink.effect(options) is Effect.PROVABLE


def test_a_parcel_without_a_key_of_its_own_cannot_leave_the_folder(outbox: Callable[..., Outbox]) -> None:
    box = outbox()
    (outcome,) = box.sink.stage([Parcel(key="../x", message="m", payload=Inline(b""), document={"number": 1})])
    assert isinstance(outcome, Retry)
    assert box.files() == {}


def _sink_options(**options: object) -> SinkOptions:
    return SinkOptions.model_validate(options)


def test_what_a_kill_left_before_anything_was_recorded_is_swept_by_the_delivery_that_comes_again(
    outbox: Callable[..., Outbox],
) -> None:
    box = outbox()
    box.sink.stage([order(4711)])  # killed here: nobody has its proof, and it comes again as a first attempt
    box.sink = box.another()
    box.deliver(order(4711), order(4712))
    assert sorted(box.files()) == ["ORD4711.txt", "ORD4712.txt"]


def test_what_a_neighbour_left_is_swept_too_a_while_later(outbox: Callable[..., Outbox]) -> None:
    box = outbox()
    box.deliver(order(1))
    box.another().stage([order(4711)])
    now = box.sink._now()
    box.sink._now = lambda: now + LOOK_AGAIN
    box.deliver(order(4711))
    assert sorted(box.files()) == ["ORD1.txt", "ORD4711.txt"]
