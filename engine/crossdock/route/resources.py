"""Loads what routes refer to: mappings, stylesheets, cross-reference tables and layouts."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeVar

from crossdock.canonical.catalogue import CONTRACTS
from crossdock.codecs.contract import AnyCodecKind
from crossdock.connector import Connector
from crossdock.errors import ConfigError, Finding
from crossdock.mapping.compile import Mapping as CompiledMapping
from crossdock.mapping.compile import compile_mapping
from crossdock.mapping.extending import bases_of, extended
from crossdock.mapping.field_reader import mappings_used
from crossdock.mapping.lookup import Tables, parse_table
from crossdock.mapping.shapes.written import Written, written
from crossdock.registry import Registry
from crossdock.route.cases import check_mapping_cases
from crossdock.route.dictionaries import FOLDER as EDI
from crossdock.route.dictionaries import LocalVersions, gathered, read_local
from crossdock.route.files import Folder, ProjectFile
from crossdock.route.forms import misspelt_forms
from crossdock.route.idocs import FOLDER as IDOC
from crossdock.route.idocs import read_described
from crossdock.route.materials import Materials
from crossdock.route.project import Project
from crossdock.route.watching import Watch
from crossdock.yaml_source import Authored, suggest

if TYPE_CHECKING:
    from crossdock.codecs.edi.local import Local
    from crossdock.codecs.idoc.model import Described

LAYOUTS = "mappings/layouts"
TABLES = "mappings/tables"
STYLESHEETS = (".xsl", ".xslt")

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Layouts:
    """What codecs find in a project: layouts by name, versions of EDI standards, descriptions of IDocs."""

    authored: Mapping[str, Authored]
    files: Mapping[str, ProjectFile] = field(default_factory=dict)
    local: LocalVersions = field(default_factory=dict)
    idocs: tuple[Described, ...] = ()

    def local_versions(self, standard: str) -> Mapping[str, Local]:
        """The versions of a standard that the project describes."""
        return self.local.get(standard, {})

    def idoc_descriptions(self) -> Sequence[Described]:
        """What the project describes of IDocs."""
        return self.idocs

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
    *,
    cases: bool = True,
    documents: bool = False,
    watch: Watch | None = None,
) -> Materials:
    """Everything routes may name; what cannot be loaded is told in the folder's findings.

    Without ``cases``, nothing is said of samples that are not there. ``watch`` hears what documents come to. For who
    judges them by ``documents``, mappings are kept as they are written.
    """
    broken: set[str] = set()
    loading = _Loading(folder, broken)
    table_files = folder.named(TABLES, ".csv")
    tables = loading.each("table", table_files, lambda file: parse_table(file.name, file.data, file.path))
    if watch is not None:
        tables = {name: watch.table(table) for name, table in tables.items()}
    mapping_files = folder.named("mappings", ".yaml", ".yml", *STYLESHEETS, without=(LAYOUTS, TABLES))
    samples = folder.samples() if cases else None
    sources = _Sources(folder, mapping_files)
    broken |= {f"mapping {name}" for name in sources.unreadable}
    reading = _Reading(sources, tables, samples, CONTRACTS.keys(), codecs.names())
    mappings = loading.each("mapping", sources.readable, lambda file: reading.mapping(file, folder.findings))
    if watch is not None:
        mappings = {name: watch.mapping(mapping) for name, mapping in mappings.items()}
    layout_files = folder.named(LAYOUTS, ".yaml", ".yml")
    layouts = folder.authored(layout_files)
    edi_files = folder.named(EDI, ".txt")
    local = gathered(loading.each("edi", edi_files, read_local).values(), folder.findings.append)
    idoc_files = folder.named(IDOC, ".txt")
    idocs = tuple(loading.each("idoc", idoc_files, read_described).values())
    return Materials(
        settings=settings,
        connectors=connectors,
        codecs=codecs,
        contracts=CONTRACTS,
        mappings=mappings,
        tables=tables,
        layouts=Layouts(layouts, layout_files, local, idocs),
        texts=_texts(table=table_files, layout=layout_files, edi=edi_files, idoc=idoc_files) | sources.texts(),
        samples=samples,
        broken=frozenset(broken | {f"layout {name}" for name in layout_files if name not in layouts}),
        watch=watch,
        written=sources.written() if documents else {},
    )


def _texts(**files: Mapping[str, ProjectFile]) -> dict[str, str]:
    every = ((f"{kind} {name}", file) for kind, named in files.items() for name, file in named.items())
    return {name: _text(file) for name, file in every}


def _text(file: ProjectFile) -> str:
    return file.data.decode("utf-8", "replace")


class _Sources:
    """The mapping files of a project: stylesheets, and YAML that may extend other YAML."""

    def __init__(self, folder: Folder, files: Mapping[str, ProjectFile]) -> None:
        self._files = files
        stylesheets = {name for name, file in files.items() if file.path.endswith(STYLESHEETS)}
        self.authored = folder.authored({name: file for name, file in files.items() if name not in stylesheets})
        self.unreadable = files.keys() - stylesheets - self.authored.keys()
        self.readable = {name: file for name, file in files.items() if name not in self.unreadable}

    def whole(self, name: str) -> Authored:
        """A YAML mapping with all it takes over. Raises ``ConfigError``."""
        return extended(name, self.authored, self._files.keys())

    def written(self) -> dict[str, Written]:
        """The YAML mappings as they are written; without those that cannot even be read."""
        read = {name: self._written(name) for name in self.authored}
        return {name: one for name, one in read.items() if one is not None}

    def _written(self, name: str) -> Written | None:
        try:
            return written(name, self.whole(name))
        except ConfigError:
            return None  # told when the mapping is compiled

    def texts(self) -> dict[str, str]:
        """The text of every mapping by name, with the texts of those it extends or uses."""
        return {f"mapping {name}": "".join(map(self._text, self._chain(name))) for name in self._files}

    def _chain(self, name: str) -> list[str]:
        """The mapping and all it is made of, each once."""
        chain = [name]
        for part in chain:
            chain += [other for other in self._parts(part) if other not in chain]
        return chain

    def _parts(self, name: str) -> list[str]:
        if name not in self.authored:
            return []
        value = self.authored[name].value
        used = mappings_used(value.get("fields")) if isinstance(value, dict) else ()
        parts = [other for other in used if other in self.authored]
        try:
            return [*bases_of(name, self.authored, self._files.keys()), *dict.fromkeys(parts)]
        except ConfigError:
            return parts  # told when the mapping is compiled

    def _text(self, name: str) -> str:
        return _text(self._files[name])


@dataclass(frozen=True, slots=True)
class _Reading:
    """What it takes to read a mapping; ``contracts`` and ``codecs`` are the names that what it reads and makes may have."""

    sources: _Sources
    tables: Tables
    samples: frozenset[str] | None
    contracts: Collection[str]
    codecs: Collection[str]

    def mapping(self, file: ProjectFile, findings: list[Finding]) -> CompiledMapping:
        """The compiled mapping; its warnings go to ``findings``. Raises ``ConfigError``."""
        if file.name not in self.sources.authored:
            from crossdock.mapping.xslt import compile_stylesheet

            return compile_stylesheet(file.name, file.data, file.path, self.tables)
        authored = self.sources.whole(file.name)
        misspelt = tuple(misspelt_forms(authored, self.contracts, self.codecs))
        try:
            mapping = compile_mapping(file.name, authored, self.tables, self.sources.authored)
        except ConfigError as error:
            told = {finding.place for finding in error.findings}
            raise ConfigError.of([*error.findings, *(one for one in misspelt if one.place not in told)]) from error
        if misspelt:  # whoever uses it would be told of what follows from that
            raise ConfigError.of(misspelt)
        findings.extend(check_mapping_cases(authored, mapping, self.samples))
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
                self.folder.findings.extend(one for one in own if one not in self.folder.findings)
        return loaded
