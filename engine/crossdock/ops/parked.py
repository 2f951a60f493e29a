"""Dead, held and doubtful work: find it, look at it, decide.

Every decision is one transaction and leaves an attempt row with its reason. Replaying keeps every id and key, so what
was delivered already is not delivered again; an edited payload is a new message that names the one it replaces.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from crossdock.delivery.states import Event, State
from crossdock.errors import CrossdockError
from crossdock.journal.contract import Entry, Item, Post, Query, Records, Refusal
from crossdock.message import Inline, Message
from crossdock.ops.restoring import RESTORED

EDITED_FROM = "crossdock.edited-from"
_NO_LIMIT = 1_000_000
_PAGE = 500  # pieces of work, with their messages, that are in memory at a time


class NotFound(CrossdockError):
    """No such work in such a state."""


def listed(journal: Records, states: tuple[State, ...], route: str | None = None, limit: int = 100) -> list[Item]:
    """Parked work, newest first."""
    return list(journal.items(Query(states=states, route=route, limit=limit)))


def refused(journal: Records, route: str | None, limit: int) -> list[Refusal]:
    """What was refused at the border, newest first."""
    if route is None:
        return journal.refusals(limit)
    return [one for one in journal.refusals(_NO_LIMIT) if one.route == route][:limit]


def every(journal: Records, query: Query) -> Iterator[Item]:
    """All work a query asks for, however much there is, newest first. What is decided meanwhile does not matter."""
    while True:
        page = list(journal.items(replace(query, limit=_PAGE)))
        yield from page
        if len(page) < _PAGE:
            return
        query = replace(query, below=page[-1].row)


def held(journal: Records, route: str | None = None, *, restored: bool) -> Iterator[Item]:
    """All held work, or only what a restore holds."""
    items = every(journal, Query(states=(State.HELD,), route=route))
    return (item for item in items if item.code == RESTORED) if restored else items


def found(journal: Records, key: str, states: tuple[State, ...]) -> list[Item]:
    """The parked work of the messages that ``key`` names: an id, its beginning, or a business key.

    Raises ``NotFound``.
    """
    messages = journal.named(key, _NO_LIMIT)
    _refuse_ambiguous(key, messages)
    items = [item for message in messages for item in journal.items(Query(states=states, message=message.id))]
    if not items:
        wanted = " or ".join(states)
        raise NotFound("E601", f"no {wanted} work for '{key}'", hint=f"{len(messages)} messages have that key")
    return items


def _refuse_ambiguous(key: str, messages: list[Message]) -> None:
    """A business key may name many messages, and means them all; the beginning of an id must name one."""
    if len(messages) > 1 and all(message.id.startswith(key.lower()) for message in messages):
        hint = "give more of the id"
        raise NotFound("E603", f"{len(messages)} messages have an id that begins with '{key}'", hint=hint)


def decide(journal: Records, items: Iterable[Item], event: Event, reason: str | None) -> int:
    """Carry out a person's decision on each; how many still were in a state that allows it."""
    return sum(journal.decide(item.row, event, reason) for item in items)


def edit(journal: Records, item: Item, payload: bytes, new_id: str, reason: str) -> str:
    """Give up ``item`` and accept ``payload`` in its place, in the same queue; the id of the new message.

    Raises ``NotFound`` when somebody else decided meanwhile.
    """
    old = item.message
    message = replace(
        old,
        id=new_id,
        parent=old.id,
        position=0,
        headers={**old.headers, EDITED_FROM: old.id},
        body=Inline(payload),
    )
    entry = Entry(message=message, scope="edit", identity=new_id, posts=(Post(queue=item.queue),))
    if not journal.replace(item.row, entry, reason):
        raise NotFound("E602", f"message {old.id} is no longer {item.state}")
    return new_id
