"""The ground a connector is tried on: its real counterpart, as the suites see it. You write one, the suites do the rest.

A *ground* makes a fresh place at the counterpart for one test (a folder, a queue, a table), tells which options reach
it, puts things there or sees what arrived. What else it can do it says by what it also inherits from: each class in
the second half of this file is a capability, and a test that needs one is only there for grounds that have it.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from crossdock.connector import Arrival, Connector, Parcel
from crossdock.errors import CrossdockError
from crossdock.message import Document, read_all
from crossdock.testing.servers.proxy import TcpProxy

#: What a route writes below the connector's name.
Options = Mapping[str, object]


class Ground(ABC):
    """What all grounds have. ``root`` is the folder of the project, fresh for every test.

    ``secrets`` are texts that may appear nowhere: passwords and keys that the options hold, in clear text.
    ``patience`` are seconds within which what is there must come, ``moment`` those after which nothing comes any more,
    ``give_up`` those within which every call ends, whatever the counterpart does.
    """

    connector: ClassVar[Connector]
    patience: ClassVar[float] = 10.0
    moment: ClassVar[float] = 0.15
    give_up: ClassVar[float] = 30.0

    def __init__(self, root: Path) -> None:
        self.root = root

    @property
    def secrets(self) -> Sequence[str]:
        """Texts that may appear in no log, error, header, receipt, proof or note."""
        return ()

    @abstractmethod
    def options(self, **more: object) -> Options:
        """What a route would write to reach this place; ``more`` is written beside it, and wins."""

    def close(self) -> None:  # noqa: B027 - most have nothing to take down
        """Take down what was made for the test."""


class SourceGround(Ground):
    """The counterpart of a source. ``many`` things are put there at once; fewer, where each of them takes its time."""

    many: ClassVar[int] = 250

    @abstractmethod
    def put(self, name: str, data: bytes) -> None:
        """Put one thing there, complete at once. Two names are two arrivals, whatever they hold."""

    def brought(self, arrival: Arrival) -> bytes:
        """The bytes that were put, of an arrival. Where things come wrapped (as items of a reply), unwrap them here."""
        return read_all(arrival.payload)


@dataclass(frozen=True, slots=True)
class Delivered:
    """One effect at the counterpart: under which key, and what. A second effect of one key is a second one of these."""

    key: str
    data: bytes


class SinkGround(Ground):
    """The counterpart of a sink.

    ``batch`` parcels are sent at once, and ``in_parallel`` by four sinks. Fewer, where each of them takes its time.
    """

    batch: ClassVar[int] = 200
    in_parallel: ClassVar[int] = 1000

    @abstractmethod
    def arrived(self) -> Sequence[Delivered]:
        """Every effect there is, each as often as it happened. ``key`` is ``Parcel.key``.

        Where the key itself does not travel, take it from a name made of it (``{$key}``, or ``{key}`` and ``{number}``
        of the document) or from what the counterpart was told.
        """


class CallGround(Ground):
    """The counterpart of a call."""

    @abstractmethod
    def question(self, number: int) -> Parcel:
        """A question that can be answered; another number is another question."""

    @abstractmethod
    def answer(self, number: int) -> Document:
        """What the answer to that question must be."""

    @abstractmethod
    def asked(self) -> Sequence[str]:
        """The keys of the questions that took effect at the counterpart, each as often as it did; or the questions."""


# --- Capabilities of any ground ---


class Probed:
    """The connector has a ``probe``, which tries a connection for ``crossdock check --connect``."""


class OverTcp(ABC):
    """The options lead through a ``TcpProxy``, so the way can be cut, frozen, reset and slowed."""

    proxy: TcpProxy


class Credentials(ABC):
    """Who asks must be known to the counterpart."""

    @abstractmethod
    def revoke(self) -> None:
        """What the options hold is no longer accepted, from now on: neither anew nor on what is open."""

    @abstractmethod
    def renewed(self) -> Options:
        """Make new ones; the options with them."""


# --- Capabilities of sources ---


class SharedOut:
    """Two pollers at the same time get different things (a queue of a broker): ``SourceKind.shared``."""


class StaysThere:
    """What was taken stays there and may come again, known by its identity: a list of another system that is read."""


class InOrder:
    """Things come in the order in which they were put (names are given in ascending order as well)."""


class EmptyThings:
    """There can be a thing of no bytes."""


class Limited(ABC):
    """The source refuses what is too large."""

    @abstractmethod
    def limited(self, size: int) -> Options:
        """Options with which more than ``size`` bytes are refused."""


class WithHeaders(ABC):
    """What is put can carry headers."""

    @abstractmethod
    def put_with(self, name: str, data: bytes, headers: Mapping[str, str]) -> None:
        """Put something with headers."""

    @abstractmethod
    def header(self, name: str) -> str:
        """Under which name an arrival has that header."""


class ShowsWaiting(ABC):
    """One can see at the counterpart what has not been settled."""

    @abstractmethod
    def waiting(self) -> int:
        """How many things the counterpart still holds for a source. Asked while no source is open."""


# --- Capabilities of sinks ---


class RefusesOne(ABC):
    """The counterpart, or the connector, can refuse one parcel of many."""

    @abstractmethod
    def bad(self, parcel: Parcel) -> Parcel:
        """The parcel, changed so that it is refused for good."""


class LeadsNowhere(ABC):
    """There are destinations that take nothing: no such folder, no queue behind the exchange, 404."""

    @abstractmethod
    def nowhere(self) -> Options:
        """Options that lead there."""


class LosesReplies(ABC):
    """The counterpart can do what it is asked, and its answer be lost."""

    @abstractmethod
    def lose_next_reply(self) -> None:
        """The next effect happens, and nobody hears of it."""


class Visible(ABC):
    """A place of named things (files, objects) in which one sees what a provable sink leaves."""

    @abstractmethod
    def take(self, key: str) -> None:
        """The partner takes what was delivered under this key, at once."""

    @abstractmethod
    def occupy(self, key: str, data: bytes) -> None:
        """Something of another lies under the name that this key would get."""

    @abstractmethod
    def leftovers(self) -> Sequence[str]:
        """The names of everything that is no delivered thing: temporary files."""


# --- Capabilities of calls ---


class AnswersBadly(ABC):
    """The counterpart can be made to answer something that is no answer."""

    @abstractmethod
    def garble(self) -> None:
        """The next answers are garbage."""


class Fails(ABC):
    """The counterpart can be made to fail with an error of its own."""

    @abstractmethod
    def fail(self) -> type[CrossdockError]:
        """The next question is answered with an error; the class it must come out as."""
