"""The sink: one bounded line for each parcel."""

from __future__ import annotations

import json
import logging
import unicodedata
from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import islice

from crossdock.connector import Done, Parcel, Surroundings
from crossdock.connector.template import any_text
from crossdock.errors import CrossdockError
from crossdock.message import Document
from crossdock_connectors.log.options import SinkOptions

LOG = logging.getLogger("crossdock.connector.log")

_LEVELS = {"debug": logging.DEBUG, "info": logging.INFO, "warning": logging.WARNING, "error": logging.ERROR}
_HIDDEN = "***"


class LogSink:
    """Writes to the log of the process."""

    def __init__(self, options: SinkOptions, surroundings: Surroundings) -> None:
        self._options = options
        self._now = surroundings.now
        self._hidden = [tuple(path.split(".")) for path in options.redact]

    def send(self, parcels: Sequence[Parcel]) -> Sequence[Done | CrossdockError]:
        """A line each."""
        return [self._send(parcel) for parcel in parcels]

    def close(self) -> None:
        """Nothing is held."""

    def _send(self, parcel: Parcel) -> Done | CrossdockError:
        try:
            about = self._about(parcel)
        except CrossdockError as error:
            return error
        shown = _harmless(_cut(self._shown(parcel), self._options.limit))
        LOG.log(_LEVELS[self._options.level], "%s", " ".join(one for one in (about, shown) if one))
        return Done(parcel.key)

    def _about(self, parcel: Parcel) -> str:
        size = f"{parcel.payload.size} bytes of {parcel.content_type}"
        named = f"route {parcel.route}, message {parcel.message}, key {parcel.key}, {size}"
        if self._options.about is None:
            return _harmless(named)
        words = self._options.about.render(parcel, self._now(), part=any_text, whole=any_text)
        return _harmless(f"{_cut(words, self._options.limit)} ({named})")

    def _shown(self, parcel: Parcel) -> str:
        match self._options.show:
            case "document":
                visible = _redacted(parcel.document, self._hidden)
                return "".join(islice(_bounded(visible), self._options.limit + 1))
            case "payload":
                return _first(parcel, self._options.limit).decode(errors="backslashreplace")
        return ""


def _bounded(document: Document) -> Iterator[str]:
    return iter(json.JSONEncoder(ensure_ascii=False, default=_number).iterencode(document))


def _number(value: object) -> str:
    return format(value, "f") if isinstance(value, Decimal) else str(value)


def _first(parcel: Parcel, limit: int) -> bytes:
    """The first bytes of a payload, and one more where there are more."""
    found = b""
    for chunk in parcel.payload.chunks():
        found += chunk[: limit + 1 - len(found)]
        if len(found) > limit:
            break
    return found


def _redacted(document: Document, hidden: Sequence[tuple[str, ...]]) -> Document:
    if not hidden:
        return document
    match document:
        case dict():
            return {key: _below(key, one, hidden) for key, one in document.items()}
        case list():
            return [_below(str(index), one, hidden) for index, one in enumerate(document)]
    return document


def _below(key: str, value: Document, hidden: Sequence[tuple[str, ...]]) -> Document:
    meant = [path[1:] for path in hidden if path[0] in ("*", key)]
    return _HIDDEN if () in meant else _redacted(value, meant)


def _cut(text: str, limit: int) -> str:
    return text if len(text) <= limit else f"{text[:limit]}…"


def _harmless(text: str) -> str:
    """One line, whatever was in it: no control characters, none that turn the direction of text."""
    return "".join(
        one if unicodedata.category(one)[0] != "C" else one.encode("unicode_escape", "surrogatepass").decode()
        for one in text
    )
