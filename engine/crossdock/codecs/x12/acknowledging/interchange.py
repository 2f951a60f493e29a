"""TA1: the interchange itself is received, received with a remark, or refused (X12.5, data element I18)."""

from __future__ import annotations

from datetime import datetime

from crossdock.acknowledgement import Receipt, Terms
from crossdock.codecs.edi.accounts import InterchangeAccount
from crossdock.codecs.edi.judgement import Judgement, codes_in
from crossdock.codecs.x12.acknowledging import copied
from crossdock.codecs.x12.acknowledging.swapped import envelope, isa_version_of
from crossdock.codecs.x12.envelope import at
from crossdock.codecs.x12.values import is_date, is_time
from crossdock.errors import errors_in
from crossdock.message import Document

FINE = "000"
CONTENT = "024"  # what is inside is not what an interchange holds
ASKS = "1"  # ISA14


def receipt(judgement: Judgement, terms: Terms, made: datetime) -> Document | None:
    """The TA1, where one is wanted."""
    account = judgement.account
    code = _code(account)
    if not _wanted(account, terms, code):
        return None
    verdict = "R" if judgement.refused else "A" if code == FINE else "E"
    isa_date, isa_time = at(account.elements, 9), at(account.elements, 10)
    return {
        "_std": "X12",
        "_ver": f"{isa_version_of(account.facts)}0",
        "_set": "TA1",
        "_ctl": {},
        "_env": envelope(account.facts, made),
        "TA1": {
            "TA101": copied.number(account.control, 9, 9),
            "TA102": isa_date if len(isa_date) == len("YYMMDD") and is_date(isa_date) else f"{made:%y%m%d}",
            "TA103": isa_time if len(isa_time) == len("HHMM") and is_time(isa_time) else f"{made:%H%M}",
            "TA104": verdict,
            "TA105": code,
        },
    }


def _wanted(account: InterchangeAccount, terms: Terms, code: str) -> bool:
    """An interchange without groups brought TA1 only: nobody answers those, unless it is wrong itself."""
    match terms.receipt:
        case Receipt.NEVER:
            return False
        case Receipt.ALWAYS:
            return bool(account.groups) or code != FINE
        case _:
            return code != FINE or (bool(account.groups) and at(account.elements, 14) == ASKS)


def _code(account: InterchangeAccount) -> str:
    """The one code there is room for: that of the first error, else of the first warning."""
    codes = codes_in(account.findings, "TA105")
    if codes:
        return codes[0]
    outside = any(not group.elements and group.transactions for group in account.groups)
    return CONTENT if outside or errors_in(account.findings) else FINE
