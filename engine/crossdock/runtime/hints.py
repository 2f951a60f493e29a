"""What a bus is told of a result that was committed: which queues have something to do."""

from __future__ import annotations

from collections.abc import Iterator

from crossdock.bus.contract import Hint
from crossdock.journal.contract import Result


def hints_of(result: Result) -> Iterator[Hint]:
    """One for each post of a result."""
    outcomes = [(child.message, child.outcome) for child in result.children]
    if result.outcome:
        outcomes.append((result.work.message, result.outcome))
    for message, outcome in outcomes:
        yield from (Hint(message.id, post.queue, trace=message.trace) for post in outcome.posts)
        for sent in outcome.also:
            yield from (Hint(sent.message.id, post.queue, trace=sent.message.trace) for post in sent.posts)
