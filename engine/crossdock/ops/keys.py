"""API keys in the journal: made, listed, given a successor, revoked. Every machine that shares the journal knows them."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from msgspec.structs import replace

from crossdock.errors import Halt
from crossdock.front.api_keys import (
    MOST_LIVE,
    OWNER,
    PLACE,
    USED,
    ApiKey,
    ending,
    live_of,
    moment,
    new_key,
    read,
    revoked,
    written,
)
from crossdock.journal.notebook import Note, Notebook
from crossdock.route.compiled import CompiledRoute
from crossdock.yaml_source import suggest

_PAGE = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What a key is good for: ``expires`` in Unix seconds, ``rate`` per second, ``routes`` (empty: all)."""

    routes: tuple[str, ...] = ()
    partner: str | None = None
    rate: float | None = None
    expires: float | None = None


def create(journal: Notebook, owner: str, terms: Terms, now: float) -> tuple[ApiKey, str]:
    """A key for somebody who has none that lives, and its text, which is never seen again. Raises ``Halt``."""
    if not OWNER.match(owner):
        raise Halt("W207", f"'{owner}' is no name of an owner", hint="letters, digits, dots, dashes: web-shop")
    if live_of(every(journal), owner, now):
        raise Halt("W208", f"'{owner}' has a key", hint=f"crossdock keys rotate {owner}")
    return _add(journal, owner, terms, now)


def rotate(journal: Notebook, owner: str, grace: float, now: float) -> tuple[ApiKey, str]:
    """A second key on the same terms; the first one ends after ``grace`` seconds. Raises ``Halt``."""
    live = live_of(every(journal), owner, now)
    if not live:
        raise Halt("W207", f"'{owner}' has no key that lives", hint=f"crossdock keys create {owner}")
    if len(live) >= MOST_LIVE:
        raise Halt("W208", f"'{owner}' has {len(live)} keys that live", hint=f"crossdock keys revoke {live[0].id}")
    (old,) = live
    expires = old.expires if old.expires is None else now + (old.expires - old.created)
    terms = Terms(routes=old.routes, partner=old.partner, rate=old.rate, expires=expires)
    return _add(journal, owner, terms, now, old=ending(old, now + grace))


def _add(journal: Notebook, owner: str, terms: Terms, now: float, old: ApiKey | None = None) -> tuple[ApiKey, str]:
    key, text = new_key(os.urandom, now, owner)
    key = replace(key, expires=terms.expires, routes=terms.routes, partner=terms.partner, rate=terms.rate)
    notes = {key.id: written(key)} | ({old.id: written(old)} if old is not None else {})
    journal.note(PLACE, notes)
    return key, text


def revoke(journal: Notebook, name: str, now: float) -> list[ApiKey]:
    """The key of that id, or every live key of that owner, opens nothing any more. Raises ``Halt``."""
    known = every(journal)
    found = [one for one in known if name in {one.id, one.owner} and one.live(now)]
    if not found:
        hint = suggest(name, [each for one in known for each in (one.id, one.owner)])
        raise Halt("W207", f"there is no live key '{name}'", hint=hint)
    ended = [revoked(one, now) for one in found]
    journal.note(PLACE, {one.id: written(one) for one in ended})
    return ended


def every(journal: Notebook) -> list[ApiKey]:
    """Every key, by owner and age."""
    keys = [read(note.text) for note in _notes(journal, PLACE)]
    return sorted(keys, key=lambda one: (one.owner, one.created))


def used(journal: Notebook) -> Mapping[str, float]:
    """When keys were used last, by id (Unix seconds); told at most once a minute."""
    return {note.key: float(note.text) for note in _notes(journal, USED)}


def _notes(journal: Notebook, place: str) -> Iterable[Note]:
    after = ""
    while page := journal.noted(place, after=after, limit=_PAGE):
        yield from page
        after = page[-1].key


def refuse_unknown_routes(routes: Mapping[str, CompiledRoute], names: Iterable[str]) -> None:
    """Raises ``Halt`` for a route that has no address keys open."""
    served = [name for name, route in routes.items() if route.endpoint is not None and route.endpoint.access.keys]
    for name in names:
        if name not in served:
            raise Halt("W209", f"route '{name}' has no address that keys open", hint=suggest(name, served))


def key_dict(key: ApiKey, now: float, last: float | None) -> dict[str, object]:
    """A key as plain JSON data: nothing in it opens anything."""
    state = "revoked" if key.revoked is not None else "live" if key.live(now) else "expired"
    return {
        "id": key.id,
        "owner": key.owner,
        "state": state,
        "routes": list(key.routes),
        "partner": key.partner,
        "rate": key.rate,
        "created": moment(key.created),
        "expires": moment(key.expires),
        "revoked": moment(key.revoked),
        "used": moment(last),
    }
