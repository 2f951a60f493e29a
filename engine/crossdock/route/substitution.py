"""``${NAME}``, ``${NAME:-default}`` and ``${secret:NAME}`` in the text values of a file of the project.

Substituted after parsing, so a value can never become structure; the schema reads the result. Text with a secret
in it becomes a ``SecretStr``: only an option that its connector declared as a secret can hold it, and no message,
log or finding shows it. ``$${`` writes a literal ``${``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from pydantic import SecretStr

from crossdock.errors import Finding
from crossdock.yaml_source import Authored, Path, suggest

_REFERENCE = re.compile(r"\$\$\{|\$\{([^}]*)(\}?)")
_VARIABLE = re.compile(r"([A-Za-z_][A-Za-z0-9_]*)(?::-(.*))?\Z", re.DOTALL)
_SECRET = re.compile(r"secret:([A-Za-z0-9_-]+)\Z")

#: Stands for what is missing: of an empty text, options that go with this one would have to say that it is not there.
_UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Values:
    """Where values come from: the environment, and ``secret``, which gives a secret by name or None."""

    environment: Mapping[str, str]
    secret: Callable[[str], str | None]


@dataclass(slots=True)
class Substituted:
    """``value`` is the file's value with every reference replaced; ``paths`` are the text values that had one.

    ``variables`` are the environment values that were used (secrets are not among them).
    """

    value: object
    paths: set[Path] = field(default_factory=set)
    variables: dict[str, str] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)


def substitute(source: Authored, values: Values) -> Substituted:
    """Every text value of ``source`` with its references replaced; a finding for each that cannot be."""
    if "${" not in source.text:
        return Substituted(source.value)
    work = _Work(source, values, Substituted(None))
    work.result.value = work.walk(source.value, ())
    return work.result


@dataclass(slots=True)
class _Work:
    source: Authored
    values: Values
    result: Substituted
    secret: bool = False

    def walk(self, value: object, path: Path) -> object:
        if isinstance(value, dict):
            return {key: self.walk(inner, (*path, key)) for key, inner in value.items()}
        if isinstance(value, list):
            return [self.walk(inner, (*path, index)) for index, inner in enumerate(value)]
        if isinstance(value, str) and "${" in value:
            return self._text(value, path)
        return value

    def _text(self, text: str, path: Path) -> object:
        self.secret = False
        replaced = _REFERENCE.sub(lambda match: self._one(match, path), text)
        if "${" in text.replace("$${", ""):
            self.result.paths.add(path)
        return SecretStr(replaced) if self.secret else replaced

    def _one(self, match: re.Match[str], path: Path) -> str:
        name, closed = match[1], match[2]
        if name is None:
            return "${"
        secret, variable = _SECRET.match(name), _VARIABLE.match(name)
        if closed and secret:
            return self._secret(secret[1], path)
        if closed and variable:
            return self._variable(variable[1], variable[2], path)
        hint = "write ${NAME}, ${NAME:-default} or ${secret:NAME}; $${ for a literal ${"
        return self._missing(Finding(code="P106", message=f"'{match[0]}' is not a reference", hint=hint), path)

    def _variable(self, name: str, default: str | None, path: Path) -> str:
        found = self.values.environment.get(name, default)
        if found is None:
            hint = f"set it, or give a default: ${{{name}:-…}}"
            close = suggest(name, self.values.environment) or ""
            hint = close if close.startswith("did you mean") else hint
            return self._missing(
                Finding(code="P104", message=f"environment variable {name} is not set", hint=hint), path
            )
        self.result.variables[name] = found
        return found

    def _secret(self, name: str, path: Path) -> str:
        self.secret = True
        found = self.values.secret(name)
        if found is None:
            hint = f"set {secret_variable(name)}, or put it into the file secrets/{name}"
            return self._missing(Finding(code="P105", message=f"secret '{name}' is not known", hint=hint), path)
        return found

    def _missing(self, finding: Finding, path: Path) -> str:
        place = self.source.place(path)
        self.result.findings.append(Finding(code=finding.code, message=finding.message, place=place, hint=finding.hint))
        return _UNKNOWN


def secret_variable(name: str) -> str:
    """The environment variable that holds secret ``name``."""
    return f"CROSSDOCK_SECRET_{name.upper().replace('-', '_')}"
