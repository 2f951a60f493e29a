"""What a project's files may name: everything installed, and the connectors, codecs and presets of the project itself."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from crossdock.codecs.contract import AnyCodecKind
from crossdock.connector import Connector
from crossdock.errors import ConfigError
from crossdock.ops.schemas.language import Language
from crossdock.preset.found import FOLDER as PRESETS
from crossdock.preset.found import of_project, on_demand
from crossdock.registry import Registry
from crossdock.route.files import Folder
from crossdock.route.plugins import load_plugins
from crossdock.route.project import Project
from crossdock.route.settings import load_settings, plugin_places


def language_of(
    root: Path | None,
    environment: Mapping[str, str],
    connectors: Registry[Connector],
    codecs: Registry[AnyCodecKind],
) -> Language:
    """The language of the project at ``root``, or of none. What is wrong in the project is for others to tell."""
    if root is not None:
        settings = _settings(root, environment)
        local = load_plugins(root, plugin_places(root, settings), connectors, codecs)
        connectors, codecs = connectors.extended(local.connectors), codecs.extended(local.codecs)
    shipped = {name: make for name, make in on_demand(connectors.get).items() if name not in connectors.names()}
    if root is not None:
        folder = Folder(root, [])
        sources = folder.authored(folder.named(PRESETS, ".yaml", ".yml"))
        own, _ = of_project(sources, {*connectors.names(), *shipped}, connectors.get)
        connectors = connectors.extended(own)
    connectors = connectors.extended({}, shipped)
    return Language(
        {name: one for name in connectors.names() if (one := connectors.get(name)) is not None}, dict(codecs.all())
    )


def _settings(root: Path, environment: Mapping[str, str]) -> Project:
    try:
        return load_settings(root, environment)
    except ConfigError:
        return Project()
