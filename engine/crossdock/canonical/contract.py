"""A contract: a versioned canonical object that documents are judged by.

``validate`` reads a document strictly and gives back its normal form: fields in the contract's order, exact decimals,
ISO text for dates, nothing that is absent. What the fields cannot say alone, ``rules`` say about the whole; they may
also warn. The normal form validates to itself.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TypeAlias

from pydantic import BaseModel, ValidationError

from crossdock.canonical.blocks.block import Block
from crossdock.canonical.explain import findings_of
from crossdock.canonical.keys import Keys, no_keys
from crossdock.canonical.reading import DocumentReader, ModelReader, Reader
from crossdock.canonical.schema import example_of, schema_of
from crossdock.errors import ConfigError, Finding, Reject, errors_in
from crossdock.message import Document

NAME = re.compile(r"[a-z][a-z0-9_]*/v[1-9][0-9]{0,3}\Z")

#: Findings about a document in its normal form: errors stop it, warnings travel with it.
Rules: TypeAlias = Callable[[Document], Iterable[Finding]]


@dataclass(frozen=True, slots=True)
class Judged:
    """A document in its normal form, with what was odd about it (never an error)."""

    document: Document
    findings: tuple[Finding, ...]


def _no_rules(document: Document) -> Iterable[Finding]:
    return ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Contract:
    """One contract, such as ``order/v1``. ``keys`` gives the business keys of a valid document."""

    name: str
    model: type[BaseModel]
    read: Reader
    keys: Keys = no_keys
    rules: Rules = _no_rules

    @classmethod
    def of(cls, name: str, model: type[BaseModel], keys: Keys = no_keys, rules: Rules = _no_rules) -> Contract:
        """A contract from any pydantic model: what a project adds of its own. Raises ``ConfigError``.

        Dates, enumerations, tuples and the like that the model produces become plain values. A model that does not
        say ``extra="forbid"`` would drop unknown fields silently, so it is refused.
        """
        _check(name, model)
        return cls(name=name, model=model, read=ModelReader(model), keys=keys, rules=rules)

    @classmethod
    def shipped(cls, name: str, model: type[Block], keys: Keys, rules: Rules) -> Contract:
        """A contract of the engine: its model is made of blocks."""
        return cls(name=name, model=model, read=DocumentReader(model), keys=keys, rules=rules)

    @property
    def about(self) -> str:
        """One sentence: what the document is."""
        return (self.model.__doc__ or "").strip().partition("\n")[0]

    def validate(self, document: Document) -> Document:
        """The normal form of ``document``. Raises ``Reject`` with every finding."""
        return self.judge(document).document

    def judge(self, document: Document) -> Judged:
        """The normal form with its warnings. Raises ``Reject`` with every finding."""
        try:
            normal = self.read(document)
        except ValidationError as error:
            raise Reject.of(findings_of(error, self.model, self.name)) from error
        findings = tuple(self.rules(normal))
        if findings and errors_in(findings):
            raise Reject.of(findings)
        return Judged(normal, findings)

    def json_schema(self) -> dict[str, Document]:
        """JSON Schema (2020-12) of the documents that ``validate`` reads."""
        return schema_of(self.model, self.name)

    def example(self) -> Document:
        """A valid document with every field of the contract, in its normal form."""
        return self.validate(example_of(self.model))


def _check(name: str, model: type[BaseModel]) -> None:
    findings = []
    if not NAME.match(name):
        hint = "lower-case words and a version, as in 'order/v1'"
        findings.append(Finding(code="C001", message=f"'{name}' is not the name of a contract", hint=hint))
    if model.model_config.get("extra") != "forbid":
        message = f"the model of contract '{name}' lets unknown fields pass"
        findings.append(Finding(code="C002", message=message, hint='say model_config = ConfigDict(extra="forbid")'))
    if findings:
        raise ConfigError.of(findings)
