"""From what a watched stylesheet wrote to what is told of each field."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from crossdock.errors import Place
from crossdock.mapping.explanation.stylesheets.result import Missing, Written
from crossdock.mapping.explanation.stylesheets.site import Kind, Site
from crossdock.mapping.explanation.stylesheets.witness import (
    GIVEN,
    MAX_TRAIL,
    Event,
    Witness,
    names_in,
    roots_of,
)
from crossdock.mapping.explanation.told import Cause, Outcome, Reason, Roots, Told

_MOST_PIECES = 6  # expressions of one field that are written out
_MOST_SEEN = 200  # values that conditions looked at, of one field


@dataclass(frozen=True, slots=True)
class _Made:
    """What wrote some text: the events, those through whose values theirs came, and what all of them took."""

    written: Written
    events: list[Event]
    trail: list[Event]
    roots: Roots


@dataclass(frozen=True, slots=True)
class Teller:
    """Tells of the events of one run; ``file`` is the stylesheet's."""

    witness: Witness
    file: str

    def field(self, written: Written) -> Told:
        """An attribute, or the text of an element."""
        numbers = [*written.events, *written.empty]
        events = [self.witness.events[number] for number in self._pieces(numbers)]
        unmarked = written.copied_by is not None and written.element is None
        if not events and (written.copied is not None or unmarked):
            return self._copied(written)
        trail = self.witness.trail(numbers)
        made = _Made(written, events, trail, roots_of(trail))
        if not written.text and any(event.site.kind is not Kind.LITERAL for event in events):
            return self._told(made, Outcome.EMPTY, _why_empty(made))
        if _is_constant(made):
            return self._told(made, Outcome.CONSTANT, None)
        return self._told(made, Outcome.VALUE, _why_unknown(made))

    def missing(self, missing: Missing) -> Iterator[Told]:
        """The elements that a condition kept from coming to be."""
        event = self.witness.events[missing.event]
        for target in event.site.targets:
            yield Told(
                pointer=f"{missing.parent}/{target}",
                outcome=Outcome.EMPTY,
                text=event.site.text,
                place=self._place(event.site),
                consulted=tuple(event.asked)[:_MOST_SEEN],
                reason=_why_not_made(event),
            )

    def untouched(self) -> list[str]:
        """The templates that no node came to."""
        sites = [one for one in self.witness.sites if one.kind is Kind.ENTRY]
        return [f"{one.text} (line {one.line})" for one in sites if one.number not in self.witness.entered]

    # --- parts ---

    def _pieces(self, numbers: Iterable[int]) -> list[int]:
        """Events, with what was written inside of an attribute in the place of that."""
        found: list[int] = []
        for number in numbers:
            event = self.witness.events[number]
            found += event.through if event.site.kind is Kind.ATTRIBUTE and event.through else [number]
        return found

    def _told(self, made: _Made, outcome: Outcome, reason: Reason | None) -> Told:
        seen = dict.fromkeys(pointer for event in made.events for pointer in event.asked)
        under = self._under(made.written, made.events)
        place, text = self._said(made.written, made.events)
        return Told(
            pointer=made.written.pointer,
            outcome=outcome,
            value=made.written.text,
            text="" if outcome is Outcome.CONSTANT else text,
            place=place,
            origins=tuple(made.roots.pointers),
            consulted=tuple(one for one in (*seen, *under) if one not in made.roots.pointers),
            rows=tuple(made.roots.rows),
            reason=reason,
            through=_through(made),
        )

    def _under(self, written: Written, events: Sequence[Event]) -> list[str]:
        """What the conditions around a field looked at."""
        under = events[0].under if events else None
        if under is None and written.element is not None and written.element < len(self.witness.events):
            under = self.witness.events[written.element].under
        found: dict[str, None] = {}
        while under is not None and len(found) < _MOST_SEEN:
            found |= dict.fromkeys(under.pointers)
            under = under.outer
        return list(found)

    def _said(self, written: Written, events: Sequence[Event]) -> tuple[Place, str]:
        """(the place of the first that wrote it, the expressions)."""
        if not events:
            of_element = written.element if written.element is not None else len(self.witness.events)
            known = self.witness.events[of_element : of_element + 1]
            return (self._place(known[0].site) if known else Place(file=self.file)), ""
        texts = [_quoted(one.site) if one.site.kind is Kind.LITERAL else one.site.text for one in events]
        more = len(texts) > _MOST_PIECES or not written.whole
        said = " + ".join(filter(str.strip, texts[:_MOST_PIECES])) + (" + …" if more else "")
        return self._place(events[0].site), said

    def _place(self, site: Site) -> Place:
        return Place(file=self.file, line=site.line)

    # --- what is copied, what is empty ---

    def _copied(self, written: Written) -> Told:
        source, sources = written.copied, self.witness.sources
        pointer = None
        if source is not None:
            pointer = (
                sources.text(source) if written.attribute is None else sources.attribute(source, written.attribute)
            )
        by = None if written.copied_by is None else self.witness.events[written.copied_by]
        return Told(
            pointer=written.pointer,
            outcome=Outcome.VALUE,
            value=written.text,
            text="" if by is None else by.site.text,
            place=Place(file=self.file) if by is None else self._place(by.site),
            origins=() if pointer is None else (pointer,),
            reason=None if pointer else Reason(Cause.NOTHING, "where what it copies came from is not followed"),
        )


def _is_constant(made: _Made) -> bool:
    """Whether all of a text is written in the stylesheet."""
    taken = made.roots.pointers or made.roots.rows
    return bool(made.events) and made.written.whole and not taken and all(map(_is_literal, made.events))


def _is_literal(event: Event) -> bool:
    kind, text = event.site.kind, event.site.text.strip()
    if kind in (Kind.TEMPLATE, Kind.ATTRIBUTE):
        return not text
    written_out = text[:1] in ("'", '"') or text.replace(".", "", 1).isdecimal()
    return kind is Kind.LITERAL or (kind is Kind.VALUE and not event.site.operands.values and written_out)


def _quoted(site: Site) -> str:
    said = " ".join(site.text.split())
    return f"'{said}'" if said else ""


def _through(made: _Made) -> tuple[str, ...]:
    """What the variables are that values came through."""
    told = dict.fromkeys(map(_named, names_in(made.trail)))
    if len(made.trail) >= MAX_TRAIL:
        told["and so on, through more values than are followed"] = None
    return tuple(told)


def _named(event: Event) -> str:
    site = event.site
    if event.name == GIVEN:
        return f"${site.name} is given"
    return f"${site.name} is {site.text} (line {site.line})" if site.text else f"${site.name} (line {site.line})"


# --- reasons ---


def _why_unknown(made: _Made) -> Reason | None:
    """Why a value has no source."""
    if made.roots.pointers or made.roots.rows:
        return None
    names = (one.site for one in names_in(made.trail))
    unfollowed = [f"${one.name}" for one in names if not one.operands.values and not one.text]
    if unfollowed:
        said = f"where the content of {', '.join(unfollowed)} came from is not followed"
    elif made.events:
        said = "the expression takes no value of the document"
    else:
        said = "it is not known which instruction wrote it" if made.written.text else "an element without content"
    return Reason(Cause.NOTHING, said)


def _why_empty(made: _Made) -> Reason:
    absent = list(dict.fromkeys(one for event in made.events for one in event.absent))
    pointer = next(iter(made.roots.pointers), None)
    if absent:
        said = "; ".join(map(_not_there, absent[:_MOST_PIECES]))
        return Reason(Cause.ABSENT, said, absent[0] if absent[0].startswith("/") else None)
    if made.roots.rows:
        row = next(iter(made.roots.rows))
        return Reason(Cause.LOOKUP, f"table '{row.table}' has nothing for '{row.key}'", pointer)
    if pointer is None:
        return Reason(Cause.NOTHING, "the expression gives empty text")
    taken = len(made.events) == 1 and made.events[0].site.operands.sole
    said = f"{pointer} is empty text" if taken else f"nothing comes of {pointer}"
    return Reason(Cause.EMPTY_TEXT if taken else Cause.NOTHING, said, pointer)


def _not_there(looked_for: str) -> str:
    """``/buyer/region`` of the document, or an expression."""
    is_pointer = looked_for.startswith("/") and not set(looked_for) & set("([|$")
    return f"the source has no {looked_for}" if is_pointer else f"{looked_for} finds nothing"


def _why_not_made(event: Event) -> Reason:
    """Why an element did not come to be."""
    missing = next((one for one in event.absent if one.startswith("/")), None)
    if event.site.kind is Kind.SELECTION:
        return Reason(Cause.ABSENT, f"{event.site.text} finds nothing", missing)
    plain = missing is not None and "(" not in event.site.text  # not() holds of what is not there
    return Reason(
        Cause.CONDITION, "its condition does not hold" + (f": the source has no {missing}" if plain else ""), missing
    )
