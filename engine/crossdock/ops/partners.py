"""Partners as people look at them and change them: what was agreed, a profile from a sample, a new status."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from crossdock.errors import ConfigError, CrossdockError, Finding, Place, Reject, Severity
from crossdock.message import Inline
from crossdock.partner.agreement import Receives, Sends
from crossdock.partner.choosing import Facts, Partner, Roster
from crossdock.partner.ids import STANDARDS, standard_of
from crossdock.partner.profile import Profile
from crossdock.partner.status import ALLOWS, FOLLOWS, Status, may_follow
from crossdock.partner.suggestion import file_name, profile_text
from crossdock.route.compiled import CompiledRoute
from crossdock.route.partners.facts import ACKNOWLEDGEMENTS, ADVICES, facts_of
from crossdock.route.partners.standards import STANDARDS as EDI
from crossdock.runtime.engine import Engine
from crossdock.yaml_source import load, suggest

FOLDER = "partners"


def found(roster: Roster, name: str) -> Partner:
    """The partner of that name. Raises ``ConfigError``."""
    partner = roster.partners.get(roster.named(name) or name)
    if partner is None:
        hint = suggest(name, roster.partners) or "crossdock partner list"
        raise _error("P144", f"partner '{name}' does not exist", hint)
    return partner


def _error(code: str, message: str, hint: str | None = None) -> ConfigError:
    return ConfigError.of([Finding(code=code, message=message, hint=hint)])


# Looking


def summary(partner: Partner) -> dict[str, object]:
    """A partner in a line."""
    profile = partner.profile
    return {
        "partner": partner.name,
        "name": profile.name,
        "status": str(profile.status),
        "ids": ids(profile),
        "receives": sorted({number for number, _, _ in profile.received()}),
        "sends": sorted({number for number, _, _ in profile.sent()}),
        "channel": next(iter(profile.channel), None) if profile.channel else None,
    }


def ids(profile: Profile) -> list[str]:
    """The ids of a partner as people write them."""
    return [f"{standard.lower()} {one}" for standard in STANDARDS for one in profile.ids.addresses(standard)]


def described(partner: Partner, roster: Roster, routes: Sequence[CompiledRoute]) -> dict[str, object]:
    """All that was agreed, and the routes that follow from it."""
    profile = partner.profile
    return {
        **summary(partner),
        "about": profile.about,
        "allows": ALLOWS[profile.status].about,
        "known_as": list(profile.known_as),
        "us": [f"{standard.lower()} {one}" for standard in STANDARDS for one in roster.ours(profile, standard)],
        "receives": [_received(profile, number, one) for number, one, _ in profile.received()],
        "sends": [_sent(number, one) for number, one, _ in profile.sent()],
        "acknowledges": {standard.lower(): [str(one) for one in profile.answers(standard)] for standard in STANDARDS},
        "rules": profile.rules,
        "routes": [route.name for route in routes if route.file == f"{FOLDER}/{partner.name}.yaml"],
    }


def _received(profile: Profile, number: str, one: Receives) -> dict[str, object]:
    answers = profile.answers(standard_of(number)) if one.acknowledge is None else (one.acknowledge,)
    return {
        "set": number,
        "version": one.version,
        **_mapped(one),
        "topic": one.topic,
        "acknowledge": ", ".join(answers) or None,
    }


def _sent(number: str, one: Sends) -> dict[str, object]:
    within = None if one.expect_ack is None else one.expect_ack.within
    return {"set": number, "version": one.version, **_mapped(one), "on": one.on, "expect_ack": within}


def _mapped(one: Receives | Sends) -> dict[str, object]:
    """The mapping; beside it what its parameters are given, where it has any."""
    if one.map is None or not one.map.given:
        return {"map": one.map and one.map.mapping}
    return {"map": one.map.mapping, "with": one.map.given}


def lasting(seconds: float) -> str:
    """A time as people say it: ``4 hours``."""
    for unit, length in (("day", 86400), ("hour", 3600), ("minute", 60)):
        if seconds >= length and seconds % length == 0:
            return f"{seconds / length:g} {unit}{'s' if seconds > length else ''}"
    return f"{seconds:g} second{'s' if seconds != 1 else ''}"


# A new partner


@dataclass(frozen=True, slots=True)
class Sample:
    """What a payload says of who sent it, and the sets in it with their versions."""

    facts: Facts
    sets: tuple[tuple[str, str], ...]


def sampled(data: bytes) -> Sample:
    """What a payload of EDI says of its sender. Raises ``ConfigError`` where it is none, or names nobody."""
    standard = max(EDI.values(), key=lambda one: one.sniff(data))
    if not standard.sniff(data):
        raise _error("P150", "the file is no EDI: neither X12 nor EDIFACT", "see what it is: crossdock inspect")
    reading = standard.reader({}, None).judge(Inline(data))
    sets: dict[tuple[str, str], None] = {}
    try:
        for item in reading:
            document = None if isinstance(item, Finding) else item.document
            if isinstance(document, dict) and document.get("_set") not in ACKNOWLEDGEMENTS | ADVICES:
                sets[str(document.get("_set")), str(document.get("_ver"))] = None
    except Reject as error:
        raise _error("P150", f"the file is no {standard.name}: {error.message}") from error
    account = reading.accounts[0]
    facts = facts_of(account.standard, account.facts, account.control)
    if not facts.sender.id:
        raise _error("P143", "the file names no sender: it has no envelope", "give --id instead")
    return Sample(facts, tuple(sets))


def add(  # noqa: PLR0913 - all that may be known of a new partner
    root: Path,
    roster: Roster,
    sample: Sample,
    *,
    name: str | None,
    title: str | None,
    status: str,
    channel: str | None = None,
    maps: Mapping[str, str] | None = None,
) -> Path:
    """Write the profile of a new partner; ``channel`` is the text of theirs, ``maps`` mappings by set. Raises ``ConfigError`` where there is one already."""
    called = name or file_name(title or sample.facts.sender.id)
    taken = roster.sender(sample.facts)
    if taken is not None:
        message = f"{sample.facts.standard} id {sample.facts.sender} is partner '{taken.name}' already"
        raise _error("P121", message, f"crossdock partner show {taken.name}")
    path = root / FOLDER / f"{called}.yaml"
    if path.exists():
        raise _error("P142", f"{FOLDER}/{called}.yaml exists already", "give it another name")
    text = profile_text(
        sample.facts.standard,
        sample.facts.sender,
        sample.facts.usage,
        sample.sets,
        {**(maps or {}), **roster.maps},
        name=title,
        status=status,
        channel=channel,
    )
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


# Checking


def check(engine: Engine, partner: Partner, warnings: Sequence[Finding]) -> Iterator[Finding]:
    """What is wrong with a partner whose file can be read: warnings, and a channel that cannot be opened."""
    file = f"{FOLDER}/{partner.name}.yaml"
    yield from (finding for finding in warnings if finding.place.file == file)
    made = [route for route in engine.routes.values() if route.file == file and route.destinations]
    for route in made[:1]:  # all of a partner's go the same way
        for destination in route.destinations:
            error = _refusal(engine, f"{route.name}/{destination.slot}")
            if error is not None:
                message = f"the channel cannot be opened: {error.message}"
                yield Finding(code=error.code, message=message, place=Place(file=file), hint=error.hint)
    if not made and partner.profile.status is not Status.RETIRED:
        yield Finding(
            code="P124",
            message="nothing is ever sent to this partner: no 'sends', and nothing is acknowledged",
            severity=Severity.NOTE,
            place=Place(file=file),
        )


def _refusal(engine: Engine, queue: str) -> CrossdockError | None:
    """Why the sink of a destination cannot be opened."""
    try:
        engine.courier(queue)
    except CrossdockError as error:
        return error
    return None


# Changing the status


def set_status(root: Path, partner: Partner, status: Status, *, force: bool = False) -> None:
    """Write the new status into the partner's file, and nothing else. Raises ``ConfigError`` where it may not follow."""
    before = partner.profile.status
    if not force and not may_follow(before, status):
        after = ", ".join(FOLLOWS[before])
        raise _error("P141", f"{partner.name} is {before} and cannot be {status} next", f"one of: {after}; or --force")
    path = _path(root, partner.name)
    data = path.read_bytes()
    path.write_text(with_status(data.decode("utf-8-sig"), str(status)), encoding="utf-8", newline="")


def _path(root: Path, name: str) -> Path:
    paths = [path for ending in ("yaml", "yml") for path in (root / FOLDER).rglob(f"{name}.{ending}")]
    if not paths:
        raise _error("P144", f"partners/{name}.yaml does not exist")
    return paths[0]


def with_status(text: str, status: str) -> str:
    """The file with another status: comments, order and everything else as they were."""
    source = load(text.encode(), "profile.yaml")
    lines = text.splitlines(keepends=True)
    mark = source.values.get(("status",))
    if mark is None:
        line = source.values.get(("name",), (1, 1))[0]
        ending = "\r\n" if lines and lines[0].endswith("\r\n") else "\n"
        if lines and not lines[line - 1].endswith(("\n", "\r")):
            lines[line - 1] += ending
        lines.insert(line, f"status: {status}{ending}")
        return "".join(lines)
    line, column = mark
    written = lines[line - 1]
    before, rest = written[: column - 1], written[column - 1 :]
    lines[line - 1] = before + status + rest[_length(rest) :]
    return "".join(lines)


def _length(rest: str) -> int:
    """How long the value is that stands at the beginning of the rest of its line."""
    if rest[:1] in ('"', "'"):
        return rest.index(rest[0], 1) + 1
    return len(rest) - len(rest.lstrip("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"))
