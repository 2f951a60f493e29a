"""How a partner's interchanges are answered, from the profile to the terms that codecs make acknowledgements by."""

from __future__ import annotations

from collections.abc import Mapping

from crossdock.acknowledgement import Receipt, Refusal, Terms
from crossdock.partner.agreement import Acknowledgement, Partial
from crossdock.partner.profile import Profile

_REFUSALS: Mapping[Partial, Refusal] = {
    Partial.GOOD_ONES: Refusal.TRANSACTION,
    Partial.OTHER_GROUPS: Refusal.GROUP,
    Partial.NOTHING: Refusal.INTERCHANGE,
}
_FUNCTIONAL = (Acknowledgement.X997, Acknowledgement.X999, Acknowledgement.CONTRL)


def terms_of(profile: Profile, standard: str) -> Terms:
    """The terms for interchanges of a standard from this partner."""
    agreed = profile.answers(standard)
    sets = {
        number: _functional(one.acknowledge) for number, one, _ in profile.received() if one.acknowledge is not None
    }
    if Acknowledgement.TA1 in agreed:
        receipt = Receipt.ALWAYS
    else:
        receipt = Receipt.ASKED if profile.answered(standard) else Receipt.NEVER
    functional = next((one.value for one in agreed if one in _FUNCTIONAL), "")
    return Terms(functional=functional, sets=sets, receipt=receipt, refusal=_REFUSALS[profile.partial])


def _functional(said: Acknowledgement | None) -> str:
    return said.value if said in _FUNCTIONAL else ""
