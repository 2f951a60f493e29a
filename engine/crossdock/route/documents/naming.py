"""What mappings say they read and make: layouts, sets and types that nobody describes.

A name such as ``json/replenishment`` is free, for documents that only the project knows. One that names something that
has a description is looked for there: where there is none, nothing of that side of the mapping is checked.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace

from crossdock.errors import ConfigError, Finding, Place, Severity
from crossdock.mapping.compile import Mapping, YamlMapping
from crossdock.mapping.shapes.doubt import near
from crossdock.route.documents.known import Documents
from crossdock.route.forms import misspelt_form
from crossdock.route.materials import Materials


@dataclass(frozen=True, slots=True)
class _Described:
    """What the names of one kind look like (one that does not is misspelt, whoever describes it), and where they are."""

    title: str
    form: re.Pattern[str]
    said: str
    folder: str


_KINDS = {
    "x12": _Described("X12", re.compile(r"\d{3}"), "a transaction set has three digits", "mappings/edi"),
    "edifact": _Described("EDIFACT", re.compile(r"[A-Z]{6}"), "a message has six capital letters", "mappings/edi"),
    "idoc": _Described(
        "IDoc",
        re.compile(r"[A-Z][A-Z0-9_]{2,29}"),
        "a basic type has capital letters and digits, such as ORDERS05",
        "mappings/idoc",
    ),
}


def undescribed(materials: Materials, documents: Documents) -> Iterator[Finding]:
    """A finding for each ``from`` and ``to`` that names what nobody describes."""
    for mapping in materials.written.values():
        for key, name in (("from", mapping.file.reads), ("to", mapping.file.makes)):
            found = _judged(name, materials, documents) if name is not None else None
            if found is not None:
                yield replace(found, place=mapping.source.place((key,)))
    for sheet in (one for one in materials.mappings.values() if not isinstance(one, YamlMapping)):
        yield from _of_stylesheet(sheet, materials, documents)


def _of_stylesheet(sheet: Mapping, materials: Materials, documents: Documents) -> Iterator[Finding]:
    """``xd:from`` and ``xd:to``. Those of YAML that are misspelt are told when it is read."""
    from crossdock.mapping.xslt import Stylesheet

    text = materials.texts.get(f"mapping {sheet.name}", "")
    for key, name in (("from", sheet.reads), ("to", sheet.makes)):
        if name is not None and isinstance(sheet, Stylesheet):
            misspelt = misspelt_form(name, materials.contracts, materials.codecs.names())
            found = misspelt or _judged(name, materials, documents)
            if found is not None:
                yield replace(found, place=_place_in(text, sheet.file, key, name))


def _place_in(text: str, file: str, key: str, name: str) -> Place:
    """Where the value of an attribute stands."""
    found = re.search(rf"""[\s:]{key}\s*=\s*["']({re.escape(name)})["']""", text)
    if found is None:
        return Place(file=file, line=1, column=1)
    begin = found.start(1)
    return Place(file=file, line=text.count("\n", 0, begin) + 1, column=begin - text.rfind("\n", 0, begin))


def _judged(name: str, materials: Materials, documents: Documents) -> Finding | None:
    """What is wrong with a name, without its place; None where it is described, or need not be."""
    kind, _, rest = name.partition("/")
    if not rest or name in materials.contracts:
        return None
    if kind == "fixed":
        return _layout(rest, materials)
    known = documents.sets_of(kind)
    return _set(_KINDS[kind], name, rest, known) if kind in _KINDS and rest not in known else None


def _layout(name: str, materials: Materials) -> Finding | None:
    if f"layout {name}" in materials.broken:
        return None
    try:
        materials.layouts.layout(name)
    except ConfigError as error:
        return Finding(code=error.code, message=error.message, value=f"fixed/{name}", hint=error.hint)
    return None


def _set(kind: _Described, name: str, rest: str, known: Collection[str]) -> Finding:
    """Nothing is checked of a set that nobody describes; one that cannot be the name of a set is misspelt."""
    sound = kind.form.fullmatch(rest) is not None
    message = f"{kind.title} has no '{rest}': {kind.said}"
    if sound:
        message = f"no dictionary describes {kind.title} '{rest}', so this side of the mapping is not checked"
    close = near(rest, known)
    hint = close or f"'{kind.folder}' may describe it" if sound else close
    severity = Severity.WARNING if sound else Severity.ERROR
    return Finding(code="M165", message=message, severity=severity, value=name, hint=hint)
