"""From pydantic's errors to findings: one per mistake, at the place the author wrote, in the author's words.

pydantic reports a union once per member and puts member labels into its locations. Both are undone here: a
location is walked down the authored value, what is not in it is a label, and of a union only the member that came
closest is told, or all members as one sentence when the value was none of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal, TypeAlias, get_args, get_origin

from pydantic import BaseModel, SecretStr, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from crossdock.errors import Finding, Place
from crossdock.message import Document
from crossdock.yaml_source.likeness import nearest, suggest
from crossdock.yaml_source.named_mapping import sibling
from crossdock.yaml_source.reading import Authored, Path
from crossdock.yaml_source.secrecy import is_masked
from crossdock.yaml_source.wording import EXPECTED, KINDS, WHO, follows, one_line, particular, quoted, shown

#: The type of a mistake in a value that may hold a password: its context has all that is ``told``, and a ``hint``.
UNSHOWN = "unshown"

#: Errors of a text that is one, and not one of those it may be.
_OF_THE_KIND = frozenset({"literal_error", "enum", "string_pattern_mismatch"})


def findings_of(
    error: ValidationError,
    source: Authored,
    base: Path,
    model: type[BaseModel],
    code: str,
    *,
    noun: str = "key",
    owner: str = "",
) -> list[Finding]:
    """One located finding per mistake pydantic found when it read the value at ``base`` of ``source`` as ``model``.

    ``noun`` and ``owner`` say what a key is called and whose it is: ``option``, ``connector 'file'``.
    """
    told = _Teller(source, base, model, code, noun, f" of {owner}" if owner else "")
    errors = [_located(detail, source.at(base)) for detail in error.errors(include_url=False) if not follows(detail)]
    mistakes = list(_one_per_mistake(errors))
    misspelt = {told.meant(mistake[0]) for mistake in mistakes}
    return [told.finding(mistake) for mistake in mistakes if not _told_as_misspelt(mistake[0], misspelt)]


def _told_as_misspelt(error: _Located, misspelt: set[Path | None]) -> bool:
    """A missing key that stands there misspelt is one mistake, and the misspelling is it."""
    return error.detail["type"] == "missing" and error.path in misspelt


@dataclass(frozen=True, slots=True)
class _Located:
    """An error with its path in the authored value; ``unions`` are (path of a union, label of its member)."""

    detail: ErrorDetails
    path: Path
    unions: tuple[tuple[Path, str], ...]


def _located(detail: ErrorDetails, value: Document) -> _Located:
    path: Path = ()
    unions: list[tuple[Path, str]] = []
    here = value
    last = len(detail["loc"]) - 1
    for index, step in enumerate(detail["loc"]):
        found, inner = _inside(here, step)
        if found:
            here, path = inner, (*path, step)
        elif index == last and detail["type"] == "missing":
            path = (*path, step)
        elif step != "[key]":
            unions.append((path, str(step)))
    return _Located(detail, path, tuple(unions))


def _inside(value: Document, step: str | int) -> tuple[bool, Document]:
    if isinstance(value, dict) and isinstance(step, str) and step in value:
        return True, value[step]
    if isinstance(value, list) and isinstance(step, int) and 0 <= step < len(value):
        return True, value[step]
    return False, None


_Mistake: TypeAlias = "tuple[_Located, ...]"


def _one_per_mistake(errors: Iterable[_Located]) -> Iterator[_Mistake]:
    """Groups of errors that are one mistake, in order: a lone error, or the errors of a value that fits no member."""
    unions: dict[Path, list[_Located]] = {}
    order: list[_Located | Path] = []
    for error in errors:
        if not error.unions:
            order.append(error)
            continue
        at = error.unions[0][0]
        if at not in unions:
            order.append(at)
        unions.setdefault(at, []).append(error)
    for entry in order:
        if isinstance(entry, _Located):
            yield (entry,)
        else:
            yield from _closest_member(unions[entry], entry)


def _closest_member(errors: list[_Located], at: Path) -> Iterator[_Mistake]:
    members: dict[str, list[_Located]] = {}
    for error in errors:
        members.setdefault(error.unions[0][1], []).append(error)
    if len(members) > 1 and all(error.path == at for group in members.values() for error in group):
        right_kind = [error for error in errors if error.detail["type"] in _OF_THE_KIND]
        written = isinstance(errors[0].detail["input"], str)
        yield tuple(right_kind if written and len(right_kind) == 1 else errors)
        return
    best = min(members.values(), key=lambda group: _distance(group, at))
    inner = [_Located(error.detail, error.path, error.unions[1:]) for error in best]
    yield from _one_per_mistake(inner)


def _distance(group: list[_Located], at: Path) -> tuple[bool, bool, int]:
    """How far a union member was from fitting: wrong kind of value, wrong literal, then the number of errors."""
    kind = any(error.path == at and error.detail["type"] in EXPECTED for error in group)
    literal = any(error.detail["type"] in ("literal_error", "enum") for error in group)
    return kind, literal, len(group)


@dataclass(frozen=True, slots=True)
class _Teller:
    source: Authored
    base: Path
    model: type[BaseModel]
    code: str
    noun: str
    owner: str

    def meant(self, error: _Located) -> Path | None:
        """Of an unknown key, the path of the key its author probably meant."""
        if error.detail["type"] != "extra_forbidden":
            return None
        known = keys_at(self.model, error.detail["loc"][:-1])
        word = str(error.detail["loc"][-1])
        close = nearest(word, known) or next((one for one in known if _no_space(word, [one])), None)
        return None if close is None else (*error.path[:-1], close)

    def finding(self, mistake: _Mistake) -> Finding:
        error = mistake[0]
        path, kind = self.base + error.path, error.detail["type"]
        name = str(error.detail["loc"][-1]) if error.detail["loc"] else ""
        if kind == "extra_forbidden":
            known = keys_at(self.model, error.detail["loc"][:-1])
            beside = self._sibling(path) if name == "with" and "map" in known else None
            mend = beside or _no_space(name, known) or suggest(name, known) or _every(known)
            return self._told(f"unknown {self.noun} '{name}'{self.owner}", self._key(path), name, mend)
        if kind == "missing":
            place = self._key(path[:-1])
            return self._told(f"required {self.noun} '{name}'{self.owner} is missing", place)
        tag = str(error.detail.get("ctx", {}).get("discriminator", "")).strip("'")
        if kind == "union_tag_not_found":
            discriminator = error.detail.get("ctx", {}).get("discriminator", "")
            return self._told(f"required {self.noun} {discriminator}{self.owner} is missing", self._key(path))
        if kind == UNSHOWN:
            context = error.detail.get("ctx", {})
            return self._told(str(context.get("told")), self.source.place(path), hint=context.get("hint"))
        value = shown(error.detail["input"])
        if kind == "union_tag_invalid":
            path, value = (*path, tag), str(error.detail.get("ctx", {}).get("tag"))
        message, hint = _message(mistake)
        if value not in KINDS and holds_secret(self.model, error.detail["loc"]):
            return self._told(_without(value, message), self.source.place(path), hint=hint and _without(value, hint))
        return self._told(message, self.source.place(path), value, hint)

    def _told(self, message: str, place: Place, value: str | None = None, hint: str | None = None) -> Finding:
        if (
            value is not None
            and value not in KINDS
            and is_masked(self.source.text.splitlines(), place.line, place.column)
        ):
            message, hint, value = _without(value, message), hint and _without(value, hint), None
        message = one_line(WHO.sub("***@", message))
        return Finding(code=self.code, message=message, place=place, value=value, hint=hint and one_line(hint))

    def _sibling(self, path: Path) -> str:
        parent = self.source.at(path[:-1])
        return sibling(parent.get("map") if isinstance(parent, dict) else None)

    def _key(self, path: Path) -> Place:
        return self.source.place(path, key=True)


def _without(value: str, text: str) -> str:
    """The sentence without what it repeats, which is, or may be, a secret."""
    return text.replace(value, "…") if value else text


def _every(known: Iterable[str]) -> str:
    names = ", ".join(sorted(known))
    return f"one of: {names}" if names else "it takes none"


def _no_space(written: str, known: Iterable[str]) -> str | None:
    """``path:inbox/`` is one word to YAML."""
    key, colon, value = written.partition(":")
    return f"put a space behind the colon: {key}: {value}" if colon and key in known else None


def _quotes(wanted: str, detail: ErrorDetails) -> str | None:
    """What YAML read as something else, and was meant as text; or as one word, and was meant as a key and its value."""
    written = detail["input"]
    if wanted == "keys and values" and isinstance(written, str) and re.match(r"\w+:\S", written):
        return f"put a space behind the colon: {written.replace(':', ': ', 1)}"
    if wanted == "keys and values" and isinstance(written, str) and re.fullmatch(r"[\w-]+", written):
        return f"put a colon behind it: {written}: …"
    if wanted == "a list" and not isinstance(written, SecretStr) and written is not None:
        return f"begin each entry with '- '{'' if isinstance(written, dict) else f': - {shown(written)}'}"
    if wanted != "text" or isinstance(written, SecretStr) or written is None:
        return None
    brackets = "[…]" if isinstance(written, list) else "{…}" if isinstance(written, dict) else None
    if brackets:
        return f'text in brackets needs quotes: "{brackets}"'
    return f'put quotes around it: "{shown(written)}"'


def _message(mistake: _Mistake) -> tuple[str, str | None]:
    if isinstance(mistake[0].detail["input"], SecretStr) and mistake[0].detail["type"] != "value_error":
        return "a secret cannot stand here", "only an option that its owner keeps secret can hold one"
    expected = list(dict.fromkeys(EXPECTED.get(error.detail["type"], "") for error in mistake))
    known = [text for text in expected if text]
    if (known and len(mistake) > 1) or known == expected:
        wrong = quoted(shown(mistake[0].detail["input"]))
        return f"expected {' or '.join(known)}, not {wrong}", _quotes(" or ".join(known), mistake[0].detail)
    return particular(mistake[0].detail)


def keys_at(model: type[BaseModel], loc: Path) -> list[str]:
    """The keys an author may write at ``loc`` of ``model``: aliases where a field has one."""
    models = _walked(model, loc)[0]
    return [info.alias or name for each in models for name, info in each.model_fields.items()]


def holds_secret(model: type[BaseModel], loc: Path) -> bool:
    """Whether what stands at ``loc`` of ``model`` is kept secret, or is a part of something that is."""
    return any(_is_secret(info.annotation) for info in _walked(model, loc)[1])


def _walked(model: type[BaseModel], loc: Path) -> tuple[list[type[BaseModel]], list[FieldInfo]]:
    """The models that may stand at ``loc``, and the innermost fields of models on the way there."""
    models, last = [model], list[FieldInfo]()
    for step in loc:
        fields = [info for each in models for name, info in each.model_fields.items() if step in (name, info.alias)]
        if fields:
            models, last = [found for info in fields for found in _models_in(info.annotation)], fields
        else:
            models = [each for each in models if step in _labels(each)] or models
    return models, last


def _is_secret(annotation: object) -> bool:
    return annotation is SecretStr or any(_is_secret(part) for part in get_args(annotation))


def _labels(model: type[BaseModel]) -> set[object]:
    """The words pydantic may call a union member by: its name, or a value of one of its ``Literal`` fields."""
    literals = [info.annotation for info in model.model_fields.values() if get_origin(info.annotation) is Literal]
    return {model.__name__, *(value for literal in literals for value in get_args(literal))}


def _models_in(annotation: object) -> list[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [found for part in get_args(annotation) for found in _models_in(part)]
