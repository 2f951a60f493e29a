"""Loads what routes refer to: mappings, stylesheets, cross-reference tables and layouts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from crossdock.canonical.contract import Contract
from crossdock.codecs.contract import AnyCodecKind
from crossdock.connector import Connector
from crossdock.errors import ConfigError, Finding
from crossdock.mapping.compile import Mapping as CompiledMapping
from crossdock.mapping.compile import compile_mapping
from crossdock.mapping.lookup import Tables, parse_table
from crossdock.mapping.xslt import compile_stylesheet
from crossdock.registry import Registry
from crossdock.route.cases import check_mapping_cases
from crossdock.route.files import Folder, ProjectFile
from crossdock.route.materials import Materials
from crossdock.route.project import Project
from crossdock.yaml_source import Authored, load, suggest

LAYOUTS = "mappings/layouts"
TABLES = "mappings/tables"

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Layouts:
    """The layouts of a project, for codecs that refer to one by name."""

    authored: Mapping[str, Authored]
    files: Mapping[str, ProjectFile] = field(default_factory=dict)

    def layout(self, name: str) -> Authored:
        """The layout called ``name``. Raises ``ConfigError``; without findings if its file has been told about."""
        found = self.authored.get(name)
        if found is None:
            hint = suggest(name, self.files) or f"layouts are {LAYOUTS}/*.yaml"
            raise ConfigError("R112", f"layout '{name}' does not exist", hint=hint)
        return found


def load_materials(
    folder: Folder,
    settings: Project,
    connectors: Registry[Connector],
    codecs: Registry[AnyCodecKind],
    contracts: Mapping[str, Contract],
    *,
    cases: bool = True,
) -> Materials:
    """Everything routes may name; what cannot be loaded is told in the folder's findings.

    Without ``cases``, nothing is said of samples that are not there.
    """
    broken: set[str] = set()
    loading = _Loading(folder, broken)
    table_files = folder.named(TABLES, ".csv")
    tables = loading.each("table", table_files, lambda file: parse_table(file.name, file.data, file.path))
    mapping_files = folder.named("mappings", ".yaml", ".yml", ".xsl", ".xslt", without=(LAYOUTS, TABLES))
    samples = folder.samples() if cases else None
    mappings = loading.each("mapping", mapping_files, lambda file: _mapping(file, tables, samples, folder.findings))
    layout_files = folder.named(LAYOUTS, ".yaml", ".yml")
    layouts = folder.authored(layout_files)
    return Materials(
        settings=settings,
        connectors=connectors,
        codecs=codecs,
        contracts=contracts,
        mappings=mappings,
        tables=tables,
        layouts=Layouts(layouts, layout_files),
        texts=_texts(mapping=mapping_files, table=table_files, layout=layout_files),
        samples=samples,
        broken=frozenset(broken | {f"layout {name}" for name in layout_files if name not in layouts}),
    )


def _texts(**files: Mapping[str, ProjectFile]) -> dict[str, str]:
    every = ((f"{kind} {name}", file) for kind, named in files.items() for name, file in named.items())
    return {name: file.data.decode("utf-8", "replace") for name, file in every}


def _mapping(
    file: ProjectFile, tables: Tables, samples: frozenset[str] | None, findings: list[Finding]
) -> CompiledMapping:
    if file.path.endswith((".xsl", ".xslt")):
        return compile_stylesheet(file.name, file.data, file.path, tables)
    authored = load(file.data, file.path)
    mapping = compile_mapping(file.name, authored, tables)
    findings.extend(check_mapping_cases(authored, mapping.cases, samples))
    return mapping


@dataclass(frozen=True, slots=True)
class _Loading:
    folder: Folder
    broken: set[str]

    def each(self, kind: str, files: Mapping[str, ProjectFile], read: Callable[[ProjectFile], T]) -> dict[str, T]:
        loaded: dict[str, T] = {}
        for name, file in files.items():
            try:
                loaded[name] = read(file)
            except ConfigError as error:
                self.broken.add(f"{kind} {name}")
                own = error.findings or (Finding(code=error.code, message=error.message, hint=error.hint),)
                self.folder.findings.extend(own)
        return loaded
