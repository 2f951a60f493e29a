"""What a route may say about a SOAP peer."""

from __future__ import annotations

import re
from typing import Annotated, Literal, TypeAlias

from pydantic import AfterValidator, Field, SecretStr, model_validator

from crossdock.connector import Effect
from crossdock.connector.amounts import Seconds, lasting
from crossdock.connector.http.address import HeaderTemplates, Url, header_fault
from crossdock.connector.http.expression import Expression
from crossdock.connector.http.options import Honoured, Options, PeerOptions, Rule, Then, clear_text_fault
from crossdock.connector.project_files import FileName

_PREFIX = re.compile(r"[A-Za-z_][\w.-]*\Z", re.ASCII)


def _xml_file(text: str) -> str:
    if text.startswith("/") or ".." in text.split("/") or not text.endswith(".xml"):
        raise ValueError(f"'{text}' is no file of the project that ends with .xml")
    return FileName(text)


def _action(text: str) -> str:
    if header_fault(text) or '"' in text or "\\" in text:
        raise ValueError(f"'{text}' is no action: it is a URI, without quotation marks")
    return text


XmlFile: TypeAlias = Annotated[str, AfterValidator(_xml_file)]
XPath: TypeAlias = Annotated[str, Field(min_length=1, max_length=1000)]


class Security(Options):
    """A header of WS-Security (OASIS, 1.0 and 1.1) with a UsernameToken.

    The ``password`` goes as ``text`` or as ``digest``; ``nonce`` sends one, and the time, with a text as well.
    ``timestamp`` says for how long the message counts; without it none is sent. ``must_understand`` is what it says.
    """

    user: str
    password: SecretStr
    type: Literal["text", "digest"] = "digest"
    nonce: bool = True
    timestamp: Annotated[Seconds, lasting("10s", "1d")] | None = None
    must_understand: bool = True

    @model_validator(mode="after")
    def _digest_of_something(self) -> Security:
        if self.type == "digest" and not self.nonce:
            raise ValueError("a digest is made over a nonce and the time: it cannot do without")
        return self


class FaultRule(Options):
    """What a fault means whose code, or one of its subcodes, is ``code`` (without a prefix), or that says ``text``."""

    code: str | None = None
    text: str | None = None
    then: Then

    @model_validator(mode="after")
    def _says_which(self) -> FaultRule:
        if self.code is None and self.text is None:
            raise ValueError("a rule for faults names a 'code', or a 'text', or both")
        return self


class SoapOptions(PeerOptions):
    """One operation. See the connector for what holds everywhere."""

    post: Url
    version: Literal["1.1", "1.2"] = "1.1"
    action: Annotated[str, AfterValidator(_action)] = ""
    body: XmlFile | None = None
    header: XmlFile | None = None
    headers: HeaderTemplates = Field(default_factory=dict)
    security: Security | None = None
    addressing: bool = False
    repeatable: bool = False
    namespaces: dict[str, str] = Field(default_factory=dict)
    faults: tuple[FaultRule, ...] = ()
    rules: tuple[Rule, ...] = ()

    def xpaths(self) -> tuple[str, ...]:
        """Every XPath in it."""
        return ()

    @model_validator(mode="after")
    def _whole(self) -> SoapOptions:
        fault = clear_text_fault(self.post, self)
        if fault is None and self.security is not None and self.post.startswith("http:") and not self.allow_private:
            fault = "with http: everybody on the way could read the credentials; use https:"
        if fault:
            raise ValueError(fault)
        if self.addressing and not self.action:
            raise ValueError("a message with an address has an 'action' (WS-Addressing 1.0, 3.2)")
        if any(rule.when is not None for rule in self.rules):
            raise ValueError("'when' asks about JSON; what a SOAP fault means stands under 'faults:'")
        self._judge_xpaths()
        return self

    def _judge_xpaths(self) -> None:
        for prefix in self.namespaces:
            if not _PREFIX.match(prefix):
                raise ValueError(f"'{prefix}' is no prefix of a namespace")
        if self.xpaths():  # lxml, and only where it is needed
            from crossdock_connectors.soap.xpath import compiled  # noqa: PLC0415

            for text in self.xpaths():
                compiled(text, self.namespaces)


class SinkOptions(SoapOptions):
    """A message for each document. The payload is the XML of the body (``encode: {xml: …}``).

    With ``body`` a file of the project is the body instead, with values of the document in braces
    (``<Number>{number}</Number>``); so is ``header`` for blocks of the header. Values never become structure.
    ``version`` is 1.1, with ``action`` in the header ``SOAPAction``, or 1.2, with it in the content type.
    ``security`` sends user and password, ``addressing`` the headers of WS-Addressing with a ``MessageID`` made from the
    key of the delivery; the body can carry that as ``{$key}``. ``repeatable: true`` says that the peer does once what
    it is asked twice with it; else an unclear end is in doubt. It ``honours_key_for`` so long, and no attempt is made by
    itself once that is over. A fault of the sender (``Client``, ``Sender``) rejects,
    one of the receiver is tried again; ``faults`` say otherwise. ``receipt`` is an XPath into the reply, with the
    prefixes of ``namespaces``.
    """

    receipt: XPath | None = None
    honours_key_for: Honoured | None = None

    @property
    def effect(self) -> Effect:
        """Keyed where twice is once."""
        return Effect.KEYED if self.repeatable else Effect.OPAQUE

    def xpaths(self) -> tuple[str, ...]:
        """See ``SoapOptions``."""
        return () if self.receipt is None else (self.receipt,)

    @model_validator(mode="after")
    def _honours_something(self) -> SinkOptions:
        if self.honours_key_for is not None and not self.repeatable:
            raise ValueError("'honours_key_for' is about a peer that knows a message again: say 'repeatable: true'")
        return self


class CallOptions(SoapOptions):
    """An operation whose reply is wanted. See the sink for how the message is made.

    ``result`` names XPaths into the reply: ``{number: "//so:Number"}``; text and attributes are texts, an element with
    children is an object, several are a list. Without it the answer is the body. ``lists`` are names that are lists
    even when there is only one. ``reads: true`` says that nothing is changed by it. ``success`` (JMESPath over the
    answer) must hold.
    """

    reads: bool = False
    result: dict[str, XPath] | None = None
    lists: frozenset[str] = frozenset()
    success: Expression | None = None

    @property
    def effect(self) -> Effect | None:
        """None where nothing is changed."""
        if self.reads:
            return None
        return Effect.KEYED if self.repeatable else Effect.OPAQUE

    def xpaths(self) -> tuple[str, ...]:
        """See ``SoapOptions``."""
        return tuple((self.result or {}).values())
