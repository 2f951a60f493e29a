"""What a changed route means for messages: those that are on their way, and those that come.

Read from the files alone, so that it can be told of a project that does not load. ``waiting`` knows how many messages
of a queue are open; None where no journal was asked.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from crossdock.errors import Finding, Place, Severity
from crossdock.message import Document
from crossdock.ops.changes.naming import connector, destinations, steps_of
from crossdock.runtime.reloading import abandoned
from crossdock.yaml_source import Authored

Waiting = Callable[[str], int | None]

_GUARDS = ("once", "latest")


@dataclass(frozen=True, slots=True)
class Route:
    """A route by its name, and its file."""

    name: str
    source: Authored

    @property
    def value(self) -> Mapping[str, Document]:
        """What stands in it."""
        return self.source.value if isinstance(self.source.value, dict) else {}

    def place(self, *path: str | int) -> Place:
        """Where that stands."""
        return self.source.place(path, key=True)


def added(route: Route) -> Iterator[Finding]:
    """A route that was not there before."""
    what = (
        "it reads what its topics bring from now on"
        if "topic" in _source(route)
        else "its source is polled from now on"
    )
    yield _finding("R485", Severity.NOTE, f"route '{route.name}' begins: {what}", route.place())


def removed(route: Route, waiting: Waiting) -> Iterator[Finding]:
    """A route that is not there any more."""
    queues = [
        route.name,
        *(f"{route.name}/{slot}" for slot, one in destinations(route.value) if connector(one) != "topic"),
    ]
    for queue in queues:
        yield from _abandoned(queue, waiting(queue), Place(file=route.source.file, line=1, column=1))
    message = f"route '{route.name}' ends: nothing comes in by it any more"
    yield _finding("R485", Severity.NOTE, message, Place(file=route.source.file))


def changed(before: Route, after: Route, waiting: Waiting) -> Iterator[Finding]:
    """A route that is another now."""
    yield from _switched(before, after)
    yield from _reads(before, after)
    yield from _opening(before, after, waiting)
    yield from _guards(before, after)
    yield from _order(before, after, waiting)
    yield from _contracts(before, after)
    yield from _destinations(before, after, waiting)


def _switched(before: Route, after: Route) -> Iterator[Finding]:
    was, now = before.value.get("enabled", True), after.value.get("enabled", True)
    if was is not now:
        told = (
            "switched on: what waits in its queue goes on" if now else "switched off: what comes in waits in its queue"
        )
        yield _finding("R485", Severity.NOTE, f"route '{after.name}' is {told}", after.place("enabled"))


def _reads(before: Route, after: Route) -> Iterator[Finding]:
    was, now = _source(before), _source(after)
    if was == now:
        return
    place = after.place("from")
    if "topic" in was or "topic" in now:
        old, new = _topics(was), _topics(now)
        for topic in sorted(new - old):
            message = f"route '{after.name}' reads '{topic}' from now on, and nothing that was published before"
            yield _finding("R486", Severity.NOTE, message, place)
        for topic in sorted(old - new):
            message = f"route '{after.name}' does not read '{topic}' any more; what it has taken already goes on"
            yield _finding("R486", Severity.WARNING, message, place, "a topic that nobody reads leads to nowhere")
    elif was.keys() == now.keys():
        message = f"route '{after.name}' takes from another place: what it has not taken stays in the old one"
        hint = "a file is known by its path: moved to the new place, one that was taken before is taken again"
        yield _finding("R487", Severity.WARNING, message, place, hint)


def _opening(before: Route, after: Route, waiting: Waiting) -> Iterator[Finding]:
    """A file that is read half-way goes on by the number of its part."""
    for step in ("decode", "split"):
        was, now = _options(before, step), _options(after, step)
        count = waiting(after.name)
        if was != now and count != 0:
            many = "" if count is None else f" ({count} open)"
            message = f"'{step}' changes: a payload in work{many} is finished as it was begun; all others are read anew"
            hint = "one whose worker was killed goes on behind its last part, counted as it was read before"
            yield _finding("R488", Severity.NOTE, message, after.place("steps"), hint)


def _guards(before: Route, after: Route) -> Iterator[Finding]:
    for kind in _GUARDS:
        was, now = _options(before, kind), _options(after, kind)
        for number, options in enumerate(was):
            key = options.get("key") if isinstance(options, dict) else None
            new = now[number] if number < len(now) else None
            new_key = new.get("key") if isinstance(new, dict) else None
            if key != new_key:
                what = f"the key of '{kind}' changes" if new is not None else f"'{kind}' is taken away"
                message = f"{what}: what passed before is not recognised, so it can pass once more"
                yield _finding(
                    "R489", Severity.WARNING, message, after.place("steps"), "replayed and late copies are doubled"
                )


def _order(before: Route, after: Route, waiting: Waiting) -> Iterator[Finding]:
    was, now = before.value.get("order"), after.value.get("order")
    if was == now:
        return
    count = waiting(after.name)
    many = "those that are open" if count is None else f"{count} open ones"
    message = f"'order' changes: {many} keep the sequence they came in, and no sequence with those that come"
    yield _finding("R490", Severity.WARNING, message, after.place("order"), "stop the source until nothing waits")


def _contracts(before: Route, after: Route) -> Iterator[Finding]:
    was, now = _options(before, "validate"), _options(after, "validate")
    if was != now and was and now:
        message = f"the contract changes from {_listed(was)} to {_listed(now)}: so do all who read what comes of it"
        yield _finding(
            "R491", Severity.WARNING, message, after.place("steps"), "look at the routes that read its topics"
        )


def _destinations(before: Route, after: Route, waiting: Waiting) -> Iterator[Finding]:
    was, now = _sinks(before), _sinks(after)
    for slot in now.keys() - was.keys():
        message = f"new queue '{after.name}/{slot}': it gets what passes from now on"
        yield _finding("R485", Severity.NOTE, message, after.place("to"))
    for slot, old in was.items():
        queue = f"{after.name}/{slot}"
        count = waiting(queue)
        if slot not in now:
            yield from _abandoned(queue, count, after.place("to"))
        elif _where(old) != _where(now[slot]) and count != 0:
            many = (
                "those that are open go"
                if count is None
                else f"{count} open ones go"
                if count != 1
                else "1 open one goes"
            )
            hint = "what was begun at the old place is finished there"
            if "name" not in now[slot]:
                hint += "; give each destination a 'name', so that none takes the queue of another"
            message = f"destination '{slot}' is another place: {many} there"
            yield _finding("R492", Severity.WARNING, message, after.place("to"), hint)


def _abandoned(queue: str, count: int | None, place: Place) -> Iterator[Finding]:
    if count:
        yield abandoned(queue, count, place)
    elif count is None and "/" in queue:
        message = f"queue '{queue}' is removed: what is open in it would wait until it is back"
        yield _finding("R481", Severity.WARNING, message, place)


def _source(route: Route) -> Mapping[str, Document]:
    found = route.value.get("from")
    return found if isinstance(found, dict) else {}


def _topics(source: Mapping[str, Document]) -> set[str]:
    found = source.get("topic", [])
    return {str(one) for one in (found if isinstance(found, list) else [found])}


def _options(route: Route, step: str) -> list[Document]:
    return [options for name, options in steps_of(route.value) if name == step]


def _sinks(route: Route) -> dict[str, Mapping[str, Document]]:
    return {slot: one for slot, one in destinations(route.value) if connector(one) != "topic"}


def _where(target: Mapping[str, Document]) -> tuple[str, Document]:
    name = connector(target)
    return name, target.get(name)


def _listed(values: list[Document]) -> str:
    return ", ".join(str(one.get("contract") if isinstance(one, dict) else one) for one in values)


def _finding(code: str, severity: Severity, message: str, place: Place, hint: str | None = None) -> Finding:
    return Finding(code=code, message=message, severity=severity, place=place, hint=hint)
