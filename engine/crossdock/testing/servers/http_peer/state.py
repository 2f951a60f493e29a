"""What the peer knows: what it has done, what it has seen, what it is told to do."""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import threading
import time
from base64 import b64encode
from collections import deque
from pathlib import Path
from typing import TypeAlias

Json: TypeAlias = "None | bool | int | float | str | list[Json] | dict[str, Json]"


class State:
    """Shared by the threads of the peer; effects are on disk before an answer leaves."""

    def __init__(self, folder: Path) -> None:
        self._file = (folder / "effects").open("a")
        self._answers = folder / "answers"
        self._answers.mkdir(exist_ok=True)
        self._lock = threading.Lock()
        self._faults: deque[dict[str, Json]] = deque()
        self.items: list[Json] = []
        self.settings: dict[str, Json] = {}
        self.seen: list[Json] = []
        self.tokens: dict[str, float] = {}
        self.texts: dict[str, str] = {}
        self.entities: dict[str, tuple[int, dict[str, Json]]] = {}
        self._csrf = ""

    def told(self, what: str, value: Json) -> Json:
        """What the owner of the peer asks."""
        with self._lock:
            match what, value:
                case "plan", list():
                    self._faults = deque(one for one in value if isinstance(one, dict))
                case "items", list():
                    self.items = value
                case "behave", dict():
                    self.settings = value
                case "fresh", _:
                    self._begin_anew()
                case "revoke", _:
                    self.tokens.clear()
                    self._csrf = ""
                case "seen", _:
                    return list(self.seen)
                case _:
                    return self._told_of_entities(value)
        return None

    def _begin_anew(self) -> None:
        self._faults.clear()
        self._file.truncate(0)
        for kept in self._answers.iterdir():
            kept.unlink()
        self.items, self.settings, self.seen = [], {}, []
        self.texts, self.entities, self._csrf = {}, {}, ""

    def _told_of_entities(self, value: Json) -> Json:
        """What they are from now on; what they are now."""
        if isinstance(value, dict):
            self.entities = {name: (1, one) for name, one in value.items() if isinstance(one, dict)}
        return {name: entity for name, (_, entity) in self.entities.items()}

    def fault(self, path: str) -> dict[str, Json] | None:
        """What goes wrong with a request to this path, once."""
        with self._lock:
            found = next((one for one in self._faults if path.startswith(str(one["path"]))), None)
            if found is not None:
                self._faults.remove(found)
            return found

    def look(self, request: dict[str, Json]) -> None:
        """A request has come."""
        with self._lock:
            self.seen.append(request)

    def do(self, key: str | None, body: bytes, answer: Json) -> tuple[int, Json]:
        """An effect, and its answer; of a key that was there before the answer it had, or 422 for another body."""
        with self._lock:
            if key is None:
                self._write(hashlib.sha256(body).hexdigest()[:16], body)
                return 201, answer
            kept = self._answers / hashlib.sha256(key.encode()).hexdigest()
            if kept.exists():
                before = json.loads(kept.read_text())
                if before["body"] != hashlib.sha256(body).hexdigest():
                    return 422, {"title": "another body was sent with this key"}
                return 200, before["answer"]
            self._write(key, body)
            part = kept.with_suffix(".part")
            part.write_text(json.dumps({"body": hashlib.sha256(body).hexdigest(), "answer": answer}))
            part.rename(kept)
            return 201, answer

    def _write(self, key: str, body: bytes) -> None:
        self._file.write(f"{key}\t{b64encode(body).decode()}\n")
        self._file.flush()
        os.fsync(self._file.fileno())

    def token(self) -> dict[str, Json]:
        """A new token."""
        life = self.settings.get("token_life", 3600)
        seconds = int(life) if isinstance(life, int) else 3600
        token = f"token-{secrets.token_hex(8)}"
        self.tokens[token] = time.monotonic() + seconds
        return {"access_token": token, "token_type": "Bearer", "expires_in": seconds}

    def csrf(self, *, new: bool = True) -> str | None:
        """The token against forged requests of the one session there is."""
        if new and not self._csrf:
            self._csrf = secrets.token_hex(8)
        return self._csrf or None

    def knows(self, token: str) -> bool:
        """Whether a token counts."""
        return self.tokens.get(token, 0.0) > time.monotonic()
