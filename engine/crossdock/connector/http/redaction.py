"""What people may see of what a peer said: bounded, printable, and without any secret of ours that it repeated."""

from __future__ import annotations

import base64
from collections.abc import Iterable
from urllib.parse import quote, quote_plus

LONGEST_SHOWN = 500  # characters of a reply in a finding
_SHORTEST = 4  # characters; shorter ones are found in any text


class Redaction:
    """Knows the secrets of one connection and takes them out of texts."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        self._texts: list[str] = []
        for secret in secrets:
            self.add(secret)

    def add(self, secret: str) -> None:
        """One more, in every form in which it may come back. Longer ones are taken out first."""
        if len(secret) < _SHORTEST:
            return
        forms = {secret, quote(secret, safe=""), quote_plus(secret), base64.b64encode(secret.encode()).decode()}
        self._texts = sorted({*self._texts, *forms}, key=len, reverse=True)[:100]

    def __call__(self, text: str) -> str:
        """The text without them."""
        for secret in self._texts:
            text = text.replace(secret, "…")
        return text

    def shown(self, text: str, longest: int = LONGEST_SHOWN) -> str:
        """The text without them, in one line, short, harmless in a log and on a terminal."""
        plain = " ".join(self(text).split())
        safe = "".join(character if character.isprintable() else "·" for character in plain)
        return safe if len(safe) <= longest else f"{safe[:longest]}…"
