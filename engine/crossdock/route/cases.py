"""The ``cases`` of routes and mappings: that what they name exists. Running them is ``crossdock test``'s business."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from crossdock.errors import Finding, Reject, Retry, Severity
from crossdock.mapping.case import MappingCase
from crossdock.route.asking import exact
from crossdock.route.bench import Bench
from crossdock.route.spec import CaseSpec
from crossdock.yaml_source import Authored, Path, suggest


def check_cases(bench: Bench, cases: Sequence[object], asked: Collection[str] = ()) -> tuple[CaseSpec, ...]:
    """The cases, with a finding for every sample that is not there; ``bench`` stands at the list.

    ``asked`` are the names of the systems the route asks.
    """
    read: list[CaseSpec] = []
    for index, written in enumerate(cases):
        at, told = bench.at(index), len(bench.notes.findings)
        case = at.read(CaseSpec, written, "R101")
        if case is not None:
            read.append(case)
            _check_samples(at, case)
            _check_answers(at, case, asked)
        if case is not None and len(bench.notes.findings) == told:
            _check_purpose(at, case)
    return tuple(read)


def _check_samples(bench: Bench, case: CaseSpec) -> None:
    _given(bench.at("given"), case)
    for index, known in enumerate(case.known):
        if isinstance(known, str):
            _sample(bench.at("with", index), known)
    for output, expected in case.expect.items():
        if isinstance(expected, str):
            _expected(bench.at("expect", output), expected)


def _check_answers(bench: Bench, case: CaseSpec, asked: Collection[str]) -> None:
    for name, answer in case.answers.items():
        if name not in asked:
            bench.at("answers", name).unknown("R237", "a question called", name, asked, key=True)
        else:
            _check_answer(bench.at("answers", name), answer)
    listed = isinstance(case.when_down, list)
    for index, name in enumerate(down(case)):
        if name not in asked:
            at = bench.at("when_down", *([index] if listed else []))
            at.unknown("R237", "a question called", name, asked)


def _check_answer(bench: Bench, answer: object) -> None:
    try:
        exact(answer)
    except Reject as error:
        bench.report("R237", f"the answer is no document: {error.message}")


def down(case: CaseSpec) -> list[str]:
    """The systems that cannot be asked in the case."""
    return [case.when_down] if isinstance(case.when_down, str) else case.when_down


def is_down(name: str) -> Retry:
    """What a system says that a case has taken down."""
    return Retry("E811", f"the case says that {name} is down")


def no_answer(name: str) -> Reject:
    """What becomes of a question that a case does not answer."""
    hint = f"answers: {{{name}: …}}"
    return Reject("E810", f"the route asks for '{name}' and the case has no answer", hint=hint)


def _check_purpose(bench: Bench, case: CaseSpec) -> None:
    if case.expect and case.expect_error is not None:
        bench.report("R120", "the case expects both outputs and an error", hint="make it two cases")
    elif not case.model_fields_set & {"expect", "expect_error", "expect_skip"}:
        bench.report("R120", "the case expects nothing", hint="add expect, expect_error or expect_skip")


def _given(bench: Bench, case: CaseSpec) -> None:
    if isinstance(case.given, str):
        _sample(bench, case.given)
    elif isinstance(case.given, list):
        for index, name in enumerate(case.given):
            _sample(bench.at(index), name)


def _sample(bench: Bench, name: str) -> None:
    bench.notes.findings += _missing(bench.source, bench.path, name, bench.materials.samples)


def _expected(bench: Bench, name: str) -> None:
    bench.notes.findings += _unwritten(bench.source, bench.path, name, bench.materials.samples)


def check_mapping_cases(
    source: Authored, cases: Sequence[MappingCase], samples: Collection[str] | None
) -> Iterator[Finding]:
    """A finding for every sample of a mapping's cases that is not there; none where ``samples`` are not known."""
    for index, case in enumerate(cases):
        if isinstance(case.given, str):
            yield from _missing(source, ("cases", index, "given"), case.given, samples)
        if isinstance(case.expect, str):
            yield from _unwritten(source, ("cases", index, "expect"), case.expect, samples)


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
