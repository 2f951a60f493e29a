"""From the facts of an envelope to the partner and the agreement, or to the reason why a person must look at it."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from crossdock.partner.ids import Address, Ids
from crossdock.partner.status import ALLOWS, LIVE_DATA
from crossdock.partner.suggestion import file_name, suggested_agreement, suggested_profile

if TYPE_CHECKING:  # a project without partners does not wait for the models of their files
    from crossdock.partner.agreement import Receives, Sends
    from crossdock.partner.profile import Profile


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What an envelope says of itself. ``usage`` is ``P`` for live data, anything else is a test."""

    standard: str
    sender: Address
    receiver: Address
    usage: str = LIVE_DATA
    control: str = ""

    @property
    def live(self) -> bool:
        """Whether the sender means it."""
        return self.usage == LIVE_DATA


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why nothing is done with it until a person has looked; ``hint`` says what to write into which file."""

    code: str
    reason: str
    hint: str


@dataclass(frozen=True, slots=True)
class Partner:
    """A profile under the name of its file."""

    name: str
    profile: Profile


@dataclass(frozen=True, slots=True)
class Agreed:
    """What was agreed for a document."""

    partner: Partner
    number: str
    receives: Receives


@dataclass(frozen=True, slots=True)
class Roster:
    """Every partner of a project. ``us`` are our ids towards all of them; ``maps`` the mapping for a set, to suggest."""

    partners: Mapping[str, Partner] = field(default_factory=dict)
    us: Ids = field(default_factory=Ids)
    maps: Mapping[str, str] = field(default_factory=dict)
    _by_id: dict[tuple[str, str, str], Partner] = field(default_factory=dict, compare=False)
    _known_as: dict[str, str] = field(default_factory=dict, compare=False)

    @classmethod
    def of(
        cls, profiles: Mapping[str, Profile], us: Ids | None = None, maps: Mapping[str, str] | None = None
    ) -> Roster:
        """The roster of profiles by name; ids of two partners are the first one's."""
        roster = cls({name: Partner(name, one) for name, one in profiles.items()}, us or Ids(), maps or {})
        for partner in roster.partners.values():
            for key in claims(partner.profile):
                roster._by_id.setdefault(key, partner)
            for known in (partner.name, *partner.profile.known_as):
                roster._known_as.setdefault(known, partner.name)
        return roster

    def named(self, known_as: str) -> str | None:
        """The partner called so: by the name of its file, or by a number of ours."""
        return self._known_as.get(known_as)

    def sender(self, facts: Facts) -> Partner | None:
        """Whose id the envelope names as its sender."""
        standard, sender = facts.standard, facts.sender
        exact = self._by_id.get((standard, sender.qualifier, sender.id))
        return exact or self._by_id.get((standard, "", sender.id))

    def ours(self, partner: Profile, standard: str) -> tuple[Address, ...]:
        """The ids we go by towards a partner."""
        own = partner.us.addresses(standard) if partner.us is not None else ()
        return own or self.us.addresses(standard)

    def interchange(self, facts: Facts) -> Partner | Refusal:
        """Whose interchange it is, if anything of it may be processed."""
        partner = self.sender(facts)
        if partner is None:
            return self.unknown(facts)
        return self._misdirected(partner, facts) or _not_allowed(partner, facts) or partner

    def unknown(self, facts: Facts, sets: Iterable[tuple[str, str]] = ()) -> Refusal:
        """Why nobody's interchange is held, with a profile to begin with. ``sets`` are in it, with their versions."""
        said = f"unknown partner: no profile has the {facts.standard} id {facts.sender}"
        name = file_name(facts.sender.id)
        number = next(n for n in itertools.count(1) if _numbered(name, n) not in self.partners)
        hint = suggested_profile(facts.standard, facts.sender, facts.usage, sets, self.maps, _numbered(name, number))
        alike = self._alike(facts)
        if alike is not None:
            known = ", ".join(map(str, alike.profile.ids.addresses(facts.standard)))
            hint = f"if it is {alike.name} ({known}), add it to 'ids' in {_file(alike)}; if not, {hint}"
        return Refusal("P130", said, hint)

    def _alike(self, facts: Facts) -> Partner | None:
        """Who has that id under another qualifier, or in other letters."""
        wanted = facts.sender.id.casefold()
        known = (
            (one, address) for one in self.partners.values() for address in one.profile.ids.addresses(facts.standard)
        )
        return next((one for one, address in known if address.id.casefold() == wanted), None)

    def _misdirected(self, partner: Partner, facts: Facts) -> Refusal | None:
        ours = self.ours(partner.profile, facts.standard)
        if not ours or any(_same(one, facts.receiver) for one in ours):
            return None
        known = ", ".join(map(str, ours))
        reason = f"{partner.name} sends this to {facts.receiver}, which is none of our ids: {known}"
        return Refusal(
            "P131", reason, f"if it is ours, add it to 'us' in {_file(partner)} or to 'ids' in crossdock.yaml"
        )

    def document(self, partner: Partner, facts: Facts, number: str, version: str) -> Agreed | Refusal:
        """What was agreed for one document of an interchange of this partner."""
        agreed = [one for name, one, _ in partner.profile.received() if name == number and one.enabled]
        found = best(agreed, version)
        if found is not None and (facts.live or found.test_topic or not ALLOWS[partner.profile.status].live_data):
            return Agreed(partner, number, found)
        if found is not None:
            return _test_data(partner, number)
        suggestion = suggested_agreement(number, version, self.maps.get(number))
        if not agreed:
            return Refusal("P134", f"no agreement with {partner.name} about {number}", _add(partner, suggestion))
        versions = ", ".join(one.version or "any" for one in agreed)
        reason = f"no agreement with {partner.name} about {number} of version {version}, only {versions}"
        return Refusal("P135", reason, _add(partner, suggestion))


def claims(profile: Profile) -> Iterator[tuple[str, str, str]]:
    """Standard, qualifier and id that are this partner's alone."""
    yield from (("X12", one.qualifier, one.id) for one in profile.ids.x12)
    yield from (("EDIFACT", one.qualifier, one.id) for one in profile.ids.edifact)


def best(agreed: Iterable[Receives], version: str) -> Receives | None:
    """The agreement that names the version most closely: the whole of it, the beginning of it, or none."""
    fitting = [one for one in agreed if one.version is None or version.startswith(one.version)]
    return max(fitting, key=lambda one: len(one.version or ""), default=None)


def addressed_to(sends: Sends, partner: Partner, says: str | None, value: str | None) -> bool:
    """Whether a message is this partner's. ``says`` is its own partner, ``value`` what ``for`` gave."""
    if sends.whose is None:
        return says == partner.name
    return value is not None and (value == partner.name or value in partner.profile.known_as)


def sending_usage(profile: Profile, usage: str) -> str | None:
    """The usage under which a partner is sent to; None where nothing may be sent. Tests stay tests."""
    allowed = ALLOWS[profile.status].sends
    return usage if allowed == LIVE_DATA else allowed


def _same(ours: Address, named: Address) -> bool:
    return ours.id == named.id and (not ours.qualifier or ours.qualifier == named.qualifier)


def _not_allowed(partner: Partner, facts: Facts) -> Refusal | None:
    status = partner.profile.status
    allowed = ALLOWS[status]
    if not allowed.live_data and not allowed.test_data:
        hint = f"crossdock partner set-status {partner.name} testing, then release it"
        return Refusal("P132", f"{partner.name} is {status}: {allowed.about}", hint)
    if facts.live and not allowed.live_data:
        hint = f"ask them to mark tests as such, or crossdock partner set-status {partner.name} live"
        return Refusal("P133", f"live data from {partner.name}, which is {status}", hint)
    tests = any(one.test_topic for _, one, _ in partner.profile.received())
    if not facts.live and not allowed.test_data and not tests:
        return _test_data(partner, None)
    return None


def _test_data(partner: Partner, number: str | None) -> Refusal:
    what = "test data" if number is None else f"a test of {number}"
    hint = f"give the agreement a test_topic in {_file(partner)}, or reject it"
    return Refusal("P133", f"{what} from {partner.name}, which is {partner.profile.status}", hint)


def _add(partner: Partner, suggestion: str) -> str:
    return f"add to {_file(partner)}:\n{suggestion}"


def _numbered(name: str, number: int) -> str:
    return name if number == 1 else f"{name}-{number}"


def _file(partner: Partner) -> str:
    return f"partners/{partner.name}.yaml"
