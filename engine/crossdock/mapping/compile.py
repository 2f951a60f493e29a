"""Mapping files: YAML in, something that turns documents into documents out. Pure.

A file has ``from`` and ``to`` (what it reads and makes), ``let`` (names for what several fields need) and ``fields``
(``fields.py`` has the rules). A result may share parts with its source document: treat both as immutable.
"""

from __future__ import annotations

import re
from functools import cached_property
from typing import Annotated, Protocol

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from crossdock.errors import ConfigError, Finding, Reject
from crossdock.mapping.binding import Bound, bind
from crossdock.mapping.case import MappingCase
from crossdock.mapping.complaints import findings_of as complaints_of
from crossdock.mapping.complaints import general_finding
from crossdock.mapping.expression import SURROUNDINGS
from crossdock.mapping.fault import Fault
from crossdock.mapping.fields import read_fields
from crossdock.mapping.lookup import Tables
from crossdock.mapping.program import Run, TooMany, program
from crossdock.mapping.scope import Scope
from crossdock.message import Document
from crossdock.yaml_source import Authored, findings_of

#: Names a ``let`` cannot take: they mean something already.
RESERVED = frozenset({"root", "parent", "index", *SURROUNDINGS})

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z")

_Form = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_-]*(/[A-Za-z0-9._-]+)?$")]


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

    def apply(self, document: Document, scope: Scope) -> Document:
        """The result. Raises ``Reject`` with every finding of the document at once."""
        ...


class MappingFile(BaseModel):
    """The keys of a mapping file."""

    model_config = ConfigDict(extra="forbid")

    about: str | None = Field(None, description="What it does, in a sentence.")
    extends: str | None = Field(
        None, description="The mapping it is, but for what this file says anew; its `from`, `to`, `let`, `fields` hold."
    )
    reads: _Form = Field(
        alias="from", description="What it reads: a transaction set (x12/850) or a contract (order/v1)."
    )
    makes: _Form | None = Field(None, alias="to", description="The contract it makes, if it makes one.")
    let: dict[str, str] = Field(
        {}, description="Expressions that fields reach as $name; later ones may use earlier ones."
    )
    fields: object = Field(description="The shape of the result.")
    cases: list[MappingCase] = Field([], description="Tests that live with the mapping.")


class YamlMapping:
    """A compiled mapping file."""

    def __init__(self, name: str, file: MappingFile, bound: Bound) -> None:
        self.name = name
        self.reads = file.reads
        self.makes = file.makes
        self.extends = file.extends
        self.cases = tuple(file.cases)
        self._bound = bound

    @cached_property
    def _run(self) -> Run:
        """The code: made when the first document comes, so that checking a project of many mappings is quick."""
        return program(self._bound, self.name)

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


def compile_mapping(name: str, source: Authored, tables: Tables) -> YamlMapping:
    """Compile a mapping file. Raises ``ConfigError`` with every mistake in it (M101 to M123)."""
    try:
        file = MappingFile.model_validate(source.value)
    except ValidationError as error:
        raise ConfigError.of(findings_of(error, source, (), MappingFile, "M101")) from error
    findings = _check_lets(file, source)
    fields, misread = read_fields(source, ("fields",))
    bound, wrong = bind(source, file.let, fields, tables)
    findings += misread + wrong
    if findings:
        raise ConfigError.of(sorted(findings, key=_position))
    return YamlMapping(name, file, bound)


def _check_lets(file: MappingFile, source: Authored) -> list[Finding]:
    findings = []
    for name in file.let:
        if name in RESERVED:
            problem, hint = f"'${name}' has a meaning already", "choose another name"
        elif not _NAME.match(name):
            problem, hint = f"'{name}' is not a name", "a name has letters, digits and '_', and begins with no digit"
        else:
            continue
        place = source.place(("let", name), key=True)
        findings.append(Finding(code="M105", message=problem, place=place, value=name, hint=hint))
    return findings


def _position(finding: Finding) -> tuple[int, int]:
    return finding.place.line or 0, finding.place.column or 0
