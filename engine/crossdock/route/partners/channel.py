"""A partner's channel: where what is sent to them goes, and where what they send is fetched.

It is one destination of a route, as it stands. With ``in`` and ``out`` it is both ways over one login: ``in`` is the
folder we read, ``out`` the one we fill, each a path, or a path with options of its own.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from crossdock.yaml_source import Path

WAYS = ("in", "out")
CHANNEL = "channel"


@dataclass(frozen=True, slots=True)
class Way:
    """One direction: what a route would have there, and which path of that stands at which of the partner's file."""

    value: dict[str, object]
    places: Mapping[Path, Path]


def way_out(channel: Mapping[str, object] | None) -> Way | None:
    """The destination of what is sent; None where the channel is only read."""
    if channel is None:
        return None
    connector = _split(channel)
    if connector is None:
        return Way(dict(channel), {(): (CHANNEL,)})
    one = _way(channel, connector, "out")
    rest = {name: value for name, value in channel.items() if name != connector}
    places: dict[Path, Path] = {(name,): (CHANNEL, name) for name in rest}
    return None if one is None else Way({**one.value, **rest}, {**one.places, **places})


def way_in(channel: Mapping[str, object] | None) -> Way | None:
    """The source of what they send; None where nothing is fetched by the channel."""
    connector = None if channel is None else _split(channel)
    return None if channel is None or connector is None else _way(channel, connector, "in")


def _split(channel: Mapping[str, object]) -> str | None:
    """The connector whose options say ``in`` or ``out``."""
    found = (
        name for name, options in channel.items() if isinstance(options, dict) and not options.keys().isdisjoint(WAYS)
    )
    return next(found, None)


def _way(channel: Mapping[str, object], connector: str, way: str) -> Way | None:
    options = channel[connector]
    if not isinstance(options, dict) or way not in options:
        return None
    own, at = options[way], (CHANNEL, connector)
    shared = {name: value for name, value in options.items() if name not in WAYS}
    places: dict[Path, Path] = {(): (CHANNEL,), (connector,): at}
    places.update(_places(connector, own, (*at, way)))
    return Way({connector: {**shared, **(own if isinstance(own, dict) else {"path": own})}}, places)


def _places(connector: str, own: object, at: Path) -> Iterator[tuple[Path, Path]]:
    if isinstance(own, dict):
        yield from (((connector, name), (*at, name)) for name in own)
    else:
        yield (connector, "path"), at
