"""docs/reference/presets.md: every shipped preset with its places, and what each takes."""

from __future__ import annotations

from collections.abc import Iterator

from crossdock.connector import Connector
from crossdock.ops.manual import Manual, presets
from crossdock.registry import Registry
from reference_pages.markdown import code, head, joined, prose, table

ABOUT = """
A preset is a system described in one YAML file on top of a base connector. It is used like a connector; in its options stands
one of its places, and in that what the place takes. What is promised is what the base connector promises.
[How presets are used, and written](../guide/28-presets.md).
"""


def page() -> str:
    """The whole page."""
    found = presets(Registry("crossdock.connectors", Connector))
    return joined(head("Presets", ABOUT), *(_preset(name, one) for name, one in found.items()))


def _preset(name: str, told: Manual) -> str:
    return joined(
        f"## {name}",
        told.connector.about,
        prose(told.text),
        table(("parameter", "what it is", "if it is left out", "of"), _parameters(told)),
        table(("place", "options of the base connector it leaves to the route"), _left(told)),
    )


def _parameters(told: Manual) -> Iterator[tuple[str, str, str, str]]:
    """Each parameter once, with the places that take it."""
    rows: dict[str, tuple[str, str]] = {}
    places: dict[str, list[str]] = {}
    for place, model in told.places.items():
        for name, parameter in model.shape.parameters.items():
            default = parameter.default
            shown = "needed" if default is None and not parameter.optional else code(default) if default else ""
            rows[name] = (parameter.about, shown)
            places.setdefault(name, []).append(place)
    for name, (about, default) in rows.items():
        everywhere = len(places[name]) == len(told.places)
        yield code(name), about, default, "every place" if everywhere else ", ".join(map(code, places[name]))


def _left(told: Manual) -> Iterator[tuple[str, str]]:
    for place, model in told.places.items():
        yield code(place), ", ".join(map(code, model.shape.leaves))
