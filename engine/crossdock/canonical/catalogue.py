"""The contracts that come with the engine, by name. One is imported when it is asked for, and not before."""

from __future__ import annotations

import importlib
from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType

from crossdock.canonical.contract import Contract
from crossdock.errors import ConfigError, Finding

#: name of the contract -> module that defines it as ``CONTRACT``
MODULES = MappingProxyType(
    {
        "order/v1": "order",
        "order_change/v1": "order_change",
        "order_acknowledgement/v1": "order_acknowledgement",
        "inventory/v1": "inventory",
        "shipment/v1": "shipment",
        "invoice/v1": "invoice",
        "return/v1": "goods_return",
        "remittance/v1": "remittance",
        "product/v1": "product",
        "price_list/v1": "price_list",
        "party/v1": "party",
    }
)


class Catalogue(Mapping[str, Contract]):
    """A mapping of contracts; those of a project are given, those of the engine are found in ``MODULES``.

    Raises ``ConfigError`` where a project gives a name that is the engine's: one name means one thing everywhere.
    """

    def __init__(self, own: Iterable[Contract] = ()) -> None:
        self._own = {contract.name: contract for contract in own}
        taken = [_taken(name) for name in self._own if name in MODULES]
        if taken:
            raise ConfigError.of(taken)

    def __getitem__(self, name: str) -> Contract:
        if name in self._own:
            return self._own[name]
        contract = importlib.import_module(f"crossdock.canonical.{MODULES[name]}").CONTRACT
        if not isinstance(contract, Contract):  # a mistake in this folder, caught by its tests
            raise TypeError(name)
        return contract

    def __iter__(self) -> Iterator[str]:
        yield from MODULES
        yield from self._own

    def __len__(self) -> int:
        return len(MODULES) + len(self._own)


def _taken(name: str) -> Finding:
    hint = "give yours another name, or a version of its own such as 'acme_order/v1'"
    return Finding(code="C004", message=f"contract '{name}' comes with the engine already", hint=hint)


#: What ships with the engine.
CONTRACTS: Mapping[str, Contract] = Catalogue()
