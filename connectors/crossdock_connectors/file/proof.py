"""What a staged file leaves behind for whoever finishes it, in this process or after a crash."""

from __future__ import annotations

import json
from dataclasses import dataclass

from crossdock.errors import Hold


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One file under its temporary name, and the name it is to get."""

    temporary: str
    final: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """``inode`` is the folder's: a file that is missing from another folder proves nothing.

    ``folder`` is the configured one, ``below`` the folders below it. ``parts`` is the payload, after its report if it
    has one. ``again`` says that an earlier attempt may have left a temporary file of this key.
    """

    folder: str
    below: tuple[str, ...]
    inode: int
    key: str
    parts: tuple[Part, ...]
    again: bool

    def text(self) -> str:
        """The proof as JSON."""
        parts = [[part.temporary, part.final, part.size, part.sha256] for part in self.parts]
        names = ("folder", "below", "inode", "key", "again")
        return json.dumps({name: getattr(self, name) for name in names} | {"parts": parts}, separators=(",", ":"))

    @classmethod
    def read(cls, text: str) -> Proof:
        """The proof in a text. Raises ``Hold`` for one that this version cannot read."""
        try:
            data = json.loads(text)
            return cls(
                folder=data["folder"],
                below=tuple(data["below"]),
                inode=data["inode"],
                key=data["key"],
                again=data["again"],
                parts=tuple(Part(temporary=t, final=f, size=s, sha256=h) for t, f, s, h in data["parts"]),
            )
        except (ValueError, KeyError, TypeError) as error:
            raise Hold(
                "K305", "what was noted about the staged file cannot be read", hint="look whether it arrived"
            ) from error
