"""The ways of the messages that a key names: each is shown once."""

from __future__ import annotations

from dataclasses import replace
from typing import cast

from crossdock.journal.contract import Item, Query, Records
from crossdock.message import Inline, Message, root_id
from crossdock.ops.trace import trace


def message(number: int, parent: Message | None = None) -> Message:
    id = root_id(1_700_000_000_000 + number, number.to_bytes(10, "big"))
    return Message(id=id, correlation=id, route="orders", parent=parent.id if parent else None, body=Inline(b""))


class Shelf:
    """Messages, of which some carry the key."""

    def __init__(self, every: list[Message], named: list[Message]) -> None:
        self._kept = every
        self._named = named

    def named(self, key: str, limit: int) -> list[Message]:
        return self._named

    def message(self, id: str) -> Message | None:
        return next((one for one in self._kept if one.id == id), None)

    def children(self, id: str, limit: int) -> list[Message]:
        return [one for one in self._kept if one.parent == id]

    def items(self, query: Query) -> list[Item]:
        return []


def shown(every: list[Message], named: list[Message]) -> list[str]:
    return [one.station.message.id for one in trace(cast("Records", Shelf(every, named)), {}, "PO-1")]


def test_what_came_of_a_message_with_the_key_is_not_shown_a_second_time() -> None:
    file = message(1)
    order = message(2, file)
    answer = message(3, order)
    other = message(4)
    assert shown([file, order, answer, other], [answer, order, other]) == [order.id, other.id]


def test_parts_of_one_file_are_ways_of_their_own() -> None:
    file = message(1)
    first, second = message(2, file), message(3, file)
    assert shown([file, first, second], [first, second]) == [first.id, second.id]
    assert shown([file, first, replace(second, position=2)], [file, first]) == [file.id]
