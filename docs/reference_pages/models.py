"""A pydantic model that authors write by hand, as a table of its keys."""

from __future__ import annotations

import types
from collections.abc import Iterator, Mapping
from typing import TypeAlias, get_args

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from crossdock.ops.schemas.values import default_of, kind
from crossdock.ops.schemas.words import beside_docstring
from reference_pages.markdown import code, prose, table

Model: TypeAlias = type[BaseModel]


def title(model: Model) -> str:
    """What a model is called on a page: ``BatchSpec`` is ``Batch``."""
    return model.__name__.removeprefix("Mapping").removesuffix("Spec").removesuffix("Options")


def described(model: Model, heading: str) -> str:
    """A heading, what the model says about itself, and its table."""
    return f"{heading}\n\n{prose(model.__doc__)}\n\n{keys(model)}"


def keys(model: Model, notes: Mapping[str, str] = types.MappingProxyType({})) -> str:
    """The table of the keys; ``notes`` adds to what a key says about itself."""
    model.model_rebuild()  # of models that name later ones of their file
    rows = (_row(model, info.alias or name, info, notes) for name, info in model.model_fields.items())
    return table(("key", "what it takes", "if it is left out", ""), rows)


def _row(model: Model, name: str, info: FieldInfo, notes: Mapping[str, str]) -> tuple[str, str, str, str]:
    takes = kind(info.annotation, info.metadata, _link)
    said = " ".join(text for text in (info.description or "", notes.get(name, "")) if text)
    return code(name), takes, _default(info), said or beside_docstring(model, name)


def _link(model: Model) -> str:
    return f"keys of [{title(model)}](#{title(model).lower()})"


def _default(info: FieldInfo) -> str:
    if info.is_required():
        return "**required**"
    return (
        "as below"
        if isinstance(info.get_default(call_default_factory=True, validated_data={}), BaseModel)
        else default_of(info)
    )


def nested(model: Model) -> Iterator[Model]:
    """The models that stand inside ``model``, each once, in order."""
    seen: dict[Model, None] = {}
    _gather(model, seen)
    yield from (one for one in seen if one is not model)


def _gather(model: Model, seen: dict[Model, None]) -> None:
    seen.setdefault(model)
    model.model_rebuild()
    for info in model.model_fields.values():
        for found in _models(info.annotation):
            if found not in seen:
                _gather(found, seen)


def _models(annotation: object) -> Iterator[Model]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for argument in get_args(annotation):
        yield from _models(argument)
