"""The steps of the language: one file each, and the table of them."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from crossdock.route.steps import (
    call,
    check,
    choose,
    decode,
    decrypt,
    edi,
    encode,
    encrypt,
    enrich,
    filter,  # noqa: A004 - a file is named after its step
    interchange,
    latest,
    lookup,
    map,  # noqa: A004
    once,
    pack,
    set,  # noqa: A004
    sign,
    split,
    tap,
    throttle,
    unpack,
    validate,
    verify,
)
from crossdock.route.steps.contract import AnyStepKind

_MODULES = (
    edi,
    decrypt,
    verify,
    unpack,
    decode,
    split,
    map,
    validate,
    set,
    filter,
    choose,
    enrich,
    lookup,
    once,
    latest,
    check,
    throttle,
    call,
    tap,
    encode,
    pack,
    sign,
    encrypt,
    interchange,
)

#: Every step by name, in the order in which they usually stand in a route.
STEPS: Mapping[str, AnyStepKind] = MappingProxyType({module.STEP.name: module.STEP for module in _MODULES})
