"""What an envelope says, from the ``_env`` a codec gives its transactions: the same questions for every standard."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from crossdock.message import Document
from crossdock.partner.choosing import Facts
from crossdock.partner.ids import EDIFACT, X12, Address
from crossdock.partner.status import LIVE_DATA, TEST_DATA

Env = Mapping[str, Document]


def facts_of(standard: str, env: Env, control: str) -> Facts:
    """Who sends to whom, and whether it is meant."""
    read = _READERS.get(standard, _x12)
    sender, receiver, usage = read(env)
    return Facts(standard=standard, sender=sender, receiver=receiver, usage=usage, control=control)


def _text(env: Env, *names: str) -> str:
    """The first of these facts that is there."""
    for name in names:
        value = env.get(name)
        if isinstance(value, str | int) and value != "":
            return str(value)
    return ""


def _x12(env: Env) -> tuple[Address, Address, str]:
    sender = Address(_text(env, "sender"), _text(env, "sender_qualifier"), _text(env, "gs_sender"))
    receiver = Address(_text(env, "receiver"), _text(env, "receiver_qualifier"), _text(env, "gs_receiver"))
    return sender, receiver, _text(env, "usage") or LIVE_DATA


def _edifact(env: Env) -> tuple[Address, Address, str]:
    sender = Address(_text(env, "sender"), _text(env, "sender_qualifier"), _text(env, "sender_internal"))
    receiver = Address(_text(env, "receiver"), _text(env, "receiver_qualifier"), _text(env, "receiver_internal"))
    return sender, receiver, TEST_DATA if _text(env, "test", "usage") in ("1", "2", "3", "4", "T") else LIVE_DATA


_READERS: Mapping[str, Callable[[Env], tuple[Address, Address, str]]] = {X12: _x12, EDIFACT: _edifact}
