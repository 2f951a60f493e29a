"""A project folder to a loaded project, or to every mistake in all its files at once."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from crossdock.codecs.contract import AnyCodecKind
from crossdock.connector import Connector
from crossdock.errors import ConfigError, Finding, errors_in
from crossdock.mapping.compile import Mapping as CompiledMapping
from crossdock.mapping.lookup import Table
from crossdock.preset.found import FOLDER as PRESETS
from crossdock.preset.found import of_project, on_demand
from crossdock.registry import Registry
from crossdock.route.chains import Unsound, check_chains
from crossdock.route.check import check_project
from crossdock.route.compile import Built, compile_route
from crossdock.route.compiled import CompiledRoute
from crossdock.route.endpoints import check_endpoints
from crossdock.route.files import SETTINGS, Folder, ProjectFile
from crossdock.route.materials import UNSOUND, Materials
from crossdock.route.partners.known import FOLDER as PARTNERS
from crossdock.route.partners.known import Partners
from crossdock.route.plugins import load_plugins
from crossdock.route.project import Project
from crossdock.route.resources import load_materials
from crossdock.route.settings import UnsoundSettingsError, clear_secrets, load_settings, plugin_places, values
from crossdock.route.substitution import Substituted, Values, substitute
from crossdock.route.watching import Watch
from crossdock.yaml_source import Authored


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadedProject:
    """A project without errors. ``warnings`` are findings that do not stop it.

    ``files`` are those it was loaded from, by their paths: what its routes do, but for secrets and the environment.
    """

    root: Path
    settings: Project
    routes: Mapping[str, CompiledRoute]
    mappings: Mapping[str, CompiledMapping]
    tables: Mapping[str, Table]
    partners: Partners
    warnings: tuple[Finding, ...]
    files: Mapping[str, bytes] = field(default_factory=dict, repr=False)


class UnsoundError(ConfigError):
    """Files have mistakes. ``rest`` is what has none, for who only looks; None where the settings have some.

    With other settings it would be another journal. It ``runs`` where nothing is wrong but what documents tell.
    """

    rest: LoadedProject | None = None
    runs = False
    routes, mappings = 0, 0  # how many there are, those with mistakes too

    @classmethod
    def among(cls, findings: Iterable[Finding], loaded: LoadedProject, routes: int, mappings: int) -> UnsoundError:
        """The error of findings, and what is left without them."""
        error = cls.of(findings)
        error.routes, error.mappings = routes, mappings
        error.rest = None if any(one.place.file == SETTINGS for one in errors_in(error.findings)) else loaded
        return error


def load_project(
    root: Path,
    *,
    environment: Mapping[str, str],
    connectors: Registry[Connector],
    codecs: Registry[AnyCodecKind],
    cases: bool = True,
    documents: bool = False,
    watch: Watch | None = None,
) -> LoadedProject:
    """Load the project at ``root``. Raises ``ConfigError`` with the findings of all files, by file and line.

    ``cases`` is for who runs or checks them: for all others a sample that is not there is no mistake. ``watch`` hears
    what their documents come to. With ``documents`` expressions are judged by the documents they are for, which takes
    the dictionaries of all standards, and the YAML of Markdown pages is read too.
    """
    folder = Folder(root, [])
    settings = _settings(root, environment, folder.findings)
    local = load_plugins(root, plugin_places(root, settings), connectors, codecs)
    folder.findings.extend(local.findings)
    connectors, codecs = connectors.extended(local.connectors), codecs.extended(local.codecs)
    presets, connectors = _with_presets(folder, connectors)
    unsound = bool(errors_in(one for one in folder.findings if one.place.file == SETTINGS))
    asked = {"cases": cases, "documents": documents}
    materials = load_materials(folder, settings, connectors, codecs, **asked, watch=watch)
    materials = replace(materials, broken=materials.broken | {UNSOUND}) if unsound else materials
    around = values(root, settings.secrets, environment)
    parts = _parts(folder, materials, presets, around)
    folder.findings.extend(check_endpoints(parts.routes, settings.http, parts.profiles))
    folder.findings.extend(check_chains(parts.routes, _unsound(parts, folder.findings)) if cases else ())
    judged = tuple(_judged(folder, parts, around)) if documents else ()
    findings = in_order(_told_once(_not_of_broken_tables([*folder.findings, *judged], parts.materials.broken)))
    loaded = LoadedProject(
        root=root,
        settings=settings,
        routes=parts.routes,
        mappings=materials.mappings,
        tables=materials.tables,
        partners=parts.materials.partners,
        warnings=findings,
        files={**folder.opened, **_besides(root, settings)},
    )
    if errors_in(findings):
        error = UnsoundError.among(findings, loaded, len(parts.named), _count(materials))
        error.runs = not errors_in(folder.findings)
        raise error
    return loaded


@dataclass(frozen=True, slots=True)
class _Parts:
    """Routes with all they may name: ``authored`` are their files, ``profiles`` the names of those of partners.

    ``named`` are all routes, those with mistakes too.
    """

    materials: Materials
    routes: Mapping[str, CompiledRoute]
    authored: Mapping[str, Authored]
    profiles: Collection[str]
    named: frozenset[str]


def _unsound(parts: _Parts, findings: Iterable[Finding]) -> Unsound:
    """The routes that have mistakes, or that would be made of what has."""
    wrong = {finding.place.file for finding in errors_in(findings)}
    partners = {name for name in parts.profiles if wrong & {f"{PARTNERS}/{name}.yaml", f"{PARTNERS}/{name}.yml"}}
    return Unsound(parts.named - parts.routes.keys(), partners)


def _parts(folder: Folder, materials: Materials, presets: Mapping[str, Authored], around: Values) -> _Parts:
    """Partners and routes; what is wrong with them is told in the folder's findings."""
    profiles = folder.named(PARTNERS, ".yaml", ".yml")
    sources = folder.authored(profiles)
    texts = {f"partner {name}": one.text for name, one in sources.items()}
    texts |= {f"preset {name}": one.text for name, one in presets.items()}
    materials = replace(materials, texts={**materials.texts, **texts})
    files = folder.named("routes", ".yaml", ".yml")
    authored = folder.authored(files)
    read = {name: substitute(source, around) for name, source in sources.items()}
    materials, generated = _partners(folder, sources, read, materials, files) if sources else (materials, {})
    built = {name: compile_route(name, one, substitute(one, around), materials) for name, one in authored.items()}
    built = {**generated, **built}
    folder.findings.extend(finding for one in built.values() for finding in one.findings)
    routes = {name: one.route for name, one in built.items() if one.route is not None}
    unread = {f"{PARTNERS}/{name}" for name in profiles.keys() - materials.partners.roster.partners.keys()}
    sketches = {name: one.sketch for name, one in built.items() if one.sketch is not None}
    folder.findings.extend(check_project(routes, {*files, *built, *unread}, authored, sketches))
    return _Parts(materials, routes, authored, profiles.keys(), frozenset({*files, *built}))


def _count(materials: Materials) -> int:
    """The number of mappings, those with mistakes too."""
    return len({*(f"mapping {name}" for name in materials.mappings), *materials.broken_of("mapping")})


def _judged(folder: Folder, parts: _Parts, values: Values) -> Iterator[Finding]:
    """What documents tell of routes and mappings, those on Markdown pages too."""
    # every command loads a project, and what is imported here takes longer than to load a small one
    from crossdock.route.documents.checking import Ground, check_documents
    from crossdock.route.documents.known import Documents
    from crossdock.route.pages import Around, check_pages

    documents = Documents(parts.materials.contracts, parts.materials.layouts)
    yield from check_documents(Ground(documents, parts.materials, parts.routes, parts.authored))
    yield from check_pages(folder.pages(), Around(parts.materials, documents, parts.authored, values))


def _besides(root: Path, settings: Project) -> dict[str, bytes]:
    """The files that are read elsewhere: settings and plug-ins."""
    return {name: (root / name).read_bytes() for name in (SETTINGS, *settings.plugins) if (root / name).is_file()}


def _with_presets(
    folder: Folder, connectors: Registry[Connector]
) -> tuple[Mapping[str, Authored], Registry[Connector]]:
    """The presets of the project, and the connectors with all presets, which are connectors as well."""
    sources = folder.authored(folder.named(PRESETS, ".yaml", ".yml"))
    shipped = {name: make for name, make in on_demand(connectors.get).items() if name not in connectors.names()}
    own, findings = of_project(sources, {*connectors.names(), *shipped}, connectors.get)
    folder.findings.extend(findings)
    return sources, connectors.extended(own, shipped)


def _partners(
    folder: Folder,
    sources: Mapping[str, Authored],
    read: Mapping[str, Substituted],
    materials: Materials,
    taken: Mapping[str, ProjectFile],
) -> tuple[Materials, dict[str, Built]]:
    """The materials with the partners, and the routes that profiles make.

    A name that a file of the project has is a mistake of the profile.
    """
    from crossdock.route.partners.files import PartnerFile, load_partners
    from crossdock.route.partners.generated import generated_routes, refuse_taken

    files = {name: PartnerFile(source, read[name]) for name, source in sources.items()}
    partners = load_partners(files, materials)
    materials = replace(materials, partners=partners.partners)
    built: dict[str, Built] = {}
    for name, partner in partners.partners.roster.partners.items():
        made = dict(generated_routes(files[name], partners.benches[name], partner, materials))
        refuse_taken(partners.benches[name], made, taken)
        built.update(made)
    folder.findings.extend(partners.findings())
    return materials, built


def _settings(root: Path, environment: Mapping[str, str], findings: list[Finding]) -> Project:
    """The settings; where they have mistakes, what is left of them, so that the other files are read all the same."""
    try:
        settings = load_settings(root, environment)
    except ConfigError as error:
        findings.extend(error.findings)
        return error.rest if isinstance(error, UnsoundSettingsError) else Project()
    findings.extend(clear_secrets(root))
    return settings


def _not_of_broken_tables(findings: Iterable[Finding], broken: Collection[str]) -> Iterator[Finding]:
    """Without those that miss a table which is there and has mistakes of its own: who looks up in it is not to blame."""
    missed = {f"table '{name.removeprefix('table ')}'" for name in broken if name.startswith("table ")}
    for finding in findings:
        if finding.code != "M121" or not any(name in finding.message for name in missed):
            yield finding


def _told_once(findings: Iterable[Finding]) -> list[Finding]:
    """Without those that say of a name in double quotes that there is no such field: it was meant as text."""
    every = list(findings)
    texts = {finding.place for finding in every if finding.code == "R152"}
    return [finding for finding in every if finding.code != "M150" or finding.place not in texts]


def in_order(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Each finding once, by file, line and column; the settings come first."""
    return tuple(sorted(dict.fromkeys(findings), key=_position))


def _position(finding: Finding) -> tuple[bool, str, int, int]:
    place = finding.place
    return place.file != SETTINGS, place.file or "", place.line or 0, place.column or 0
