"""The call: answers with what it is told to, or with what it was asked."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from decimal import Decimal

from crossdock.connector import Parcel, Surroundings
from crossdock.errors import CrossdockError
from crossdock.message import Document
from crossdock_connectors.echo.failing import failure
from crossdock_connectors.echo.options import CallOptions


class EchoCall:
    """``asked`` counts the questions that were answered. ``sleep`` lets the delay pass."""

    def __init__(
        self, options: CallOptions, surroundings: Surroundings, sleep: Callable[[float], None] = time.sleep
    ) -> None:
        self._options = options
        self._sleep = sleep
        self.asked = 0

    def ask(self, parcel: Parcel) -> Document | CrossdockError:
        """The reply."""
        if self._options.delay:
            self._sleep(self._options.delay)
        fault = failure(self._options.fail, parcel)
        if fault is not None:
            return fault
        self.asked += 1
        return _asked(parcel) if self._options.reply is None else _exact(self._options.reply)

    def close(self) -> None:
        """Nothing is held."""


def _asked(parcel: Parcel) -> Document:
    if parcel.document is not None:
        return parcel.document
    text = parcel.data.decode(errors="backslashreplace")
    try:
        return _exact(json.loads(text, parse_float=Decimal))
    except (ValueError, RecursionError):
        return text


def _exact(value: object) -> Document:
    """JSON values as a document: no floats."""
    match value:
        case dict():
            return {str(key): _exact(one) for key, one in value.items()}
        case list():
            return [_exact(one) for one in value]
        case float():
            return Decimal(repr(value))
        case None | bool() | int() | str() | Decimal():
            return value
    raise TypeError(f"no JSON value: {type(value).__name__}")
