"""What the copy of a stylesheet calls while it runs: it hears which nodes each expression found."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import TypeAlias

from lxml import etree

from crossdock.mapping.explanation.stylesheets.paths import Operand
from crossdock.mapping.explanation.stylesheets.site import MARK, WATCH, Kind, Site
from crossdock.mapping.explanation.stylesheets.sources import Sources, TooMuchError
from crossdock.mapping.explanation.told import Roots
from crossdock.mapping.explanation.walk import step
from crossdock.mapping.jmespath.trace import TableRow
from crossdock.mapping.stylesheet_calls import Called, string

MAX_EVENTS = 60_000  # of one run; each is held
MAX_WORK = 3_000_000  # nodes that are looked at while explaining one document
MAX_TRAIL = 1_000  # variables that one value came through, in a recursion
MAX_UNDER = 50  # the same, of the values that a condition looks at
MAX_EACH = 1_000  # nodes of one expression that are held

GIVEN = "given"  # the name of a parameter's event, where its value is from outside

Function: TypeAlias = "Callable[..., object]"


@dataclass(frozen=True, slots=True)
class Under:
    """What conditions looked at, from the innermost outwards."""

    pointers: tuple[str, ...]
    outer: Under | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """A site that was run once.

    ``nodes`` are pointers of what its value was made of, ``through`` numbers of other events whose values it took over,
    ``absent`` pointers (or expressions) at which nothing was. ``value`` is None where it is not known.
    """

    site: Site
    value: str | None
    nodes: tuple[str, ...] = ()
    asked: tuple[str, ...] = ()
    through: tuple[int, ...] = ()
    absent: tuple[str, ...] = ()
    rows: tuple[TableRow, ...] = ()
    under: Under | None = None
    name: str | None = None


@dataclass(slots=True)
class Witness:
    """Hears one run. ``given`` are the parameters that have a value: where it came from, None if it was given from outside.

    ``sparing``: no mark is made where nothing is written, so that an attribute may still follow.
    """

    sources: Sources
    sites: Sequence[Site]
    given: Mapping[str, Roots | None]
    sparing: bool
    events: list[Event] = field(default_factory=list)
    used: set[str] = field(default_factory=set)
    entered: set[int] = field(default_factory=set)
    missed: int = 0  # what happened after there were too many events
    _rows: list[TableRow] = field(default_factory=list)
    _under: Under | None = None
    _open: list[list[int]] = field(default_factory=list)
    _last: int = 0
    _told: bool = False
    _attributed: bool = False
    _work: int = 0

    def functions(self) -> dict[tuple[str, str], Function]:
        """What the copy calls."""
        own = {
            "begin": self._begin,
            "tell": self._tell,
            "mark": self._mark,
            "parameter": self._parameter,
            "event": lambda _context: str(self._last),
            "told": lambda _context: self._told,
            "attributed": lambda _context: self._attributed,
            "open": self._opened,
            "close": self._closed,
            "asks": self._asks,
            "enter": self._enter,
            "leave": self._leave,
            "entered": self._entered,
        }
        return {(WATCH, name): function for name, function in own.items()}  # type: ignore[misc]  # they differ in arguments

    def hearing(self, name: str, called: Called) -> Function:
        """A function of stylesheets; which row of a table it asks for is heard."""

        def heard(context: object, *arguments: object) -> object:
            if called.names and arguments and len(self._rows) < MAX_EACH:
                self._rows += _row(name, called.names, [string(one) for one in arguments])
            return called(context, *arguments)

        return heard

    # --- what the copy calls ---

    def _begin(self, _context: object) -> bool:
        self._rows.clear()
        return True

    def _tell(self, _context: object, *arguments: object) -> bool:
        """Whether there is a mark to be made: none beside attributes that are copied, for they need another."""
        self._told = self._attributed = False
        kind = self.sites[_number(arguments[1])].kind
        nodes = arguments[_NODES] if len(arguments) > _NODES else None
        copied = nodes if kind in (Kind.COPY, Kind.SHALLOW) and isinstance(nodes, list) else []
        if kind is Kind.SHALLOW and not (copied and isinstance(copied[0], str)):  # an element, whose content tells
            return False
        event = self._event(arguments)
        if event is None or (self.sparing and _writes_nothing(event, nodes)):
            return False
        if kind is Kind.COPY:
            self._copied(copied)
        self._attributed = bool(copied) and all(getattr(one, "is_attribute", False) for one in copied)
        self._told = not self._attributed
        return self._told

    def _copied(self, nodes: Sequence[object]) -> None:
        """What is in elements that are copied is used with them."""
        for node in nodes:
            if isinstance(node, etree._Element):  # noqa: SLF001 - lxml has no public name for it
                inner = self.sources.inside(node)
                self._spend(len(inner))
                self.used.update(inner)

    def _mark(self, _context: object, *arguments: object) -> str:
        event = self._event(arguments)
        return "" if event is None else str(self._last)

    def _parameter(self, _context: object, *arguments: object) -> str:
        site = self.sites[_number(arguments[1])]
        if site.name not in self.given:
            return self._mark(None, *arguments)
        roots = self.given[site.name]
        if roots is None:
            return self._add(Event(site=site, value=None, name=GIVEN))
        return self._add(Event(site=site, value=None, nodes=tuple(roots.pointers), rows=tuple(roots.rows)))

    def _opened(self, _context: object) -> bool:
        self._open.append([])
        return False

    def _closed(self, _context: object, number: float, name: object) -> str:
        parts = self._open.pop() if self._open else []
        site = self.sites[_number(number)]
        return self._add(Event(site=site, value=None, through=tuple(parts), under=self._under, name=string(name)))

    def _asks(self, _context: object, *arguments: object) -> bool:
        """Whether something is not there, so that it can be told what does not come to be."""
        nodes, asked, through, absent = self._heard(arguments)
        self.used.update(nodes, asked)
        site = self.sites[_number(arguments[1])]
        if self.sparing or arguments[3] is True or not site.targets:
            return False
        looked = tuple(dict.fromkeys([*nodes, *asked]))
        self._add(Event(site=site, value="", asked=looked, through=through, absent=absent, under=self._under))
        return len(self.events) < MAX_EVENTS

    def _enter(self, _context: object, *arguments: object) -> bool:
        nodes, asked, through, _ = self._heard(arguments)
        looked = dict.fromkeys([*nodes, *asked])
        looked |= dict.fromkeys(roots_of(self.trail(through, MAX_UNDER)).pointers)
        self._under = Under(tuple(looked), self._under)
        return False

    def _leave(self, _context: object) -> bool:
        self._under = None if self._under is None else self._under.outer
        return False

    def _entered(self, _context: object, number: float) -> bool:
        self.entered.add(_number(number))
        return False

    # --- events ---

    def _add(self, event: Event) -> str:
        self.used.update(event.nodes, event.asked)
        if len(self.events) >= MAX_EVENTS:
            self.missed += 1
            return ""
        self.events.append(event)
        self._last = len(self.events) - 1
        return str(self._last)

    def _event(self, arguments: Sequence[object]) -> Event | None:
        """Remember what a call tells, unless there is too much already."""
        site = self.sites[_number(arguments[1])]
        nodes, asked, through, absent = self._heard(arguments)
        event = Event(
            site=site,
            value=string(arguments[3]),
            nodes=nodes,
            asked=asked,
            through=through,
            absent=absent,
            rows=tuple(dict.fromkeys(self._rows)),
            under=self._under,
        )
        if not self._add(event):
            return None
        if self._open and site.kind in _WRITING:
            self._open[-1].append(self._last)
        return event

    def _heard(
        self, arguments: Sequence[object]
    ) -> tuple[tuple[str, ...], tuple[str, ...], tuple[int, ...], tuple[str, ...]]:
        """(nodes, asked, through, absent)."""
        site, here = self.sites[_number(arguments[1])], arguments[2]
        given = iter(arguments[4:])
        nodes: dict[str, None] = {}
        asked: dict[str, None] = {}
        through: dict[int, None] = {}
        absent: dict[str, None] = {}
        for operand, into in (*_with(site.operands.values, nodes), *_with(site.operands.asked, asked)):
            found = next(given, None)
            companion = next(given, None) if operand.variable is not None else None
            listed = found if isinstance(found, list) else []
            self._spend(len(listed))
            pointers = self.sources.found(listed, every=operand.every or into is asked)
            self.used.update(pointers)
            into.update(dict.fromkeys(pointers[:MAX_EACH]))
            if pointers:
                continue
            inner = dict.fromkeys(self._inside(listed))
            through |= inner or dict.fromkeys(_numbers(companion))
            if not listed and operand.variable is None and isinstance(found, list):
                absent[self._looked_for(operand, here)] = None
        return tuple(nodes), tuple(asked), tuple(through), tuple(absent)

    def _spend(self, nodes: int) -> None:
        self._work += nodes + 1
        if self._work > MAX_WORK:
            raise TooMuchError(f"its expressions look at more than {MAX_WORK:,} nodes")

    def _inside(self, nodes: Sequence[object]) -> Iterator[int]:
        """The marks in what the stylesheet has made itself, and kept in a variable."""
        for node in nodes:
            if isinstance(node, etree._Element):  # noqa: SLF001 - lxml has no public name for it
                for one in node.iter():  # all count: each expression goes through what it was given again
                    self._spend(1)
                    if getattr(one, "target", "") == MARK:
                        yield from _numbers(one.text)
            elif getattr(node, "is_attribute", False):
                parent = node.getparent()  # type: ignore[attr-defined]  # lxml's text, which knows its element
                if parent is not None:
                    name = str(node.attrname)  # type: ignore[attr-defined]  # as above
                    yield from (at for at in _marks_on(parent) if self._names(at, name))

    def _names(self, event: int, attribute: str) -> bool:
        one = self.events[event] if event < len(self.events) else None
        return one is not None and attribute in (one.name, one.site.name)

    def _looked_for(self, operand: Operand, here: object) -> str:
        """The pointer at which nothing is, where the expression only goes down by names."""
        context = here[0] if isinstance(here, list) and here else None
        base = self.sources.pointer(context) if isinstance(context, etree._Element) else None  # noqa: SLF001 - as above
        if base is None or not operand.simple:
            return operand.text
        return base + "".join(step(one) for one in operand.text.split("/"))

    # --- afterwards ---

    def trail(self, events: Sequence[int], most: int = MAX_TRAIL) -> list[Event]:
        """Events, and those through whose values theirs came, as far as so many of them."""
        found: list[Event] = []
        waiting, seen = [*events][::-1], set[int]()
        while waiting and len(found) < most:
            number = waiting.pop()
            if number not in seen and number < len(self.events):
                seen.add(number)
                found.append(self.events[number])
                waiting += reversed(self.events[number].through)
        return found


def roots_of(trail: Iterable[Event]) -> Roots:
    """Where the values of events came from."""
    roots = Roots()
    for event in trail:
        roots.pointers |= dict.fromkeys(event.nodes)
        roots.rows |= dict.fromkeys(event.rows)
    return roots


def names_in(trail: Iterable[Event]) -> list[Event]:
    """The variables and parameters through which values came, each once."""
    named = (one for one in trail if one.site.kind in (Kind.NAME, Kind.PARAMETER))
    return list({one.site.number: one for one in named}.values())


def _writes_nothing(event: Event, nodes: object) -> bool:
    return (event.site.kind is Kind.VALUE and not event.value) or (event.site.kind is Kind.COPY and nodes == [])


_NODES = 4  # the argument that has the nodes of the first operand; before it stand begin, site, context, value
_WRITING = frozenset({Kind.VALUE, Kind.LITERAL, Kind.NUMBER, Kind.COPY, Kind.SHALLOW, Kind.RULE})


def _with(operands: Sequence[Operand], into: dict[str, None]) -> Iterator[tuple[Operand, dict[str, None]]]:
    return ((one, into) for one in operands)


def _number(value: object) -> int:
    return int(value) if isinstance(value, int | float | str) else 0


def _numbers(companion: object) -> list[int]:
    """The number of an event that a variable carries: none where it happened when there were too many."""
    text = string(companion)
    return [int(text)] if text.isdecimal() else []


def _marks_on(element: etree._Element) -> Iterator[int]:
    """The numbers of the events that have made attributes of an element."""
    for key, value in element.attrib.items():
        number = number_of(str(key), str(value))
        if number is not None and not str(key).endswith("}e"):
            yield number


def number_of(key: str, value: str) -> int | None:
    """The event that one of our attributes names: ``m17``, or ``a3="17"``; None of any other attribute."""
    uri, _, name = key.rpartition("}")
    if uri != "{" + WATCH:
        return None
    text = name[1:] if name.startswith("m") else value
    return int(text) if text.isdecimal() else None


def _row(function: str, names: Sequence[int], arguments: list[str]) -> list[TableRow]:
    """The rows that a call asks for: by its key, or by the units that it converts between."""
    values = [text for at, text in enumerate(arguments) if at not in names]
    asked = partial(TableRow, function, arguments[names[0]] if arguments else "")
    column = arguments[names[1]] if len(names) > 1 and names[1] < len(arguments) else ""
    if function == "convert":
        return [asked(column, unit) for unit in dict.fromkeys(values[1:]) if unit]
    if function == "lookup_for":
        return [asked(column, key, values[0]) for key in values[1:2] if key]
    return [asked(column, key) for key in values[:1] if key]
