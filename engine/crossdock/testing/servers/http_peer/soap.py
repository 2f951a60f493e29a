"""SOAP as the peer speaks it, 1.1 and 1.2: orders that are made, once for a MessageID where that is honoured, and faults.

What stands in the first child of the body decides: ``Number`` with ``refuse`` or ``busy`` in it is answered with a fault
of the sender or of the receiver. ``/soap/secure`` wants a UsernameToken, judged here anew from the standard.
"""

from __future__ import annotations

import base64
import hashlib
from xml.etree import ElementTree as Tree
from xml.sax.saxutils import escape

from crossdock.testing.servers.http_peer.state import Json, State

_ENVELOPES = {
    "http://schemas.xmlsoap.org/soap/envelope/": ("1.1", "text/xml"),
    "http://www.w3.org/2003/05/soap-envelope": ("1.2", "application/soap+xml"),
}
_USERS = {"crossdock": "client-secret"}


def answer(state: State, place: str, body: bytes) -> tuple[int, Json, dict[str, str]]:
    """The reply to a request."""
    if not body:
        return 405, None, {}
    envelope = Tree.fromstring(body)  # noqa: S314 - what our own connector sends
    uri = envelope.tag[1:].partition("}")[0]
    version, kind = _ENVELOPES[uri]
    content = envelope.find(f"{{{uri}}}Body")
    texts = {_local(one.tag): one.text or "" for one in envelope.iter()}
    operation = content[0] if content is not None else envelope
    number = texts.get("Number", "")
    if "/secure" in place and not _knows(texts, envelope):
        said = _fault(version, "Client", "wsse:FailedAuthentication", "the security token could not be authenticated")
        return 500, _whole(uri, said), {"Content-Type": kind}
    if "refuse" in number:
        said = _fault(version, "Client", "app:NoSuchBuyer", "the buyer is not known")
        return 500 if version == "1.1" else 400, _whole(uri, said), {"Content-Type": kind}
    if "busy" in number:
        said = _fault(version, "Server", "app:Locked", "locked by user MEIER")
        return 500, _whole(uri, said), {"Content-Type": kind}
    key = texts.get("MessageID") if state.settings.get("honours") else None
    state.do(key, Tree.tostring(operation).replace(b"\r", b"&#13;"), None)  # ElementTree leaves it to be lost
    said = (
        f'<o:CreateOrderResponse xmlns:o="urn:orders"><o:Number>SO-{escape(number)}</o:Number>'
        '<o:Line no="1"><o:Sku>A</o:Sku></o:Line><o:Line no="2"><o:Sku>B</o:Sku></o:Line><o:Sum>12.50</o:Sum>'
        "</o:CreateOrderResponse>"
    )
    return 200, _whole(uri, said), {"Content-Type": kind}


def _local(tag: str) -> str:
    return tag.rpartition("}")[2]


def _whole(uri: str, content: str) -> str:
    return f'<?xml version="1.0"?><e:Envelope xmlns:e="{uri}"><e:Body>{content}</e:Body></e:Envelope>'


def _fault(version: str, code: str, more: str, text: str) -> str:
    detail = f'<x:why xmlns:x="urn:orders" code="{more}">field Buyer</x:why>'
    names = 'xmlns:wsse="urn:w" xmlns:app="urn:a"'
    if version == "1.1":
        named = more if more.startswith("wsse:") else f"e:{code}"
        return (
            f"<e:Fault {names}><faultcode>{named}</faultcode><faultstring>{text}</faultstring>"
            f"<detail>{detail}</detail></e:Fault>"
        )
    value = {"Client": "e:Sender", "Server": "e:Receiver"}[code]
    return (
        f"<e:Fault {names}><e:Code><e:Value>{value}</e:Value><e:Subcode><e:Value>{more}</e:Value></e:Subcode></e:Code>"
        f'<e:Reason><e:Text xml:lang="en">{text}</e:Text></e:Reason><e:Detail>{detail}</e:Detail></e:Fault>'
    )


def _knows(texts: dict[str, str], envelope: Tree.Element) -> bool:
    """Whether the UsernameToken is right: its password as it is, or Base64(SHA-1(nonce + created + password))."""
    password = next((one for one in envelope.iter() if _local(one.tag) == "Password"), None)
    secret = _USERS.get(texts.get("Username", ""))
    if password is None or secret is None:
        return False
    if password.get("Type", "").endswith("#PasswordText"):
        return password.text == secret
    created = next(
        one.text or ""
        for token in envelope.iter()
        if _local(token.tag) == "UsernameToken"
        for one in token
        if _local(one.tag) == "Created"
    )
    whole = base64.b64decode(texts["Nonce"]) + created.encode() + secret.encode()
    return password.text == base64.b64encode(hashlib.sha1(whole, usedforsecurity=False).digest()).decode()
