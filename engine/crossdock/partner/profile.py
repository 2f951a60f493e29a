"""One trading partner as its file in ``partners/`` has it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Literal, TypeVar

from pydantic import AfterValidator, BeforeValidator, Field

from crossdock.connector.amounts import Bytes, PerSecond, Seconds, sized
from crossdock.partner.agreement import Acknowledgement, Answer, Part, Partial, Receives, Sends
from crossdock.partner.envelope import EdifactEnvelope, X12Envelope
from crossdock.partner.ids import EDIFACT, X12, Ids, Word, standard_of
from crossdock.partner.preflight.choice import Wished
from crossdock.partner.status import Status
from crossdock.yaml_source.authorable import Authorable

DAY = 86400.0


class Limits(Authorable):
    """What one partner may send: a document more often than ``rate`` waits its turn, what is larger is held."""

    rate: PerSecond | None = None
    size: Annotated[Bytes, sized("1B", "100GB")] | None = None
    documents: Annotated[int, Field(ge=1, le=10_000_000)] | None = None


def _listed(value: object) -> object:
    return value if isinstance(value, list | tuple) else [value]


def _no_window(value: object) -> object:
    return "0s" if value in ("off", False) else value


def _set_name(name: str) -> str:
    if not name.isascii() or not name.isalnum() or len(name) > LONGEST_SET:
        raise ValueError(f"'{name}' is no set: expected a number such as 850, or a message such as ORDERS")
    return name


LONGEST_SET = 6  # characters of a message type (EDIFACT 0065); X12 has three
SetName = Annotated[str, AfterValidator(_set_name)]


class Profile(Authorable):
    """One trading partner.

    ``ids`` are theirs, ``us`` ours towards them where those of ``crossdock.yaml`` do not hold; ``known_as`` are their
    numbers in our own systems, by which documents are addressed to them. ``receives`` and ``sends`` have what was
    agreed for each set, a list where there are several versions. ``acknowledge`` holds for every set
    that does not say otherwise (a list, such as [TA1, 997], where there are several); ``partial`` says what becomes of
    good transactions beside bad ones; ``duplicates`` is for how long an interchange number may not come again (``off``:
    it may). ``findings`` judges findings of the codec by their code more or less severely for this partner.
    ``preflight`` says how grave the rules are that everything is asked before it is sent, by their names
    (``all`` for those that are not named): ``{ship-window: warn, missing-labels: off, price: {tolerance: 0.01}}``.
    ``channel`` is where all that is sent to them goes: any destination of a route. With ``in`` and ``out`` it is both
    ways over one login, ``{sftp: {host: …, in: /out, out: /in}}``: a route reads ``in`` and does with it what was agreed.
    Either is a path, or a path with options of its own: ``in: {path: /out, after: delete}``.
    """

    name: Annotated[str, Field(min_length=1, max_length=200)]
    about: str = ""
    status: Status = Status.ONBOARDING
    ids: Ids
    us: Ids | None = None
    known_as: list[Word] = []
    receives: dict[SetName, Receives | list[Receives]] = {}
    sends: dict[SetName, Sends | list[Sends]] = {}
    acknowledge: Annotated[tuple[Answer, ...], BeforeValidator(_listed)] = ()
    partial: Part = Partial.GOOD_ONES
    x12: X12Envelope = X12Envelope()
    edifact: EdifactEnvelope = EdifactEnvelope()
    rules: dict[str, dict[str, object]] = {}
    findings: dict[str, Literal["error", "warning", "note"]] = {}
    duplicates: Annotated[Seconds, BeforeValidator(_no_window, json_schema_input_type=str | Literal[False])] = 400 * DAY
    channel: dict[str, object] | None = None
    limits: Limits = Limits()
    preflight: Wished = {}

    def received(self) -> Iterator[tuple[str, Receives, tuple[str | int, ...]]]:
        """Each set they send with its agreement, and the path of that in the file."""
        yield from _each(self.receives, "receives")

    def sent(self) -> Iterator[tuple[str, Sends, tuple[str | int, ...]]]:
        """Each set we send with its agreement, and the path of that in the file."""
        yield from _each(self.sends, "sends")

    def answers(self, standard: str) -> tuple[Acknowledgement, ...]:
        """What acknowledges interchanges of a standard, as far as its sets do not say otherwise."""
        return tuple(one for one in self.acknowledge if one in ANSWERS[standard])

    def answered(self, standard: str) -> bool:
        """Whether anything of a standard is ever answered."""
        own = [one.acknowledge for number, one, _ in self.received() if standard_of(number) == standard]
        return bool(self.answers(standard)) or any(one in ANSWERS[standard] for one in own)


ANSWERS: Mapping[str, tuple[Acknowledgement, ...]] = {
    X12: (Acknowledgement.X997, Acknowledgement.X999, Acknowledgement.TA1),
    EDIFACT: (Acknowledgement.CONTRL,),
}


A = TypeVar("A")


def _each(agreed: Mapping[str, A | list[A]], under: str) -> Iterator[tuple[str, A, tuple[str | int, ...]]]:
    for name, one in agreed.items():
        if isinstance(one, list):
            yield from ((name, each, (under, name, index)) for index, each in enumerate(one))
        else:
            yield name, one, (under, name)
