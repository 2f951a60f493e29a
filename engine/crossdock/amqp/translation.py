"""What a broker can refuse, and what can happen on the way, in our own errors: one table, used at the edge.

A ``Halt`` is a mistake somebody must mend (password, vhost, permission, certificate); a ``Retry`` passes by itself.
A bus treats both as *away*, because the journal has the work and the mistake may be mended while it runs.
"""

from __future__ import annotations

import socket
import ssl
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TypeAlias

from amqp import exceptions as amqp

from crossdock.errors import CrossdockError, Halt, Retry

_Kinds: TypeAlias = type[BaseException] | tuple[type[BaseException], ...]

#: Exception -> (code, what the engine does next, what happened, how to mend it); the first that fits.
_TABLE: tuple[tuple[_Kinds, str, type[Retry | Halt], str, str | None], ...] = (
    (
        ssl.SSLCertVerificationError,
        "B113",
        Halt,
        "the certificate of the broker is not trusted",
        "name its authority with cacertfile=… in the URL, and check the host name",
    ),
    (ssl.SSLError, "B114", Retry, "the TLS connection to the broker failed", "does this port speak TLS?"),
    (socket.gaierror, "B120", Retry, "the host of the broker is unknown", "check its name in the URL"),
    (TimeoutError, "B122", Retry, "the broker does not answer in time", None),
    (ConnectionRefusedError, "B120", Retry, "the broker cannot be reached", "does it run, and on this port?"),
    (OSError, "B121", Retry, "the connection to the broker is lost", None),
    (amqp.ConsumerCancelled, "B125", Retry, "the broker cancelled a consumer", None),
    (
        amqp.AccessRefused,
        "B112",
        Halt,
        "the broker refuses permission",
        "crossdock bus policy prints what the user needs",
    ),
    (amqp.NotAllowed, "B111", Halt, "the broker refuses the virtual host", "does it exist, and may this user use it?"),
    (amqp.InvalidPath, "B111", Halt, "the broker refuses the virtual host", "does it exist, and may this user use it?"),
    (amqp.NotFound, "B124", Retry, "the broker does not have it", None),
    (amqp.PreconditionFailed, "B126", Halt, "the broker has it with other properties", None),
    (amqp.ResourceLocked, "B127", Retry, "another connection has it for itself", None),
    (amqp.ConnectionForced, "B121", Retry, "the broker closed the connection", None),
    (amqp.AMQPError, "B128", Retry, "the broker closed the channel or the connection", None),
    (ValueError, "B129", Retry, "what the broker sent cannot be read", None),
    (struct.error, "B129", Retry, "what the broker sent cannot be read", None),
    (LookupError, "B129", Retry, "what the broker sent cannot be read", None),
    # py-amqp trips over its own connection when that goes away in the middle of something.
    ((AttributeError, TypeError, Warning), "B121", Retry, "the connection to the broker is lost", None),
)
_EXPECTED = tuple(kind for row in _TABLE for kind in (row[0] if isinstance(row[0], tuple) else (row[0],)))
_DECLARING = ((40, 10), (50, 10))  # Exchange.declare, Queue.declare: there refused, it is there but different
_PUBLISHING = (60, 40)
_LOGIN = ((10, 10), (10, 11), (10, 20))  # Connection.start …: refused there, it is the password


@contextmanager
def translated(at: str = "") -> Iterator[None]:
    """Raise what happens inside as ``Retry`` or ``Halt``; ``at`` is the host and port that are tried."""
    try:
        yield
    except CrossdockError:
        raise
    except _EXPECTED as error:
        raise translate(error, at) from error


def translate(error: BaseException, at: str = "") -> Retry | Halt:
    """The error of ours for one of the table's."""
    detail = getattr(error, "reply_text", None) or getattr(error, "strerror", None) or str(error)
    if isinstance(error, amqp.AccessRefused) and (
        not error.method_sig or error.method_sig in _LOGIN or "login" in detail.lower()
    ):
        return Halt("B110", "the broker refuses user or password", hint="check the URL, and the user on the broker")
    if isinstance(error, amqp.PreconditionFailed) and tuple(error.method_sig or ()) not in _DECLARING:
        return _refused_while_working(error, detail)
    for kind, code, outcome, message, hint in _TABLE:
        if isinstance(error, kind):
            return outcome(code, ": ".join(filter(None, (message, at, detail))), hint=hint)
    return Retry("B128", f"the broker closed the connection: {error}")


def _refused_while_working(error: amqp.AMQPError, detail: str) -> Retry:
    """A 406 that is about a message and not about a declaration: nobody has to mend the configuration."""
    if tuple(error.method_sig or ()) == _PUBLISHING:
        return Retry("B132", f"the broker does not take a message: {detail}", hint="its setting max_message_size")
    return Retry("B128", f"the broker closed the channel: {detail}")
