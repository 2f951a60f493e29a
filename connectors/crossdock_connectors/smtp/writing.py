"""The mail of a parcel: its headers, its text, its attachment (RFC 5322, RFC 2045, RFC 3834)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address, ContentTypeHeader
from email.message import EmailMessage
from email.policy import SMTP, SMTPUTF8

from crossdock.connector import Parcel
from crossdock.connector.file_name import name_fault, part_fault
from crossdock.errors import Reject
from crossdock_connectors.smtp.addresses import line, mailbox, moment_of, recipients
from crossdock_connectors.smtp.options import SinkOptions


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail ready to be sent. ``wide``: an address needs SMTPUTF8 (RFC 6531)."""

    id: str
    sender: str
    recipients: tuple[str, ...]
    data: bytes
    wide: bool


def written(options: SinkOptions, parcel: Parcel, now: datetime) -> Mail:
    """The mail of a parcel. Raises ``Reject``."""
    if parcel.payload.size > options.max_size:
        told = f"{parcel.payload.size} bytes are more than a mail may have here ({options.max_size})"
        raise Reject("K867", told, hint="raise 'max_size', if the server takes it, or send a link")
    sender = mailbox(options.sender, parcel)
    who = recipients(options, parcel)
    wide = any(not one.isascii() for one in (sender.addr_spec, *who.all))
    message = EmailMessage(policy=SMTPUTF8 if wide else SMTP)
    identity = f"<{parcel.key}@{sender.domain}>"
    _head(message, options, parcel, {"From": (sender,), "To": who.to, "Cc": who.cc})
    message["Date"] = now
    message["Message-ID"] = identity
    message["Auto-Submitted"] = "auto-generated"
    _fill(message, options, parcel)
    return Mail(identity, sender.addr_spec, who.all, message.as_bytes(), wide)


def _head(
    message: EmailMessage, options: SinkOptions, parcel: Parcel, addresses: dict[str, tuple[Address, ...]]
) -> None:
    for name, some in addresses.items():
        if some:
            message[name] = some
    if options.reply_to is not None:
        message["Reply-To"] = mailbox(options.reply_to, parcel)
    message["Subject"] = line(options.subject, parcel)


def _fill(message: EmailMessage, options: SinkOptions, parcel: Parcel) -> None:
    if options.payload == "body":
        message.set_content(_text(parcel))
        return
    body = (
        ""
        if options.body is None
        else options.body.render(parcel, moment_of(parcel), part=_text_fault, whole=_text_fault)
    )
    message.set_content(body + ("" if body.endswith("\n") else "\n"))
    if options.payload == "attach":
        name = options.attach.name.render(parcel, moment_of(parcel), part=part_fault, whole=name_fault)
        main, sub, charset = _media(options.attach.content_type or parcel.content_type)
        params = {} if charset is None else {"charset": charset}
        message.add_attachment(parcel.data, maintype=main, subtype=sub, filename=name, params=params)


def _text(parcel: Parcel) -> str:
    try:
        return parcel.data.decode()
    except UnicodeDecodeError as error:
        hint = "send it as an attachment"
        raise Reject("K868", f"the payload is no text (UTF-8, byte {error.start})", hint=hint) from error


def _text_fault(text: str) -> str | None:
    return "it has a NUL character" if "\0" in text else None


def _media(text: str) -> tuple[str, str, str | None]:
    """Type, subtype and charset of a media type; what is none is bytes."""
    message = EmailMessage(policy=SMTP)
    if text.isprintable() and text.isascii():
        message["Content-Type"] = text
        header = message["Content-Type"]
        if isinstance(header, ContentTypeHeader) and header.maintype not in ("multipart", "message") and "/" in text:
            return header.maintype, header.subtype, header.params.get("charset")
    return "application", "octet-stream", None
