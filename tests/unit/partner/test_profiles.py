"""What a profile says, however it is spelt."""

from __future__ import annotations

import pytest
from pydantic import ValidationError
from tests.unit.partner.conftest import profile

from crossdock.partner.agreement import Acknowledgement, Partial
from crossdock.partner.ids import EDIFACT, X12, Address, Ids


def test_an_x12_id_is_qualifier_and_id() -> None:
    assert Ids.model_validate({"x12": ["ZZ", "ACME"]}).addresses(X12) == (Address("ACME", "ZZ", ""),)


def test_a_third_word_is_the_code_of_the_group() -> None:
    assert Ids.model_validate({"x12": ["ZZ", "ACME", "ACMEPO"]}).addresses(X12) == (Address("ACME", "ZZ", "ACMEPO"),)


def test_an_edifact_id_comes_before_its_qualifier() -> None:
    assert Ids.model_validate({"edifact": ["5412345000013", "14"]}).addresses(EDIFACT) == (
        Address("5412345000013", "14", ""),
    )


def test_a_partner_may_have_several_ids() -> None:
    ids = Ids.model_validate({"x12": [["ZZ", "ACME"], ["01", "049351117"]]})
    assert [str(one) for one in ids.addresses(X12)] == ["ZZ/ACME", "01/049351117"]


def test_numbers_that_yaml_made_of_words_are_words_again() -> None:
    assert Ids.model_validate({"x12": ["12", 9015550142]}).addresses(X12) == (Address("9015550142", "12"),)


@pytest.mark.parametrize("wrong", ["ACME", [], ["ZZ", "ACME", "PO", "X"], [["ZZ"]], ["Z", "ACME"]])
def test_what_is_no_id_is_refused(wrong: object) -> None:
    with pytest.raises(ValidationError):
        Ids.model_validate({"x12": wrong})


def test_an_acknowledgement_may_be_written_as_a_number() -> None:
    assert profile(acknowledge=997).answers(X12) == (Acknowledgement.X997,)


def test_several_acknowledgements_may_be_agreed() -> None:
    assert profile(acknowledge=["TA1", 999]).answers(X12) == (Acknowledgement.TA1, Acknowledgement.X999)


def test_an_acknowledgement_answers_only_its_own_standard() -> None:
    assert profile(acknowledge="CONTRL").answers(X12) == ()
    assert profile(acknowledge="CONTRL").answers(EDIFACT) == (Acknowledgement.CONTRL,)


def test_nobody_is_answered_unless_it_is_agreed() -> None:
    assert not profile(acknowledge="none").answered(X12)


def test_one_set_may_be_answered_alone() -> None:
    receives = {"850": {"topic": "order.received", "acknowledge": 999}}
    assert profile(acknowledge="none", receives=receives).answered(X12)


def test_several_versions_of_a_set_are_a_list() -> None:
    receives = {"850": [{"version": "004010", "topic": "a"}, {"version": "005010", "topic": "b"}]}
    found = [(number, one.version, path) for number, one, path in profile(receives=receives).received()]
    assert found == [("850", "004010", ("receives", "850", 0)), ("850", "005010", ("receives", "850", 1))]


@pytest.mark.parametrize(("written", "read"), [(True, Partial.GOOD_ONES), ("all-or-nothing", Partial.NOTHING)])
def test_good_ones_pass_beside_bad_ones_unless_it_is_all_or_nothing(written: object, read: Partial) -> None:
    assert profile(partial=written).partial is read


def test_no_window_for_duplicates_is_off() -> None:
    assert profile(duplicates="off").duplicates == 0


@pytest.mark.parametrize("marks", ["*:", "**~", "*A~", "*:~^|"])
def test_separators_must_be_three_or_four_different_marks(marks: str) -> None:
    with pytest.raises(ValidationError):
        profile(x12={"separators": marks})
