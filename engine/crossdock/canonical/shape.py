"""The shape of a contract as plain names: which fields there are, which are required, what lies inside.

For whoever checks or documents fields before any document exists: the mapping checker, the hints of findings.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, get_args, get_origin

from pydantic import BaseModel


@dataclass(frozen=True, slots=True)
class Slot:
    """One field: whether it must be there, whether it is a list, its fields if it is made of some, its codes."""

    required: bool
    many: bool
    model: type[BaseModel] | None
    codes: tuple[str, ...] = ()


def slots(model: type[BaseModel]) -> dict[str, Slot]:
    """The fields of ``model`` by the name they have in a document."""
    return {
        info.alias or name: Slot(
            required=info.is_required(),
            many=any(get_origin(part) is list for part in _parts(info.annotation)),
            model=next(_models(info.annotation), None),
            codes=tuple(_codes(info.annotation)),
        )
        for name, info in model.model_fields.items()
    }


def slot_at(model: type[BaseModel], path: Sequence[str | int]) -> Slot | None:
    """The field at ``path``, positions in lists left out of account; None where there is none."""
    here: type[BaseModel] | None = model
    found: Slot | None = None
    for step in path:
        if isinstance(step, int):
            continue
        found = slots(here).get(step) if here else None
        here = found.model if found else None
    return found


def model_at(model: type[BaseModel], path: Sequence[str | int]) -> type[BaseModel] | None:
    """The model whose fields stand at ``path``."""
    if not any(isinstance(step, str) for step in path):
        return model
    found = slot_at(model, path)
    return found.model if found else None


def _parts(annotation: object) -> Iterator[object]:
    """The annotation and everything inside it: ``list[Line] | None`` gives itself, list[Line], Line and NoneType."""
    yield annotation
    if get_origin(annotation) is not Literal:
        for part in get_args(annotation):
            yield from _parts(part)


def _codes(annotation: object) -> Iterator[str]:
    for part in _parts(annotation):
        if get_origin(part) is Literal:
            yield from (code for code in get_args(part) if isinstance(code, str))


def _models(annotation: object) -> Iterator[type[BaseModel]]:
    for part in _parts(annotation):
        if isinstance(part, type) and issubclass(part, BaseModel):
            yield part
