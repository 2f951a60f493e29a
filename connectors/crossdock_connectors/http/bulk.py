"""Several documents in one request, and what the reply says about each of them."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

from crossdock.codecs.json import JsonCodec
from crossdock.codecs.json.options import JsonOptions
from crossdock.connector import Done, Parcel
from crossdock.connector.http.exchange import Response
from crossdock.connector.http.problem import document_in
from crossdock.connector.http.redaction import Redaction
from crossdock.errors import CrossdockError, Doubt, Reject, Retry
from crossdock.message import Document, Inline
from crossdock_connectors.http.options import Bulk

Outcome: TypeAlias = Done | CrossdockError
Ask: TypeAlias = Callable[[Parcel], Response | CrossdockError]

_CODEC = JsonCodec(JsonOptions())
_LONGEST = 300  # characters of an answer that is shown


@dataclass(frozen=True, slots=True)
class _Member:
    """A parcel that goes along, and what is in it."""

    parcel: Parcel
    document: Document


@dataclass(frozen=True, slots=True)
class Batch:
    """Sends parcels together. ``ask`` sends one and gives the reply, if it is a success."""

    options: Bulk
    redaction: Redaction
    ask: Ask

    def send(self, parcels: Sequence[Parcel]) -> list[Outcome]:
        """One outcome for each, in order. A parcel that is no JSON object stays behind; the others go."""
        read = [_member(parcel) for parcel in parcels]
        members = [one for one in read if isinstance(one, _Member)]
        outcomes = iter(self._sent(members) if members else [])
        return [next(outcomes) if isinstance(one, _Member) else one for one in read]

    def _sent(self, members: Sequence[_Member]) -> list[Outcome]:
        kind = "application/x-ndjson" if self.options.send == "lines" else "application/json"
        whole = replace(members[0].parcel, payload=Inline(self._body(members)), content_type=kind, count=len(members))
        response = self.ask(whole)
        if isinstance(response, CrossdockError):
            return [response] * len(members)
        try:
            said = self.options.items.of(document_in(response))
            return self._matched(members, said if isinstance(said, list) else [])
        except Reject as error:
            told = f"the reply to a bulk of {len(members)} cannot be read: {error.message}"
            return [Doubt("K718", told)] * len(members)

    def _body(self, members: Sequence[_Member]) -> bytes:
        """The documents as they came, byte by byte, with what belongs between them."""
        texts = [self._text(member.parcel) for member in members]
        if self.options.send == "lines":
            return b"".join(text + b"\n" for text in texts)
        array = b"[" + b",".join(texts) + b"]"
        return array if self.options.under is None else b"{%s:%s}" % (json.dumps(self.options.under).encode(), array)

    def _text(self, parcel: Parcel) -> bytes:
        text = parcel.data.removeprefix(b"\xef\xbb\xbf").strip()
        if self.options.send == "lines":  # inside a text a line break is written \n: these stand between values
            text = text.replace(b"\r", b" ").replace(b"\n", b" ")
        if self.options.key_field is None:
            return text
        field = json.dumps(self.options.key_field).encode()
        rest = text[1:].lstrip()
        return b"{%s:%s%s%s" % (field, json.dumps(parcel.key).encode(), b"" if rest == b"}" else b",", rest)

    def _matched(self, members: Sequence[_Member], said: Sequence[Document]) -> list[Outcome]:
        if self.options.id is None or self.options.document_id is None:
            if len(said) != len(members):
                told = f"{len(members)} documents were sent and {len(said)} answered: which is which nobody knows"
                return [Doubt("K718", told)] * len(members)
            return [self._outcome(one) for one in said]
        by_name: Mapping[str, Document] = {_name(self.options.id.of(one)): one for one in said}
        names = [_name(self.options.document_id.of(member.document)) for member in members]
        return [
            self._outcome(by_name[name]) if name in by_name else Doubt("K718", f"the reply does not mention {name}")
            for name in names
        ]

    def _outcome(self, answer: Document) -> Outcome:
        options = self.options
        if options.ok is None or options.ok.holds(answer):
            receipt = options.receipt.of(answer) if options.receipt else None
            return Done("" if receipt is None else self.redaction.shown(_name(receipt), _LONGEST))
        shown = self.redaction.shown(json.dumps(answer, default=str, ensure_ascii=False), _LONGEST)
        if options.retry is not None and options.retry.holds(answer):
            return Retry("K719", f"the peer did not take this one of a bulk: {shown}", only_this=True)
        return Reject("K719", f"the peer refused this one of a bulk: {shown}")


def _member(parcel: Parcel) -> _Member | Reject:
    try:
        document = _CODEC.whole(parcel.payload).document
    except Reject as error:
        return error
    if not isinstance(document, dict):
        return Reject(
            "K722", "this is no JSON object, and a bulk is made of those", hint="encode: json, without batch:"
        )
    return _Member(parcel, document)


def _name(value: Document) -> str:
    """How a thing is called in a reply: ``4711`` and ``"4711"`` are the same name."""
    return value if isinstance(value, str) else json.dumps(value, default=str)
