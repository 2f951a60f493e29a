"""The ``cases`` of routes and mappings: that what they name exists. Running them is ``crossdock test``'s business."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from pydantic import ValidationError

from crossdock.errors import Finding, Reject, Severity
from crossdock.mapping.case import MappingCase
from crossdock.mapping.compile import YamlMapping
from crossdock.mapping.given import Given, is_message
from crossdock.route.asking import exact
from crossdock.route.bench import Bench
from crossdock.route.faults import SOURCE, Fault
from crossdock.route.spec import CaseSpec
from crossdock.route.topic import ACKNOWLEDGEMENT, RESERVED, TOLD, matches
from crossdock.yaml_source import Authored, Path, findings_of, suggest


@dataclass(frozen=True, slots=True, kw_only=True)
class Around:
    """What the cases of a route may name: systems it ``asks``, its ``destinations``, topics it ``publishes``."""

    asks: Collection[str] = ()
    destinations: Collection[str] = ()
    publishes: Collection[str] = ()

    @property
    def systems(self) -> list[str]:
        """Everything that can fail."""
        return [*self.asks, *self.destinations]


def check_cases(bench: Bench, cases: Sequence[object], around: Around = Around()) -> tuple[CaseSpec, ...]:
    """The cases, with a finding for everything they name that is not there; ``bench`` stands at the list."""
    read: list[CaseSpec] = []
    for index, written in enumerate(cases):
        at, told = bench.at(index), len(bench.notes.findings)
        case = at.read(CaseSpec, written, "R101")
        if case is not None:
            read.append(case)
            _check_samples(at, case)
            _check_answers(at, case, around.asks)
            _check_names(at, case, around)
            _check_targets(at, case, around)
        if case is not None and len(bench.notes.findings) == told:
            _check_purpose(at, case)
    return tuple(read)


def _check_samples(bench: Bench, case: CaseSpec) -> None:
    listed = isinstance(case.given, list)
    given: Sequence[object] = case.given if isinstance(case.given, list) else [case.given]
    for index, one in enumerate(given):
        _given(bench.at("given", *([index] if listed else [])), one)
    for index, known in enumerate(case.known):
        if isinstance(known, str):
            _sample(bench.at("with", index), known)
    for output, expected in case.expect.items():
        if isinstance(expected, str):
            _expected(bench.at("expect", output), expected)


def _given(bench: Bench, one: object) -> None:
    if isinstance(one, str):
        _sample(bench, one)
    elif is_message(one):
        message = bench.read(Given, one, "R451", owner="a given message")
        if message is not None and message.file is not None:
            _sample(bench.at("file"), message.file)


def _check_answers(bench: Bench, case: CaseSpec, asked: Collection[str]) -> None:
    for name, answer in case.answers.items():
        if name not in asked and "/" not in name:
            bench.at("answers", name).unknown("R237", "a question called", name, asked, key=True)
        else:
            _check_answer(bench.at("answers", name), answer)


def _check_answer(bench: Bench, answer: object) -> None:
    try:
        exact(answer)
    except Reject as error:
        bench.report("R237", f"the answer is no document: {error.message}")


def _check_names(bench: Bench, case: CaseSpec, around: Around) -> None:
    """Faults, effects, attempts and outcomes are of systems that the route has; another's have its name in theirs.

    What a case through several routes counts is known only when there are all (see ``check_chains``).
    """
    systems = around.systems
    for key in ("when_down", "when_slow"):
        _named(bench.at(key), getattr(case, key), systems)
    _named(bench.at("when_duplicate"), case.when_duplicate, [*systems, SOURCE])
    topics = {topic for topic in around.publishes if "*" not in topic}
    for name in case.effects:
        if not case.through and not comes(name, around.publishes):
            _one_of(bench.at("effects", name), name, [*systems, *topics], key=True)
    for key in ("attempts", "outcome"):
        for name in getattr(case, key):
            _one_of(bench.at(key, name), name, [*systems, SOURCE], key=True)


def _named(bench: Bench, written: str | list[str] | Mapping[str, Fault], known: Sequence[str]) -> None:
    if isinstance(written, str):
        _one_of(bench, written, known)
    elif isinstance(written, list):
        for index, name in enumerate(written):
            _one_of(bench.at(index), name, known)
    else:
        for name in written:
            _one_of(bench.at(name), name, known, key=True)


def _one_of(bench: Bench, name: str, known: Sequence[str], *, key: bool = False) -> None:
    if name not in known and "/" not in name:
        what = "a topic, destination or question" if "." in name else "a destination or question"
        message = f"{what} called '{name}' does not exist"
        bench.report("R450", message, hint=_systems(name, known), value=name, key=key)


def _systems(name: str, known: Collection[str]) -> str:
    """What was probably meant by the name of a system, or all there are."""
    close = suggest(name, known) or ""
    if close.startswith("did"):
        return close
    listed = f"there is {', '.join(sorted(known))}; " if known else ""
    return f"{listed}that of another route is written ROUTE/{name}, in a case with through: true"


def comes(name: str, published: Collection[str]) -> bool:
    """Whether something may come under that name: the route publishes it, or the engine tells of it."""
    told = name in TOLD or name == ACKNOWLEDGEMENT or name.startswith(RESERVED)
    return told or any(matches(topic, name) for topic in published)


def _check_targets(bench: Bench, case: CaseSpec, around: Around) -> None:
    """What is expected has to come from somewhere. A path is known only when it is made, a topic is known now."""
    for name in case.expect:
        if case.through or comes(name, around.publishes):
            continue
        close = suggest(name, [topic for topic in around.publishes if "*" not in topic])
        meant = close if close is not None and close.startswith("did") else None
        if not around.destinations or meant is not None:
            message = f"the route sends nothing to '{name}'"
            bench.at("expect", name).report("R452", message, hint=meant or close, value=name, key=True)


_EXPECTATIONS = {"expect", "expect_error", "expect_skip", "effects", "attempts", "outcome"}


def _check_purpose(bench: Bench, case: CaseSpec) -> None:
    if not case.model_fields_set & _EXPECTATIONS:
        bench.report("R120", "the case expects nothing", hint="add expect, expect_error or expect_skip")


def _sample(bench: Bench, name: str) -> None:
    bench.notes.findings += _missing(bench.source, bench.path, name, bench.materials.samples)


def _expected(bench: Bench, name: str) -> None:
    bench.notes.findings += _unwritten(bench.source, bench.path, name, bench.materials.samples)


def check_mapping_cases(source: Authored, mapping: YamlMapping, samples: Collection[str] | None) -> Iterator[Finding]:
    """A finding for all that a mapping's cases name and that is not there; none where ``samples`` are not known."""
    for index, case in enumerate(mapping.cases):
        if samples is not None:
            yield from _unknown_values(source, ("cases", index), mapping, case)
            yield from _missing_values(source, ("cases", index), mapping, case)
        yield from _given_to_mapping(source, ("cases", index, "given"), case.given, samples)
        if isinstance(case.expect, str):
            yield from _unwritten(source, ("cases", index, "expect"), case.expect, samples)


def _unknown_values(source: Authored, path: Path, mapping: YamlMapping, case: MappingCase) -> Iterator[Finding]:
    for name in case.values:
        if name not in mapping.parameters:
            place, message = source.place((*path, "with", name), key=True), f"the mapping has no parameter '{name}'"
            hint = suggest(name, mapping.parameters) or "it has no parameters"
            yield Finding(code="M323", message=message, place=place, hint=hint, value=name)


def _missing_values(source: Authored, path: Path, mapping: YamlMapping, case: MappingCase) -> Iterator[Finding]:
    for name, needed in mapping.parameters.items():
        if needed and name not in case.values:
            message, hint = f"the mapping wants its parameter '{name}'", f"give it: with: {{{name}: …}}"
            yield Finding(code="M322", message=message, place=source.place(path), hint=hint)


def _given_to_mapping(
    source: Authored, path: Path, written: object, samples: Collection[str] | None
) -> Iterator[Finding]:
    if isinstance(written, str):
        yield from _missing(source, path, written, samples)
    elif is_message(written):
        try:
            one = Given.model_validate(written)
        except ValidationError as error:
            yield from findings_of(error, source, path, Given, "R451", owner="a given message")
            return
        if one.file is not None:
            yield from _missing(source, (*path, "file"), one.file, samples)


def _missing(source: Authored, path: Path, name: str, samples: Collection[str] | None) -> Iterator[Finding]:
    if _leads_out(name):
        yield _outside(source, path, name)
    elif samples is not None and name not in samples:
        close = suggest(name, samples)
        hint = close if close is not None and close.startswith("did") else None
        message = f"file '{name}' does not exist"
        yield Finding(code="R116", message=message, place=source.place(path), hint=hint, value=name)


def _unwritten(source: Authored, path: Path, name: str, samples: Collection[str] | None) -> Iterator[Finding]:
    if _leads_out(name):
        yield _outside(source, path, name)
    elif samples is not None and name not in samples:
        yield Finding(
            code="R117",
            message=f"expected output '{name}' does not exist",
            severity=Severity.WARNING,
            place=source.place(path),
            hint="'crossdock test --update-golden' writes it",
            value=name,
        )


def _leads_out(name: str) -> bool:
    return name.startswith(("/", "\\")) or ".." in name.replace("\\", "/").split("/") or ":" in name


def _outside(source: Authored, path: Path, name: str) -> Finding:
    hint = "a path below the project folder"
    return Finding(
        code="P103", message=f"'{name}' leads out of the project", place=source.place(path), hint=hint, value=name
    )
