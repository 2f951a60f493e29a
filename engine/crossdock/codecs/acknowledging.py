"""Acknowledgements of either standard: made from the account of an interchange, and read.

What is made are documents like any other, to be written by the codec of their standard; numbers are given when they
are written.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from crossdock.acknowledgement import Statement, Terms
from crossdock.codecs.edi.accounts import InterchangeAccount
from crossdock.codecs.edi.refusal import Refused
from crossdock.codecs.edifact import acknowledging as edifact
from crossdock.codecs.edifact.acknowledging import advice as aperak
from crossdock.codecs.x12 import acknowledging as x12
from crossdock.codecs.x12.acknowledging import advice as advice_824
from crossdock.message import Document

_MAKERS: Mapping[str, Callable[[InterchangeAccount, Terms, datetime], list[Document]]] = {
    "X12": x12.acknowledge,
    "EDIFACT": edifact.acknowledge,
}
_READERS: Mapping[str, Callable[[Document], list[Statement]]] = {
    "X12": x12.statements_of,
    "EDIFACT": edifact.statements_of,
}


def acknowledge(account: InterchangeAccount, terms: Terms, made: datetime) -> list[Document]:
    """What answers an interchange, in the order to be sent; nothing where nothing is agreed, asked for or possible.

    The account must be closed. ``made`` becomes date and time of the envelope.
    """
    maker = _MAKERS.get(account.standard)
    return [] if maker is None else maker(account, terms, made)


def statements_of(document: Document) -> list[Statement]:
    """What an acknowledgement states, a group before its transactions; nothing of what is none."""
    standard = document.get("_std") if isinstance(document, dict) else None
    reader = _READERS.get(str(standard))
    return [] if reader is None else reader(document)


_ADVISERS: Mapping[str, Callable[[Refused, datetime], Document]] = {"X12": advice_824.advise, "EDIFACT": aperak.advise}


def advise(refused: Refused, made: datetime) -> Document | None:
    """The 824 or APERAK about a document that could not be used; None where its standard has none."""
    adviser = _ADVISERS.get(refused.text("_std"))
    return None if adviser is None else adviser(refused, made)
