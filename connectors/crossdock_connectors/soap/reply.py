"""What a SOAP reply says: its body, or a fault; and what a fault means.

Client, Sender                       wrong for good
Server, Receiver                     again later
VersionMismatch, MustUnderstand      the route stops: the peer does not know what it was sent
codes of WS-Security                 the route stops, or again later, by the option 'refused'
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from lxml import etree

from crossdock.connector.http.exchange import Response, shown
from crossdock.connector.http.redaction import Redaction
from crossdock.connector.http.waiting import retry_after
from crossdock.errors import CrossdockError, Doubt, Finding, Halt, Hold, Reject, Retry
from crossdock.xml_tree import parse
from crossdock.xml_tree.shape import local_name
from crossdock_connectors.soap.envelope import ENVELOPES
from crossdock_connectors.soap.options import FaultRule, SoapOptions

_LONGEST_DETAIL = 2000  # characters that are looked at
_MOST_SUBCODES = 10
_SENDER, _RECEIVER = frozenset({"Client", "Sender"}), frozenset({"Server", "Receiver"})
_MISFIT = frozenset({"VersionMismatch", "MustUnderstand", "DataEncodingUnknown"})
#: SOAP Message Security 1.1, 12.
_REFUSED = frozenset({"FailedAuthentication", "InvalidSecurity", "InvalidSecurityToken", "FailedCheck"})
_CLOCK = frozenset({"MessageExpired"})


@dataclass(frozen=True, slots=True)
class Fault:
    """A fault: its code and subcodes without prefixes, its sentence, and the texts of its detail."""

    codes: tuple[str, ...]
    text: str
    detail: str

    def fits(self, rule: FaultRule) -> bool:
        """Whether a rule is about it."""
        by_code = rule.code is None or rule.code in self.codes
        return by_code and (rule.text is None or rule.text in f"{self.text}\n{self.detail}")


def envelope_in(response: Response) -> etree._Element:
    """The envelope. Raises ``Reject`` K774 where the reply has none that may be read."""
    if response.cut is not None:
        raise Reject("K774", f"the reply cannot be read: {response.cut}", hint="see 'max_response'")
    if response.media_type.startswith("multipart/"):
        raise Reject("K774", "the reply has attachments (MTOM), which are not read", hint="ask the peer for plain SOAP")
    try:
        root = parse(response.body)
    except Reject as error:
        raise Reject("K774", f"the reply cannot be read: {error.message}", findings=error.findings) from error
    if str(root.tag) not in {f"{{{uri}}}Envelope" for uri in ENVELOPES.values()}:
        raise Reject("K774", f"the reply is no SOAP: its root is '{local_name(root)[:100]}'")
    return root


def body_in(envelope: etree._Element) -> etree._Element:
    """The body. Raises ``Reject`` K774."""
    uri = str(envelope.tag).rpartition("}")[0]
    found = envelope.find(f"{uri}}}Body")
    if found is None:
        raise Reject("K774", "the reply has an envelope without a body")
    return found


def fault_in(envelope: etree._Element) -> Fault | None:
    """The fault, where there is one (SOAP 1.1, 4.4; SOAP 1.2 Part 1, 5.4)."""
    uri = str(envelope.tag).rpartition("}")[0]
    found = body_in(envelope).find(f"{uri}}}Fault")
    if found is None:
        return None
    if uri[1:] == ENVELOPES["1.1"]:
        code, text, detail = _first(found, "faultcode"), _first(found, "faultstring"), _first(found, "detail")
        return Fault(tuple(_local(code).split(".")), _all(text), _all(detail))
    codes, here = list[str](), _first(found, "Code")
    while here is not None and len(codes) < _MOST_SUBCODES:
        codes.append(_local(_first(here, "Value")))
        here = _first(here, "Subcode")
    return Fault(tuple(codes), _all(_first(found, "Reason")), _all(_first(found, "Detail")))


@dataclass(frozen=True, slots=True)
class Faults:
    """Says what faults of one peer mean."""

    options: SoapOptions
    redaction: Redaction
    now: datetime

    def meaning(self, fault: Fault, response: Response) -> CrossdockError | None:
        """None where a rule says that it is done."""
        told = self._told(fault, response)
        rule = next((rule for rule in self.options.faults if fault.fits(rule)), None)
        if rule is not None:
            return self._by_rule(rule, told, response)
        codes = set(fault.codes)
        if codes & _CLOCK:
            return Retry("K773", told, hint="look whether both clocks are right")
        if codes & _REFUSED:
            kind = Halt if self.options.refused == "halt" else Retry
            return kind("K773", told, hint="look at 'security:', and at what this user may do there")
        if codes & _MISFIT:
            return Halt("K772", told, hint="look at 'version:' and at the headers that are sent")
        if codes & _SENDER or not codes & _RECEIVER:
            return self._rejected(told, fault)
        return Retry("K771", told, after=retry_after(response.headers, self.now))

    def _by_rule(self, rule: FaultRule, told: str, response: Response) -> CrossdockError | None:
        match rule.then:
            case "done" | "empty":
                return None
            case "retry":
                return Retry("K771", told, after=retry_after(response.headers, self.now))
            case "reject":
                return Reject("K770", told)
            case "hold":
                return Hold("K775", told)
            case "halt":
                return Halt("K772", told)
            case "doubt":
                return Doubt("K775", told)

    def _rejected(self, told: str, fault: Fault) -> Reject:
        said = [self.redaction.shown(text) for text in (fault.text, fault.detail) if text]
        return Reject(
            "K770", told, findings=[Finding(code="K770", message=text, rule="said by the peer") for text in said]
        )

    def _told(self, fault: Fault, response: Response) -> str:
        said = ": ".join(text for text in (".".join(fault.codes), fault.text, fault.detail) if text)
        return f"{self.redaction(shown(response.url))} answered {response.status}: {self.redaction.shown(said)}"


def _first(element: etree._Element, name: str) -> etree._Element | None:
    """The first child of this name, whatever namespace it was put into: peers differ about that."""
    return next((child for child in element.iterchildren("*") if local_name(child) == name), None)


def _local(element: etree._Element | None) -> str:
    return (_all(element).rpartition(":")[2])[:100]


def _all(element: etree._Element | None) -> str:
    """The texts in an element, in one line, bounded."""
    return "" if element is None else " ".join(_texts(element))[:_LONGEST_DETAIL]


def _texts(element: etree._Element) -> Iterator[str]:
    size = 0
    for text in element.itertext():
        plain = " ".join(str(text).split())
        size += len(plain)
        if plain:
            yield plain
        if size > _LONGEST_DETAIL:
            return
