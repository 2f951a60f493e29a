"""What a mail brings: its attachments, its text or itself. Bytes in, pieces and findings out.

A mail is the work of strangers. Whatever is broken is told and refused, never repaired: half an attachment is worse than
none. Parsed with the older of Python's policies, as the newer one raises on headers that are hostile enough.
"""

from __future__ import annotations

import email.errors
import email.header
import email.utils
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import Message
from email.parser import BytesParser
from fnmatch import fnmatchcase

from crossdock.errors import Finding, Place
from crossdock_connectors.imap.options import Attachments, SourceOptions

DEEPEST = 50  # parts within parts; what people send has a handful
MOST = 1000  # parts of one mail
LONGEST = 1000  # characters of a header that are kept

_BROKEN = (
    email.errors.InvalidBase64PaddingDefect,
    email.errors.InvalidBase64CharactersDefect,
    email.errors.InvalidBase64LengthDefect,
)


@dataclass(frozen=True, slots=True)
class Piece:
    """Something to take: ``path`` is its place in the mail, ``1.2``; ``findings`` say why it cannot be taken."""

    path: str
    data: bytes
    content_type: str
    name: str = ""
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class Opened:
    """A mail that was read: its headers, for people and routes, and what it brings."""

    headers: dict[str, str]
    id: str
    sender: str | None
    pieces: tuple[Piece, ...]


def opened(data: bytes, options: SourceOptions) -> Opened:
    """Read a mail."""
    try:
        mail = BytesParser().parsebytes(data)
        pieces = tuple(_pieces(mail, data, options))
    except (RecursionError, ValueError, LookupError, TypeError, AttributeError, email.errors.MessageError) as error:
        return Opened({}, "", None, (_bad("", "K877", f"it cannot be read ({type(error).__name__})"),))
    return Opened(_headers(mail), _text(mail.get("Message-ID"))[:LONGEST].strip(), _sender(mail), pieces)


def allowed(sender: str | None, senders: tuple[str, ...]) -> bool:
    """Whether mail from this address is taken. A domain stands for itself and what is below it."""
    if not senders:
        return True
    if sender is None:
        return False
    domain = sender.rpartition("@")[2]
    return any(sender == one if "@" in one else _is_below(domain, one) for one in map(str.lower, senders))


def _is_below(domain: str, one: str) -> bool:
    return domain == one or domain.endswith(f".{one}")


def _pieces(mail: Message, data: bytes, options: SourceOptions) -> Iterator[Piece]:
    if options.take == "message":
        yield Piece("", data, "message/rfc822")
    elif options.take == "body":
        yield _body(mail)
    else:
        yield from _attachments(mail, options.wanted)


def _walk(mail: Message, *, nested: bool) -> Iterator[tuple[str, Message]]:
    """The leaves, in order, with their places. Raises ``ValueError`` for what is deeper or more than any mail."""
    waiting: list[tuple[str, Message]] = [("", mail)]
    seen = 0
    while waiting:
        path, part = waiting.pop()
        seen += 1
        if seen > MOST or path.count(".") > DEEPEST:
            raise ValueError("too many parts")
        inside = part.get_payload()
        whole = part.get_content_type() == "message/rfc822" and path and not nested
        if isinstance(inside, list) and not whole:
            waiting += [(f"{path}.{number}".lstrip("."), one) for number, one in reversed(list(enumerate(inside, 1)))]
        else:
            yield path or "1", part


def _attachments(mail: Message, wanted: Attachments) -> Iterator[Piece]:
    for path, part in _walk(mail, nested=wanted.nested):
        name = _file_name(part)
        disposition = _text(part.get("Content-Disposition")).partition(";")[0].strip().lower()
        if not name and disposition != "attachment":
            continue
        picture = part.get_content_maintype() == "image" and disposition == "inline"
        if (wanted.inline or not picture) and _fits(name, part.get_content_type(), wanted):
            yield _piece(path, part, name)


def _fits(name: str, media: str, wanted: Attachments) -> bool:
    named = any(fnmatchcase(name.lower(), pattern.lower()) for pattern in wanted.attachments)
    return named and any(fnmatchcase(media, pattern.lower()) for pattern in wanted.types)


def _piece(path: str, part: Message, name: str) -> Piece:
    inside = part.get_payload()
    if isinstance(inside, list):
        return Piece(
            path, b"".join(one.as_bytes() for one in inside if isinstance(one, Message)), part.get_content_type(), name
        )
    data = part.get_payload(decode=True)
    broken = [defect for defect in part.defects if isinstance(defect, _BROKEN)]
    encoding = _text(part.get("Content-Transfer-Encoding")).strip().lower()
    if broken or not isinstance(data, bytes):
        return _bad(path, "K878", f"attachment '{name}' is broken: its {encoding or 'encoding'} is not whole", name)
    if encoding not in ("", "7bit", "8bit", "binary", "base64", "quoted-printable"):
        return _bad(path, "K878", f"attachment '{name}' is encoded as '{encoding[:40]}', which is not known", name)
    return Piece(path, data, part.get_content_type(), name)


def _body(mail: Message) -> Piece:
    texts = [
        one for one in _walk(mail, nested=False) if one[1].get_content_maintype() == "text" and not _file_name(one[1])
    ]
    texts.sort(key=lambda one: one[1].get_content_subtype() != "plain")
    if not texts:
        return _bad("", "K877", "it has no text")
    path, part = texts[0]
    data = part.get_payload(decode=True)
    charset = str(part.get_content_charset("us-ascii"))
    try:
        text = data.decode("utf-8" if charset == "us-ascii" else charset).encode() if isinstance(data, bytes) else b""
    except (LookupError, ValueError):
        return _bad(path, "K878", f"its text is not what it says it is ({charset[:40]})")
    return Piece(path, text, f"{part.get_content_type()}; charset=utf-8")


def _bad(path: str, code: str, words: str, name: str = "") -> Piece:
    finding = Finding(code=code, message=f"the mail cannot be taken: {words}", place=Place(element=path or None))
    return Piece(path, b"", "application/octet-stream", name, (finding,))


def _file_name(part: Message) -> str:
    """The last step of the name, whatever folders it has, in harmless characters."""
    try:
        written = part.get_filename() or ""
    except (LookupError, ValueError, TypeError, AttributeError):  # RFC 2231 with a charset that is none
        written = "unreadable"
    return _text(written).replace("\\", "/").rpartition("/")[2][:255]


def _headers(mail: Message) -> dict[str, str]:
    names = ("From", "To", "Cc", "Reply-To", "Subject", "Date", "Message-ID")
    found = {f"mail.{name.lower().replace('-', '_')}": _text(mail.get(name))[:LONGEST] for name in names}
    return {name: text for name, text in found.items() if text}


def _sender(mail: Message) -> str | None:
    """The one address it is from; None where there is none, or more than one (RFC 5322, 3.6 allows one field)."""
    written = mail.get_all("From") or []
    found = email.utils.getaddresses([_text(one) for one in written]) if len(written) == 1 else []
    return found[0][1].lower() if len(found) == 1 and "@" in found[0][1] else None


def _text(value: object) -> str:
    """A header decoded (RFC 2047), in one line of harmless characters; as it stands where it cannot be."""
    written = str(value or "")
    try:
        written = str(email.header.make_header(email.header.decode_header(written)))
    except (LookupError, ValueError, email.errors.HeaderParseError):
        written = str(value)
    line = " ".join(written.split())
    return "".join(one if one.isprintable() else one.encode("unicode_escape").decode() for one in line)
