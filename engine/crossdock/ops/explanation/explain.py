"""Explains the documents of a payload: decode, map slowly, find every value again."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar

from crossdock.codecs.contract import Codec, Part, Resources
from crossdock.codecs.provenance.shown import Showing, Shown
from crossdock.errors import Reject, errors_in
from crossdock.mapping.compile import Mapping as CompiledMapping
from crossdock.mapping.compile import YamlMapping
from crossdock.mapping.explanation.told import Explanation
from crossdock.mapping.lookup import Table
from crossdock.mapping.scope import NOTHING_GIVEN, Scope
from crossdock.mapping.xslt import Stylesheet
from crossdock.message import Document, Payload, read_all
from crossdock.ops.explanation.account import Account, Accountant
from crossdock.ops.explanation.meaning import meanings
from crossdock.ops.trial import Trial

_Made = TypeVar("_Made")

MAX_SHOWN = 16 * 1024 * 1024  # bytes of a payload that is held as text; of a larger one, the part alone is shown
MAX_EXPLAINED = 100  # documents of one payload


@dataclass(frozen=True, slots=True)
class Explainer:
    """Explains parts that ``codec`` read by a mapping."""

    mapping: CompiledMapping
    format: str
    codec: Codec
    resources: Resources
    tables: Mapping[str, Table]
    now: datetime
    partner: str | None = None
    given: Mapping[str, Document] = field(default_factory=lambda: NOTHING_GIVEN)

    def accounts(self, payload: Payload, parts: Iterable[Part]) -> Iterator[Account]:
        """One for each part; of very many, of the first ones."""
        shown: Shown | None = None
        for count, part in enumerate(parts):
            shown = self._shown(payload) if not count else shown
            account = self._account(part, shown)
            if count + 1 == MAX_EXPLAINED:
                account.notes.append(f"only the first {MAX_EXPLAINED} documents are explained; --document N takes one")
            yield account
            if count + 1 == MAX_EXPLAINED:
                return

    def _shown(self, payload: Payload) -> Shown | None:
        if payload.size > MAX_SHOWN:
            return None
        data = read_all(payload)
        return self.codec.shown(data) if isinstance(self.codec, Showing) else Shown(data)

    def _account(self, part: Part, shown: Shown | None) -> Account:
        account = Account(self.mapping.name, part.position, findings=part.findings, shown=shown)
        if shown is None:
            account.notes.append(
                f"the payload is larger than {MAX_SHOWN:,} bytes: places are told, and its text is not shown"
            )
        if errors_in(part.findings):
            account.notes.append("the document cannot be read, so the mapping does not see it")
            return account
        scope = Trial(self.now, self.partner, self.given).scope(part)
        accountant = Accountant(part, shown, meanings(self.format, part, self.resources), self.tables)
        told = self._told(account, part.document, scope)
        if told is not None:
            account.fields = [accountant.field(one) for one in told.fields]
            account.left = accountant.left(told.used) if told.fields else []
            account.notes += told.notes
            if told.more:
                account.notes.append(f"{told.more:,} more fields are not listed")
        return account

    def _told(self, account: Account, document: Document, scope: Scope) -> Explanation | None:
        """What the mapping tells: of a document that it refuses, which field it was; a stylesheet just stops."""
        mapping = self.mapping
        if isinstance(mapping, Stylesheet):
            told = self._applied(account, lambda: mapping.explain(document, scope))
            account.result = told.result if told is not None else None
            return told
        account.result = self._applied(account, lambda: mapping.apply(document, scope))
        return mapping.explain(document, scope) if isinstance(mapping, YamlMapping) else None

    def _applied(self, account: Account, apply: Callable[[], _Made]) -> _Made | None:
        try:
            return apply()
        except Reject as error:
            account.findings = (*account.findings, *error.findings)
            return None
