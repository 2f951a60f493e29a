"""Profiles from YAML text, and the facts of envelopes."""

from __future__ import annotations

import textwrap
from collections.abc import Callable

import pytest

from crossdock.partner.choosing import Facts
from crossdock.partner.ids import X12, Address
from crossdock.partner.profile import Profile
from crossdock.yaml_source import load

ACME = """
name: ACME
status: live
ids: {x12: [ZZ, ACMEDIST]}
known_as: ["0007"]
receives:
  850: {version: "005010", map: x12-850-to-order, topic: order.received}
sends:
  855: {version: "005010", map: order-ack-to-855, on: order.acknowledged}
acknowledge: 997
channel: {file: {path: out/acme}}
"""

Make = Callable[..., Profile]


def profile(text: str = ACME, **changes: object) -> Profile:
    """The profile a file has, with other values for some keys."""
    value = load(textwrap.dedent(text).encode(), "partners/acme.yaml").value
    assert isinstance(value, dict)
    return Profile.model_validate({**value, **changes})


def facts(
    sender: Address = Address("ACMEDIST", "ZZ"),  # noqa: B008 - a tuple
    receiver: Address = Address("US", "ZZ"),  # noqa: B008 - same
    usage: str = "P",
    standard: str = X12,
) -> Facts:
    return Facts(standard=standard, sender=sender, receiver=receiver, usage=usage, control="000000017")


@pytest.fixture
def acme() -> Profile:
    return profile()
