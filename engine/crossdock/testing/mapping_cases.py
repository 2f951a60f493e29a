"""The cases that live with mappings: a sample in, what the mapping must make of it out. No route is involved."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import cast

from crossdock.codecs.contract import AnyCodecKind, CodecKind, Part, Resources
from crossdock.document_json import decode, encode
from crossdock.errors import CrossdockError, Finding, errors_in
from crossdock.mapping.case import MappingCase, codes
from crossdock.mapping.compile import Mapping, YamlMapping
from crossdock.mapping.given import Given, document_of, given
from crossdock.mapping.moment import unix_time
from crossdock.message import Document, Inline
from crossdock.ops.inspect import inspect, layouts
from crossdock.ops.mapped import Mapped, format_of, mapped
from crossdock.ops.trial import Trial
from crossdock.registry import Registry
from crossdock.route.load import LoadedProject
from crossdock.testing.clock import NOW
from crossdock.testing.expectation import compare, goldens
from crossdock.testing.outputs import Outputs
from crossdock.testing.play import payload_of
from crossdock.testing.results import CaseResult


@dataclass(frozen=True, slots=True)
class Codecs:
    """What payloads are read with; looked for once, not for every case."""

    registry: Registry[AnyCodecKind]
    layouts: Resources

    @classmethod
    def of(cls, project: LoadedProject) -> Codecs:
        """Those of the project."""
        return cls(Registry("crossdock.codecs", CodecKind), layouts(project.root))


def run_mapping_cases(project: LoadedProject, names: Sequence[str] = ()) -> Iterator[CaseResult]:
    """Run the cases of the named mappings, or of all."""
    surroundings = Codecs.of(project)
    for name, mapping in project.mappings.items():
        if isinstance(mapping, YamlMapping) and (not names or name in names):
            for number in range(1, len(mapping.cases) + 1):
                yield run_mapping_case(project, mapping, number, surroundings)


def run_mapping_case(project: LoadedProject, mapping: YamlMapping, number: int, codecs: Codecs) -> CaseResult:
    """Run case ``number`` (from 1) of a mapping."""
    case, place = mapping.cases[number - 1], mapping.places[number - 1]
    outputs, problems = Outputs(), list[str]()
    try:
        results, findings = _play(project.root, mapping, case, codecs)
        made = [_plain(one.result) for one in results if not errors_in(one.findings)]
        outputs = Outputs({mapping.name: made}) if made else outputs
        problems += _judged(case, findings)
    except CrossdockError as error:
        problems += _judged(case, error.findings or [Finding(code=error.code, message=error.message)])
    expect: dict[str, object] = {} if case.expect is None else {mapping.name: case.expect}
    return CaseResult(
        name=mapping.name,
        number=number,
        about=case.about,
        problems=(*problems, *compare(project.root, expect, outputs)),
        place=f"{place.file}:{place.line}",
        goldens=tuple(goldens(project.root, expect, outputs)),
    )


def _judged(case: MappingCase, findings: Sequence[Finding]) -> Iterator[str]:
    """Findings nobody expects, and expected ones that did not come."""
    expected, errors = codes(case.expect_error), errors_in(findings)
    seen = sorted({finding.code for finding in errors})
    for code in expected:
        if code not in seen:
            yield f"expected error {code}, got {', '.join(seen) or 'none'}"
    yield from (str(finding) for finding in errors if finding.code not in expected)


def _play(root: Path, mapping: Mapping, case: MappingCase, codecs: Codecs) -> tuple[list[Mapped], list[Finding]]:
    now = datetime.fromtimestamp(NOW if case.now is None else unix_time(case.now), UTC)
    one = given(case.given)
    parts, found = _parts(root, mapping, one, codecs)
    surrounded = [replace(part, headers={**part.headers, **one.headers}) for part in parts] if one.headers else parts
    results = list(mapped(mapping, surrounded, Trial(now, one.partner, cast("dict[str, Document]", case.values))))
    return results, [*found, *(finding for one in results for finding in one.findings)]


def _parts(root: Path, mapping: Mapping, one: Given, codecs: Codecs) -> tuple[list[Part], list[Finding]]:
    if one.file is None and one.text is None:
        document = document_of(one)
        return [Part(position=1, document=document, raw=lambda: encode(document))], []
    payload = Inline(payload_of(root, one))
    inspection = inspect(payload, codecs.registry, codecs.layouts, *format_of(mapping.reads, codecs.registry))
    return list(inspection.parts(payload)), inspection.findings


def _plain(result: Document) -> Document:
    """As it would be read again: what matters is the value and not the type Python had for it."""
    return decode(encode(result))
