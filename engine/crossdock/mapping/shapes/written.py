"""A mapping file as its author wrote it: what there is to check before it is compiled, and where it does not compile."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from pydantic import ValidationError

from crossdock.mapping.field_reader import read_fields
from crossdock.mapping.fields import Case, Each, Items, Local, Shape, Spec, Use, When
from crossdock.mapping.file import MappingFile
from crossdock.yaml_source import Authored


@dataclass(frozen=True, slots=True)
class Written:
    """A mapping by its name."""

    name: str
    source: Authored
    file: MappingFile
    fields: Spec


def written(name: str, source: Authored) -> Written | None:
    """The mapping in a file; None where its keys are wrong, which is told when it is compiled."""
    try:
        file = MappingFile.model_validate(source.value)
    except ValidationError:
        return None
    return Written(name, source, file, read_fields(source, ("fields",))[0])


def used_in(spec: Spec) -> Iterator[str]:
    """The names of the mappings that fields use."""
    if isinstance(spec, Use):
        yield spec.name
    for inner in _inside(spec):
        yield from used_in(inner)


def _inside(spec: Spec) -> tuple[Spec, ...]:
    match spec:
        case Shape():
            return tuple([inner for _, inner in spec.fields])
        case Items():
            return spec.items
        case Case():
            return spec.alternatives
        case Each() | When() | Local():
            return (spec.body,)
        case _:
            return ()
