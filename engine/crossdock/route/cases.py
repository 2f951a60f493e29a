"""The ``cases`` of a route: that what they name exists. Running them is ``crossdock test``'s business."""

from __future__ import annotations

from collections.abc import Sequence

from crossdock.errors import Severity
from crossdock.route.bench import Bench
from crossdock.route.spec import CaseSpec
from crossdock.yaml_source import suggest


def check_cases(bench: Bench, cases: Sequence[object]) -> tuple[CaseSpec, ...]:
    """The cases, with a finding for every sample that is not there; ``bench`` stands at the list."""
    read: list[CaseSpec] = []
    for index, written in enumerate(cases):
        at, told = bench.at(index), len(bench.notes.findings)
        case = at.read(CaseSpec, written, "R101")
        if case is not None:
            read.append(case)
            _check_samples(at, case)
        if case is not None and len(bench.notes.findings) == told:
            _check_purpose(at, case)
    return tuple(read)


def _check_samples(bench: Bench, case: CaseSpec) -> None:
    _given(bench.at("given"), case)
    for output, expected in case.expect.items():
        if isinstance(expected, str):
            _expected(bench.at("expect", output), expected)


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
    if _inside(bench, name) and name not in bench.materials.samples:
        bench.report("R116", f"file '{name}' does not exist", hint=_close(bench, name), value=name)


def _expected(bench: Bench, name: str) -> None:
    if _inside(bench, name) and name not in bench.materials.samples:
        hint = "'crossdock test --update-golden' writes it"
        message = f"expected output '{name}' does not exist"
        bench.report("R117", message, hint=hint, value=name, severity=Severity.WARNING)


def _inside(bench: Bench, name: str) -> bool:
    if name.startswith(("/", "\\")) or ".." in name.replace("\\", "/").split("/") or ":" in name:
        bench.report("P103", f"'{name}' leads out of the project", hint="a path below the project folder", value=name)
        return False
    return True


def _close(bench: Bench, name: str) -> str | None:
    hint = suggest(name, bench.materials.samples)
    return hint if hint is not None and hint.startswith("did") else None
