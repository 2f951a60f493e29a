"""Acknowledgements of X12: 997 and 999 for each group, TA1 for the interchange; made and read."""

from __future__ import annotations

from datetime import datetime

from crossdock.acknowledgement import Terms
from crossdock.codecs.edi.accounts import InterchangeAccount
from crossdock.codecs.edi.judgement import judged
from crossdock.codecs.x12.acknowledging.functional import functional
from crossdock.codecs.x12.acknowledging.interchange import receipt
from crossdock.codecs.x12.acknowledging.statements import statements_of
from crossdock.codecs.x12.acknowledging.swapped import addressed
from crossdock.message import Document

__all__ = ["acknowledge", "statements_of"]


def acknowledge(account: InterchangeAccount, terms: Terms, made: datetime) -> list[Document]:
    """TA1 first, then one 997 or 999 for each group; nothing for groups of acknowledgements.

    An interchange that is refused as a whole gets its TA1 only: what is in it was not looked at. One that names
    nobody to answer (a snippet, an ISA without sender) gets nothing.
    """
    if not addressed(account):
        return []
    judgement = judged(account, terms)
    ta1 = receipt(judgement, terms, made)
    answers: list[Document] = [] if ta1 is None else [ta1]
    if not judgement.refused:
        for group in judgement.groups:
            answer = functional(account, group, terms, made)
            answers += [] if answer is None else [answer]
    return answers
