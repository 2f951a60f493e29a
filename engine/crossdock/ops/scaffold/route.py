"""The draft of a route: a folder that is watched, the sample's format, a mapping, the contract, a topic."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import msgspec

from crossdock.canonical.contract import Contract
from crossdock.document_json import encode
from crossdock.message import Document
from crossdock.ops.scaffold.nodes import Node, Shape
from crossdock.ops.scaffold.sample import Sample
from crossdock.ops.scaffold.written import block, flow

TOPICS = {
    "order": "order.received",
    "order_change": "order.changed",
    "order_acknowledgement": "purchase.acknowledged",
    "shipment": "purchase.shipped",
    "invoice": "purchase.invoiced",
    "inventory": "inventory.reported",
    "remittance": "remittance.received",
    "price_list": "prices.received",
}
_SENDERS, _NUMBERS = ("buyer", "seller", "location"), ("number", "order_number")
_ENDINGS = {"x12": "*.edi", "edifact": "*.edi"}


@dataclass(frozen=True, slots=True)
class RoutePlan:
    """What a route is made of. ``split`` stands where rows are put together; ``unseen`` are too many to be shown."""

    name: str
    sample: Sample
    contract: Contract
    mapping: str
    topic: str
    sample_file: str
    golden_file: str | None
    split: str | None
    undecided: Sequence[str] = ()
    fields: Mapping[str, Node] = field(default_factory=dict)
    unseen: int = 0

    def text(self) -> str:
        """The route's file."""
        word = self.contract.name.partition("/")[0].replace("_", " ")
        plural = "inventories" if word == "inventory" else f"{word}s"
        lines = [
            f"about: {block(f'{plural.capitalize()} as in {self.sample_file} become {self.contract.name}.')}",
            "from:",
            f"  file: {flow({'path': f'inbox/{self.name}', 'match': self._match()})}",
            "steps:",
            f"  - decode: {self._decode()}",
            *self._split(),
            f"  - map: {self.mapping}",
            f"  - validate: {self.contract.name}",
            f"  - once: {self._once()}",
            "to:",
            f"  - topic: {self.topic}",
            *self._cases(),
        ]
        return "\n".join(lines) + "\n"

    def _match(self) -> str:
        ending = self.sample.path.suffix
        plain = ending[1:].isalnum() and ending.isascii()
        return f"*{ending}" if plain else _ENDINGS.get(self.sample.format, "*")

    def _decode(self) -> str:
        options = self.sample.options
        if not options:
            return self.sample.format
        if set(options) == {"layout"}:
            return flow({self.sample.format: options["layout"]})
        return flow({self.sample.format: options})

    def _split(self) -> list[str]:
        if self.split is not None:
            return [f"  - split: {block(self.split)}"]
        whole = self.sample.format == "xml" or (self.sample.format == "json" and not self._many())
        return [] if whole else [f"  - split: {self.sample.codec.parts}"]

    def _many(self) -> bool:
        """Whether the payload is a list, or lines, of documents."""
        return len(self.sample.parts) > 1 or self.sample.listed

    def _once(self) -> str:
        """Who sent it, and its number."""
        party = next((name for name in _SENDERS if isinstance(self.fields.get(name), Shape)), None)
        number = next((name for name in _NUMBERS if name in self.fields), None)
        key = [f"{party}.{self._who(party)}"] if party else []
        key += [number] if number else []
        written = f"[{', '.join(key)}]" if key else "@"
        return f"{{key: {flow(written)}, within: 90d}}"

    def _who(self, party: str) -> str:
        shape = self.fields[party]
        return "id" if isinstance(shape, Shape) and "id" in shape.fields else "name"

    def _cases(self) -> list[str]:
        about = "Proposed by crossdock new; read the golden file as the partner would, then say here what it shows."
        if self.undecided:
            about = (
                f"Fails until the mapping decides {', '.join(self.undecided[:6])}; then: crossdock test --update-golden"
            )
        expect = f"expect: {flow({self.topic: self.golden_file or {}})}"
        if self.unseen and not self.golden_file:
            expect = f"effects: {flow({self.topic: self.unseen})}"
        return [
            "cases:",
            f"  - about: {block(about)}",
            f"    given: {block(self.sample_file)}",
            f"    {expect}",
        ]


def golden(results: Sequence[Document]) -> bytes:
    """Results as the golden file of a case: one, or a list."""
    plain: Document = results[0] if len(results) == 1 else list(results)
    return msgspec.json.format(encode(plain), indent=2) + b"\n"
