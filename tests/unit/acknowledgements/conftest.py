"""What is received, what is answered, and the answer read back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

import pytest
from tests.unit.x12.conftest import Bench

from crossdock.acknowledgement import Receipt, Statement, Terms
from crossdock.codecs.acknowledging import acknowledge, statements_of
from crossdock.codecs.contract import Part
from crossdock.codecs.edi.accounts import InterchangeAccount
from crossdock.codecs.x12.codec import X12Codec
from crossdock.codecs.x12.reading import Reading
from crossdock.errors import Finding, errors_in
from crossdock.message import Document, Inline

MADE = datetime(2026, 11, 22, 10, 5, tzinfo=UTC)
TERMS = Terms(functional="997")


def parts_of(data: bytes) -> list[Part]:
    """The transactions of a payload, none of which may have an error."""
    found: list[Part] = []
    for item in X12Codec().read(Inline(data)):
        assert not isinstance(item, Finding), str(item)
        assert not errors_in(item.findings), item.findings
        found.append(item)
    return found


def numbered(documents: Sequence[Document]) -> list[Document]:
    """Each in a group of its own number, as who sends them would have it."""
    found: list[Document] = []
    for number, document in enumerate(documents, start=1):
        assert isinstance(document, dict)
        numbers = document["_ctl"]
        assert isinstance(numbers, dict)
        found.append({**document, "_ctl": {**numbers, "gs": str(number)}})
    return found


class Office(Bench):
    """Receives interchanges and answers them."""

    def account(self, data: bytes) -> InterchangeAccount:
        """The account of the only interchange."""
        reading = Reading(Inline(data))
        for _ in reading:
            continue
        (account,) = reading.accounts
        return account

    def answers(self, data: bytes, terms: Terms = TERMS) -> list[Document]:
        return acknowledge(self.account(data), terms, MADE)

    def sent(self, data: bytes, terms: Terms = TERMS) -> bytes:
        """What goes out for what came in; it reads without a finding."""
        written = b"".join(X12Codec().write(numbered(self.answers(data, terms))))
        parts_of(written)
        return written

    def segments(self, data: bytes, terms: Terms = TERMS) -> list[str]:
        """The segments of the answer, envelope and trailers left out."""
        text = self.sent(data, terms).decode()
        mark = text[3]
        lines = [line.strip().replace(mark, "*") for line in text.split(text[105])]
        return [line for line in lines if line.split("*")[0] not in ("ISA", "GS", "ST", "SE", "GE", "IEA", "")]

    def read_back(self, data: bytes, terms: Terms = TERMS) -> list[Statement]:
        """What the partner reads in our answer."""
        return [said for part in parts_of(self.sent(data, terms)) for said in statements_of(part.document)]

    def orders(self, *changes: Sequence[tuple[str, str]], version: str = "004010") -> bytes:
        """One order for each list of changes to it."""
        bodies = []
        for exchanged in changes:
            text = "\n".join(self.order)
            for old, new in exchanged:
                assert old in text, old
                text = text.replace(old, new)
            bodies.append([line for line in text.split("\n") if line])
        return self.wrap(*bodies, version=version)


@pytest.fixture
def office() -> Office:
    return Office()


RECEIPT = Terms(receipt=Receipt.ALWAYS)
