"""What an upload leaves behind for whoever finishes it, in this process or after a crash."""

from __future__ import annotations

import json
from dataclasses import dataclass

from crossdock.errors import Hold


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One file under its temporary path, and the name it is to get."""

    temporary: str
    final: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """``folder`` is where the files are to lie; ``parts`` is the payload, after its report if it has one."""

    folder: str
    parts: tuple[Part, ...]

    def text(self) -> str:
        """The proof as JSON."""
        parts = [[part.temporary, part.final, part.size, part.sha256] for part in self.parts]
        return json.dumps({"folder": self.folder, "parts": parts}, separators=(",", ":"))

    @classmethod
    def read(cls, text: str) -> Proof:
        """The proof in a text. Raises ``Hold`` for one that this version cannot read."""
        try:
            data = json.loads(text)
            parts = tuple(Part(temporary=t, final=f, size=s, sha256=h) for t, f, s, h in data["parts"])
            return cls(folder=data["folder"], parts=parts)
        except (ValueError, KeyError, TypeError) as error:
            hint = "look on the server whether it arrived"
            raise Hold("K633", "what was noted about the upload cannot be read", hint=hint) from error
