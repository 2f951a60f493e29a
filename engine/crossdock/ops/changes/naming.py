"""What the parts of a route are called, read from its file alone: steps, destinations, the queues they have."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from crossdock.message import Document
from crossdock.route.spec import DestinationSpec
from crossdock.route.steps.ask import Question

ASKING = ("enrich", "call")
#: Keys that stand beside the connector, at a destination or at a step that asks.
_COMMON = frozenset(DestinationSpec.model_fields) | frozenset(Question.model_fields) | {"as", "cache"}


@dataclass(slots=True)
class Names:
    """Names as a route gives them: a default is numbered when it is taken (``file``, ``file-2``)."""

    taken: set[str] = field(default_factory=set)

    def of(self, given: Document, default: str) -> str:
        """The given name, or the default with its number."""
        name, number = (given if isinstance(given, str) else default), 1
        while not isinstance(given, str) and name in self.taken:
            number += 1
            name = f"{default}-{number}"
        self.taken.add(name)
        return name


def step_name(step: Document) -> str:
    """What a step is called: its first key."""
    return next(iter(step), "") if isinstance(step, dict) else str(step)


def connector(target: Mapping[str, Document]) -> str:
    """The connector of a destination, or ``topic``."""
    return next((key for key in target if key not in _COMMON), "")


def targets(items: Iterable[Document], names: Names | None = None) -> list[str]:
    """The names of the destinations of one ``to``."""
    known = names or Names()
    return [known.of(one.get("name"), connector(one)) if isinstance(one, dict) else str(one) for one in items]


def destinations(route: Mapping[str, Document]) -> Iterator[tuple[str, Mapping[str, Document]]]:
    """Every destination of a route with its name, those of branches first; topics are among them."""
    names = Names()
    for steps, to in _lists(dict(route)):
        yield from _asked(steps, names)
        listed = [one for one in to if isinstance(one, dict)]
        yield from zip(targets(listed, names), listed, strict=True)


def steps_of(route: Mapping[str, Document]) -> Iterator[tuple[str, Document]]:
    """Every step with its value, those of branches included."""
    for steps, _ in _lists(dict(route)):
        yield from ((step_name(step), step[step_name(step)]) for step in steps if isinstance(step, dict) and step)


def _asked(steps: Iterable[Document], names: Names) -> Iterator[tuple[str, Mapping[str, Document]]]:
    """The places where steps ask other systems: they have queues as destinations do."""
    for step in steps:
        options = step.get(step_name(step)) if isinstance(step, dict) else None
        if isinstance(options, dict) and step_name(step) in ASKING:
            yield names.of(options.get("name"), f"ask-{options.get('as') or connector(options)}"), options


def _lists(value: Document) -> Iterator[tuple[list[Document], list[Document]]]:
    """The lists of steps and destinations, innermost first."""
    if isinstance(value, list):
        for item in value:
            yield from _lists(item)
    elif isinstance(value, dict):
        yield from _lists([inner for key, inner in value.items() if isinstance(inner, list | dict) and key != "cases"])
        steps, to = value.get("steps"), value.get("to")
        if isinstance(steps, list) or isinstance(to, list):
            yield (steps if isinstance(steps, list) else []), (to if isinstance(to, list) else [])
