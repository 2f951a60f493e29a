"""CONTRL: what became of an interchange, its groups and messages (ISO 9735-4; TRADE/WP.4/R.1186 for D 3).

It knows two verdicts: acknowledged (7), which holds for all below that is not rejected, and rejected (4) with all below.
So what is wholly accepted is said by UCI alone; where something is rejected, each rejected message says what is wrong
with it. There is no "accepted with errors": warnings are not told.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import cast

from crossdock.acknowledgement import Listing, Terms
from crossdock.codecs.edi.accounts import InterchangeAccount, TransactionAccount
from crossdock.codecs.edi.judgement import GroupJudgement, Judgement, judged
from crossdock.codecs.edifact.acknowledging.faults import UNSPECIFIED, Service, segments_of, service_of
from crossdock.codecs.edifact.acknowledging.swapped import addressed, cleaned, contrl_version, envelope, parts_of
from crossdock.errors import errors_in
from crossdock.message import Document

Tree = dict[str, Document]

ACKNOWLEDGED = "7"
REJECTED = "4"
CONTRL = "CONTRL"  # nobody acknowledges an acknowledgement


def acknowledge(account: InterchangeAccount, terms: Terms, made: datetime) -> list[Document]:
    """The CONTRL for an interchange, where one is agreed and it says whom to answer."""
    sets = {one.set for group in account.groups for one in group.transactions}
    agreed = any(terms.functional_for(one) == CONTRL for one in sets or {""})
    if not agreed or sets == {CONTRL} or not addressed(account):
        return []
    judgement = judged(account, terms)
    document: Tree = {
        "_std": "EDIFACT",
        "_ver": contrl_version(account.facts),
        "_set": CONTRL,
        "_ctl": {},
        "_env": envelope(account.facts, made),
        "UCI": _interchange(judgement),
    }
    if not judgement.refused:
        _lower(document, judgement, terms)
    return [cleaned(document)]


def _party(account: InterchangeAccount, name: str, tag: str) -> Tree:
    keys = ((f"{tag}01", name, 35), (f"{tag}02", f"{name}_qualifier", 4))
    said = ((key, str(account.facts.get(fact, ""))[:longest]) for key, fact, longest in keys)
    return {key: value for key, value in said if value}


def _interchange(judgement: Judgement) -> Tree:
    account = judgement.account
    found: Tree = {
        "UCI01": account.control[:14],
        **_party(account, "sender", "UCI02"),
        **_party(account, "receiver", "UCI03"),
        "UCI04": REJECTED if judgement.refused else ACKNOWLEDGED,
    }
    if judgement.refused:
        found |= service_of(errors_in(account.findings), "UNB").keys_of("UCI", 5)
    return found


def _lower(document: Tree, judgement: Judgement, terms: Terms) -> None:
    """UCF for each group and UCM for each message, as far as they are told."""
    whole = all(group.accepted == len(group.account.transactions) and not group.refused for group in judgement.groups)
    if whole:
        return
    for group in judgement.groups:
        messages = list(_messages(group, terms))
        if group.account.elements:
            told = _group(group, judgement.account)
            if messages and not group.whole:
                told["UCM"] = messages
            cast("list[Document]", document.setdefault("UCF", [])).append(told)
        elif messages:
            cast("list[Document]", document.setdefault("UCM", [])).extend(messages)


def _group(group: GroupJudgement, account: InterchangeAccount) -> Tree:
    ung = group.account.elements
    found: Tree = {"UCF01": group.account.control[:14] or "0"}
    for position, name, tag in ((2, "sender", "UCF02"), (3, "receiver", "UCF03")):
        application, qualifier = (*parts_of(ung, position), "", "")[:2]
        if application:
            found |= {f"{tag}01": application[:35], **({f"{tag}02": qualifier[:4]} if qualifier else {})}
        else:
            found |= _party(account, name, tag)  # UCF needs both, UNG need not have them
    found["UCF04"] = REJECTED if group.refused else ACKNOWLEDGED
    if group.refused:
        found |= service_of(errors_in(group.account.findings), "UNG").keys_of("UCF", 5)
    return found


def _messages(group: GroupJudgement, terms: Terms) -> Iterator[Document]:
    for message in group.account.transactions:
        passes = group.passes(message)
        if not passes or terms.listing is Listing.ALL:
            yield _message(message, terms, passes=passes)


def _message(message: TransactionAccount, terms: Terms, *, passes: bool) -> Tree:
    identifier = [message.set, *message.version.split(":")]
    lengths = (6, 3, 3, 2, 6)
    stand_ins = ("?", "D", "?", "UN", "")
    parts = [*identifier, "", "", "", ""][: len(lengths)]
    found: Tree = {"UCM01": message.control[:14] or "0"}
    for number, (part, longest, stand_in) in enumerate(zip(parts, lengths, stand_ins, strict=True), start=1):
        if part or stand_in:
            found[f"UCM02{number:02}"] = part[:longest] or stand_in
    found["UCM03"] = ACKNOWLEDGED if passes else REJECTED
    if not passes:
        segments = list(segments_of(message, terms.most)) if terms.listing is not Listing.NONE else []
        service = service_of(errors_in(message.findings), "UNH", within=True)
        found |= (service if service.code or segments else Service(UNSPECIFIED)).keys_of("UCM", 4)
        if segments:
            found["UCS"] = segments
    return found
