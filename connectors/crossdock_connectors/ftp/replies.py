"""Replies of an FTP server (RFC 959, 4.2), and which fault each code is. Text of a server is for people."""

from __future__ import annotations

from typing import NamedTuple

from crossdock.connector.remote.files import Denied, Full, Lost, Missing, Refused, RemoteFault, Unsupported

LARGEST = 1_000_000  # bytes of a whole reply that is believed


class Unavailable(Refused):
    """550 and its kin: it is not there, or not allowed, or in the way. Who needs to know asks once more."""


class Reply(NamedTuple):
    """A whole reply: its code and its lines, without codes."""

    code: int
    lines: tuple[str, ...]

    @property
    def text(self) -> str:
        """What the server said, for people: the last line says most."""
        return next((line.strip() for line in reversed(self.lines) if line.strip()), "no reason")

    @property
    def good(self) -> bool:
        """Whether it was done (2yz)."""
        return 200 <= self.code < 300  # noqa: PLR2004 - RFC 959, 4.2.1

    @property
    def begins(self) -> bool:
        """Whether a transfer begins (1yz)."""
        return 100 <= self.code < 200  # noqa: PLR2004 - as above


#: Codes that mean one thing (RFC 959, 4.2.2). What is not here is a refusal.
_FAULTS: dict[int, type[RemoteFault | Lost]] = {
    421: Lost,  # the service closes the connection
    425: Lost,  # no data connection
    426: Lost,  # the data connection was cut
    430: Lost,  # user or password are not known any more
    530: Lost,  # not logged in (any more)
    452: Full,
    552: Full,
    500: Unsupported,
    502: Unsupported,
    504: Unsupported,
    522: Lost,  # RFC 2428: this kind of network is not spoken; RFC 4217: the data connection must be encrypted
    532: Denied,
    533: Denied,  # RFC 2228: refused for reasons of policy
    534: Denied,
    550: Unavailable,
    553: Unavailable,
}

#: How servers that pass on what their system said call what is not there. It spares a listing and decides nothing else.
_NOT_THERE = ("no such file", "not found", "does not exist", "doesn't exist", "cannot find")
#: How servers call that there are too many of us, for which RFC 959 has no code of its own.
_TOO_MANY = ("too many", "maximum", "connection limit", "max number", "user limit")


def fault(reply: Reply) -> RemoteFault | Lost:
    """What to raise for a reply that is no success."""
    said = f"{reply.text}, code {reply.code}"
    kind = _FAULTS.get(reply.code, Refused)
    if kind is Unavailable and any(words in reply.text.lower() for words in _NOT_THERE):
        return Missing(said)
    return kind(said)


def too_many(reply: Reply) -> bool:
    """Whether we were sent away because there are too many of us: that passes, and is no wrong password."""
    return reply.code == 421 or any(words in " ".join(reply.lines).lower() for words in _TOO_MANY)  # noqa: PLR2004 - as above
