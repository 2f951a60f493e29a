"""The cases that live with mappings: a sample in, what the mapping must make of it out. No route is involved."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import cast

from crossdock.codecs.contract import CodecKind, Part
from crossdock.document_json import decode, encode
from crossdock.errors import CrossdockError, Finding, errors_in
from crossdock.mapping.case import MappingCase
from crossdock.mapping.compile import Mapping, YamlMapping
from crossdock.message import Document, Inline
from crossdock.ops.inspect import inspect, layouts
from crossdock.ops.mapped import Mapped, format_of, mapped
from crossdock.registry import Registry
from crossdock.route.load import LoadedProject
from crossdock.testing.cases import NOW, CaseResult
from crossdock.testing.expectation import Outputs, compare, update


def run_mapping_cases(
    project: LoadedProject, names: Sequence[str] = (), *, rewrite: bool = False
) -> Iterator[CaseResult]:
    """Run the cases of the named mappings, or of all. With ``rewrite``, expected files are written anew."""
    for name, mapping in project.mappings.items():
        cases = mapping.cases if isinstance(mapping, YamlMapping) and (not names or name in names) else ()
        for number, case in enumerate(cases, start=1):
            problems = tuple(_problems(project.root, mapping, case, rewrite=rewrite))
            yield CaseResult(name, number, case.about, problems)


def _problems(root: Path, mapping: Mapping, case: MappingCase, *, rewrite: bool) -> Iterator[str]:
    try:
        results, findings = _play(root, mapping, case)
    except CrossdockError as error:
        yield f"{case.given}: {error}"
        return
    errors = errors_in(findings)
    if case.expect_error is not None:
        codes = sorted({finding.code for finding in errors})
        if case.expect_error not in codes:
            yield f"expected error {case.expect_error}, got {', '.join(codes) or 'none'}"
        return
    yield from (str(finding) for finding in errors)
    outputs = Outputs({mapping.name: [_plain(one.result) for one in results]}) if not errors and results else Outputs()
    if rewrite:
        update(root, {mapping.name: case.expect}, outputs)
    yield from compare(root, {mapping.name: case.expect}, outputs)


def _play(root: Path, mapping: Mapping, case: MappingCase) -> tuple[list[Mapped], list[Finding]]:
    now = datetime.fromtimestamp(NOW, UTC)
    if not isinstance(case.given, str):
        document = cast("Document", case.given)
        parts: list[Part] = [Part(position=1, document=document, raw=lambda: encode(document))]
        found: list[Finding] = []
    else:
        registry = Registry("crossdock.codecs", CodecKind)
        payload = Inline((root / case.given).read_bytes())
        inspection = inspect(payload, registry, layouts(root), *format_of(mapping.reads, registry))
        parts, found = list(inspection.parts(payload)), inspection.findings
    results = list(mapped(mapping, parts, now))
    return results, [*found, *(finding for one in results for finding in one.findings)]


def _plain(result: Document) -> Document:
    """As it would be read again: what matters is the value and not the type Python had for it."""
    return decode(encode(result))
