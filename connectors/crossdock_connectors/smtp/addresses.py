"""Addresses of mail, as they are written by authors and filled in from documents. Pure.

Narrower than RFC 5322 on purpose: no comments, no quoted local parts, no groups, no routes. What falls outside is refused:
it is more often an attack or a mistake than an address.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from email.headerregistry import Address

from crossdock.connector import Parcel, Template
from crossdock.errors import Reject
from crossdock_connectors.smtp.options import SinkOptions

LONGEST = 254  # octets: RFC 5321, 4.5.3.1.3, less the angle brackets
LONGEST_LINE = 900  # characters of a subject; RFC 5322, 2.1.1 has lines end before 998

# RFC 5322, 3.2.3: dot-atom; beyond ASCII as RFC 6532 has it. A domain has letters, digits and hyphens.
_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~\u0080-\U0010ffff-]+"
_LABEL = r"[A-Za-z0-9\u0080-\U0010ffff](?:[A-Za-z0-9\u0080-\U0010ffff-]{0,61}[A-Za-z0-9\u0080-\U0010ffff])?"
_SPEC = re.compile(rf"({_ATOM}(?:\.{_ATOM})*)@({_LABEL}(?:\.{_LABEL})*)\Z")
_NAMED = re.compile(r'([^<>@,;:"()\\\[\]]*)<([^<>]*)>\Z')
_STRUCTURE = frozenset('<>,;:"()\\[] \t')


@dataclass(frozen=True, slots=True)
class Recipients:
    """Who gets a mail."""

    to: tuple[Address, ...]
    cc: tuple[Address, ...]
    bcc: tuple[Address, ...]

    @property
    def all(self) -> tuple[str, ...]:
        """Every address once, in order."""
        return tuple(dict.fromkeys(one.addr_spec for one in (*self.to, *self.cc, *self.bcc)))


def recipients(options: SinkOptions, parcel: Parcel) -> Recipients:
    """Who a parcel goes to. Raises ``Reject``."""
    found = Recipients(*(_all(some, parcel) for some in (options.to, options.cc, options.bcc)))
    for address in found.all:
        _judge_domain(address, options.domains)
    return found


def mailbox(template: Template, parcel: Parcel) -> Address:
    """One address, with the name before it if it has one. Raises ``Reject``."""
    text = template.render(parcel, moment_of(parcel), part=_value_fault, whole=_mailbox_fault)
    return _parsed(text)


def line(template: Template, parcel: Parcel) -> str:
    """A header's text. Raises ``Reject``."""
    return template.render(parcel, moment_of(parcel), part=_line_fault, whole=_line_fault).strip()


def moment_of(parcel: Parcel) -> datetime:
    """The time in the id of the message: the same for every attempt."""
    return datetime.fromtimestamp(int(parcel.message.replace("-", "")[:12], 16) / 1000, UTC)


def _all(templates: Iterable[Template], parcel: Parcel) -> tuple[Address, ...]:
    return tuple(mailbox(one, parcel) for one in templates)


def _parsed(text: str) -> Address:
    named = _NAMED.match(text)
    name, spec = (named[1].strip(), named[2]) if named else ("", text)
    local, _, domain = spec.rpartition("@")
    return Address(display_name=name, username=local, domain=domain)


def _value_fault(text: str) -> str | None:
    """A value is an address or a part of one, or a name before it: it cannot bring a second address along."""
    if not text.isprintable():
        return "it has control characters"
    return "it has characters that separate addresses" if not _STRUCTURE.isdisjoint(text.replace(" ", "")) else None


def _mailbox_fault(text: str) -> str | None:
    named = _NAMED.match(text)
    spec = named[2] if named else text
    if not _SPEC.match(spec):
        return "it is no address such as a@b.example"
    return f"it is longer than {LONGEST} bytes" if len(spec.encode()) > LONGEST else None


def _line_fault(text: str) -> str | None:
    if not text.isprintable():
        return "it has control characters, which would begin another header"
    return f"it is longer than {LONGEST_LINE} characters" if len(text) > LONGEST_LINE else None


def _judge_domain(address: str, domains: Iterable[str]) -> None:
    domain = address.rpartition("@")[2].lower()
    allowed = [one.lower() for one in domains]
    if allowed and not any(domain == one or domain.endswith(f".{one}") for one in allowed):
        known = ", ".join(allowed)
        raise Reject("K868", f"mail to '{address}' is not allowed", hint=f"'domains' of this destination are: {known}")
