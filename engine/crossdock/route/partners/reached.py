"""What cases come to of the agreements with partners: each is one point, at its place in the partner's file."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from crossdock.partner.agreement import Receives, Sends
from crossdock.partner.profile import Profile
from crossdock.partner.status import ALLOWS
from crossdock.route.bench import Bench


def watched(bench: Bench, name: str, profile: Profile) -> Iterator[tuple[int, Callable[[], None]]]:
    """By the identity of an agreement, what hears that a document was taken or sent under it.

    What is switched off, or agreed with a partner of whom nothing is taken and whom nothing is sent, is not wanted.
    """
    watch, allowed = bench.materials.watch, ALLOWS[profile.status]
    if watch is None:
        return
    if allowed.live_data or allowed.test_data:
        for number, receives, path in profile.received():
            if receives.enabled:
                what = f"{name} sends {_document(number, receives)}"
                yield id(receives), watch.agreement(bench.at(*path).place(key=True), what)
    if allowed.sends is not None:
        for number, sends, path in profile.sent():
            if sends.enabled:
                what = f"{name} is sent {_document(number, sends)}"
                yield id(sends), watch.agreement(bench.at(*path).place(key=True), what)


def _document(number: str, one: Receives | Sends) -> str:
    """``850 004010, by x12-850-to-order``."""
    version = f" {one.version}" if one.version is not None else ""
    return f"{number}{version}" + (f", by {one.map.mapping}" if one.map is not None else "")
