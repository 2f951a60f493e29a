"""The message: an envelope around a body, with the headers of WS-Security and WS-Addressing.

SOAP 1.1 (W3C Note, 4) and 1.2 (Part 1, 5); WS-Security UsernameToken Profile (OASIS; 1.1 says the same of what is sent
here as 1.0); WS-Addressing 1.0. MTOM is not spoken: bytes travel as Base64 in the body.
"""

from __future__ import annotations

import base64
import hashlib
import secrets
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid5

from lxml import etree

from crossdock.connector import Parcel
from crossdock.connector.http.redaction import Redaction
from crossdock.errors import Reject
from crossdock.xml_tree import parse
from crossdock_connectors.soap.options import Security, SoapOptions
from crossdock_connectors.soap.template import XmlTemplate

ENVELOPES = {"1.1": "http://schemas.xmlsoap.org/soap/envelope/", "1.2": "http://www.w3.org/2003/05/soap-envelope"}
_OASIS = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-"
_WSSE, _WSU = f"{_OASIS}wssecurity-secext-1.0.xsd", f"{_OASIS}wssecurity-utility-1.0.xsd"
_PASSWORD = f"{_OASIS}username-token-profile-1.0#Password"
_BASE64 = f"{_OASIS}soap-message-security-1.0#Base64Binary"
_WSA = "http://www.w3.org/2005/08/addressing"
_KEYS = UUID("6ba7b811-9dad-11d1-80b4-00c04fd430c8")  # RFC 9562, 6.6: names that are URLs

Random = Callable[[int], bytes]


def enveloped(
    options: SoapOptions,
    parcel: Parcel,
    body: XmlTemplate | None,
    header: XmlTemplate | None,
    now: datetime,
    redaction: Redaction,
    random: Random = secrets.token_bytes,
) -> bytes:
    """The message for a parcel. Raises ``Reject`` K776 where the payload is no body, and for values that do not fit."""
    uri = ENVELOPES[options.version]
    content = _payload(parcel) if body is None else body.filled(parcel)
    envelope = etree.Element(f"{{{uri}}}Envelope", nsmap={"soap": uri})
    blocks = [] if header is None else [header.filled(parcel)]
    blocks += _addressing(options, parcel) if options.addressing else []
    if options.security is not None:
        blocks.append(_security(options.security, uri, now, redaction, random))
    if blocks:
        etree.SubElement(envelope, f"{{{uri}}}Header").extend(blocks)
    etree.SubElement(envelope, f"{{{uri}}}Body").append(content)
    return etree.tostring(envelope, xml_declaration=True, encoding="UTF-8")


def _payload(parcel: Parcel) -> etree._Element:
    try:
        root = parse(parcel.data)
    except Reject as error:
        told = f"the payload is no XML that could be the body: {error.message}"
        hint = "say encode: {xml: …}, or name a file with the body: body: soap/order.xml"
        raise Reject("K776", told, findings=error.findings, hint=hint) from error
    if str(root.tag) in {f"{{{uri}}}Envelope" for uri in ENVELOPES.values()}:
        raise Reject("K776", "the payload has an envelope already", hint="only what stands in the body is wanted")
    return root


def _addressing(options: SoapOptions, parcel: Parcel) -> list[etree._Element]:
    blocks = [_text(f"{{{_WSA}}}{name}", value) for name, value in (("Action", options.action), ("To", options.post))]
    blocks.append(_text(f"{{{_WSA}}}MessageID", f"urn:uuid:{_uuid(parcel.key)}"))
    answers = etree.Element(f"{{{_WSA}}}ReplyTo", nsmap={"wsa": _WSA})
    answers.append(_text(f"{{{_WSA}}}Address", f"{_WSA}/anonymous"))
    return [*blocks, answers]


def _security(options: Security, uri: str, now: datetime, redaction: Redaction, random: Random) -> etree._Element:
    block = etree.Element(f"{{{_WSSE}}}Security", nsmap={"wsse": _WSSE, "wsu": _WSU})
    if options.must_understand:
        block.set(f"{{{uri}}}mustUnderstand", "1")  # 1.2 takes it for true as well
    if options.timestamp is not None:
        stamp = etree.SubElement(block, f"{{{_WSU}}}Timestamp")
        stamp.append(_text(f"{{{_WSU}}}Created", _time(now)))
        stamp.append(_text(f"{{{_WSU}}}Expires", _time(now + timedelta(seconds=options.timestamp))))
    block.append(_token(options, now, redaction, random))
    return block


def _token(options: Security, now: datetime, redaction: Redaction, random: Random) -> etree._Element:
    """UsernameToken Profile, 3.1: the digest is Base64(SHA-1(nonce + created + password))."""
    token = etree.Element(f"{{{_WSSE}}}UsernameToken", nsmap={"wsse": _WSSE, "wsu": _WSU})
    secret, nonce, created = options.password.get_secret_value(), random(16), _time(now)
    if options.type == "digest":
        whole = nonce + created.encode() + secret.encode()
        secret = base64.b64encode(hashlib.sha1(whole, usedforsecurity=False).digest()).decode()
    redaction.add(secret)
    token.append(_text(f"{{{_WSSE}}}Username", options.user))
    password = _text(f"{{{_WSSE}}}Password", secret)
    password.set("Type", f"{_PASSWORD}{options.type.capitalize()}")
    token.append(password)
    if options.nonce:
        given = _text(f"{{{_WSSE}}}Nonce", base64.b64encode(nonce).decode())
        given.set("EncodingType", _BASE64)
        token.extend([given, _text(f"{{{_WSU}}}Created", created)])
    return token


def _text(tag: str, text: str) -> etree._Element:
    element = etree.Element(tag)
    element.text = text
    return element


def _time(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03}Z"


def _uuid(key: str) -> UUID:
    """The key of a delivery is a UUID; that of a test may be anything."""
    try:
        return UUID(key)
    except ValueError:
        return uuid5(_KEYS, key)
