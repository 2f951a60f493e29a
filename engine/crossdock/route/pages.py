"""YAML in a project's Markdown: blocks that say what they are, checked as if they were files of the project.

What a block is stands behind its fence: ``yaml route``, ``yaml mapping``, ``yaml partner``, ``yaml layout``, or the file
it shows, ``yaml file=routes/orders-in.yaml``. Routes of a page may name the mappings and tables of the page by their
files. A page knows no environment and takes no part in the project: topics, loops and samples are not looked at, and only errors
are told: an example may do what a warning is for.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import PurePosixPath
from typing import ParamSpec, TypeVar

from crossdock.errors import ConfigError, Finding, errors_in
from crossdock.mapping.compile import Mapping as CompiledMapping
from crossdock.mapping.compile import compile_mapping
from crossdock.mapping.extending import extended
from crossdock.mapping.lookup import parse_table
from crossdock.mapping.shapes.written import Written, written
from crossdock.route.compile import compile_route
from crossdock.route.compiled import CompiledRoute
from crossdock.route.documents.checking import Ground, check_documents
from crossdock.route.documents.known import Documents
from crossdock.route.files import ProjectFile
from crossdock.route.forms import misspelt_forms
from crossdock.route.materials import Materials
from crossdock.route.substitution import Values, substitute
from crossdock.yaml_source import Authored, load
from crossdock.yaml_source.fences import Fenced, fenced_in

#: What blocks can be, by the folder in which such files lie; the deepest first.
_KINDS = {
    "mappings/tables": "table",
    "mappings/layouts": "layout",
    "mappings": "mapping",
    "partners": "partner",
    "routes": "route",
}
_YAML = ("yaml", "yml")
_MARKED = re.compile(r"(?:```|~~~)[ \t]*ya?ml[ \t]+(?:file=|route|mapping|partner|layout)")
_OF_SURROUNDINGS = frozenset({"P104", "P105"})  # variables and secrets that are set where the project runs

T = TypeVar("T")
P = ParamSpec("P")


@dataclass(frozen=True, slots=True)
class Around:
    """What pages refer to: the project's materials and documents, its routes as written, the environment."""

    materials: Materials
    documents: Documents
    authored: Mapping[str, Authored]
    values: Values


def check_pages(pages: Iterable[ProjectFile], around: Around) -> Iterator[Finding]:
    """What is wrong with the blocks of these Markdown pages."""
    for page in pages:
        text = page.data.decode("utf-8", "replace").removeprefix("\ufeff")
        if _MARKED.search(text):
            yield from _Page(page.path, around).check(fenced_in(text))


@dataclass(slots=True)
class _Page:
    """The blocks of one page by kind and name."""

    path: str
    around: Around
    findings: list[Finding] = field(default_factory=list)
    blocks: dict[str, dict[str, Authored]] = field(default_factory=dict)
    tables: dict[str, bytes] = field(default_factory=dict)

    def check(self, blocks: Iterable[Fenced]) -> list[Finding]:
        """All findings about the page."""
        for block in blocks:
            self._take(block)
        materials = self._materials()
        self._layouts()
        self._partners(materials)
        routes = self._routes(materials)
        authored = {**self.around.authored, **self._of("route")}
        own = {name: one for name, one in materials.written.items() if name in self._of("mapping")}
        ground = Ground(self.around.documents, replace(materials, written=own), routes, authored)
        self.findings += check_documents(ground)
        return [finding for finding in errors_in(self.findings) if finding.code not in _OF_SURROUNDINGS]

    def _of(self, kind: str) -> dict[str, Authored]:
        return self.blocks.get(kind, {})

    def _take(self, block: Fenced) -> None:
        kind, name = _what(block)
        if kind == "table":
            self.tables[name] = block.text.encode()
        elif kind is not None and block.words[0] in _YAML:
            source = self._try(load, block.in_its_page.encode(), self.path)
            if source is not None:
                self.blocks.setdefault(kind, {})[name or f"line-{block.line}"] = source

    def _try(self, read: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T | None:
        """What is read; the findings of what cannot be are kept."""
        try:
            return read(*args, **kwargs)
        except ConfigError as error:
            self.findings += error.findings
            return None

    def _materials(self) -> Materials:
        """Those of the project, with the tables and mappings of the page."""
        known = self.around.materials
        tables = {name: self._try(parse_table, name, data, self.path) for name, data in self.tables.items()}
        every = {**known.tables, **{name: one for name, one in tables.items() if one is not None}}
        sources = {**{name: one.source for name, one in known.written.items()}, **self._of("mapping")}
        made: dict[str, CompiledMapping] = {}
        as_written: dict[str, Written] = {}
        for name in self._of("mapping"):
            whole = self._try(extended, name, sources, {*sources, *known.mappings})
            mapping = self._try(compile_mapping, name, whole, every, sources) if whole else None
            self.findings += misspelt_forms(whole, known.contracts, known.codecs.names()) if whole else ()
            shown = written(name, whole) if whole else None
            made |= {name: mapping} if mapping else {}
            as_written |= {name: shown} if shown else {}
        broken = {f"mapping {name}" for name in self._of("mapping").keys() - made.keys()}
        broken |= {f"layout {name}" for name in self._of("layout")}  # what a page shows of a layout is not all of it
        return replace(
            known,
            tables=every,
            mappings={**known.mappings, **made},
            written={**known.written, **as_written},
            samples=None,
            watch=None,
            broken=known.broken | broken,
        )

    def _layouts(self) -> None:
        from crossdock.codecs.fixed.making import make_layout

        for source in self._of("layout").values():
            self._try(make_layout, source)

    def _partners(self, materials: Materials) -> None:
        from crossdock.route.partners.files import PartnerFile, load_partners

        sources = self._of("partner").items()
        files = {name: PartnerFile(one, substitute(one, self.around.values)) for name, one in sources}
        self.findings += load_partners(files, materials).findings()

    def _routes(self, materials: Materials) -> dict[str, CompiledRoute]:
        routes: dict[str, CompiledRoute] = {}
        for name, source in self._of("route").items():
            built = compile_route(name, source, substitute(source, self.around.values), materials)
            self.findings += built.findings
            if built.route is not None:
                routes[name] = built.route
        return routes


def _what(block: Fenced) -> tuple[str | None, str]:
    """What a block is, and its name where it shows a file."""
    said = block.words[1] if len(block.words) > 1 else ""
    if not said.startswith("file="):
        return (said if said in _KINDS.values() and said != "table" else None), ""
    path = PurePosixPath(said.removeprefix("file="))
    return next((kind for folder, kind in _KINDS.items() if path.is_relative_to(folder)), None), path.stem
