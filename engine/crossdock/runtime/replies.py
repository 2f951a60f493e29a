"""What the steps of a delivery are told when they have asked for something, other than a call into its sink."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from crossdock.journal.contract import Journal, Outcome, Work
from crossdock.message import Document
from crossdock.route.asking import Waiting
from crossdock.runtime.actions import Advance, Answer, Blocking, Commit, Judge, Permit, Recall, Remember, Resume
from crossdock.runtime.answers import Answers
from crossdock.runtime.delivery import Courier
from crossdock.runtime.dispatch import Dispatcher
from crossdock.runtime.fates import Halted
from crossdock.runtime.hands import Delivery
from crossdock.runtime.pulse import Slot
from crossdock.runtime.recording import Recorder
from crossdock.runtime.turnstile import Turnstile


@dataclass(frozen=True, slots=True, kw_only=True)
class Replies:
    """``renew`` looks after leases before something long; ``leaving`` says whether the worker is told to stop."""

    journal: Journal
    recorder: Recorder
    turnstile: Turnstile
    answers: Answers
    dispatcher: Dispatcher
    slot: Slot
    renew: Callable[[], None]
    leaving: Callable[[], bool]

    def to(self, delivery: Delivery) -> Answer:
        """What the steps asked for last. A journal that refuses leaves it to be asked for again."""
        match delivery.action:
            case Advance(works=works, phase=phase, proofs=proofs):
                return self.recorder.recorded(lambda: self.journal.advance(works, phase, proofs))
            case Commit(results=results):
                self.recorder.commit(results)
                return None
            case Judge(outcomes=outcomes):
                self.slot.idle()
                return self.turnstile.judge(delivery.queue, delivery.courier, outcomes)
            case Permit() | Recall() | Remember() | Resume() as wanted:
                return self._about_answers(delivery, wanted)
            case Blocking() if delivery.call is not None:
                return delivery.call.result()
            case _:
                return None

    def _about_answers(self, delivery: Delivery, wanted: Permit | Recall | Remember | Resume) -> Answer:
        """What a place needs that asks another system."""
        match wanted:
            case Permit():
                return None if self.leaving() else self.turnstile.pause(delivery.queue)
            case Recall(key=key, seconds=seconds, durable=durable):
                return self.answers.recalled(delivery.queue, key, seconds, durable=durable)
            case Remember(answers=answers, durable=durable):
                self.recorder.recorded(lambda: self.answers.remember(delivery.queue, answers, durable=durable))
                return None
            case Resume(work=work, waiting=waiting, document=document):
                return self._resumed(delivery.courier, work, waiting, document)

    def _resumed(self, courier: Courier, work: Work, waiting: Waiting, document: Document) -> Outcome | Halted:
        """The rest of a route, with an answer; a queue that must stop is told of, because the answer has to be kept."""
        self.renew()
        try:
            return self.dispatcher.resumed(courier.route, courier.destination.slot, work, waiting, document)
        except Halted as halted:
            return halted
