"""What acknowledgements that come in state, and what that means for what we sent."""

from __future__ import annotations

import pytest
from tests.unit.acknowledgements.conftest import RECEIPT, Office

from crossdock.acknowledgement import Level, Listing, Remark, Statement, Terms, Verdict
from crossdock.codecs.acknowledging import statements_of
from crossdock.control import AckState, Answer, Reference, Weight
from crossdock.message import Document
from crossdock.partner.reconcile import answers_from

GOOD: tuple[tuple[str, str], ...] = ()
BAD = (("*10*EA", "*1O*EA"),)


def answers(office: Office, data: bytes, terms: Terms = Terms(functional="997")) -> list[Answer]:  # noqa: B008 - frozen
    return answers_from(office.read_back(data, terms), "acme")


def standing(answers: list[Answer]) -> dict[str | None, AckState | None]:
    """State by transaction; None is the whole group."""
    return {one.reference.transaction: one.state for one in answers}


def test_an_accepted_transaction_is_told_by_group_and_number(office: Office) -> None:
    group, transaction = answers(office, office.orders(GOOD))

    assert (group.reference.group, group.reference.transaction) == ("1", None)
    assert (transaction.reference.set_id, transaction.reference.group, transaction.reference.transaction) == (
        "850",
        "1",
        "0001",
    )
    assert transaction.state is AckState.ACCEPTED


def test_the_reasons_of_a_rejection_are_kept_with_their_place(office: Office) -> None:
    rejected = answers(office, office.orders(BAD))[1]

    assert rejected.state is AckState.REJECTED
    assert rejected.codes == ("5", "6")
    assert rejected.detail == '997: ST: 5; PO102 in segment 6 "1O": 6'


def test_a_summary_speaks_for_the_whole_group(office: Office) -> None:
    summary = Terms(functional="997", listing=Listing.NONE)

    assert standing(answers(office, office.orders(GOOD, GOOD), summary)) == {None: AckState.ACCEPTED}
    assert standing(answers(office, office.orders(BAD, BAD), summary)) == {None: AckState.REJECTED}


def test_a_summary_of_a_partial_acceptance_leaves_open_which_part(office: Office) -> None:
    summary = Terms(functional="997", listing=Listing.NONE)

    assert standing(answers(office, office.orders(GOOD, BAD), summary)) == {None: AckState.PARTIALLY_ACCEPTED}


def test_who_is_not_named_beside_all_that_were_rejected_is_accepted(office: Office) -> None:
    faulty = Terms(functional="997", listing=Listing.FAULTY)

    assert standing(answers(office, office.orders(GOOD, BAD), faulty)) == {
        None: AckState.ACCEPTED,
        "0002": AckState.REJECTED,
    }


def test_who_is_not_named_though_everybody_received_was_named_stays_waiting(office: Office) -> None:
    assert standing(answers(office, office.orders(GOOD, GOOD)))[None] is None


def test_a_rejected_group_is_rejected_with_all_that_is_in_it(office: Office) -> None:
    said = Statement(
        standard="X12", by="997", level=Level.GROUP, verdict=Verdict.REJECTED, group="7", received=1, accepted=0
    )
    named = Statement(
        standard="X12", by="997", level=Level.TRANSACTION, verdict=Verdict.REJECTED, group="7", transaction="0001"
    )

    assert standing(answers_from([said, named], "acme"))[None] is AckState.REJECTED


def test_what_holds_for_many_comes_before_exceptions(office: Office) -> None:
    said = [
        Statement(standard="EDIFACT", by="CONTRL", level=level, verdict=Verdict.ACCEPTED, interchange="1")
        for level in (Level.TRANSACTION, Level.INTERCHANGE, Level.GROUP)
    ]
    marked = [
        Statement(standard=one.standard, by=one.by, level=one.level, verdict=one.verdict, transaction=one.level.value)
        for one in said
    ]

    assert [one.reference.transaction for one in answers_from(marked, "acme")] == [
        "interchange",
        "group",
        "transaction",
    ]


def test_a_receipt_of_a_good_interchange_decides_nothing(office: Office) -> None:
    (receipt,) = answers(office, office.orders(GOOD), RECEIPT)

    assert (receipt.reference.interchange, receipt.state, receipt.codes) == ("000000001", None, ())


def test_a_refused_interchange_is_rejected_with_all_that_is_in_it() -> None:
    document: Document = {
        "_std": "X12",
        "_set": "TA1",
        "TA1": {"TA101": "000000042", "TA102": "261121", "TA103": "0930", "TA104": "R", "TA105": "025"},
    }

    (refused,) = answers_from(statements_of(document), "acme")

    assert (refused.reference.interchange, refused.state, refused.codes) == ("000000042", AckState.REJECTED, ("025",))
    assert refused.detail == "TA1: ISA: 025"


def test_a_997_of_a_release_that_is_read_by_structure_says_the_same(office: Office) -> None:
    said = office.read_back(office.orders(GOOD, GOOD, version="003050"))

    assert [(one.level, one.verdict, one.transaction) for one in said] == [
        (Level.GROUP, Verdict.ACCEPTED, ""),
        (Level.TRANSACTION, Verdict.ACCEPTED, "0001"),
        (Level.TRANSACTION, Verdict.ACCEPTED, "0002"),
    ]
    assert (said[0].announced, said[0].received, said[0].accepted) == (2, 2, 2)


def test_a_999_is_read_like_a_997(office: Office) -> None:
    said = office.read_back(office.orders(BAD, version="005010"), Terms(functional="999"))

    assert [(remark.code, remark.element, remark.value) for remark in said[1].remarks] == [
        ("5", "", ""),
        ("6", "PO102", "1O"),
    ]


@pytest.mark.parametrize(
    "document",
    [
        None,
        "997",
        {},
        {"_std": "X12", "_set": "997"},
        {"_std": "X12", "_set": "997", "AK1": "x", "AK2": [1, {"AK5": []}], "AK9": {"AK902": "many"}},
        {"_std": "X12", "_set": "997", "_order": ["AK1", "AK2", "AK2"], "AK1": [{}], "AK2": [None]},
        {"_std": "X12", "_set": "TA1", "TA1": []},
        {"_std": "X12", "_set": "824", "OTI": [{"TED": [{"TED04": "x"}]}]},
        {"_std": "X12", "_set": "850", "BEG": {}},
        {"_std": "EDIFACT", "_set": "CONTRL"},
        {"_std": "EDIFACT", "_set": "CONTRL", "UCI": {"UCI04": "9"}, "UCM": [{"UCS": [{"UCD": [{"UCD0201": "x"}]}]}]},
        {"_std": "EDIFACT", "_set": "APERAK", "ERC": [{"ERC0101": "1", "FTX": {"FTX0401": "a"}}]},
        {"_std": "other", "_set": "997"},
    ],
)
def test_whatever_comes_as_an_acknowledgement_is_read_without_an_exception(document: Document) -> None:
    assert isinstance(answers_from(statements_of(document), "acme"), list)


@pytest.mark.parametrize("standard", ["X12", "EDIFACT"])
@pytest.mark.parametrize("level", list(Level))
def test_what_names_nothing_is_about_nothing_rather_than_everything(standard: str, level: Level) -> None:
    said = Statement(standard=standard, by="997", level=level, verdict=Verdict.REJECTED)

    (answer,) = answers_from([said], "acme")

    assert "" in (answer.reference.interchange, answer.reference.group, answer.reference.transaction)


@pytest.mark.parametrize(("standard", "set_id"), [("X12", "810"), ("EDIFACT", "")])
def test_an_advice_without_numbers_is_about_the_document_of_that_number(standard: str, set_id: str) -> None:
    said = Statement(
        standard=standard, by="824", level=Level.DOCUMENT, verdict=Verdict.REJECTED, set=set_id, reference="INV-1"
    )

    (answer,) = answers_from([said], "acme")

    assert answer.reference == Reference(partner="acme", standard=standard, set_id=set_id or None, key="INV-1")
    assert answer.detail == "824: document INV-1"


def test_an_advice_that_repeats_the_numbers_is_about_that_transaction() -> None:
    said = Statement(
        standard="X12",
        by="824",
        level=Level.DOCUMENT,
        verdict=Verdict.REJECTED,
        group="7",
        transaction="0001",
        reference="INV-1",
    )

    (answer,) = answers_from([said], "acme")

    assert answer.reference == Reference(partner="acme", standard="X12", group="7", transaction="0001")


@pytest.mark.parametrize(
    ("by", "level", "code", "weight"),
    [
        ("TA1", Level.INTERCHANGE, "025", Weight.RECEIPT),
        ("TA1", Level.INTERCHANGE, "023", Weight.SYNTAX),
        ("997", Level.GROUP, "19", Weight.RECEIPT),
        ("997", Level.TRANSACTION, "19", Weight.SYNTAX),
        ("CONTRL", Level.INTERCHANGE, "26", Weight.RECEIPT),
        ("824", Level.DOCUMENT, "848", Weight.CONTENT),
        ("APERAK", Level.DOCUMENT, "26", Weight.CONTENT),
    ],
)
def test_what_is_said_of_the_content_weighs_most_and_of_a_copy_least(
    by: str, level: Level, code: str, weight: Weight
) -> None:
    said = Statement(
        standard="EDIFACT" if by in ("CONTRL", "APERAK") else "X12",
        by=by,
        level=level,
        verdict=Verdict.REJECTED,
        remarks=(Remark(code=code),),
    )

    assert [one.weight for one in answers_from([said], "acme")] == [weight]
