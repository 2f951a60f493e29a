"""What a route may say about a folder that is watched or filled, whatever it lies on: a disk, or another machine."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated, Literal, Self, TypeAlias

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from crossdock.connector import Parcel, Template
from crossdock.connector.amounts import Bytes, Seconds
from crossdock.connector.file_name import name_fault, part_fault
from crossdock.connector.folders.names import tagged
from crossdock.connector.template import any_text
from crossdock.errors import Reject

REPORT = ".report.txt"
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


def _folder(path: str) -> str:
    """A folder as it is written; ``inbox/`` is ``inbox``."""
    if not path.strip():
        raise ValueError("a folder is needed, such as inbox/")
    if ".." in path.split("/"):
        raise ValueError(f"'{path}' leads upwards; write the folder from the project's root, or absolute")
    if _CONTROL.search(path):
        raise ValueError("a path cannot have control characters")
    if path.startswith("~"):
        raise ValueError(f"'{path}': '~' means nothing here; write the path in full")
    return posixpath.normpath(path)


def _listed(value: object) -> object:
    return [value] if isinstance(value, str) else value


def _suffix(text: str) -> str:
    if not text or "/" in text or _CONTROL.search(text):
        raise ValueError(f"'{text}' is no ending of a file name, such as .done")
    return text


def _mode(text: str) -> str:
    if not re.fullmatch(r"0?[0-7]{3}", text):
        raise ValueError(f"'{text}' is no file mode; write it in quotes, such as \"0640\"")
    return text


Folder: TypeAlias = Annotated[str, AfterValidator(_folder)]
Patterns: TypeAlias = Annotated[tuple[Annotated[str, Field(min_length=1)], ...], BeforeValidator(_listed)]
Suffix: TypeAlias = Annotated[str, AfterValidator(_suffix)]


class Options(BaseModel):
    """Frozen, and refuses what it does not know."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Marker(Options):
    """``orders.edi`` is complete once ``orders.edi.done`` lies beside it. The marker itself is never delivered."""

    marker: Suffix


class Renamed(Options):
    """The partner writes under a name with one of these endings and renames when it is complete."""

    rename: Annotated[tuple[Suffix, ...], BeforeValidator(_listed)] = Field(min_length=1)


class Move(Options):
    """A folder for what was taken."""

    move: Folder


class WatchedFolder(Options):
    """A folder that is watched; what each option means is told by the connector that has it."""

    path: Folder
    match: Patterns = ("*",)
    ignore: Patterns = ()
    recursive: bool = False
    every: Annotated[Seconds, Field(ge=0.01)] = 1.0
    ready: Literal["stable", "rename"] | Marker | Renamed = "stable"
    stable_for: Seconds = 1.0
    after: Literal["archive", "delete", "leave"] | Move = "archive"
    rejects: Folder | None = None
    order: Literal["name", "time"] = "name"
    limit: int = Field(default=10_000, ge=1, le=100_000)
    max_size: Annotated[Bytes, Field(ge=1)] = 1_000_000_000

    @property
    def away(self) -> str | None:
        """Where a file goes once it is safe; None where it is deleted or left."""
        if isinstance(self.after, Move):
            return self.after.move
        return posixpath.join(self.path, "archive") if self.after == "archive" else None

    @property
    def refused(self) -> str:
        """Where a file goes that is refused."""
        return self.rejects or posixpath.join(self.path, "rejects")

    @model_validator(mode="after")
    def _targets_are_not_watched(self) -> Self:
        chosen = {"move": self.after.move if isinstance(self.after, Move) else None, "rejects": self.rejects}
        for option, target in chosen.items():
            if target is not None and _is_watched(target, self.path, recursive=self.recursive):
                raise ValueError(
                    f"'{option}: {target}' lies in the watched folder '{self.path}': it would be read again"
                )
        return self


def _is_watched(target: str, path: str, *, recursive: bool) -> bool:
    inside = not target.startswith("/") if path == "." else target.startswith(f"{path.rstrip('/')}/")
    return target == path or (recursive and inside)


def _sink_folder(template: Template) -> Template:
    for literal in template.literals:
        if _CONTROL.search(literal):
            raise ValueError("a path cannot have control characters")
    _folder(template.text)
    first = next((step for step in template.split("/") if step.text), template)
    if not first.fixed:
        raise ValueError(f"'{template}' must begin with a folder that is written out, such as out/{template}")
    return template


def _file_name(template: Template) -> Template:
    for literal in template.literals:
        fault = part_fault(literal)
        if fault:
            raise ValueError(f"'{template}' cannot be the name of a file: {fault}")
    fault = name_fault("".join(part if isinstance(part, str) else "x" for part in template.parts))
    if fault:
        raise ValueError(f"'{template}' cannot be the name of a file: {fault}")
    return template


class FilledFolder(Options):
    """A folder that is filled; what each option means is told by the connector that has it."""

    path: Annotated[Template, AfterValidator(_sink_folder)]
    name: Annotated[Template, AfterValidator(_file_name)] = Field(
        default_factory=lambda: Template.parse("{$id}{$extension}")
    )
    exists: Literal["hold", "number", "replace"] = "hold"
    mkdirs: bool = True
    mode: Annotated[str, AfterValidator(_mode)] | None = None

    def folder(self, parcel: Parcel, now: datetime) -> tuple[str, tuple[str, ...]]:
        """The configured folder, and the folders below it that are named after the parcel. Raises ``Reject``."""
        anchor, steps = self._anchored()
        return anchor, tuple(_step(step, parcel, now) for step in steps if step.text)

    @property
    def anchor(self) -> str:
        """The configured folder: as much of the path as is written out."""
        return self._anchored()[0]

    def _anchored(self) -> tuple[str, Sequence[Template]]:
        steps = self.path.split("/")
        fixed = next((index for index, step in enumerate(steps) if not step.fixed), len(steps))
        return posixpath.normpath("/".join(step.text for step in steps[:fixed]) or "/"), steps[fixed:]

    def file_name(self, parcel: Parcel, now: datetime) -> str:
        """The name of the file. Raises ``Reject``."""
        return self.name.render(parcel, now, part=part_fault, whole=name_fault)


def _step(step: Template, parcel: Parcel, now: datetime) -> str:
    return step.render(parcel, now, part=part_fault, whole=any_text if step.fixed else name_fault)


def reject_name(parcel: Parcel, now: datetime) -> str:
    """``orders.1f0c9a2b.edi``: the name it came with, made unique by its key; the id of its message where it is unsafe."""
    try:
        came = _CAME_AS.render(parcel, now, part=part_fault, whole=name_fault)
    except Reject:
        came = parcel.message
    return tagged(came, parcel.key[:8], spare=len(REPORT))


_CAME_AS = Template.parse("{$header.file.name}")


def moment_of(parcel: Parcel) -> datetime:
    """The time in the id of a parcel's message: the same for every attempt and every dry run."""
    return datetime.fromtimestamp(int(parcel.message.replace("-", "")[:12], 16) / 1000, UTC)
