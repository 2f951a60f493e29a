"""What an envelope says, from the ``_env`` a codec gives its transactions: the same questions for every standard."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import islice

from crossdock.codecs.edi.accounts import InterchangeAccount
from crossdock.message import Document
from crossdock.partner.choosing import Facts
from crossdock.partner.ids import EDIFACT, X12, Address
from crossdock.partner.status import LIVE_DATA, TEST_DATA

Env = Mapping[str, Document]

#: What answers, and is not answered itself.
ACKNOWLEDGEMENTS = frozenset({"997", "999", "TA1", "CONTRL"})
#: What else says how our documents fared; answered as any document is.
ADVICES = frozenset({"824", "APERAK"})
_LOOKED_AT = 10_000  # transactions of an interchange: who sends more has shown what they send
_GS08 = 8


def facts_of(standard: str, env: Env, control: str) -> Facts:
    """Who sends to whom, and whether it is meant."""
    read = _READERS.get(standard, _x12)
    sender, receiver, usage = read(env)
    return Facts(standard=standard, sender=sender, receiver=receiver, usage=usage, control=control)


def of_account(account: InterchangeAccount) -> Facts:
    """The same of an interchange that was read."""
    return facts_of(account.standard, account.facts, account.control)


def sets_of(account: InterchangeAccount) -> list[tuple[str, str]]:
    """The sets of business documents in an interchange with their versions, each once."""
    found = (
        (one.set, _version(group.elements, one.version))
        for group in account.groups
        for one in islice(group.transactions, _LOOKED_AT)
    )
    return list(dict.fromkeys(pair for pair in found if pair[0] not in ACKNOWLEDGEMENTS | ADVICES))


def _version(group: tuple[str, ...], said: str) -> str:
    """GS08, or version and release of UNH."""
    if group[:1] == ("GS",):
        return group[_GS08] if len(group) > _GS08 else ""
    return "".join(said.split(":")[:2])


def _text(env: Env, *names: str) -> str:
    """The first of these facts that is there."""
    for name in names:
        value = env.get(name)
        if isinstance(value, str | int) and value != "":
            return str(value).strip(" ")
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
