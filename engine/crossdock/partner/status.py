"""What a partner's status allows, and how it changes. One table says all of it."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass

LIVE_DATA, TEST_DATA = "P", "T"  # ISA15; in UNB, 0035 with 1 is a test


class Status(enum.StrEnum):
    """How far the partnership is."""

    ONBOARDING = "onboarding"
    TESTING = "testing"
    LIVE = "live"
    RETIRED = "retired"


@dataclass(frozen=True, slots=True)
class Allowance:
    """Which data are processed, and under which usage a partner is sent to (None: nothing is sent)."""

    live_data: bool
    test_data: bool
    sends: str | None
    about: str


#: ``sends`` of a live partner is what the profile says; one in testing never gets anything but tests.
ALLOWS: Mapping[Status, Allowance] = {
    Status.ONBOARDING: Allowance(
        live_data=False, test_data=False, sends=None, about="nothing is processed or sent; samples are certified"
    ),
    Status.TESTING: Allowance(
        live_data=False,
        test_data=True,
        sends=TEST_DATA,
        about="test data are processed, and all that is sent is marked a test",
    ),
    Status.LIVE: Allowance(live_data=True, test_data=False, sends=LIVE_DATA, about="live data are processed and sent"),
    Status.RETIRED: Allowance(
        live_data=False, test_data=False, sends=None, about="nothing is processed or sent any more"
    ),
}

#: From each status to those that may follow. Nobody goes live untested.
FOLLOWS: Mapping[Status, tuple[Status, ...]] = {
    Status.ONBOARDING: (Status.TESTING, Status.RETIRED),
    Status.TESTING: (Status.LIVE, Status.ONBOARDING, Status.RETIRED),
    Status.LIVE: (Status.TESTING, Status.RETIRED),
    Status.RETIRED: (Status.ONBOARDING, Status.TESTING),
}


def may_follow(before: Status, after: Status) -> bool:
    """Whether a partner's status may change so."""
    return after is before or after in FOLLOWS[before]
