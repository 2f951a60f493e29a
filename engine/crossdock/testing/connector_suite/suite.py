"""What the suites have in common: a test that needs a capability is only there for grounds that have it."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, ClassVar, TypeVar

import pytest

from crossdock.connector import Effect
from crossdock.testing.connector_suite.ground import Ground

T = TypeVar("T", bound=Callable[..., None])

_NEEDS, _EFFECTS = "__needs__", "__effects__"


def needs(*capabilities: type) -> Callable[[T], T]:
    """Mark a test as one for grounds that have all these capabilities."""

    def mark(test: T) -> T:
        setattr(test, _NEEDS, capabilities)
        return test

    return mark


def of_effect(*effects: Effect) -> Callable[[T], T]:
    """Mark a test as one for sinks and calls of these effect classes."""

    def mark(test: T) -> T:
        setattr(test, _EFFECTS, effects)
        return test

    return mark


class Suite:
    """A suite of tests for one ground. A subclass names the class of its ground, and makes it where that needs more.

    A test that the ground cannot carry is taken out of the class, so that it is not collected: nothing is skipped.
    """

    ground_type: ClassVar[type[Ground]]
    effect: ClassVar[Effect | None] = None

    def __init_subclass__(cls, **arguments: Any) -> None:  # noqa: ANN401 - as object.__init_subclass__ has it
        super().__init_subclass__(**arguments)
        if hasattr(cls, "ground_type"):
            for name in [name for name in dir(cls) if name.startswith("test_")]:
                setattr(cls, name, cls._kept(name))

    @classmethod
    def _kept(cls, name: str) -> object:
        """The test of that name, as it was written; None where it does not belong here."""
        test = next(found for each in cls.__mro__ if (found := each.__dict__.get(name)) is not None)
        fits = all(issubclass(cls.ground_type, one) for one in getattr(test, _NEEDS, ()))
        effects = getattr(test, _EFFECTS, None)
        return test if fits and (effects is None or cls.effect in effects) else None

    @pytest.fixture
    def ground(self, tmp_path: Path) -> Iterator[Ground]:
        """The counterpart, fresh for each test."""
        made = self.ground_type(tmp_path)
        yield made
        made.close()

    @pytest.fixture(autouse=True)
    def _no_secret_is_logged(self, ground: Ground, caplog: pytest.LogCaptureFixture) -> Iterator[None]:
        """After every test, whatever it was about."""
        caplog.set_level(logging.DEBUG)
        yield
        told = [record for record in caplog.get_records("call") if tells_a_secret(ground, _whole(record))]
        assert told == [], "a secret was logged"


def tells_a_secret(ground: Ground, text: str) -> bool:
    """Whether a secret of the ground stands in a text."""
    return any(secret in text for secret in ground.secrets)


_FORMAT = logging.Formatter()


def _whole(record: logging.LogRecord) -> str:
    """A record as it would be written, traceback and all."""
    return _FORMAT.format(record)
