"""The suites take out what a ground cannot carry, and ask everything that is named."""

from __future__ import annotations

from pathlib import Path

import pytest

from crossdock.connector import Connector, Effect
from crossdock.testing.connector_suite import (
    CallSuite,
    EmptyThings,
    FolderSourceSuite,
    Options,
    ProvableSinkSuite,
    RunningSinkSuite,
    RunningSourceSuite,
    SourceGround,
    SourceSuite,
)
from crossdock.testing.connector_suite.named import EVERY_RUN, EVERY_TEST, ITEMS

ROOT = Path(__file__).parents[3]
SUITES = (FolderSourceSuite, ProvableSinkSuite, CallSuite, RunningSourceSuite, RunningSinkSuite)


class Bare(SourceGround):
    connector = Connector(name="bare", about="Nothing.")

    def options(self, **more: object) -> Options:
        return more

    def put(self, name: str, data: bytes) -> None:
        raise AssertionError


class CanBeEmpty(Bare, EmptyThings):
    pass


class OfBare(SourceSuite):
    ground_type = Bare


class OfMore(OfBare):
    ground_type = CanBeEmpty


@pytest.mark.parametrize("item", ITEMS)
def test_every_item_is_asked_by_a_test_that_exists(item: str) -> None:
    known = {name for suite in SUITES for name in dir(suite)} | {EVERY_RUN, EVERY_TEST}
    assert [name for name in ITEMS[item] if name not in known and not (ROOT / name).is_file()] == []


def test_a_test_that_needs_what_a_ground_cannot_do_is_not_there() -> None:
    name = "test_a_thing_of_no_bytes_is_brought_or_refused_and_never_lost"
    assert (getattr(OfBare, name), callable(getattr(OfMore, name))) == (None, True)


def test_a_test_for_another_effect_class_is_not_there() -> None:
    class Opaque(RunningSinkSuite):
        ground_type, effect = Bare, Effect.OPAQUE

    provable = "test_killed_between_stage_and_done_there_is_one_effect"
    opaque = "test_killed_while_it_sends_what_is_unclear_is_in_doubt_and_never_repeated"
    assert (getattr(Opaque, provable), callable(getattr(Opaque, opaque))) == (None, True)
