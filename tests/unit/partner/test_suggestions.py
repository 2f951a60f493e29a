"""What is suggested to be written, and how a status is changed in a file somebody wrote."""

from __future__ import annotations

import pytest

from crossdock.ops.partners import with_status
from crossdock.partner.ids import EDIFACT, X12, Address
from crossdock.partner.profile import Profile
from crossdock.partner.suggestion import file_name, profile_text
from crossdock.yaml_source import load


@pytest.mark.parametrize("id", ["ACME", "049351117", "A: b", "#1", "yes", 'say "hi"', "01", "1.5", "null", "Ü"])
def test_any_id_can_be_suggested(id: str) -> None:
    text = profile_text(X12, Address(id, "ZZ"), sets=[("850", "004010")], maps={"850": "to-order"})
    profile = Profile.model_validate(load(text.encode(), "p.yaml").value)
    assert profile.ids.addresses(X12) == (Address(id, "ZZ"),)
    ((number, agreed, _),) = profile.received()
    assert (number, agreed.version, agreed.map and agreed.map.written()) == ("850", "004010", "to-order")


def test_an_edifact_profile_is_answered_with_contrl() -> None:
    profile = Profile.model_validate(load(profile_text(EDIFACT, Address("54", "14")).encode(), "p.yaml").value)
    assert profile.answered(EDIFACT)


@pytest.mark.parametrize(("id", "name"), [("ACME Corp.", "acme-corp"), ("049351117", "049351117"), ("??", "partner")])
def test_a_file_is_named_after_the_id(id: str, name: str) -> None:
    assert file_name(id) == name


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("name: A\nstatus: live\n", "name: A\nstatus: testing\n"),
        (
            "# who\nname: A\nstatus:   'live'   # since March\nids: {}\n",
            "# who\nname: A\nstatus:   testing   # since March\nids: {}\n",
        ),
        ('{name: A, status: "live", ids: {}}', "{name: A, status: testing, ids: {}}"),
        ("name: A\r\nstatus: live\r\nids: {}\r\n", "name: A\r\nstatus: testing\r\nids: {}\r\n"),
        ("name: A\nids: {}\n", "name: A\nstatus: testing\nids: {}\n"),
        ("name: A", "name: A\nstatus: testing\n"),
    ],
)
def test_only_the_status_changes_in_the_file(before: str, after: str) -> None:
    assert with_status(before, "testing") == after
