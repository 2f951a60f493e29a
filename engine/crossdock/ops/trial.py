"""What a mapping is tried with, without a route: whose document it is, and values for its parameters."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from crossdock.codecs.contract import Part
from crossdock.codecs.json import JsonCodec
from crossdock.codecs.json.options import JsonOptions
from crossdock.errors import ConfigError, Finding, Reject, Severity
from crossdock.mapping.compile import Mapping as CompiledMapping
from crossdock.mapping.scope import NOTHING_GIVEN, Scope
from crossdock.message import Document, Inline
from crossdock.partner.choosing import Roster
from crossdock.yaml_source import suggest

#: What says that a text is no JSON, and was not meant to be: not JSON, more behind it, a number such as 007.
_TEXT = frozenset({"J106", "J107", "J111"})
_SHOWN = 60  # characters of a value
_LONGEST = 200  # characters of a partner's name


@dataclass(frozen=True, slots=True)
class Trial:
    """The surroundings of every document of a payload."""

    now: datetime
    partner: str | None = None
    given: Mapping[str, Document] = field(default_factory=lambda: NOTHING_GIVEN)

    def scope(self, part: Part) -> Scope:
        """Those of one part."""
        return Scope(
            id="map",
            route="map",
            now=self.now,
            partner=self.partner,
            headers=part.headers,
            place=part.place,
            given=self.given,
        )


def given_values(written: Sequence[tuple[str, str]], mapping: CompiledMapping) -> dict[str, Document]:
    """The values of (parameter, text): JSON, or else the text itself. Raises ``ConfigError`` with all that is wrong."""
    findings: list[Finding] = []
    values: dict[str, Document] = {}
    for name, text in written:
        if name not in mapping.parameters:
            findings.append(_unknown(name, mapping))
            continue
        try:
            values[name] = _value(text)
        except Reject as error:
            findings.append(_refused(name, text, error))
    findings += _missing(mapping, dict(written))
    if findings:
        raise ConfigError.of(findings)
    return values


def _value(text: str) -> Document:
    """Raises ``Reject`` where it is JSON that no reader takes."""
    try:
        data = text.encode()
    except UnicodeEncodeError as error:
        raise Reject("J102", "not UTF-8 text") from error
    try:
        return JsonCodec(JsonOptions()).whole(Inline(data)).document
    except Reject as error:
        if any(one.code in _TEXT for one in error.findings):
            return text
        raise


def _unknown(name: str, mapping: CompiledMapping) -> Finding:
    message = f"mapping '{mapping.name}' has no parameter '{_plain(name)}'"
    hint = suggest(name, mapping.parameters) or "it has no parameters"
    return Finding(code="M323", message=message, hint=hint, value=_plain(name))


def _refused(name: str, text: str, error: Reject) -> Finding:
    said = error.findings[0].message if error.findings else error.message
    hint = "to give it as a text, write it in double quotes of its own"
    return Finding(code="M360", message=f"no value for '{name}': {said}", value=_plain(text), hint=hint)


def _missing(mapping: CompiledMapping, given: Mapping[str, str]) -> Iterator[Finding]:
    for name, needed in mapping.parameters.items():
        if needed and name not in given:
            message = f"mapping '{mapping.name}' wants its parameter '{name}'"
            yield Finding(code="M322", message=message, hint=f"give it: --with {name}=VALUE")


def partner_named(named: str, roster: Roster) -> tuple[str, list[Finding]]:
    """The partner called so, with a warning where nobody is. Raises ``ConfigError`` for what can be no name."""
    if not named or not named.isprintable() or len(named) > _LONGEST:
        message = f"'{_plain(named)}' can be no partner's name"
        raise ConfigError.of([Finding(code="M361", message=message, hint="the name of a file in partners/")])
    known = roster.named(named)
    if known is not None or not roster.partners:
        return known or named, []
    message = f"partner '{_plain(named)}' does not exist"
    hint = suggest(named, roster.partners)
    return named, [Finding(code="M361", message=message, hint=hint, value=_plain(named), severity=Severity.WARNING)]


def _plain(text: str) -> str:
    """As much of it as can be shown on a line."""
    shown = "".join(char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in text[: _SHOWN + 1])
    return shown if len(shown) <= _SHOWN else shown[: _SHOWN - 1] + "…"
