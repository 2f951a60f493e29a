"""What an upload leaves behind for whoever finishes it, in this process or after a crash."""

from __future__ import annotations

import json
from dataclasses import dataclass

from crossdock.errors import Foreign


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One file under its temporary path, and the name it is to get."""

    temporary: str
    final: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """``folder`` is where the files are to lie; ``parts`` is the payload, after its report if it has one.

    ``endpoint`` is the server they were uploaded to: a file that is missing from another one proves nothing.
    """

    folder: str
    parts: tuple[Part, ...]
    endpoint: str = ""

    def text(self) -> str:
        """The proof as JSON."""
        parts = [[part.temporary, part.final, part.size, part.sha256] for part in self.parts]
        text = {"folder": self.folder, "endpoint": self.endpoint, "parts": parts}
        return json.dumps(text, separators=(",", ":"))

    @classmethod
    def read(cls, text: str) -> Proof:
        """The proof in a text. Raises ``Foreign`` for one that is none of a server, or of another version."""
        try:
            data = json.loads(text)
            parts = tuple(Part(temporary=t, final=f, size=s, sha256=h) for t, f, s, h in data["parts"])
            return cls(folder=data["folder"], parts=parts, endpoint=_endpoint(data))
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            hint = "look whether it arrived where it was sent then; released, it is uploaded here"
            raise Foreign("K633", "what was noted about the upload cannot be read", hint=hint) from error


def _endpoint(data: dict[str, str]) -> str:
    """Where it was uploaded to; nobody noted that once. Raises ``KeyError`` for the proof of a folder of ours."""
    if "inode" in data:  # but for that it reads like one of a server's
        raise KeyError("endpoint")
    return data.get("endpoint", "")
