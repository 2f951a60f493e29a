"""Explains the documents of a payload: decode, map slowly, find every value again."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from crossdock.codecs.contract import Codec, Part, Resources
from crossdock.codecs.provenance.shown import Showing, Shown
from crossdock.errors import Reject, errors_in
from crossdock.mapping.compile import Mapping as CompiledMapping
from crossdock.mapping.compile import YamlMapping
from crossdock.mapping.lookup import Table
from crossdock.mapping.scope import Scope
from crossdock.message import Document, Payload, read_all
from crossdock.ops.explanation.account import Account, Accountant
from crossdock.ops.explanation.meaning import meanings

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
        scope = Scope(id="map", route="map", now=self.now, headers=part.headers, place=part.place)
        accountant = Accountant(part, shown, meanings(self.format, part, self.resources), self.tables)
        account.result = self._applied(account, lambda: self.mapping.apply(part.document, scope))
        if isinstance(self.mapping, YamlMapping):
            told = self.mapping.explain(part.document, scope)
            account.fields = [accountant.field(one) for one in told.fields]
            account.left = accountant.left(told.used)
            if told.more:
                account.notes.append(f"{told.more:,} more fields are not listed")
        else:
            account.notes.append(_STYLESHEET)
        return account

    def _applied(self, account: Account, apply: Callable[[], Document]) -> Document:
        try:
            return apply()
        except Reject as error:
            account.findings = (*account.findings, *error.findings)
            return None


_STYLESHEET = (
    "this mapping is an XSLT stylesheet: libxslt does not tell which of its instructions wrote what, so only the result"
    " is shown"
)
