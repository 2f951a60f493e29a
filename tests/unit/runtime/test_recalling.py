"""Earlier documents: found by key, contract and partner, whatever routes and topics are called."""

from __future__ import annotations

from dataclasses import replace

from crossdock.document_json import encode
from crossdock.message import Document, Inline, Message, root_id
from crossdock.partner.preflight.rule import Wanted
from crossdock.runtime.recalling import LARGEST, Memory, among

ORDER: dict[str, Document] = {
    "number": "PO-1",
    "ordered_on": "2026-11-20",
    "currency": "USD",
    "buyer": {"id": "B"},
    "lines": [{"number": 1, "sku": "A", "quantity": "10", "unit": "EA"}],
}
WANTED = Wanted(contract="order/v1", key="PO-1", partner="acme")


def message(number: int, document: Document = ORDER, *, partner: str | None = "acme", **changes: object) -> Message:
    id = root_id(1_700_000_000_000 + number, number.to_bytes(10, "big"))
    one = Message(
        id=id,
        correlation=id,
        route="orders",
        topic="order.received",
        partner=partner,
        content_type="application/json",
        body=Inline(encode(document)),
    )
    return replace(one, **changes)  # type: ignore[arg-type]  # fields of a message


class Shelf:
    """Messages by what is asked; counts how often."""

    def __init__(self, *messages: Message) -> None:
        self.messages = messages
        self.asked = 0

    def named(self, key: str, limit: int) -> list[Message]:
        self.asked += 1
        return list(self.messages)

    def children(self, id: str, limit: int) -> list[Message]:
        return [one for one in self.messages if one.parent == id]


def found(*messages: Message, wanted: Wanted = WANTED) -> list[object]:
    memory = Memory(Shelf(*messages), message(99))
    return [one.document.get("currency") for one in memory.recall(wanted)]


def test_the_newest_document_comes_first() -> None:
    assert found(message(1), message(2, {**ORDER, "currency": "EUR"})) == ["EUR", "USD"]


def test_documents_of_another_partner_are_not_seen_and_those_of_nobody_come_last() -> None:
    nobodys = message(3, {**ORDER, "currency": "CHF"}, partner=None)
    assert found(message(1), message(2, partner="globex"), nobodys) == ["USD", "CHF"]


def test_what_another_partner_sent_counts_once_it_was_sent_on_to_this_one() -> None:
    theirs = message(1, partner="warehouse")
    sent_on = message(2, topic=None, content_type="application/edi-x12", parent=theirs.id)
    assert found(theirs, sent_on) == ["USD"]
    assert found(theirs, replace(sent_on, partner="globex")) == []


def test_what_is_of_another_contract_or_another_number_is_not_taken() -> None:
    other: Document = {**ORDER, "number": "PO-2"}
    half: Document = {"number": "PO-1", "ordered_on": "2026-11-20"}
    assert found(message(1, other), message(2, half), message(3, ["PO-1"]), message(4, None)) == []


def test_payloads_files_and_what_is_too_large_are_not_read() -> None:
    large = Inline(b" " * (LARGEST + 1))
    assert found(message(1, topic=None), message(2, content_type="text/plain"), message(3, body=large)) == []
    assert found(message(4, body=Inline(b"{broken"))) == []


def test_the_message_itself_is_no_earlier_document() -> None:
    own = message(99)
    assert list(Memory(Shelf(own), own).recall(WANTED)) == []


def test_what_was_published_of_a_file_with_the_key_is_found() -> None:
    file = message(1, topic=None, content_type="application/octet-stream")
    child = message(2, parent=file.id)
    assert found(file, child) == ["USD"]


def test_the_journal_is_asked_once_for_one_thing() -> None:
    shelf = Shelf(message(1))
    memory = Memory(shelf, message(99))
    for _ in range(3):
        memory.recall(WANTED)
    assert shelf.asked == 1


def test_numbers_of_an_earlier_document_are_exact_whatever_they_were_written_as() -> None:
    (one,) = among([ORDER, {"number": "PO-9"}], WANTED)
    lines = one.document["lines"]
    assert isinstance(lines, list)
    assert str(lines[0]) == "{'sku': 'A', 'number': 1, 'quantity': Decimal('10'), 'unit': 'EA'}"
