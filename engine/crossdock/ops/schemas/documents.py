"""The schema of each kind of file that a project has."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from crossdock.codecs.fixed.spec import FieldSpec, LayoutSpec
from crossdock.mapping.file import MappingFile
from crossdock.ops.schemas import mapping_fields
from crossdock.ops.schemas.authored import AuthoredSchema, Places, Schema, either, keys
from crossdock.ops.schemas.language import PLACES, Language, Made, Model, of
from crossdock.ops.schemas.name_file import DRAFT
from crossdock.ops.schemas.snippets import SNIPPETS
from crossdock.partner.preflight.choice import ALL, OFF, Wish
from crossdock.partner.preflight.library import RULES
from crossdock.partner.preflight.rule import Outcome
from crossdock.partner.profile import Profile
from crossdock.preset.file import PresetFile
from crossdock.route.project import Project
from crossdock.route.spec import RouteSpec


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of file. ``globs`` say where such files lie; ``references``, whether ``${NAME}`` stands for values.

    ``routing`` files have steps, sources or destinations in them.
    """

    name: str
    model: Model
    globs: tuple[str, ...]
    references: bool = True
    routing: bool = False


#: By name, the most written first.
KINDS: Final[Mapping[str, Kind]] = {
    one.name: one
    for one in (
        Kind("route", RouteSpec, ("routes/**/*.yaml", "routes/**/*.yml"), routing=True),
        Kind("mapping", MappingFile, ("mappings/**/*.yaml", "mappings/**/*.yml"), references=False),
        Kind("partner", Profile, ("partners/**/*.yaml", "partners/**/*.yml"), routing=True),
        Kind("layout", LayoutSpec, ("mappings/layouts/**/*.yaml", "mappings/layouts/**/*.yml"), references=False),
        Kind("preset", PresetFile, ("presets/**/*.yaml", "presets/**/*.yml"), references=False),
        Kind("settings", Project, ("crossdock.yaml",)),
    )
}


def schemas(kinds: Iterable[Kind], language: Language, names: Mapping[str, Schema]) -> dict[str, Schema]:
    """The schemas of kinds of files by name. ``names`` are definitions of the names they may refer to."""
    wanted = list(kinds)
    routing = [kind.model for kind in wanted if kind.routing]
    shared = _made([*routing, *language.models()], references=True) if routing else None  # most of the work, done once
    return {kind.name: _schema(kind, language, names, shared) for kind in wanted}


def _schema(kind: Kind, language: Language, names: Mapping[str, Schema], shared: Made | None) -> Schema:
    if kind.routing and shared is not None:
        made, parts = shared, language.definitions(shared)
    else:
        made, parts = _made([kind.model, *_BESIDE.get(kind.name, ())], references=kind.references), {}
    special = _SPECIAL.get(kind.name)
    own = special(made) if special is not None else {}
    root = _FINISH.get(kind.name, _as_it_is)(made.whole(kind.model))
    definitions = _with_snippets({**made.definitions, **parts, **names, **own})
    head = {"$schema": DRAFT, "defaultSnippets": SNIPPETS.get(kind.name, [])}
    return {**head, **root, "definitions": dict(_reached(root, definitions))}


def _made(models: Iterable[Model], *, references: bool) -> Made:
    wanted = list(dict.fromkeys(models))
    for model in wanted:
        model.model_rebuild()
    generator = AuthoredSchema({**PLACES, **_PLACES}, references=references)
    found, definitions = generator.generate_definitions(
        [(model, "validation", model.__pydantic_core_schema__) for model in wanted]
    )
    return Made(
        {model: found[model, "validation"] for model in wanted}, {str(name): one for name, one in definitions.items()}
    )


def _as_it_is(root: Schema) -> Schema:
    return root


def _extending(root: Schema) -> Schema:
    """A mapping that extends another one has everything that one has."""
    whole = {"if": {"required": ["extends"]}, "else": root["then"]}
    return {**root, "then": whole}


def _layout(made: Made) -> dict[str, Schema]:
    """A field is its width, a word such as ``packed(7,2)``, or keys; of a number in bytes the digits say the width."""
    field = {key: value for key, value in made.whole(FieldSpec).items() if key not in ("if", "then")}
    short = {"type": "string", "pattern": r"^(packed|zoned|binary)\( *[0-9]{1,2} *(, *[0-9]{1,2} *)?\)$"}
    return {"layout_field": either({"type": "integer", "minimum": 1, "maximum": 10_000}, short, field)}


def _partner(made: Made) -> dict[str, Schema]:
    """How grave each rule is: in a word, or with options."""
    grave = either({"enum": [*(one.value for one in Outcome), OFF, False]}, made.by_model[Wish])
    return {"wishes": either({"enum": [OFF, False]}, keys(dict.fromkeys([*RULES, ALL], grave)))}


_PLACES: Final[Places] = {
    ("RecordSpec", "fields"): {"type": "object", "additionalProperties": of("layout_field")},
    ("Profile", "preflight"): of("wishes"),
}
_BESIDE: Final[Mapping[str, tuple[Model, ...]]] = {"layout": (FieldSpec,)}
_SPECIAL: Final[Mapping[str, Callable[[Made], dict[str, Schema]]]] = {
    "mapping": lambda made: mapping_fields.definitions(),
    "layout": _layout,
    "partner": _partner,
}
_FINISH: Final[Mapping[str, Callable[[Schema], Schema]]] = {"mapping": _extending}


def _with_snippets(definitions: Mapping[str, Schema]) -> dict[str, Schema]:
    return {
        name: {**one, "defaultSnippets": SNIPPETS[name]} if name in SNIPPETS and "$ref" not in one else one
        for name, one in definitions.items()
    }


def _reached(root: Schema, definitions: Mapping[str, Schema]) -> Iterator[tuple[str, Schema]]:
    """The definitions that are referred to, from whatever is."""
    seen: set[str] = set()
    waiting = list(_references(root))
    while waiting:
        name = waiting.pop(0)
        if name not in seen:
            seen.add(name)
            waiting += _references(definitions[name])
    yield from ((name, definitions[name]) for name in sorted(seen))


def _references(part: Any) -> Iterator[str]:  # noqa: ANN401 - any part of a schema
    if isinstance(part, dict):
        reference = part.get("$ref")
        if isinstance(reference, str) and reference.startswith("#/definitions/"):
            yield reference.removeprefix("#/definitions/")
        for inner in part.values():
            yield from _references(inner)
    elif isinstance(part, list):
        for inner in part:
            yield from _references(inner)
