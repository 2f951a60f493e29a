"""Reads ``crossdock.yaml``, the environment and the secrets folder."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from pydantic import ValidationError

from crossdock.errors import ConfigError, Finding, Place
from crossdock.route.clear_text import clear_text_in
from crossdock.route.files import SETTINGS
from crossdock.route.project import Project
from crossdock.route.substitution import Substituted, Values, secret_variable, substitute
from crossdock.yaml_source import Authored, findings_of, load

#: Environment variables that override a setting.
OVERRIDES: Mapping[str, str] = {"journal": "CROSSDOCK_JOURNAL", "bus": "CROSSDOCK_BUS"}


class UnsoundSettingsError(ConfigError):
    """The settings have mistakes; ``rest`` are those without any, beside defaults."""

    rest: Project = Project()

    @classmethod
    def among(cls, findings: Iterable[Finding], given: object, unread: Iterable[object]) -> UnsoundSettingsError:
        """The error of findings in ``given``, of whose keys ``unread`` have mistakes."""
        error = cls.of(findings)
        left = set(unread)
        if isinstance(given, dict):
            with suppress(ValidationError):
                error.rest = Project.model_validate({key: one for key, one in given.items() if key not in left})
        return error


def load_settings(root: Path, environment: Mapping[str, str]) -> Project:
    """The settings of the project at ``root``. Raises ``ConfigError`` with every finding of the file."""
    source = _source(root)
    read = substitute(source, values(root, "secrets", environment))
    if read.findings:
        raise UnsoundSettingsError.among(read.findings, read.value, (path[0] for path in read.paths))
    return _project(source, read, environment)


def clear_secrets(root: Path) -> tuple[Finding, ...]:
    """Warnings about passwords that stand in the settings."""
    return tuple(clear_text_in(_source(root)))


def plugin_places(root: Path, settings: Project) -> Mapping[str, Place]:
    """The modules the settings name, each with its place in the file."""
    if not settings.plugins:
        return {}
    source = _source(root)
    return {name: source.place(("plugins", index)) for index, name in enumerate(settings.plugins)}


def values(root: Path, secrets: str, environment: Mapping[str, str]) -> Values:
    """Where the values of a project come from: the environment first, then one file per secret."""

    def secret(name: str) -> str | None:
        found = environment.get(secret_variable(name))
        if found is not None:
            return found
        return _secret_in(root / secrets / name)

    return Values(environment, secret)


def _secret_in(file: Path) -> str | None:
    try:
        return file.read_text(encoding="utf-8").removesuffix("\n") if file.is_file() else None
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "not UTF-8 text"
        raise ConfigError("P111", f"the file of secret '{file.name}' cannot be read: {reason}") from error


def _source(root: Path) -> Authored:
    try:
        data = (root / SETTINGS).read_bytes()
    except OSError as error:
        told = f"{SETTINGS} cannot be read: {error.strerror}"
        hint = "it is a text file that whoever runs crossdock may read"
        if isinstance(error, FileNotFoundError):
            told = f"the folder is not a project: it has no {SETTINGS}"
            hint = "an empty file is enough, and 'crossdock init DIR' makes a project"
        place = Place(file=SETTINGS, line=1, column=1)
        raise ConfigError.of([Finding(code="P110", message=told, place=place, hint=hint)]) from error
    return load(data, SETTINGS)


def _project(source: Authored, read: Substituted, environment: Mapping[str, str]) -> Project:
    given = {} if read.value is None else read.value
    overrides = {key: environment[name] for key, name in OVERRIDES.items() if environment.get(name)}
    for key, url in overrides.items():
        _refuse_bad(key, url, source)
    if isinstance(given, dict):
        given = {**given, **overrides}
    try:
        return Project.model_validate(given)
    except ValidationError as error:
        wrong = (detail["loc"][0] for detail in error.errors(include_url=False) if detail["loc"])
        raise UnsoundSettingsError.among(findings_of(error, source, (), Project, "P101"), given, wrong) from error


def _refuse_bad(key: str, url: str, source: Authored) -> None:
    """A mistake in the environment has its place there, and not in the file."""
    try:
        Project.model_validate({key: url})
    except ValidationError as error:
        place = Place(file=OVERRIDES[key])
        found = findings_of(error, source, (), Project, "P101")
        raise ConfigError.of([replace(one, place=place) for one in found]) from None
