"""The routes that profiles make: one for each set a partner is sent, one for what answers them, one for what is fetched.

Each is a route like any other, with queue, retry, dead letters and holds. It is written as a person would write it and
compiled by the same compiler; what is wrong with it is told at its place in the partner's file.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from crossdock.errors import CrossdockError
from crossdock.mapping.scope import Scope
from crossdock.message import Document
from crossdock.partner.agreement import Sends
from crossdock.partner.choosing import Partner, addressed_to
from crossdock.partner.ids import EDIFACT, X12, standard_of
from crossdock.route.bench import Bench
from crossdock.route.compile import Built, compile_route
from crossdock.route.compiled import Accepts
from crossdock.route.condition import Value
from crossdock.route.files import ProjectFile
from crossdock.route.materials import Materials
from crossdock.route.partners.channel import CHANNEL, Way, way_in, way_out
from crossdock.route.partners.files import PartnerFile
from crossdock.route.preflight import preflight_rules
from crossdock.route.substitution import Substituted
from crossdock.route.template import plain
from crossdock.route.topic import ACKNOWLEDGEMENT
from crossdock.yaml_source import Authored, Path


@dataclass(frozen=True, slots=True)
class Generated:
    """A route made from a profile: its value, and which path of it stands at which of the partner's file."""

    name: str
    value: dict[str, object]
    places: Mapping[Path, Path]
    accepts: Accepts


def generated_routes(
    file: PartnerFile, bench: Bench, partner: Partner, materials: Materials
) -> Iterator[tuple[str, Built]]:
    """The routes of one partner, compiled."""
    for one in _routes(file, bench, partner, materials):
        built = compile_route(one.name, _authored(file.source, one), _read(file.read, one), materials)
        route = replace(built.route, accepts=one.accepts) if built.route is not None else None
        yield one.name, Built(route, built.findings)


def _routes(file: PartnerFile, bench: Bench, partner: Partner, materials: Materials) -> Iterator[Generated]:
    channel = _channel(file)
    fetched, sent = way_in(channel), way_out(channel)
    if fetched is not None:
        yield _fetching(partner, fetched)
    if sent is None:
        return
    taken: dict[str, int] = {}
    for number, sends, path in partner.profile.sent():
        if sends.enabled:
            taken[number] = taken.get(number, 0) + 1
            suffix = f"-{taken[number]}" if taken[number] > 1 else ""
            name = f"partner-{partner.name}-{number.lower()}{suffix}"
            yield _sending(name, (number, sends), bench.at(*path), partner, materials, sent)
    if any(partner.profile.answered(standard) for standard in (X12, EDIFACT)):
        yield _answering(partner, sent)


def _channel(file: PartnerFile) -> dict[str, object] | None:
    value = file.read.value
    channel = value.get("channel") if isinstance(value, dict) else None
    return channel if isinstance(channel, dict) else None


def _sending(
    name: str,
    agreed: tuple[str, Sends],
    bench: Bench,
    partner: Partner,
    materials: Materials,
    channel: Way,
) -> Generated:
    """The route of one set; ``bench`` stands at its agreement."""
    (number, sends), path = agreed, bench.path
    steps: list[dict[str, object]] = []
    places: dict[Path, Path] = {(): path, ("from",): (*path, "on"), ("from", "topic"): (*path, "on"), **_to(channel)}
    mapping = materials.mappings.get(sends.map.mapping) if sends.map else None
    if sends.when is not None:
        places["steps", len(steps), "filter"] = (*path, "when")
        steps.append({"filter": sends.when})
    if mapping is not None and mapping.reads in materials.contracts:
        # before the contract, which would refuse a wrong GS1 key that the partner's rules may let pass
        _check(steps, places, preflight_rules(partner, number, mapping.reads or ""))
        steps.append({"validate": mapping.reads})
    if sends.map is not None:
        places["steps", len(steps), "map"] = (*path, "map")
        steps.append({"map": sends.map.written()})
    _check(steps, places, preflight_rules(partner, number, f"{standard_of(number).lower()}/{number}"))
    wrapped: dict[str, object] = {"partner": partner.name, "set": number, "version": sends.version}
    if sends.expect_ack is not None:
        wrapped["within"] = f"{sends.expect_ack.within:.3f}s"
    places["steps", len(steps), "interchange"] = path
    steps.append({"interchange": wrapped})
    whose = bench.at("for").expression(sends.whose) if sends.whose is not None else None
    value: dict[str, object] = {
        "about": f"Sends {number} to {partner.profile.name}.",
        "from": {"topic": sends.on},
        "steps": steps,
        "to": [channel.value],
    }
    return Generated(name, value, places, _accepts(sends, partner, whose))


def _check(steps: list[dict[str, object]], places: dict[Path, Path], rules: list[dict[str, object]]) -> None:
    """What is asked before anything is sent; nothing where nothing is."""
    if rules:
        places["steps", len(steps), "check"] = ("preflight",)
        steps.append({"check": rules})


def _answering(partner: Partner, channel: Way) -> Generated:
    value: dict[str, object] = {
        "about": f"Sends {partner.profile.name} what answers their interchanges.",
        "from": {"topic": ACKNOWLEDGEMENT},
        "steps": [{"interchange": {"partner": partner.name}}],
        "to": [channel.value],
    }
    places: dict[Path, Path] = {(): ("acknowledge",), **_to(channel)}
    name = partner.name

    def accepts(document: Document, scope: Scope) -> bool:
        return scope.partner == name

    return Generated(f"partner-{name}-acknowledgements", value, places, accepts)


def _fetching(partner: Partner, channel: Way) -> Generated:
    """The route of what is fetched from them; whose each interchange is, its envelope says."""
    value: dict[str, object] = {
        "about": f"Fetches what {partner.profile.name} has for us.",
        "from": channel.value,
        "steps": [{"edi": {}}],
    }
    places: dict[Path, Path] = {(): (CHANNEL,), ("steps",): (CHANNEL,), ("steps", 0, "edi"): (CHANNEL,)}
    places.update({("from", *new): old for new, old in channel.places.items()})
    return Generated(f"partner-{partner.name}-inbox", value, places, lambda document, scope: True)


def _to(channel: Way) -> dict[Path, Path]:
    return {("to",): (CHANNEL,), **{("to", 0, *new): old for new, old in channel.places.items()}}


def _accepts(sends: Sends, partner: Partner, whose: Value | None) -> Accepts:
    def accepts(document: Document, scope: Scope) -> bool:
        return addressed_to(sends, partner, scope.partner, _named(whose, document, scope))

    return accepts


def _named(whose: Value | None, document: Document, scope: Scope) -> str | None:
    if whose is None:
        return None
    try:
        return plain(whose(document, scope))
    except CrossdockError:  # a document the expression cannot be asked of is nobody's
        return None


# The file of the partner as the file of the route


def _authored(source: Authored, one: Generated) -> Authored:
    """The route as if it had been written: every value at its place in the partner's file."""
    values: dict[Path, tuple[int, int]] = {}
    keys: dict[Path, tuple[int, int]] = {}
    for new, old in one.places.items():
        for marks, into in ((source.values, values), (source.keys, keys)):
            for path, mark in marks.items():
                if path[: len(old)] == old and (new != () or path == old):
                    into[(*new, *path[len(old) :])] = mark
    text = f"{one.name}\n{source.text}"
    return Authored(source.file, text, one.value, values, keys)  # type: ignore[arg-type]  # secrets stand in as text


def _read(read: Substituted, one: Generated) -> Substituted:
    paths = {
        (*new, *path[len(old) :])
        for new, old in one.places.items()
        for path in read.paths
        if new != () and path[: len(old)] == old
    }
    return Substituted(one.value, paths=paths, variables=read.variables)


def refuse_taken(bench: Bench, made: Iterable[str], files: Mapping[str, ProjectFile]) -> None:
    """A route of the project must not have a name that a profile's route has."""
    for name in made:
        if name in files:
            hint = f"rename {files[name].path}"
            bench.report("P129", f"route '{name}', which this profile makes, exists already", hint=hint, value=name)
