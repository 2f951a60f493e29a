"""What is done with one document a partner sends: mapped, judged, recognised if it came before, published."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import TYPE_CHECKING

from crossdock.canonical.contract import Contract
from crossdock.errors import Reject
from crossdock.mapping.compile import Mapping
from crossdock.mapping.scope import Scope
from crossdock.message import Document
from crossdock.route.passage import Passage
from crossdock.route.plan import Once, Publish, Throttle

if TYPE_CHECKING:
    from crossdock.partner.agreement import Receives
    from crossdock.partner.choosing import Agreed, Facts

SLOT = "document"


@dataclass(frozen=True, slots=True, kw_only=True)
class Handling:
    """One agreement, compiled. ``once`` makes the guard that recognises what came before."""

    mapping: Mapping | None
    contract: Contract | None
    once: Callable[[Document, Scope], Once] | None

    def run(self, passage: Passage, agreed: Agreed, facts: Facts) -> None:
        """Publish what the document means to us. Raises ``Reject`` with what is wrong with it."""
        document = passage.document
        passage.scope = replace(passage.scope, partner=agreed.partner.name)  # what $partner is to the mapping
        if self.mapping is not None:
            document = self.mapping.apply(document, passage.scope)
        if self.contract is not None:
            document = self._judged(self.contract, passage, document)
        if self.once is not None:
            passage.guards += (self.once(document, passage.scope),)
        passage.document = document
        passage.partner = agreed.partner.name
        passage.headers = MappingProxyType({**passage.headers, "edi.set": agreed.number, "edi.usage": facts.usage})
        passage.throttles += _turn(agreed, passage.step)
        passage.outputs += (self._published(passage, agreed.receives, facts),)

    def _judged(self, contract: Contract, passage: Passage, document: Document) -> Document:
        try:
            judged = contract.judge(document)
        except Reject:
            passage.keys += contract.keys(document)  # a bad order is looked for by its number, too
            raise
        passage.keys += contract.keys(judged.document)
        passage.findings += judged.findings
        return judged.document

    def _published(self, passage: Passage, agreement: Receives, facts: Facts) -> Publish:
        test = agreement.test_topic if not facts.live else None
        return Publish(
            slot=SLOT,
            topic=test or agreement.topic,
            document=passage.document,
            headers=passage.headers,
            partner=passage.partner,
        )


def _turn(agreed: Agreed, step: str) -> tuple[Throttle, ...]:
    rate = agreed.partner.profile.limits.rate
    if rate is None:
        return ()
    return (Throttle(scope=f"partner/{agreed.partner.name}", key="", per_second=rate, step=step),)
