"""What the expressions of a route are asked of: kept while the route is compiled, judged when all documents are known."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from pydantic import BaseModel

from crossdock.connector.template import Hole, Template
from crossdock.yaml_source import Authored, Path

AS_IT_CAME = "as it came"  # what a topic brings, or a source; no shape is called so


@dataclass(frozen=True, slots=True)
class Asked:
    """An expression, ``offset`` characters into the text at ``path``, over a document of the shape ``of``.

    ``of`` is a name such as ``order/v1``, or ``AS_IT_CAME``; None where nobody knows.
    """

    text: str
    source: Authored
    path: Path
    of: str | None
    offset: int = 0


def holes_in(options: BaseModel) -> Iterator[tuple[Path, str, int]]:
    """(path in the options, expression, offset) of each value of the document that a name template is filled with."""
    for name, info in type(options).model_fields.items():
        value, key = getattr(options, name, None), info.alias or name
        if isinstance(value, BaseModel):
            yield from (((key, *path), hole, offset) for path, hole, offset in holes_in(value))
        elif isinstance(value, Template):
            yield from (((key,), hole, offset) for hole, offset in _holes(value))


def _holes(template: Template) -> Iterator[tuple[str, int]]:
    offset = 0
    for part in template.parts:
        if isinstance(part, Hole):
            if not part.text.startswith("$"):
                yield part.text, offset + 1
            offset += len(part.text) + 2
        else:
            offset += len(part)
