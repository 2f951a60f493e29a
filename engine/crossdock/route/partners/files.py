"""Reads ``partners/*.yaml``: profiles, what was agreed compiled, and everything that is wrong with either."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from crossdock.errors import Finding, Place
from crossdock.mapping.compile import YamlMapping
from crossdock.partner.agreement import Acknowledgement
from crossdock.partner.choosing import Roster, claims
from crossdock.partner.ids import STANDARDS, standard_of
from crossdock.partner.profile import ANSWERS, Profile
from crossdock.route.bench import Bench, Notes
from crossdock.route.materials import UNSOUND, Materials
from crossdock.route.partners.agreements import compile_handling
from crossdock.route.partners.channel import way_out
from crossdock.route.partners.handling import Handling
from crossdock.route.partners.known import FOLDER, Partners
from crossdock.route.partners.reached import watched
from crossdock.route.partners.sets import check_rules_of, check_set
from crossdock.route.preflight import check_wishes
from crossdock.route.substitution import Substituted
from crossdock.yaml_source import Authored, Path


@dataclass(frozen=True, slots=True)
class PartnerFile:
    """One file of ``partners/`` with the environment put in."""

    source: Authored
    read: Substituted


@dataclass(slots=True)
class Loaded:
    """Partners, what is wrong with their files, and the bench of each that could be read."""

    partners: Partners
    benches: dict[str, Bench] = field(default_factory=dict)

    def findings(self) -> Iterator[Finding]:
        """What is wrong with the files, by now."""
        for bench in self.benches.values():
            yield from bench.notes.findings


def load_partners(files: Mapping[str, PartnerFile], materials: Materials) -> Loaded:
    """Every partner whose file can be read."""
    benches: dict[str, Bench] = {}
    profiles: dict[str, Profile] = {}
    for name, file in files.items():
        benches[name] = bench = _bench(name, file, materials)
        profile = bench.read(Profile, {} if file.read.value is None else file.read.value, "P120")
        if profile is not None:
            profiles[name] = profile
    handlings: dict[int, Handling] = {}
    published: dict[str, Place] = {}
    for name, profile in profiles.items():
        handlings.update(_handlings(benches[name], name, profile))
        _check(benches[name], name, profile, materials)
        published.update(benches[name].notes.published)
    _refuse_twins(benches, profiles)
    roster = Roster.of(profiles, materials.settings.ids, _maps(materials))
    broken = frozenset(files) - frozenset(profiles)
    reached = {key: told for name, one in profiles.items() for key, told in watched(benches[name], name, one)}
    return Loaded(Partners(roster, handlings, reached, published, broken), benches)


def _bench(name: str, file: PartnerFile, materials: Materials) -> Bench:
    notes = Notes(findings=list(file.read.findings), unresolved={finding.place for finding in file.read.findings})
    return Bench(
        route=f"{FOLDER}/{name}",
        source=file.source,
        materials=materials,
        notes=notes,
        from_environment=frozenset(file.read.paths),
    )


def _maps(materials: Materials) -> dict[str, str]:
    """For each set the first mapping that reads it, one that extends another last: to suggest."""
    found: dict[str, str] = {}
    dialects = {name for name, one in materials.mappings.items() if isinstance(one, YamlMapping) and one.extends}
    for name in sorted(materials.mappings, key=lambda name: (name in dialects, name)):
        kind, _, number = (materials.mappings[name].reads or "").partition("/")
        if kind in ("x12", "edifact") and number:
            found.setdefault(number, name)
    return found


def _handlings(bench: Bench, name: str, profile: Profile) -> Iterator[tuple[int, Handling]]:
    for number, agreement, path in profile.received():
        yield id(agreement), compile_handling(bench.at(*path), name, number, agreement)


# What only the whole profile can tell


def _check(bench: Bench, name: str, profile: Profile, materials: Materials) -> None:
    for number, receives, path in profile.received():
        check_set(bench.at(*path), number, receives.version)
        _check_answer(bench.at(*path, "acknowledge"), profile, number, receives.acknowledge)
    for number, sends, path in profile.sent():
        check_set(bench.at(*path), number, sends.version)
    _check_answers(bench.at("acknowledge"), profile)
    _check_versions(bench, profile)
    _check_ids(bench, profile, materials)
    _check_channel(bench, profile)
    check_rules_of(bench.at("rules"), name, profile)
    check_wishes(bench.at("preflight"), profile.preflight)


def _check_answer(bench: Bench, profile: Profile, number: str, said: Acknowledgement | None) -> None:
    possible = (*ANSWERS[standard_of(number)], Acknowledgement.NONE)
    if said is not None and said not in possible:
        hint = f"one of: {', '.join(possible)}"
        bench.report("P125", f"{said} does not answer {number}", hint=hint, value=said)


def _check_answers(bench: Bench, profile: Profile) -> None:
    """Only one of them can answer an interchange; TA1 goes beside either."""
    both = [one for one in (Acknowledgement.X997, Acknowledgement.X999) if one in profile.acknowledge]
    if len(both) > 1:
        bench.report("P125", "either 997 or 999 answers, not both", hint="leave one out; a set may say otherwise")


def _check_versions(bench: Bench, profile: Profile) -> None:
    seen: set[tuple[str, str, str | None]] = set()
    agreed = [(name, one.version, path) for name, one, path in profile.received()]
    agreed += [(name, one.version, path) for name, one, path in profile.sent()]
    for name, version, path in agreed:
        key = (str(path[0]), name, version)
        if key in seen:
            shown = f"version {version}" if version else "every version"
            bench.at(*path).report("P128", f"{name} is agreed twice for {shown}", hint="remove one of them")
        seen.add(key)


def _check_ids(bench: Bench, profile: Profile, materials: Materials) -> None:
    """Whoever is sent to needs an id, and so do we."""
    if not profile.ids.x12 and not profile.ids.edifact:
        bench.at("ids").report("P123", "the partner has no id", hint="ids: {x12: [ZZ, ACMEDIST]}", key=True)
        return
    us = profile.us or materials.settings.ids
    for standard in STANDARDS:
        needed: list[Path] = [path for number, _, path in profile.sent() if standard_of(number) == standard]
        if profile.answered(standard):
            needed.append(("acknowledge",))
        key = standard.lower()
        if needed and not profile.ids.addresses(standard):
            at = bench.at(*needed[0])
            at.report("P123", f"the partner has no {standard} id", hint=f"add it under 'ids: {key}'", key=True)
        elif needed and not us.addresses(standard) and (profile.us or UNSOUND not in materials.broken):
            hint = f"add 'ids: {{{key}: …}}' to crossdock.yaml, or 'us' to the profile"
            bench.at(*needed[0]).report("P123", f"we have no {standard} id towards this partner", hint=hint, key=True)


def _check_channel(bench: Bench, profile: Profile) -> None:
    """Who is sent to or answered must be reached somehow."""
    if way_out(profile.channel) is not None:
        return
    hint = "add 'channel', such as {file: {path: out/acme}}"
    if profile.channel is not None:
        hint = "add 'out' to 'channel': the folder that is filled"
    for _, _, path in profile.sent():
        bench.at(*path).report("P124", "the partner is sent to, but has no channel", hint=hint, key=True)
        return
    if any(profile.answered(standard) for standard in STANDARDS):
        bench.at("acknowledge").report("P124", "the partner is answered, but has no channel", hint=hint, key=True)


def _refuse_twins(benches: Mapping[str, Bench], profiles: Mapping[str, Profile]) -> None:
    ids: dict[tuple[str, str, str], str] = {}
    known: dict[str, str] = {}
    for name, profile in profiles.items():
        for key in claims(profile):
            first = ids.setdefault(key, name)
            if first != name:
                at = benches[name].at("ids", key[0].lower())
                shown = f"{key[1]}/{key[2]}" if key[1] else key[2]
                at.report("P121", f"{key[0]} id {shown} is claimed by partner '{first}' already", value=key[2])
        for index, ours in enumerate(profile.known_as):
            first = known.setdefault(ours, name)
            if first != name:
                at = benches[name].at("known_as", index)
                at.report("P127", f"'{ours}' is partner '{first}' already", value=ours)
