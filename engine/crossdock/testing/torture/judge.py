"""The judge. Pure: what was dropped, what a calm run made of it, what the tortured run's journal says, what partners saw.

Every message due at a destination gets one verdict. Whatever else is wrong (a file that was never taken, an effect
nobody asked for, an audit that does not balance) is a finding of its own.
"""

from __future__ import annotations

import enum
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import PurePath

from crossdock.delivery.states import State
from crossdock.testing.torture.ledger import Effect
from crossdock.testing.torture.story import Deed, Story, by_place

Place = tuple[str, str]  # queue and path

_OPEN = {State.WAITING, State.WORKING}
_FINAL = {State.DELIVERED, State.SKIPPED}


class Verdict(enum.StrEnum):
    """What became of one message at one destination."""

    OK = "ok"  # delivered once, or passed over by a rule as in the calm run
    RECOVERED = "recovered"  # the same, after a crash or a failed attempt
    IN_DOUBT = "in doubt"  # nobody knows, and the journal says so
    UNEXPECTED = "unexpected"  # where the calm run did something else, or an effect nobody asked for
    DUPLICATED = "duplicated"  # it took effect more than once
    LOST = "lost"  # accepted, and it never took effect

    @property
    def good(self) -> bool:
        """Whether the promise was kept: what is in doubt is parked visibly, as promised."""
        return self in {Verdict.OK, Verdict.RECOVERED, Verdict.IN_DOUBT}


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One verdict with what it is about."""

    verdict: Verdict
    queue: str
    message: str
    why: str = ""


@dataclass(slots=True)
class Judgement:
    """All verdicts, counted by destination, and every case that is not as in a calm run."""

    counts: dict[str, Counter[Verdict]] = field(default_factory=dict)
    cases: list[Case] = field(default_factory=list)

    def add(self, case: Case) -> None:
        """Count a case; keep it when there is something to tell."""
        self.counts.setdefault(case.queue, Counter())[case.verdict] += 1
        if case.verdict not in {Verdict.OK, Verdict.RECOVERED}:
            self.cases.append(case)

    @property
    def total(self) -> Counter[Verdict]:
        """Over all destinations."""
        return sum(self.counts.values(), Counter())

    @property
    def good(self) -> bool:
        """Whether nothing was lost, doubled or unexpected."""
        return all(verdict.good for verdict in self.total)


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What the judge looks at. ``choosy`` are routes whose steps pass messages over by what came before them."""

    dropped: Iterable[str]
    left: Iterable[str]
    calm: Story
    told: Story
    effects: Iterable[Effect]
    choosy: frozenset[str] = frozenset()
    damage: tuple[str, ...] = ()


def judge(evidence: Evidence) -> Judgement:
    """The verdict for every message at every destination."""
    judgement = Judgement()
    ledger = _Ledger(evidence.effects)
    calm, told = by_place(evidence.calm), by_place(evidence.told)
    swapped = _swapped(calm, told, evidence.choosy)
    for place in calm.keys() | told.keys():
        case = _case(place, calm.get(place, []), told.get(place, []), ledger, swapped)
        if case is not None:
            judgement.add(case)
    for case in (*_arrivals(evidence), *ledger.rest(evidence.told)):
        judgement.add(case)
    for damage in evidence.damage:
        judgement.add(Case(verdict=Verdict.UNEXPECTED, queue="journal", message="audit", why=damage))
    return judgement


class _Ledger:
    """Effects, looked up by their name; what the journal has a receipt for is struck off."""

    def __init__(self, effects: Iterable[Effect]) -> None:
        self._there = Counter((effect.destination, effect.name) for effect in effects)
        self._named: set[tuple[str, str]] = set()

    def strike(self, deed: Deed) -> int:
        """How often the effect of a delivered deed is there."""
        name = (PurePath(deed.receipt).parent.name, PurePath(deed.receipt).name)
        self._named.add(name)
        return self._there[name]

    def rest(self, told: Story) -> Iterator[Case]:
        """Effects without a receipt: of something that was delivered already, in doubt, or that nobody asked for."""
        deeds = {deed.key: deed for deed in told.deeds if deed.key}
        for destination, name in self._there.keys() - self._named:
            deed = deeds.get(name.partition("~")[0])
            match deed.state if deed else None:
                case State.DELIVERED:
                    verdict, why = Verdict.DUPLICATED, f"{name} came besides {deed.receipt if deed else ''}"
                case State.DOUBT:
                    continue  # counted with its place
                case state:
                    verdict, why = Verdict.UNEXPECTED, f"{name} is there, and the journal says {state or 'nothing'}"
            yield Case(verdict=verdict, queue=deed.queue if deed else destination, message=_named(deed, name), why=why)


def _case(place: Place, calm: list[Deed], told: list[Deed], ledger: _Ledger, swapped: set[str]) -> Case | None:
    """The verdict on a place; None where there is nothing to judge, as in the queue of a route that went well."""
    queue, path = place
    deed = told[0] if told else None
    counts = [ledger.strike(one) for one in told if one.state is State.DELIVERED and one.key]
    verdict, why = _verdict(calm, told, sum(counts), passed=_exempt(path, swapped))
    if verdict.good and verdict is not Verdict.IN_DOUBT and not (deed and deed.key):
        return None
    return Case(verdict=verdict, queue=queue, message=_named(deed or calm[0], path), why=why)


def _verdict(calm: list[Deed], told: list[Deed], effects: int, *, passed: bool) -> tuple[Verdict, str]:
    """The verdict on what either run did in one place; ``passed`` where a choosy route decided otherwise."""
    if not told:
        return (Verdict.OK, "") if passed else (Verdict.LOST, "the journal does not know of it")
    if len(told) > 1:
        return Verdict.DUPLICATED, f"{len(told)} pieces of work for one message"
    deed = told[0]
    if deed.state not in _FINAL:
        return _unfinished(calm, deed)
    if deed.key and deed.state is State.DELIVERED and effects != 1:
        return (Verdict.DUPLICATED if effects else Verdict.LOST), f"delivered to {deed.receipt}, seen {effects} times"
    if not passed and (not calm or deed.state is not calm[0].state):
        was = calm[0].state if calm else "nothing"
        return Verdict.UNEXPECTED, f"{deed.state}, in the calm run {was}; {deed.reason}"
    return (Verdict.RECOVERED if deed.attempts > 1 or deed.crashes else Verdict.OK), ""


def _unfinished(calm: list[Deed], deed: Deed) -> tuple[Verdict, str]:
    """Of a deed that is open, or that a person has to look at."""
    if calm and calm[0].state is deed.state:
        return Verdict.OK, ""
    if deed.state is State.DOUBT:
        return Verdict.IN_DOUBT, deed.reason
    if deed.state in _OPEN:
        return Verdict.LOST, f"still {deed.state} at the end; {deed.reason}"
    return Verdict.UNEXPECTED, f"{deed.state}; {deed.reason}"


def _swapped(calm: Mapping[Place, list[Deed]], told: Mapping[Place, list[Deed]], choosy: frozenset[str]) -> set[str]:
    """Paths at which a choosy route passed over another message than in the calm run, as it may: order is chance."""
    return {
        place[1]
        for place in calm.keys() & told.keys()
        if place[0] in choosy
        and calm[place][0].state is not told[place][0].state
        and {calm[place][0].state, told[place][0].state} <= _FINAL
    }


def _exempt(path: str, swapped: set[str]) -> bool:
    """Whether a place, or one it comes from, was decided otherwise by a choosy route."""
    if not swapped:
        return False
    parts = path.split(" > ")
    return any(" > ".join(parts[:end]) in swapped for end in range(1, len(parts) + 1))


def _arrivals(evidence: Evidence) -> Iterator[Case]:
    """Every dropped file was taken once. One that still lies there was never accepted: no promise was given."""
    left = set(evidence.left)
    for name in evidence.dropped:
        count = evidence.told.arrivals.get(name, 0)
        if count == 1 and name not in left:
            continue
        verdict = Verdict.DUPLICATED if count > 1 else Verdict.UNEXPECTED if name in left else Verdict.LOST
        why = f"accepted {count} times" + (", and it still lies in the inbox" if name in left else "")
        yield Case(verdict=verdict, queue="arrivals", message=name, why=why)


def _named(deed: Deed | None, otherwise: str) -> str:
    if deed is None:
        return otherwise
    return f"{deed.label} ({deed.path})" if deed.label else deed.path
