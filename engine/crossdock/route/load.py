"""A project folder to a loaded project, or to every mistake in all its files at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from crossdock.canonical.catalogue import CONTRACTS
from crossdock.codecs.contract import AnyCodecKind
from crossdock.connector import Connector
from crossdock.errors import ConfigError, Finding, errors_in
from crossdock.mapping.compile import Mapping as CompiledMapping
from crossdock.mapping.lookup import Table
from crossdock.registry import Registry
from crossdock.route.check import check_project
from crossdock.route.compile import compile_route
from crossdock.route.compiled import CompiledRoute
from crossdock.route.files import SETTINGS, Folder
from crossdock.route.plugins import load_plugins
from crossdock.route.project import Project
from crossdock.route.resources import load_materials
from crossdock.route.settings import load_settings, plugin_places, values
from crossdock.route.substitution import substitute


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadedProject:
    """A project without errors. ``warnings`` are findings that do not stop it."""

    root: Path
    settings: Project
    routes: Mapping[str, CompiledRoute]
    mappings: Mapping[str, CompiledMapping]
    tables: Mapping[str, Table]
    warnings: tuple[Finding, ...]


def load_project(
    root: Path,
    *,
    environment: Mapping[str, str],
    connectors: Registry[Connector],
    codecs: Registry[AnyCodecKind],
    cases: bool = True,
) -> LoadedProject:
    """Load the project at ``root``. Raises ``ConfigError`` with the findings of all files, by file and line.

    ``cases`` is for who runs or checks them: for all others a sample that is not there is no mistake.
    """
    folder = Folder(root, [])
    settings = _settings(root, environment, folder.findings)
    local = load_plugins(root, plugin_places(root, settings), connectors, codecs)
    folder.findings.extend(local.findings)
    connectors, codecs = connectors.extended(local.connectors), codecs.extended(local.codecs)
    materials = load_materials(folder, settings, connectors, codecs, CONTRACTS, cases=cases)
    files = folder.named("routes", ".yaml", ".yml")
    around = values(root, settings.secrets, environment)
    routes: dict[str, CompiledRoute] = {}
    for name, source in folder.authored(files).items():
        built = compile_route(name, source, substitute(source, around), materials)
        folder.findings.extend(built.findings)
        if built.route is not None:
            routes[name] = built.route
    folder.findings.extend(check_project(routes, names=files))
    findings = in_order(folder.findings)
    if errors_in(findings):
        raise ConfigError.of(findings)
    return LoadedProject(
        root=root,
        settings=settings,
        routes=routes,
        mappings=materials.mappings,
        tables=materials.tables,
        warnings=findings,
    )


def _settings(root: Path, environment: Mapping[str, str], findings: list[Finding]) -> Project:
    """The settings; where they have mistakes, the defaults, so that the other files are read all the same."""
    try:
        return load_settings(root, environment)
    except ConfigError as error:
        findings.extend(error.findings)
        return Project()


def in_order(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Each finding once, by file, line and column; the settings come first."""
    return tuple(sorted(dict.fromkeys(findings), key=_position))


def _position(finding: Finding) -> tuple[bool, str, int, int]:
    place = finding.place
    return place.file != SETTINGS, place.file or "", place.line or 0, place.column or 0
