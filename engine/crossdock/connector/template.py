"""Names made from what is delivered: ``ORD{number}.txt``, ``{buyer.id}/{$now:%Y%m%d}-{$id}.xml``.

In braces stands a path into the document (``buyer.id``, ``lines[0].sku``) or one of:

* ``$id`` the message's id, ``$key`` the delivery's idempotency key,
* ``$now`` the moment of delivery (UTC), as ``{$now}`` or with a format: ``{$now:%Y%m%d}``,
* ``$header.NAME`` a header of the message, ``{$header.file.name}``,
* ``$route`` the route that delivers,
* ``$extension`` what files of the content type end with, ``.json``.

A template is parsed when the route is loaded. Filling it never guesses: a value that is missing, empty, no scalar, or
that does not fit where the name is used, rejects the document.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from functools import reduce
from typing import Any, TypeAlias

from pydantic import GetCoreSchemaHandler
from pydantic_core import CoreSchema, core_schema

from crossdock.connector.contract import Parcel
from crossdock.errors import Finding, Reject
from crossdock.message import Document

Fault: TypeAlias = Callable[[str], str | None]
_Value: TypeAlias = Callable[[Parcel, datetime], Document]

MISSING = "K101"
NO_SCALAR = "K102"
MISFIT = "K103"

_MOMENT = "%Y%m%dT%H%M%SZ"
_DIRECTIVES = "YmdHMSfjGVu%"  # the numeric ones of strftime: no names, which would depend on a locale
_HOLE = re.compile(r"\{([^{}]*)\}")
_PATH = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*(?:\[[0-9]{1,6}\])*(?:\.[A-Za-z_][A-Za-z0-9_-]*(?:\[[0-9]{1,6}\])*)*\Z")
_STEP = re.compile(r"\[([0-9]+)\]|([A-Za-z_][A-Za-z0-9_-]*)")

#: Media type -> what its files usually end with. Of anything else nothing is known: ``.bin``.
EXTENSIONS = {
    "application/json": ".json",
    "application/xml": ".xml",
    "text/xml": ".xml",
    "text/csv": ".csv",
    "text/plain": ".txt",
    "application/edi-x12": ".x12",
    "application/edifact": ".edi",
}


@dataclass(frozen=True, slots=True)
class Hole:
    """What stands in braces, and how its value is had."""

    text: str
    value: _Value


@dataclass(frozen=True, slots=True)
class Template:
    """A parsed name template. Two of one text are equal. Usable as the type of an option (a pydantic field)."""

    text: str
    parts: tuple[str | Hole, ...]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Template) and other.text == self.text

    def __hash__(self) -> int:
        return hash(self.text)

    def __str__(self) -> str:
        return self.text

    @classmethod
    def parse(cls, text: str) -> Template:
        """Read a template. Raises ``ValueError`` that says what is wrong with it."""
        return cls(text, tuple(_parts(text)))

    @property
    def literals(self) -> tuple[str, ...]:
        """The texts outside braces."""
        return tuple(part for part in self.parts if isinstance(part, str))

    @property
    def fixed(self) -> bool:
        """Whether nothing is to be filled in."""
        return all(isinstance(part, str) for part in self.parts)

    def split(self, separator: str) -> tuple[Template, ...]:
        """The templates between separators that stand outside braces."""
        pieces: list[list[str | Hole]] = [[]]
        for part in self.parts:
            words = part.split(separator) if isinstance(part, str) else [part]
            pieces[-1].append(words[0])
            pieces += [[word] for word in words[1:]]
        return tuple(_joined(piece) for piece in pieces)

    def render(
        self,
        parcel: Parcel,
        now: datetime,
        *,
        part: Fault,
        whole: Fault,
        written: Callable[[str], str] = str,
    ) -> str:
        """The name for ``parcel``. ``part`` judges each value, ``whole`` the result; both say what is wrong, or None.

        ``written`` is how a value that fits is written, such as percent-encoded in a URL. Raises ``Reject`` with every
        value that is missing or does not fit.
        """
        findings: list[Finding] = []
        texts = [
            piece if isinstance(piece, str) else written(_filled(piece, parcel, now, part, findings))
            for piece in self.parts
        ]
        name = "".join(texts)
        fault = None if findings else whole(name)
        if fault:
            findings.append(_misfit(f"'{_shown(name)}' cannot be used, {fault}", name, self.text))
        if findings:
            raise Reject.of(findings)
        return name

    @classmethod
    def __get_pydantic_core_schema__(cls, source: type[Any], handler: GetCoreSchemaHandler) -> CoreSchema:
        written = core_schema.no_info_after_validator_function(cls.parse, core_schema.str_schema())
        return core_schema.json_or_python_schema(
            json_schema=written,
            python_schema=core_schema.no_info_before_validator_function(_parsed, core_schema.is_instance_schema(cls)),
            serialization=core_schema.plain_serializer_function_ser_schema(str, return_schema=core_schema.str_schema()),
        )


def _parsed(value: object) -> object:
    """Text as the template it is, so that what is wrong with it is said, and nothing of unions."""
    return Template.parse(value) if isinstance(value, str) else value


def extension(content_type: str) -> str:
    """What files of a media type usually end with."""
    return EXTENSIONS.get(content_type.partition(";")[0].strip().lower(), ".bin")


def any_text(_: str) -> str | None:
    """The judge that accepts everything."""
    return None


def _joined(piece: list[str | Hole]) -> Template:
    text = "".join(part if isinstance(part, str) else f"{{{part.text}}}" for part in piece)
    return Template(text, tuple(part for part in piece if part != ""))


def _parts(text: str) -> Iterator[str | Hole]:
    end = 0
    for match in _HOLE.finditer(text):
        if match.start() > end:
            yield _literal(text[end : match.start()], text)
        yield Hole(match[1], _value(match[1], text))
        end = match.end()
    if end < len(text):
        yield _literal(text[end:], text)


def _literal(part: str, text: str) -> str:
    if "{" in part or "}" in part:
        raise ValueError(f"a brace without its other half in '{text}'")
    return part


def _value(hole: str, text: str) -> _Value:
    if not hole:
        raise ValueError(f"braces with nothing in them in '{text}'")
    if hole.startswith("$"):
        return _special(hole)
    if ":" in hole:
        raise ValueError(f"'{{{hole}}}': only $now takes a format, such as {{$now:%Y%m%d}}")
    if not _PATH.match(hole):
        raise ValueError(f"'{{{hole}}}' is no path into the document, such as buyer.id or lines[0].sku")
    steps = tuple(int(index) if index else key for index, key in _STEP.findall(hole))
    return lambda parcel, now: reduce(_step, steps, parcel.document)


def _special(hole: str) -> _Value:
    name, colon, form = hole.partition(":")
    if name.startswith("$header.") and len(name) > len("$header."):
        header = hole.removeprefix("$header.")
        return lambda parcel, now: parcel.headers.get(header)
    if name == "$now":
        return _moment(form if colon else _MOMENT, hole)
    if name not in _SPECIALS:
        known = ", ".join([*_SPECIALS, "$now", "$header.NAME"])
        raise ValueError(f"'{{{hole}}}' is not known; after $ there may be: {known}")
    if colon:
        raise ValueError(f"'{{{hole}}}': only $now takes a format, such as {{$now:%Y%m%d}}")
    return _SPECIALS[name]


_SPECIALS: dict[str, _Value] = {
    "$id": lambda parcel, now: parcel.message,
    "$route": lambda parcel, now: parcel.route,
    "$key": lambda parcel, now: parcel.key,
    "$extension": lambda parcel, now: extension(parcel.content_type),
}


def _moment(form: str, hole: str) -> _Value:
    directives = re.findall(r"%(.?)", form, re.DOTALL)
    wrong = [one for one in directives if not one or one not in _DIRECTIVES]
    if wrong or not directives:
        known = " ".join(f"%{letter}" for letter in _DIRECTIVES)
        raise ValueError(f"'{{{hole}}}' is no format of a time; it is made of {known}")
    return lambda parcel, now: now.astimezone(UTC).strftime(form)


def _step(here: Document, step: str | int) -> Document:
    if isinstance(step, str):
        return here.get(step) if isinstance(here, dict) else None
    return here[step] if isinstance(here, list) and step < len(here) else None


def _filled(hole: Hole, parcel: Parcel, now: datetime, fault_of: Fault, findings: list[Finding]) -> str:
    value = hole.value(parcel, now)
    text = _plain(value)
    shown = f"{{{hole.text}}}"
    if text is None:
        findings.append(_absent(value, shown))
        return ""
    fault = fault_of(text)
    if fault:
        findings.append(_misfit(f"{shown} is '{_shown(text)}', which cannot be used: {fault}", text, shown))
    return text


def _plain(value: Document) -> str | None:
    """A scalar as text, with every digit it has; None for what makes no part of a name."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return format(value, "f")
    return (str(value) or None) if isinstance(value, str | int) else None


def _absent(value: Document, shown: str) -> Finding:
    if isinstance(value, dict | list):
        message = f"{shown} is {'a list' if isinstance(value, list) else 'an object'}, which makes no name"
        return Finding(code=NO_SCALAR, message=message, rule=shown)
    return Finding(code=MISSING, message=f"{shown} has no value to make a name from", rule=shown)


def _misfit(message: str, value: str, rule: str) -> Finding:
    hint = "correct the value, or use another one in the name; nothing is replaced silently"
    return Finding(code=MISFIT, message=message, value=_shown(value), hint=hint, rule=rule)


def _shown(text: str) -> str:
    """A hostile value made harmless for a log line or a terminal."""
    return text[:80].encode("unicode_escape").decode("ascii") if not text.isprintable() else text[:80]
