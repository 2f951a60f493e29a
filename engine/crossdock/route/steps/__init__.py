"""The steps of the language: one file each, and the table of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from importlib import import_module

from crossdock.route.steps.contract import AnyStepKind

#: In the order in which they usually stand in a route. Each is the name of a module here that has a ``STEP``.
_NAMES = (
    "edi",
    "decrypt",
    "verify",
    "unpack",
    "decode",
    "split",
    "map",
    "validate",
    "set",
    "filter",
    "choose",
    "enrich",
    "lookup",
    "once",
    "latest",
    "check",
    "throttle",
    "call",
    "tap",
    "encode",
    "pack",
    "sign",
    "encrypt",
    "interchange",
)


class _Steps(Mapping[str, AnyStepKind]):
    """Each step is imported when a route first has it: two EDI codecs and gnupg are not what a route of files waits for."""

    def __getitem__(self, name: str) -> AnyStepKind:
        if name not in _NAMES:
            raise KeyError(name)
        return _imported(name)

    def __contains__(self, name: object) -> bool:
        return name in _NAMES

    def __iter__(self) -> Iterator[str]:
        return iter(_NAMES)

    def __len__(self) -> int:
        return len(_NAMES)


@cache
def _imported(name: str) -> AnyStepKind:
    kind: AnyStepKind = import_module(f"{__name__}.{name}").STEP
    return kind


#: Every step by name.
STEPS: Mapping[str, AnyStepKind] = _Steps()
