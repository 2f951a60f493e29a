"""The faults that a case injects: which systems, and how often or how long."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias

from crossdock.errors import Reject, Retry
from crossdock.route.spec import CaseSpec

#: Systems that a fault is of: None for good, so many calls, so many seconds.
Fault: TypeAlias = "int | float | None"

#: What a case calls its route's own source, and the work of its own queue.
SOURCE = "from"


def down(case: CaseSpec) -> dict[str, Fault]:
    """The systems that cannot be reached in the case."""
    return _faults(case.when_down)


def slow(case: CaseSpec) -> dict[str, Fault]:
    """The systems that answer too late in the case."""
    return _faults(case.when_slow)


def duplicated(case: CaseSpec) -> list[str]:
    """The systems at which the worker is lost in the case, and ``from``."""
    return [case.when_duplicate] if isinstance(case.when_duplicate, str) else case.when_duplicate


def _faults(written: str | list[str] | Mapping[str, Fault]) -> dict[str, Fault]:
    if isinstance(written, str):
        return {written: None}
    return dict.fromkeys(written, None) if isinstance(written, list) else dict(written)


def is_down(name: str) -> Retry:
    """What a system says that a case has taken down."""
    return Retry("E811", f"the case says that {name} is down")


def no_answer(name: str) -> Reject:
    """What becomes of a question that a case does not answer."""
    hint = f"answers: {{{name}: …}}"
    return Reject("E810", f"the route asks for '{name}' and the case has no answer", hint=hint)
