"""Whether somebody must mend it, or it passes: a source that halts is not asked again."""

from __future__ import annotations

import pytest
from amqp import exceptions as amqp

from crossdock.amqp.translation import translate
from crossdock.errors import Halt, Retry


@pytest.mark.parametrize(
    ("method", "text", "kind", "code"),
    [
        ((50, 10), "inequivalent arg 'x-queue-type'", Halt, "B126"),
        ((0, 0), "delivery acknowledgement on channel 1 timed out", Retry, "B128"),
        ((60, 80), "unknown delivery tag 1", Retry, "B128"),
        ((60, 40), "message size 3000000 is larger than configured max size 2000000", Retry, "B132"),
    ],
)
def test_a_failed_precondition_is_a_mistake_only_where_something_is_declared(
    method: tuple[int, int], text: str, kind: type[Halt | Retry], code: str
) -> None:
    error = translate(amqp.PreconditionFailed(text, method))
    assert (type(error), error.code) == (kind, code)
    assert text in error.message


def test_a_broker_that_cannot_be_reached_is_told_with_host_and_port() -> None:
    error = translate(ConnectionRefusedError(111, "Connection refused"), "mq:5672")
    assert (error.code, error.message) == ("B120", "the broker cannot be reached: mq:5672: Connection refused")
