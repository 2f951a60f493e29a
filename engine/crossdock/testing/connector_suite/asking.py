"""A call asks and gets the answer; a failure is an answer too, and asking twice does what the effect class says."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

import pytest
from pydantic import BaseModel

from crossdock.connector import Call, CallKind, Effect, Parcel, Surroundings
from crossdock.errors import CrossdockError, Doubt, Halt, Hold, Reject, Retry
from crossdock.message import Document
from crossdock.testing.connector_suite.enduring import proxy_of
from crossdock.testing.connector_suite.ground import AnswersBadly, CallGround, Credentials, Fails, Options, OverTcp
from crossdock.testing.connector_suite.suite import Suite, needs, of_effect, tells_a_secret


@dataclass(slots=True)
class Asker:
    """Asks as the engine does. ``told`` is every text that came back, answers apart."""

    ground: CallGround
    told: list[str] = field(default_factory=list)
    call: Call | None = None

    @property
    def kind(self) -> CallKind[BaseModel]:
        """What the connector is as a call."""
        kind = self.ground.connector.call
        assert kind is not None, f"connector '{self.ground.connector.name}' is no call"
        return kind

    def open(self, options: Options | None = None) -> Call:
        """A call as of a process that starts."""
        read = self.kind.options.model_validate(dict(options or self.ground.options()))
        name = f"suite/{self.ground.connector.name}"
        around = Surroundings(root=self.ground.root, name=name, now=lambda: datetime.now(UTC))
        self.call = self.kind.open(read, around)
        self.told += [repr(read), repr(self.call)]
        return self.call

    def again(self, options: Options | None = None) -> Call:
        """Stop, and start anew."""
        self.close()
        return self.open(options)

    def close(self) -> None:
        """Stop."""
        if self.call is not None:
            self.call.close()
            self.call = None

    def ask(self, question: Parcel | int) -> Document | CrossdockError:
        """The answer, or the error."""
        asked = self.ground.question(question) if isinstance(question, int) else question
        call = self.call if self.call is not None else self.open()
        answer = call.ask(asked)
        if isinstance(answer, CrossdockError):
            self.told.append(f"{answer!r} {answer} {answer.findings}")
        return answer

    def insist(self, question: Parcel | int) -> Document | CrossdockError:
        """Ask until there is an answer, or time is up."""
        end = time.monotonic() + self.ground.give_up
        while isinstance(answer := self.ask(question), CrossdockError) and time.monotonic() < end:
            time.sleep(0.02)
        return answer


class CallSuite(Suite):
    """The whole contract of ``crossdock.connector.Call``."""

    @pytest.fixture
    def asker(self, ground: CallGround) -> Iterator[Asker]:
        """The engine's part, without the engine."""
        made = Asker(ground)
        yield made
        made.close()
        assert [text for text in made.told if tells_a_secret(ground, text)] == [], "a secret was told"

    def test_it_opens_and_closes_twice(self, asker: Asker) -> None:
        call = asker.open()
        call.close()
        call.close()

    def test_its_effect_class_is_the_declared_one(self, ground: CallGround, asker: Asker) -> None:
        read = asker.kind.options.model_validate(dict(ground.options()))
        assert asker.kind.effect(read) is self.effect
        assert self.effect is not Effect.PROVABLE

    def test_a_question_gets_its_answer(self, ground: CallGround, asker: Asker) -> None:
        assert asker.ask(1) == ground.answer(1)

    def test_another_question_gets_another_answer(self, ground: CallGround, asker: Asker) -> None:
        assert [asker.ask(number) for number in (1, 2, 1)] == [ground.answer(number) for number in (1, 2, 1)]

    def test_stopped_and_started_again_it_answers(self, ground: CallGround, asker: Asker) -> None:
        for number in (1, 2, 3):
            asker.again()
            assert asker.ask(number) == ground.answer(number)

    def test_what_would_be_asked_is_told_without_asking(self, ground: CallGround, asker: Asker) -> None:
        read = asker.kind.options.model_validate(dict(ground.options()))
        asker.told.append(asker.kind.target(read, ground.question(1)))
        assert list(ground.asked()) == []

    @of_effect(Effect.KEYED, Effect.TRANSACTIONAL)
    def test_the_same_key_again_is_one_effect_and_the_same_answer(self, ground: CallGround, asker: Asker) -> None:
        one = ground.question(1)
        assert [asker.ask(replace(one, attempt=attempt)) for attempt in (1, 2, 3)] == [ground.answer(1)] * 3
        assert max(Counter(ground.asked()).values()) == 1

    @needs(OverTcp)
    def test_a_server_that_is_away_is_told_and_answers_when_it_is_back(self, ground: CallGround, asker: Asker) -> None:
        proxy = proxy_of(ground)
        proxy.cut()
        assert isinstance(_caught(asker, 1), Retry)
        proxy.heal()
        assert asker.insist(1) == ground.answer(1)

    @needs(OverTcp)
    @pytest.mark.parametrize("how", ["reset", "half open"])
    def test_a_connection_that_was_lost_between_two_questions_is_made_anew(
        self, ground: CallGround, asker: Asker, how: str
    ) -> None:
        proxy = proxy_of(ground)
        asker.insist(1)
        proxy.reset() if how == "reset" else proxy.half_open()
        if how != "reset":
            _caught(asker, 2)
            proxy.heal()
        assert asker.insist(2) == ground.answer(2)

    @needs(OverTcp)
    def test_a_frozen_server_holds_a_question_for_no_longer_than_promised(
        self, ground: CallGround, asker: Asker
    ) -> None:
        proxy = proxy_of(ground)
        asker.insist(1)
        proxy.black_hole()
        begun = time.monotonic()
        assert isinstance(_caught(asker, 2), Retry | Doubt)
        assert time.monotonic() - begun < ground.give_up
        proxy.heal()

    @needs(AnswersBadly)
    def test_an_answer_that_is_none_is_an_error(self, ground: CallGround, asker: Asker) -> None:
        assert isinstance(ground, AnswersBadly)
        ground.garble()
        assert isinstance(_caught(asker, 1), Retry | Reject | Hold | Doubt)

    @needs(Fails)
    def test_an_error_of_the_other_side_is_understood(self, ground: CallGround, asker: Asker) -> None:
        assert isinstance(ground, Fails)
        wanted = ground.fail()
        assert isinstance(_caught(asker, 1), wanted)

    @needs(Credentials)
    def test_credentials_that_are_no_longer_good_are_told_and_new_ones_work(
        self, ground: CallGround, asker: Asker
    ) -> None:
        assert isinstance(ground, Credentials)
        asker.insist(1)
        ground.revoke()
        asker.close()
        assert isinstance(_caught(asker, 2), Retry | Halt)
        asker.again(ground.renewed())
        assert asker.insist(2) == ground.answer(2)


def _caught(asker: Asker, number: int) -> Document | CrossdockError:
    """An answer; a call may find out that it cannot ask when it is opened."""
    try:
        return asker.ask(number)
    except CrossdockError as error:
        asker.told.append(f"{error!r} {error}")
        return error
