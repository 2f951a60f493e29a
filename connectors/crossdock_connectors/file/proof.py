"""What a staged file leaves behind for whoever finishes it, in this process or after a crash."""

from __future__ import annotations

import json
from dataclasses import dataclass

from crossdock.errors import Foreign


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

    ``folder`` is the configured one, ``below`` the folders below it. ``real`` is where the configured one was: a link
    on the way to it may lead elsewhere now. ``parts`` is the payload, after its report if it has one. ``again`` says
    that an earlier attempt may have left a temporary file of this key.
    """

    folder: str
    below: tuple[str, ...]
    inode: int
    key: str
    parts: tuple[Part, ...]
    again: bool
    real: str = ""

    def text(self) -> str:
        """The proof as JSON."""
        parts = [[part.temporary, part.final, part.size, part.sha256] for part in self.parts]
        names = ("folder", "below", "inode", "key", "again", "real")
        return json.dumps({name: getattr(self, name) for name in names} | {"parts": parts}, separators=(",", ":"))

    @classmethod
    def read(cls, text: str) -> Proof:
        """The proof in a text. Raises ``Foreign`` for one that is none of a folder, or of another version."""
        try:
            data = json.loads(text)
            return cls(
                folder=data["folder"],
                below=tuple(data["below"]),
                inode=data["inode"],
                key=data["key"],
                again=data["again"],
                real=data.get("real", ""),  # none in what was staged before there was one
                parts=tuple(Part(temporary=t, final=f, size=s, sha256=h) for t, f, s, h in data["parts"]),
            )
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            hint = "look whether it arrived where it was sent then; released, it is written here"
            raise Foreign("K305", "what was noted about the staged file cannot be read", hint=hint) from error
