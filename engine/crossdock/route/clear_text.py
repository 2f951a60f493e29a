"""Secrets in clear text where no option is declared as one: headers, URLs, names that say it, tokens by their form.

Judged is what the author wrote: a reference (``${secret:…}``) is none, nor is a template in braces. The default of a
reference is in the file, and so it counts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import TypeAlias

from crossdock.errors import Finding, Severity
from crossdock.route.bench import Bench
from crossdock.yaml_source import Authored, Path

#: What is secret: where it begins in the text, the text itself, and what to call it.
_Found: TypeAlias = "tuple[int, str, str]"

_WORD = (
    r"(?:pass(?:word|wd|phrase)|secret|token|api[-_]?key|access[-_]?key|private[-_]?key|credentials?|sig(?:nature)?)"
)
_NAME = re.compile(rf"(?:^|[-_.]){_WORD}$", re.IGNORECASE)
_HEADER = re.compile(rf"^(?:proxy-)?authorization$|^cookie$|(?:^|-)(?:{_WORD})$", re.IGNORECASE)
#: An access key of S3 says who asks, as a user name does; the secret is the other one (AWS, IAM User Guide, access keys).
_IDENTIFIER = re.compile(r"^(?:(?:aws|s3)[-_])?access[-_]?key(?:[-_]?id)?$", re.IGNORECASE)
_SCHEME = re.compile(r"^(?:Bearer|Basic|Token|ApiKey|Digest)\s+", re.IGNORECASE)
_QUERY = re.compile(rf"[?&][^=&#\s]*?{_WORD}=(?P<value>[^&#\s]+)", re.IGNORECASE)
#: A password that is the user's name (``guest:guest``) is the one that the server is delivered with, and no secret.
_LOGIN = re.compile(r"://(?P<user>[^/?#\s:@]*):(?P<value>[^/?#\s@]+)@")
_REFERENCE = re.compile(r"\$\{[^}:]*:-(?P<default>[^}]*)\}|\$\{[^}]*\}|\{[^{}]*\}")
#: Tokens that are known by their form, as their issuers document them.
_FORMS = re.compile(
    r"-----BEGIN [A-Z ]*PRIVATE KEY-----|\b(?:AKIA[0-9A-Z]{16}|gh[pousr]_[A-Za-z0-9]{36}|xox[abprs]-[A-Za-z0-9-]{20,}"
    r"|[sr]k_live_[A-Za-z0-9]{16,}|eyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]+)"
)
_LEAST = 4  # characters of a value that can be a secret


def warn_of_clear_text(bench: Bench, declared: frozenset[str]) -> None:
    """Findings in the options at this place. ``declared`` are those their connector keeps secret: told elsewhere."""
    if bench.source.depth(bench.path) == len(bench.path):
        told = {finding.place for finding in bench.notes.findings}
        for path, text in _texts(bench.path, bench.source.at(bench.path), declared):
            if bench.source.place(path) not in told:
                bench.notes.findings += _found(bench.source, path, text)


def clear_text_in(source: Authored) -> Iterator[Finding]:
    """Findings in a whole file, such as the settings."""
    for path, text in _texts((), source.value, frozenset()):
        yield from _found(source, path, text)


def has_clear_default(text: str) -> bool:
    """Whether a reference in the text has a default that is a secret: ``${PASSWORD:-hunter2}``, also in a URL."""
    defaults = (found["default"] for found in _REFERENCE.finditer(text) if found["default"])
    return any("://" not in default or _in_url(default) is not None for default in defaults)


def _texts(path: Path, value: object, declared: frozenset[str]) -> Iterator[tuple[Path, str]]:
    """Every text in there, but for the options that are declared."""
    if isinstance(value, dict):
        for key, inner in value.items():
            if key not in declared:
                yield from _texts((*path, key), inner, declared)
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _texts((*path, index), inner, declared)
    elif isinstance(value, str):
        yield path, value


def _found(source: Authored, path: Path, text: str) -> Iterator[Finding]:
    names = ["", *(step for step in path if isinstance(step, str))]
    for offset, secret, what in _secrets(text, names[-1], in_headers="headers" in names[:-1]):
        yield Finding(
            code="R154",
            message=f"{what} stands in clear text",
            severity=Severity.WARNING,
            place=replace(source.within(path, offset), length=len(secret)),  # and not its value: that is told to many
            hint="write ${secret:NAME} where the connector takes a secret, and keep the value out of the file",
        )


def _secrets(text: str, name: str, *, in_headers: bool) -> Iterator[_Found]:
    """At most one finding for a text: the most exact."""
    if _IDENTIFIER.match(name) and not in_headers:
        return
    known = _FORMS.search(text)
    if known is not None:
        yield known.start(), known[0], "a token or key"
        return
    in_url = _in_url(text)
    if in_url is not None:
        yield in_url
        return
    begin = len(scheme[0]) if in_headers and (scheme := _SCHEME.match(text)) else 0
    says_so = (_HEADER if in_headers else _NAME).search(name)
    if says_so and _is_literal(text[begin:]) and " " not in text[begin:]:
        yield begin, text[begin:], f"'{name}'"


def _in_url(text: str) -> _Found | None:
    for pattern, what in ((_LOGIN, "the password of a URL"), (_QUERY, "a secret in a URL")):
        found = pattern.search(text)
        if found is not None and _is_literal(found["value"]) and found.groupdict().get("user") != found["value"]:
            return found.start("value"), found["value"], what
    return None


def _is_literal(text: str) -> bool:
    """Whether something is left that could be a secret, without what is filled in."""
    return len(_REFERENCE.sub(lambda found: found["default"] or "", text).strip()) >= _LEAST
