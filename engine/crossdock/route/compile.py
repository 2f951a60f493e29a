"""From an authored route file to a compiled route, or to all its findings."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from crossdock.connector.endpoint import Endpoint
from crossdock.errors import Finding, Place, errors_in
from crossdock.route import binding
from crossdock.route.bench import Bench, Notes
from crossdock.route.cases import Around, check_cases
from crossdock.route.compiled import CompiledRoute, SourceBinding
from crossdock.route.decide import Course
from crossdock.route.destination import Destination
from crossdock.route.expectation import Expectation
from crossdock.route.materials import Materials
from crossdock.route.opening import OPENERS
from crossdock.route.partition import Opening
from crossdock.route.passage import Labelled, Lane, no_lane
from crossdock.route.sequence import OPENING, RouteBuilder
from crossdock.route.spec import CaseSpec, RouteSpec
from crossdock.route.steps import STEPS
from crossdock.route.steps.contract import Flow
from crossdock.route.steps.key import key_text
from crossdock.route.substitution import Substituted
from crossdock.route.to import breaker, check_retry, policy
from crossdock.route.topic import is_pattern
from crossdock.yaml_source import Authored

EXPECT = "expect"  # stands beside the connector of a source
_QUOTED = re.compile(r"'([A-Za-z0-9_.-]+)'")


@dataclass(frozen=True, slots=True)
class Built:
    """What came of one file: the route if it has no errors, and its findings, warnings included.

    ``sketch`` is the route without what has mistakes: it never runs, it is only looked at.
    """

    route: CompiledRoute | None
    findings: tuple[Finding, ...]
    sketch: CompiledRoute | None = None


class _From(NamedTuple):
    """What a route reads: one of these, or nothing where that has mistakes."""

    source: SourceBinding | None = None
    endpoint: Endpoint | None = None
    topics: tuple[str, ...] = ()


def compile_route(name: str, source: Authored, read: Substituted, materials: Materials) -> Built:
    """Compile one route file. ``read`` is its value with the environment put in."""
    notes = Notes(findings=list(read.findings), unresolved={finding.place for finding in read.findings})
    bench = Bench(route=name, source=source, materials=materials, notes=notes, from_environment=frozenset(read.paths))
    spec = _spec(bench, read.value)
    route = _build(bench, spec, read) if spec is not None else None
    return Built(None if errors_in(notes.findings) else route, tuple(notes.findings), route)


def _spec(bench: Bench, written: object) -> RouteSpec | None:
    """The file as a route. One without a usable ``from`` is read as if it had one, to find its other mistakes."""
    value = {} if written is None else written
    spec = bench.read(RouteSpec, value, "R101")
    if spec is None and isinstance(value, dict):
        spec = bench.quietly().read(RouteSpec, {**value, "from": {"topic": "unknown"}}, "R101")
    return spec


def _build(bench: Bench, spec: RouteSpec, read: Substituted) -> CompiledRoute:
    binding_, endpoint, topics = _source(bench.at("from"), spec.source)
    builder = RouteBuilder(spec, _flow(spec))
    opening, steps = _steps(bench.at("steps"), spec, builder)
    emits = builder.targets(bench.at("to"), spec.to)
    check_retry(bench.at("retry"), spec.retry, policy(spec.retry, bench.materials.settings.defaults.retry))
    if builder.flow.alone and (spec.to or len(_reading(spec)) > 1):
        message = f"nothing can stand beside '{builder.flow.alone}': agreements say where documents go"
        bench.report("R220", message, hint="let another route read the agreement's topic")
    elif not spec.to and not _sends(bench, builder) and not builder.flow.alone and not errors_in(bench.notes.findings):
        bench.report("R108", "the route sends to nowhere", hint="add 'to:' with a topic or a connector")
    cases = check_cases(bench.at("cases"), spec.cases, _around(bench, builder))
    lane = _lane(bench.at("order", "by"), spec.order.by) if spec.order else no_lane
    first = next(iter(spec.steps[0]), "") if spec.steps else ""
    course = Course(steps=steps, emits=emits, lane=lane, opening=f"1 {first}" if first in OPENING else "from")
    return CompiledRoute(
        name=bench.route,
        file=bench.source.file,
        version=_version(bench, read),
        about=spec.about,
        enabled=spec.enabled,
        priority=spec.priority,
        source=binding_,
        endpoint=endpoint,
        expectation=_expectation(bench.at("from"), spec.source),
        topics=topics,
        opening=opening,
        course=course,
        ordered=spec.order is not None,
        retry=policy(spec.retry, bench.materials.settings.defaults.retry),
        destinations=tuple(builder.destinations),
        rejects=_rejects(bench, binding_),
        published=tuple(bench.notes.published),
        cases=cases,
        traits=bench.notes.traits,
        places=_places(bench, topics, cases),
    )


def _flow(spec: RouteSpec) -> Flow:
    by_topic = "topic" in spec.source
    return Flow(document=by_topic or "steps" not in spec.model_fields_set, as_published=by_topic)


def _reading(spec: RouteSpec) -> list[str]:
    """The steps but for those that only open the payload."""
    return [name for name in (next(iter(entry), "") for entry in spec.steps) if name not in OPENERS]


def _sends(bench: Bench, builder: RouteBuilder) -> bool:
    """Whether anything leaves by a step: a question alone sends nothing on."""
    return bool(bench.notes.slots.keys() - {one.slot for one in builder.destinations if one.asking is not None})


def _rejects(bench: Bench, source: SourceBinding | None) -> Destination | None:
    """The folder, or whatever the source's connector offers, for payloads the route gave up on."""
    options = source.kind.rejects(source.options) if source is not None else None
    connector = bench.materials.connectors.get(source.connector) if source is not None else None
    if options is None or connector is None or connector.sink is None or source is None:
        return None
    defaults = bench.materials.settings.defaults
    return Destination(
        slot="rejects",
        connector=source.connector,
        kind=connector.sink,
        options=options,
        retry=policy(defaults.retry),
        breaker=breaker(bench.materials.settings.limits.retry_after, defaults.breaker),
        timeout=defaults.timeout,
        priority=0,
    )


def _around(bench: Bench, builder: RouteBuilder) -> Around:
    return Around(
        asks=[name for one in builder.destinations for name in one.asked_as],
        destinations=[one.slot for one in builder.destinations if one.asking is None],
        publishes=list(bench.notes.published),
    )


def _places(bench: Bench, topics: Sequence[str], cases: Sequence[CaseSpec]) -> dict[str, Place]:
    listed = isinstance(_written(bench, "from", "topic"), list)
    read = {f"from {t}": bench.at("from", "topic", *([i] if listed else [])).place() for i, t in enumerate(topics)}
    read["from"] = bench.at("from").place()
    for index, case in enumerate(cases):
        at = bench.at("cases", index)
        read[f"case {index + 1}"] = at.place()
        followed = case.through if isinstance(case.through, list) else []
        read |= {f"case {index + 1} through {name}": at.at("through", i).place() for i, name in enumerate(followed)}
    return {**read, **{f"to {topic}": place for topic, place in bench.notes.published.items()}}


def _written(bench: Bench, *path: str) -> object:
    here: object = bench.source.value
    for step in path:
        here = here.get(step) if isinstance(here, dict) else None
    return here


def _expectation(bench: Bench, written: Mapping[str, object]) -> Expectation | None:
    """What comes from outside may be expected."""
    if EXPECT not in written:
        return None
    if "topic" in written:
        hint = "the route whose source brings it can expect it"
        bench.at(EXPECT).report("R101", "a topic is not expected to bring anything", hint=hint, key=True)
        return None
    return bench.at(EXPECT).read(Expectation, written[EXPECT], "R101")


def _source(bench: Bench, beside: Mapping[str, object]) -> _From:
    written = {name: options for name, options in beside.items() if name != EXPECT}
    if len(written) != 1:
        shown = f"not {len(written)}: {', '.join(written)}" if written else "not none"
        hint = "name a connector (such as file:) or topic:"
        bench.report("R106", f"a route reads from exactly one source, {shown}", hint=hint)
        return _From()
    name, options = next(iter(written.items()))
    at = bench.at(name)
    if name == "topic":
        return _From(topics=_topics(at, options))
    if binding.is_endpoint(bench, name, options):
        return _From(endpoint=binding.endpoint(at, name, options))
    bound = binding.source(at, name, options)
    if bound is None:
        return _From()
    identity = f"{bench.route}/{name}"
    return _From(source=SourceBinding(connector=name, kind=bound[0], options=bound[1], identity=identity))


def _topics(bench: Bench, written: object) -> tuple[str, ...]:
    listed = (
        [(bench.at(i), each) for i, each in enumerate(written)] if isinstance(written, list) else [(bench, written)]
    )
    if not listed:
        bench.report("R113", "the list of topics is empty", hint="such as order.received, or order.*")
    topics: list[str] = []
    for at, each in listed:
        if isinstance(each, str) and is_pattern(each):
            topics.append(each)
        else:
            hint = "words joined by dots, * for any one word: order.received, order.*"
            at.report("R113", f"'{each}' is not a topic to read", hint=hint)
    return tuple(topics)


def _steps(bench: Bench, spec: RouteSpec, builder: RouteBuilder) -> tuple[Opening, tuple[Labelled, ...]]:
    """The steps, divided at the split: what comes before it belongs to the reading."""
    names = [next(iter(entry), "") for entry in spec.steps]
    at = names.index("split") if "split" in names else -1
    for index in range(at):
        _check_before_split(bench.at(index, names[index]), names[index])
    before = tuple(builder.steps(bench, spec.steps[: at + 1]))
    after = builder.steps(bench, spec.steps[at + 1 :], first=at + 1)
    flow = builder.flow
    opening = Opening(
        route=bench.route,
        codec=flow.codec,
        format=flow.read_as,
        from_topic="topic" in spec.source,
        streamed=flow.split and flow.by is None and flow.reader is None,
        by=flow.by,
        before=before,
        reader=flow.reader,
        openers=flow.openers,
    )
    return opening, after


def _check_before_split(bench: Bench, name: str) -> None:
    kind = STEPS.get(name)
    if kind is not None and not kind.before_split and name != "decode":
        bench.report(
            "R208", f"'{name}' stands before 'split'", hint="put it after: it judges single documents", key=True
        )


def _lane(bench: Bench, text: str) -> Lane:
    value = bench.expression(text)
    return lambda document, scope: key_text(value(document, scope), text)


def _version(bench: Bench, read: Substituted) -> str:
    """12 hex digits of all that decides what the route does.

    That is its file, values from the environment (no secrets), mappings, layouts, and tables those texts quote.
    """
    texts = bench.materials.texts
    used = [
        bench.source.text,
        *(texts.get(name, "") for name in sorted(bench.notes.files)),
        repr(sorted(read.variables.items())),
    ]
    quoted = sorted({name for text in used for name in _QUOTED.findall(text)})
    digest = hashlib.blake2b(digest_size=6)
    for text in [*used, *(texts.get(f"table {name}", "") for name in quoted)]:
        digest.update(text.encode() + b"\0")
    return digest.hexdigest()
