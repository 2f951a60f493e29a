"""Secrets in clear text where no option is declared as one: headers, URLs, names that say it, tokens by their form.

Judged is what the author wrote: a reference (``${secret:…}``) is none, nor is a template in braces. The default of a
reference is in the file, and so it counts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TypeAlias

from crossdock.errors import Severity
from crossdock.route.bench import Bench

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
_LOGIN = re.compile(r"://[^/?#\s:@]*:(?P<value>[^/?#\s@]+)@")
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
        _walk(bench, bench.source.at(bench.path), declared)


def has_clear_default(text: str) -> bool:
    """Whether a reference in the text has a default that could be a secret: ``${PASSWORD:-hunter2}``."""
    return any(found["default"] and "://" not in found["default"] for found in _REFERENCE.finditer(text))


def _walk(bench: Bench, value: object, declared: frozenset[str]) -> None:
    if isinstance(value, dict):
        for key, inner in value.items():
            if key not in declared:
                _walk(bench.at(key), inner, declared)
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            _walk(bench.at(index), inner, declared)
    elif isinstance(value, str) and bench.place() not in {finding.place for finding in bench.notes.findings}:
        names = [step for step in bench.path if isinstance(step, str)]
        for offset, secret, what in _secrets(value, names[-1], in_headers="headers" in names[:-1]):
            hint = "write ${secret:NAME} where the connector takes a secret, and keep the value out of the file"
            message = f"{what} stands in clear text"
            bench.report_inside("R154", message, offset, hint=hint, value=secret, severity=Severity.WARNING)


def _secrets(text: str, name: str, *, in_headers: bool) -> Iterator[_Found]:
    """At most one finding for a text: the most exact."""
    if _IDENTIFIER.match(name) and not in_headers:
        return
    known = _FORMS.search(text)
    if known is not None:
        yield known.start(), known[0], "a token or key"
        return
    for pattern, what in ((_LOGIN, "the password of a URL"), (_QUERY, "a secret in a URL")):
        found = pattern.search(text)
        if found is not None and _is_literal(found["value"]):
            yield found.start("value"), found["value"], what
            return
    begin = len(scheme[0]) if in_headers and (scheme := _SCHEME.match(text)) else 0
    says_so = (_HEADER if in_headers else _NAME).search(name)
    if says_so and _is_literal(text[begin:]) and " " not in text[begin:]:
        yield begin, text[begin:], f"'{name}'"


def _is_literal(text: str) -> bool:
    """Whether something is left that could be a secret, without what is filled in."""
    return len(_REFERENCE.sub(lambda found: found["default"] or "", text).strip()) >= _LEAST
