"""The plug-in contract: what a connector is, and what the engine promises to it.

A connector package registers one ``Connector`` per name under the entry-point group ``crossdock.connectors``. It
says what it can be (source, sink, call), with a pydantic model of its options and a function that opens it. The
engine calls each opened object from one thread at a time.

A source hands over arrivals; the engine makes each one durable and only then settles its receipt. A sink declares
its effect class and the engine keeps the protocol of that class (see ``Effect``).
"""

from __future__ import annotations

import enum
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Generic, Protocol, TypeAlias, TypeVar, runtime_checkable

from pydantic import BaseModel

from crossdock.connector.endpoint import Endpoint
from crossdock.errors import CrossdockError, Finding
from crossdock.message import EMPTY, Document, Payload, read_all


class Effect(enum.StrEnum):
    """What a destination can promise about doing a thing twice, and so how the engine sends to it.

    * ``transactional``: effect and dedupe row in one transaction of the target. Exactly once.
    * ``keyed``: the target honours ``Parcel.key``. Exactly once while it does.
    * ``provable``: staged under a temporary name, the proof journalled, then finished. Exactly once.
    * ``opaque``: none of these. At most once; an unclear end is parked in doubt for a person.
    """

    TRANSACTIONAL = "transactional"
    KEYED = "keyed"
    PROVABLE = "provable"
    OPAQUE = "opaque"


class Notes(Protocol):
    """What a connector has noted down in the journal: durable texts under keys, of its own place alone.

    A source keeps here how far it has come (a watermark, a cursor, an ETag) and what it has seen and left where it is.
    What belongs to an arrival is not written here but handed over with it (``Arrival.notes``).
    """

    def read(self, keys: Sequence[str]) -> Mapping[str, str]:
        """Those of ``keys`` that are noted. Raises ``Retry`` while the journal is not there."""
        ...

    def write(self, notes: Mapping[str, str | None]) -> None:
        """Note them durably, in one step; None forgets a key. Raises ``Retry``: nothing was noted."""
        ...


class NotesInMemory:
    """Notes that end with the process: for tests, cases and dry runs."""

    def __init__(self, notes: Mapping[str, str] = EMPTY) -> None:
        self._notes = dict(notes)

    def read(self, keys: Sequence[str]) -> Mapping[str, str]:
        """See ``Notes``."""
        return {key: self._notes[key] for key in keys if key in self._notes}

    def write(self, notes: Mapping[str, str | None]) -> None:
        """See ``Notes``."""
        for key, text in notes.items():
            if text is None:
                self._notes.pop(key, None)
            else:
                self._notes[key] = text


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """Where an opened connector finds itself. ``name`` is unique in the project: ``orders-to-erp/file``.

    ``now`` is the engine's wall clock (UTC, aware); ``root`` the project folder that relative paths start from.
    ``notes`` survive restarts and are the same on every machine.
    """

    root: Path
    name: str
    now: Callable[[], datetime]
    notes: Notes = field(default_factory=NotesInMemory)


class Verdict(enum.StrEnum):
    """What became of an arrival: durable now, durable long since, or refused at the border."""

    ACCEPTED = "accepted"
    DUPLICATE = "duplicate"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """Something a source found. Two arrivals of one ``identity`` are the same arrival, for the dedupe period.

    ``findings`` of severity error make the engine refuse it at the border: nothing is journalled but the refusal,
    and ``settle`` hears ``Verdict.REFUSED``. ``trace`` is a W3C ``traceparent`` the sender gave along. ``receipt`` is
    the source's own business. ``notes`` are written in the transaction that makes the arrival durable (or finds that it
    is), so a watermark never runs ahead of what was taken.
    """

    identity: str
    payload: Payload
    content_type: str = "application/octet-stream"
    headers: Mapping[str, str] = field(default_factory=lambda: EMPTY)
    findings: tuple[Finding, ...] = ()
    trace: str | None = None
    notes: Mapping[str, str] = field(default_factory=lambda: EMPTY)
    receipt: object = None


class Source(Protocol):
    """Brings payloads. ``poll`` never blocks for longer than a moment, and yields what is ready now, lazily."""

    def poll(self) -> Iterable[Arrival]:
        """What is ready now. The engine consumes in batches and settles each batch once it is durable."""
        ...

    def settle(self, arrival: Arrival, verdict: Verdict) -> None:
        """The arrival is durable (or refused): archive, move, delete, acknowledge. May be called again."""
        ...

    def close(self) -> None:
        """Release what is held; nothing is polled or settled afterwards."""
        ...


class Quiet(Protocol):
    """Optional for a source: tells whether it still watches something that is not ready yet."""

    def quiet(self) -> bool:
        """False while something is there that a later poll may bring (a file that still grows)."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Parcel:
    """One thing to deliver: ``payload`` is what leaves, ``document`` what it was encoded from (for names).

    What passes through as it came may be larger than memory: read ``payload.chunks()``, or ``data`` where it is small.
    ``key`` is the same for every attempt. In a batch, ``document`` and ``message`` are the first one's and ``count``
    says how many. ``correlation``, ``route`` and ``trace`` are for systems that follow what they get (see ``Message``).
    ``report`` is the text that explains a rejected payload, where this destination is a folder of rejects.
    """

    key: str
    message: str
    payload: Payload
    document: Document = None
    content_type: str = "application/octet-stream"
    headers: Mapping[str, str] = field(default_factory=lambda: EMPTY)
    attempt: int = 1
    count: int = 1
    report: str | None = None
    correlation: str = ""
    route: str = ""
    trace: str | None = None

    @property
    def data(self) -> bytes:
        """The whole payload in memory."""
        return read_all(self.payload)


@dataclass(frozen=True, slots=True)
class Done:
    """Delivered. ``receipt`` says where or under which number, for people: a path, an id of the other side."""

    receipt: str = ""


@dataclass(frozen=True, slots=True)
class Staged:
    """Uploaded under a temporary name; ``proof`` is all ``finish`` needs after a crash (JSON text)."""

    proof: str


class Sink(Protocol):
    """Delivers parcels to a transactional, keyed or opaque destination."""

    def send(self, parcels: Sequence[Parcel]) -> Sequence[Done | CrossdockError]:
        """One outcome per parcel, in order. A parcel's failure never raises: it is its outcome.

        Of those behind one that was not served, which were not tried for that, it is ``Untried`` (see ``untried``).
        """
        ...

    def close(self) -> None:
        """Release what is held."""
        ...


class ProvableSink(Protocol):
    """Delivers in two moves around a journal commit: stage, (commit the proofs), finish, (commit done)."""

    def stage(self, parcels: Sequence[Parcel]) -> Sequence[Staged | CrossdockError]:
        """Write each parcel, flushed and checked, under a temporary name made from its key."""
        ...

    def finish(self, staged: Sequence[Staged]) -> Sequence[Done | CrossdockError]:
        """Move each to its final name. Also called after a crash, when it may have been done already."""
        ...

    def close(self) -> None:
        """Release what is held."""
        ...


class Call(Protocol):
    """Asks a system and returns its answer."""

    def ask(self, parcel: Parcel) -> Document | CrossdockError:
        """The reply, decoded. ``parcel.key`` is the same for every attempt of one question; a failure is an answer."""
        ...

    def close(self) -> None:
        """Release what is held."""
        ...


O = TypeVar("O", bound=BaseModel)  # noqa: E741 - the options model of a connector


@runtime_checkable
class Cautious(Protocol):
    """Optional for a model of options: what is allowed and unwise. ``crossdock check`` warns of it where it is written."""

    def cautions(self) -> Mapping[str, Finding]:
        """By the option that says so; their places are found by who asks."""
        ...


@runtime_checkable
class Grounded(Protocol):
    """Optional for a model of options: the folders of this machine that are read or filled, from the project's."""

    def folders(self) -> Iterable[str]:
        """Each as it is written; of a template the part that is written out."""
        ...


#: Tries a connection for ``crossdock check --connect``: what is wrong with it. Nothing is taken, made, sent or left
#: behind by it. What it raises (any ``CrossdockError``) is told as what is wrong.
Probe: TypeAlias = Callable[[O, Surroundings], Iterable[Finding]]


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceKind(Generic[O]):
    """How a connector is opened as a source; ``rejects`` may name a sink for what the route gave up on.

    A source is polled by one host at a time, unless it is ``shared``: then the other side gives each arrival to one of
    those who ask (the queue of a broker). Of a route that keeps an order it is polled by one host in any case.
    """

    options: type[O]
    open: Callable[[O, Surroundings], Source]
    shared: bool = False
    rejects: Callable[[O], BaseModel | None] = lambda options: None
    probe: Probe[O] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EndpointKind(Generic[O]):
    """How a connector is a source that is not polled but served: its options describe an address of ours.

    ``told_by`` are the options of which every endpoint has one, and no source of the same connector that is polled.
    """

    options: type[O]
    endpoint: Callable[[O], Endpoint]
    told_by: str | tuple[str, ...] = "path"


@dataclass(frozen=True, slots=True, kw_only=True)
class SinkKind(Generic[O]):
    """How a connector is opened as a sink, and its effect class under given options.

    ``target`` says where a parcel would go (a path, a URL) without any effect: for cases and dry runs.
    """

    options: type[O]
    open: Callable[[O, Surroundings], Sink | ProvableSink]
    effect: Callable[[O], Effect]
    target: Callable[[O, Parcel], str] = lambda options, parcel: ""
    probe: Probe[O] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CallKind(Generic[O]):
    """How a connector is opened as a call.

    ``effect`` says what asking twice does: None where nothing is changed by it, else as for a sink (a call is never
    provable). ``target`` says what would be asked where, without asking: for cases and dry runs.
    """

    options: type[O]
    open: Callable[[O, Surroundings], Call]
    effect: Callable[[O], Effect | None] = lambda options: None
    target: Callable[[O, Parcel], str] = lambda options, parcel: ""
    probe: Probe[O] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Connector:
    """One registered connector. ``about`` is a sentence for ``crossdock connectors``."""

    name: str
    about: str
    source: SourceKind[Any] | None = None
    sink: SinkKind[Any] | None = None
    call: CallKind[Any] | None = None
    endpoint: EndpointKind[Any] | None = None
