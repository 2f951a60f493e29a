"""What the statements of an acknowledgement mean for what we sent: the answers that change the ledger. Pure.

* A 997 or CONTRL that names no transaction speaks for all of its group or interchange. One that names some speaks for
  the others too: what it does not reject is accepted as the group is.
* If it names as many as it says it received, it speaks for nobody else: what it does not name did not arrive there, and
  stays waiting until it is overdue.
* A group of which a part is accepted, without saying which, leaves all that it does not name partially accepted.
* TA1 ``A`` and ``E`` and UCI ``8`` say that an interchange has come; nothing is decided by that. A refused interchange is
  refused with all that is in it.
* An application (824, APERAK) that does not repeat the numbers of the transaction names its document by business key.
* The last answer counts, but what is said of syntax does not change what an application has said of the content, and who
  says that this came before says nothing of what was decided then (``Weight``). So neither the order in which answers
  come nor a copy of our own, sent again after an unclear end, turns a standing round.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from crossdock.acknowledgement import Level, Remark, Statement, Verdict
from crossdock.control import AckState, Answer, Reference, Weight

EDIFACT = "EDIFACT"
#: (EDIFACT, level) -> numbers without which a statement is about nothing. A 997 does not repeat the interchange's.
_NEEDED: Mapping[tuple[bool, Level], frozenset[str]] = {
    (False, Level.INTERCHANGE): frozenset({"interchange"}),
    (False, Level.GROUP): frozenset({"group"}),
    (False, Level.TRANSACTION): frozenset({"group", "transaction"}),
    (False, Level.DOCUMENT): frozenset({"group", "transaction"}),
    (True, Level.INTERCHANGE): frozenset({"interchange"}),
    (True, Level.GROUP): frozenset({"interchange", "group"}),
    (True, Level.TRANSACTION): frozenset({"interchange", "transaction"}),
    (True, Level.DOCUMENT): frozenset({"interchange", "transaction"}),
}
#: What says that this number came before: TA105 025 (X12.5 I18), AK905 19 (X12 716), 0085 26 (ISO 9735-10).
_BEFORE = frozenset({("TA1", "025"), ("997", "19"), ("999", "19"), ("CONTRL", "26")})
MOST_SAID = 5  # reasons that one line of detail has room for

_STATES: Mapping[Verdict, AckState | None] = {
    Verdict.RECEIVED: None,
    Verdict.ACCEPTED: AckState.ACCEPTED,
    Verdict.ACCEPTED_WITH_ERRORS: AckState.ACCEPTED_WITH_ERRORS,
    Verdict.PARTIALLY_ACCEPTED: AckState.PARTIALLY_ACCEPTED,
    Verdict.REJECTED: AckState.REJECTED,
}


def answers_from(statements: Sequence[Statement], partner: str) -> list[Answer]:
    """What an acknowledgement of a partner says of what was sent to them; what holds for many before exceptions."""
    return [
        Answer(
            reference=_reference(said, partner),
            state=_state(said, statements),
            codes=tuple(dict.fromkeys(remark.code for remark in said.remarks if remark.code)),
            detail=_detail(said),
            weight=_weight(said),
        )
        for said in sorted(statements, key=_breadth)
    ]


_ORDER = (Level.INTERCHANGE, Level.GROUP, Level.TRANSACTION, Level.DOCUMENT)


def _breadth(said: Statement) -> int:
    return _ORDER.index(said.level)


def _weight(said: Statement) -> Weight:
    if said.level is Level.DOCUMENT:
        return Weight.CONTENT
    whole = said.level in (Level.INTERCHANGE, Level.GROUP)
    before = whole and any((said.by, remark.code) in _BEFORE for remark in said.remarks)
    return Weight.RECEIPT if before else Weight.SYNTAX


def _reference(said: Statement, partner: str) -> Reference:
    """What it is about. A number that its level needs and that is not there stays empty, and so names nothing.

    Never None: that would be anything this partner was ever sent.
    """
    needed = _NEEDED[said.standard == EDIFACT, said.level]
    if (
        said.level is Level.DOCUMENT
        and said.reference
        and not all(text for name, text in _numbers(said) if name in needed)
    ):
        return Reference(partner=partner, standard=said.standard, set_id=said.set or None, key=said.reference)
    numbers = {name: text if text or name in needed else None for name, text in _numbers(said)}
    return Reference(
        partner=partner,
        standard=said.standard,
        interchange=numbers["interchange"],
        group=numbers["group"],
        set_id=said.set or None,
        transaction=numbers["transaction"],
    )


def _numbers(said: Statement) -> tuple[tuple[str, str], ...]:
    return ("interchange", said.interchange), ("group", said.group), ("transaction", said.transaction)


def _state(said: Statement, statements: Iterable[Statement]) -> AckState | None:
    if said.level is not Level.GROUP or said.verdict is Verdict.REJECTED:
        return _STATES[said.verdict]
    named = [one for one in statements if one.level is Level.TRANSACTION and one.group == said.group]
    return _state_of_others(said, named)


def _state_of_others(group: Statement, named: Sequence[Statement]) -> AckState | None:
    """How those of a group stand that are not named."""
    if not named:
        return _STATES[group.verdict]
    if group.received == len(named):
        return None
    if group.verdict is Verdict.PARTIALLY_ACCEPTED:
        rejected = sum(one.verdict is Verdict.REJECTED for one in named)
        known = group.received is not None and group.accepted is not None
        return (
            AckState.ACCEPTED
            if known and group.received == rejected + (group.accepted or 0)
            else _STATES[group.verdict]
        )
    return AckState.ACCEPTED if group.verdict is Verdict.ACCEPTED_WITH_ERRORS else _STATES[group.verdict]


def _detail(said: Statement) -> str | None:
    """The reasons in a line: ``997: PO102 in segment 6 "1O": 6``."""
    about = (f"document {said.reference}",) if said.reference else ()
    reasons = [*about, *_reasons(said.remarks)]
    if not reasons:
        return None
    more = f"; {len(reasons) - MOST_SAID} more" if len(reasons) > MOST_SAID else ""
    return f"{said.by}: {'; '.join(reasons[:MOST_SAID])}{more}"


def _reasons(remarks: Iterable[Remark]) -> Iterator[str]:
    for remark in remarks:
        where = remark.element or remark.tag
        place = f" in segment {remark.segment}" if remark.segment is not None else ""
        value = f' "{remark.value}"' if remark.value else ""
        words = f" {remark.text}" if remark.text else ""
        yield f"{where}{place}{value}: {remark.code}{words}".strip()
