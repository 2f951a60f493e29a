"""From an envelope to partner and agreement, or to the reason why a person must look."""

from __future__ import annotations

import pytest
from tests.unit.partner.conftest import ACME, facts, profile

from crossdock.partner.choosing import Agreed, Partner, Refusal, Roster, addressed_to, sending_usage
from crossdock.partner.ids import EDIFACT, Address, Ids
from crossdock.partner.status import FOLLOWS, Status, may_follow
from crossdock.yaml_source import load

US = Ids.model_validate({"x12": ["ZZ", "US"]})


def roster(**changes: object) -> Roster:
    return Roster.of({"acme": profile(ACME, **changes)}, US, {"856": "x12-856-to-shipment"})


def refused(found: object) -> Refusal:
    assert isinstance(found, Refusal)
    return found


def test_the_sender_of_the_envelope_names_the_partner() -> None:
    found = roster().interchange(facts())
    assert isinstance(found, Partner)
    assert found.name == "acme"


def test_the_same_id_under_another_qualifier_is_somebody_else() -> None:
    assert refused(roster().interchange(facts(Address("ACMEDIST", "01")))).code == "P130"


def test_the_same_id_of_another_standard_is_somebody_else() -> None:
    assert refused(roster().interchange(facts(standard=EDIFACT))).code == "P130"


def test_an_edifact_id_without_qualifier_holds_for_each_qualifier() -> None:
    euro = Roster.of({"euro": profile(ids={"edifact": ["5412345000013"]})})
    assert isinstance(euro.interchange(facts(Address("5412345000013", "14"), standard=EDIFACT)), Partner)


def test_an_unknown_partner_comes_with_a_profile_that_can_be_read() -> None:
    hint = refused(roster().interchange(facts(Address("NEWCO 7", "ZZ")))).hint
    first, _, text = hint.partition("\n")
    assert first == "partners/newco-7.yaml:"
    assert load(text.encode(), "newco-7.yaml").value == {
        "name": "NEWCO 7",
        "status": "live",
        "ids": {"x12": ["ZZ", "NEWCO 7"]},
        "acknowledge": 997,
        "channel": {"file": {"path": "out/newco-7"}},
    }


def test_who_is_nearly_known_is_pointed_at() -> None:
    hint = refused(roster().interchange(facts(Address("Acmedist", "01")))).hint
    assert hint.startswith(
        "if it is acme (ZZ/ACMEDIST), add it to 'ids' in partners/acme.yaml; if not, partners/acmedist.yaml:\n"
    )


def test_a_suggested_profile_has_a_name_that_is_free() -> None:
    hint = refused(roster().interchange(facts(Address("ACME", "ZZ")))).hint
    assert hint.startswith("partners/acme-2.yaml:\n")


def test_a_suggested_profile_has_the_sets_that_were_sent() -> None:
    hint = roster().unknown(facts(Address("NEWCO", "ZZ")), [("856", "004010")]).hint
    value = load(hint.partition("\n")[2].encode(), "newco.yaml").value
    assert isinstance(value, dict)
    topic = "purchase.shipped"
    assert value["receives"] == {"856": {"version": "004010", "map": "x12-856-to-shipment", "topic": topic}}


def test_blanks_around_an_id_and_small_letters_of_a_qualifier_say_nothing() -> None:
    padded = Roster.of({"acme": profile(ids={"x12": ["zz", " ACMEDIST  "]})})
    assert isinstance(padded.interchange(facts()), Partner)


def test_what_is_addressed_to_somebody_else_is_held() -> None:
    assert refused(roster().interchange(facts(receiver=Address("OTHER", "ZZ")))).code == "P131"


def test_where_we_have_no_id_everything_is_for_us() -> None:
    assert isinstance(Roster.of({"acme": profile()}).interchange(facts(receiver=Address("OTHER", "ZZ"))), Partner)


def test_ids_towards_one_partner_go_before_those_of_the_project() -> None:
    own = roster(us={"x12": ["ZZ", "WE"]})
    assert refused(own.interchange(facts())).code == "P131"
    assert isinstance(own.interchange(facts(receiver=Address("WE", "ZZ"))), Partner)


@pytest.mark.parametrize(
    ("status", "usage", "code"),
    [
        ("onboarding", "P", "P132"),
        ("onboarding", "T", "P132"),
        ("testing", "P", "P133"),
        ("testing", "T", None),
        ("live", "P", None),
        ("live", "T", "P133"),
        ("retired", "P", "P132"),
        ("retired", "T", "P132"),
    ],
)
def test_the_status_says_which_data_are_processed(status: str, usage: str, code: str | None) -> None:
    found = roster(status=status).interchange(facts(usage=usage))
    assert (found.code if isinstance(found, Refusal) else None) == code


def test_tests_of_a_live_partner_pass_where_the_agreement_has_a_topic_for_them() -> None:
    receives = {"850": {"topic": "order.received", "test_topic": "order.test"}, "860": {"topic": "order.changed"}}
    found = roster(receives=receives)
    owner = found.interchange(facts(usage="T"))
    assert isinstance(owner, Partner)
    assert isinstance(found.document(owner, facts(usage="T"), "850", "005010"), Agreed)
    assert refused(found.document(owner, facts(usage="T"), "860", "005010")).code == "P133"


def test_a_set_that_nothing_is_agreed_about_comes_with_what_to_add() -> None:
    found = refused(roster().document(Partner("acme", profile()), facts(), "856", "005010"))
    assert found.code == "P134"
    assert '856: {version: "005010", map: x12-856-to-shipment, topic: purchase.shipped}' in found.hint


def test_another_version_than_agreed_is_held() -> None:
    found = refused(roster().document(Partner("acme", profile()), facts(), "850", "004010"))
    assert found.code == "P135"
    assert found.reason.endswith("only 005010")


def test_a_version_holds_for_what_industries_add_to_it() -> None:
    assert isinstance(roster().document(Partner("acme", profile()), facts(), "850", "005010X231A1"), Agreed)


def test_of_several_versions_the_closest_one_counts() -> None:
    receives = {"850": [{"topic": "any"}, {"version": "005010", "topic": "new"}]}
    partner = Partner("acme", profile(receives=receives))
    new = roster().document(partner, facts(), "850", "005010")
    old = roster().document(partner, facts(), "850", "004010")
    assert isinstance(new, Agreed)
    assert isinstance(old, Agreed)
    assert (new.receives.topic, old.receives.topic) == ("new", "any")


def test_an_agreement_that_is_switched_off_is_none() -> None:
    receives = {"850": {"topic": "order.received", "enabled": False}}
    found = roster().document(Partner("acme", profile(receives=receives)), facts(), "850", "005010")
    assert refused(found).code == "P134"


def test_a_message_is_its_own_partners_unless_an_expression_says_whose() -> None:
    partner = Partner("acme", profile())
    (_, own, _), *_ = partner.profile.sent()
    assert addressed_to(own, partner, "acme", None)
    assert not addressed_to(own, partner, "globex", None)


@pytest.mark.parametrize(("value", "theirs"), [("0007", True), ("acme", True), ("0008", False), (None, False)])
def test_an_expression_may_give_the_number_we_know_a_partner_by(value: str | None, *, theirs: bool) -> None:
    sends = {"855": {"version": "005010", "on": "order.acknowledged", "for": "buyer.id"}}
    partner = Partner("acme", profile(sends=sends))
    (_, own, _), *_ = partner.profile.sent()
    assert addressed_to(own, partner, "acme", value) is theirs


@pytest.mark.parametrize(
    ("status", "usage"), [("onboarding", None), ("testing", "T"), ("live", "P"), ("retired", None)]
)
def test_a_partner_in_testing_is_only_ever_sent_tests(status: str, usage: str | None) -> None:
    assert sending_usage(profile(status=status), "P") == usage


def test_a_live_partner_may_be_sent_tests() -> None:
    assert sending_usage(profile(), "T") == "T"


def test_a_partner_is_found_by_the_name_of_the_file_and_by_our_numbers() -> None:
    assert [roster().named(word) for word in ("acme", "0007", "ACME")] == ["acme", "acme", None]


def test_nobody_goes_live_untested() -> None:
    assert not may_follow(Status.ONBOARDING, Status.LIVE)
    assert not may_follow(Status.RETIRED, Status.LIVE)
    assert may_follow(Status.TESTING, Status.LIVE)


@pytest.mark.parametrize("status", Status)
def test_every_status_can_be_left_and_kept(status: Status) -> None:
    assert FOLLOWS[status]
    assert may_follow(status, status)
