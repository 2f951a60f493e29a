"""Mapping files: YAML in, something that turns documents into documents out. Pure.

A file has ``from`` and ``to`` (what it reads and makes), ``let`` (names for what several fields need) and ``fields``
(``fields.py`` has the rules). A result may share parts with its source document: treat both as immutable.
"""

from __future__ import annotations

from collections import abc
from functools import cached_property
from types import MappingProxyType
from typing import Protocol, TypeAlias

from pydantic import ValidationError

from crossdock.errors import ConfigError, Finding, Place, Reject
from crossdock.mapping.binder import Library, bind
from crossdock.mapping.binding import Bound
from crossdock.mapping.complaints import findings_of as complaints_of
from crossdock.mapping.complaints import general_finding
from crossdock.mapping.explanation.told import Explanation
from crossdock.mapping.fault import Fault
from crossdock.mapping.field_reader import read_fields
from crossdock.mapping.file import MappingFile
from crossdock.mapping.lookup import Tables
from crossdock.mapping.marks import Mark, Marks
from crossdock.mapping.names import problem_with
from crossdock.mapping.profile import Clock, Documents, Spent, profile_fields
from crossdock.mapping.program import Run, TooMany, program
from crossdock.mapping.scope import Scope
from crossdock.message import Document
from crossdock.yaml_source import Authored, findings_of

#: Mapping files by name.
Sources: TypeAlias = abc.Mapping[str, Authored]


class Mapping(Protocol):
    """Document -> document, however it was written."""

    @property
    def name(self) -> str:
        """The file name without its ending."""
        ...

    @property
    def reads(self) -> str | None:
        """What it reads: ``x12/850``, ``order/v1``."""
        ...

    @property
    def makes(self) -> str | None:
        """The contract it makes, ``order/v1``; None if it makes something else."""
        ...

    @property
    def parameters(self) -> abc.Mapping[str, bool]:
        """The names it takes values by, and whether they must be given."""
        ...

    def apply(self, document: Document, scope: Scope) -> Document:
        """The result. Raises ``Reject`` with every finding of the document at once."""
        ...

    def profile(self, documents: Documents, clock: Clock) -> list[Spent]:
        """What each part of it takes, the slowest first."""
        ...


class YamlMapping:
    """A compiled mapping file. ``places`` are those of its cases."""

    def __init__(self, name: str, file: MappingFile, bound: Bound, cases: abc.Sequence[Place] = ()) -> None:
        self.name = name
        self.places = tuple(cases)
        self.reads = file.reads
        self.makes = file.makes
        self.extends = file.extends
        self.cases = tuple(file.cases)
        self.parameters = {name: default is None for name, default in file.parameters.items()}
        self._bound = bound

    @cached_property
    def _run(self) -> Run:
        """The code: made when the first document comes, so that checking a project of many mappings is quick."""
        return program(self._bound, self.name)

    def watched(self, mark: abc.Callable[[Mark], None]) -> abc.Sequence[Mark]:
        """From now on ``mark`` hears what documents come to; everything they can."""
        marks = Marks(mark)
        self._run = program(self._bound, self.name, marks)
        return marks.all

    def profile(self, documents: Documents, clock: Clock) -> list[Spent]:
        """What each field takes, the slowest first."""
        return profile_fields(self._bound, documents, clock)

    def explain(self, document: Document, scope: Scope) -> Explanation:
        """The same result, slowly, with what each field of it was made of."""
        from crossdock.mapping.explanation.walk import explain  # noqa: PLC0415 - only a person at the keyboard asks

        return explain(self._bound, document, scope)

    def apply(self, document: Document, scope: Scope) -> Document:
        """The result. Raises ``Reject`` with every finding of the document at once."""
        try:
            result, notes = self._run(scope, document)
        except TooMany as stopped:
            result, notes = None, stopped.notes
        except Fault as fault:
            raise Reject.of([general_finding(self.name, fault)]) from fault
        if notes:
            raise Reject.of(complaints_of(self._bound, self.name, document, scope, notes))
        return result


def compile_mapping(
    name: str, source: Authored, tables: Tables, mappings: Sources = MappingProxyType({})
) -> YamlMapping:
    """Compile a mapping file, which may ``use`` the files of ``mappings``.

    Raises ``ConfigError`` with every mistake in it (M101 to M123, M320 to M324).
    """
    try:
        file = MappingFile.model_validate(source.value)
    except ValidationError as error:
        raise ConfigError.of(findings_of(error, source, (), MappingFile, "M101")) from error
    findings = [*_check_names(file, source)]
    fields, misread = read_fields(source, ("fields",))
    bound, wrong = bind(source, file, fields, Library(tables, mappings), name)
    findings += misread + wrong
    if findings:
        raise ConfigError.of(sorted(findings, key=_position))
    places = [source.place(("cases", index)) for index in range(len(file.cases))]
    return YamlMapping(name, file, bound, places)


def _check_names(file: MappingFile, source: Authored) -> abc.Iterator[Finding]:
    for section, names in (("parameters", file.parameters), ("let", file.let)):
        for name in names:
            place = source.place((section, name), key=True)
            problem = problem_with(name)
            if problem is not None:
                yield Finding(code="M105", message=problem.message, place=place, value=name, hint=problem.hint)
            elif section == "let" and name in file.parameters:
                yield Finding(code="M105", message=f"'${name}' is a parameter already", place=place, value=name)


def _position(finding: Finding) -> tuple[int, int]:
    return finding.place.line or 0, finding.place.column or 0
