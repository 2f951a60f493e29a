"""What a route decided about one document: values the worker carries out, no effect of their own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from crossdock.control import Answer, Numbering, Seen
from crossdock.errors import CrossdockError, Finding
from crossdock.message import EMPTY, Document


@dataclass(frozen=True, slots=True, kw_only=True)
class Once:
    """Pass only if no other message has taken ``key`` within ``scope`` in the last ``within`` seconds.

    Messages with one ``holder`` are one in this: the parts of an interchange are no duplicates of each other. With
    ``held``, what does not pass is held for a person with this finding, and not skipped.
    """

    scope: str
    key: str
    within: float
    holder: str | None = None
    held: Finding | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Latest:
    """Pass only if ``version`` is newer than the newest one seen for ``key`` (compared as (number or text))."""

    scope: str
    key: str
    version: str


Guard: TypeAlias = Once | Latest


@dataclass(frozen=True, slots=True, kw_only=True)
class Throttle:
    """Pass at ``per_second``, shared by all that name ``scope`` and ``key`` (empty: everything); ``step`` says so."""

    scope: str
    key: str
    per_second: float
    step: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Publish:
    """To a topic. ``document`` is what subscribers receive; where it and ``payload`` are None, the message itself is.

    ``slot`` is the destination's (or tap's) place in the route, unique and stable, so that the id made of it is too.
    With a ``numbering`` its bytes are made when it is recorded, in place of ``payload``, which is not None then.
    """

    slot: str
    topic: str
    document: Document
    content_type: str = "application/json"
    payload: bytes | None = None  # set when the destination encodes; else the document travels as canonical JSON
    headers: Mapping[str, str] = field(default_factory=lambda: EMPTY)
    partner: str | None = None  # as a ``set`` step decided; None: as the message's own
    correlation: str | None = None
    numbering: Numbering | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Deliver:
    """To the sink of destination ``slot``: mapped, encoded and sent later, by that destination's own queue.

    Where ``document`` and ``payload`` are None, the message itself goes there: its own body, by reference.

    ``lane`` keeps deliveries of one key in sequence where the route says ``order: {by}``. ``numbering`` as above.
    """

    slot: str
    document: Document
    lane: str | None = None
    payload: bytes | None = None  # what an ``encode`` step made; else the destination encodes the document
    content_type: str = "application/json"
    headers: Mapping[str, str] = field(default_factory=lambda: EMPTY)
    partner: str | None = None
    correlation: str | None = None
    numbering: Numbering | None = None


Output: TypeAlias = Publish | Deliver


@dataclass(frozen=True, slots=True, kw_only=True)
class Pass:
    """The document went through; ``keys`` are its business keys (order numbers …) for ``trace``.

    ``lane``, here and below, is what its document keeps its sequence with at the end; None where that says nothing.
    ``answers`` are acknowledgements it brought of what we sent, ``seen`` control numbers of its partner that came in.
    An acknowledgement that goes nowhere is skipped and answers all the same; what a guard holds back does not.
    """

    outputs: tuple[Output, ...]
    guards: tuple[Guard, ...] = ()
    keys: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()
    throttles: tuple[Throttle, ...] = ()
    lane: str | None = None
    answers: tuple[Answer, ...] = ()
    seen: tuple[Seen, ...] = ()
    instead: tuple[Output, ...] = ()  # what leaves where a guard does not let it pass


@dataclass(frozen=True, slots=True, kw_only=True)
class Skip:
    """A rule of the route dropped it: ``reason`` names step and rule. Taps before it still publish."""

    reason: str
    outputs: tuple[Output, ...] = ()
    guards: tuple[Guard, ...] = ()
    keys: tuple[str, ...] = ()
    lane: str | None = None
    answers: tuple[Answer, ...] = ()
    seen: tuple[Seen, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Stop:
    """An error stopped it at ``step`` (``3 map``).

    Guards passed before still decide first: a duplicate of what was delivered is skipped, not rejected.
    """

    error: CrossdockError
    step: str
    outputs: tuple[Output, ...] = ()
    guards: tuple[Guard, ...] = ()
    keys: tuple[str, ...] = field(default=())
    lane: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Wait:
    """It would pass, but it is not its turn for ``delay`` seconds. ``reserved``: then it is, whoever else has come.

    Nothing has left and nothing is decided: the steps run again.
    """

    delay: float
    step: str
    reserved: bool
    outputs: tuple[Output, ...] = ()
    guards: tuple[Guard, ...] = ()
    keys: tuple[str, ...] = ()


Plan: TypeAlias = Pass | Skip | Stop | Wait
