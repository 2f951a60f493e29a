"""What people may see of what a peer said: bounded, printable, and without any secret of ours that it repeated."""

from __future__ import annotations

import base64
import json
import re
from collections import deque
from collections.abc import Iterable
from urllib.parse import quote, quote_plus

LONGEST_SHOWN = 500  # characters of a reply in a finding
_PASSING = 10  # tokens that are remembered
_SHORTEST = 4  # characters; shorter ones are found in any text


def _forms(secret: str) -> frozenset[str]:
    """As it is, in a URL, in base64 and in a text of JSON."""
    data = secret.encode("utf-8", "surrogatepass")
    escaped = {quote(data, safe=""), quote_plus(data)}
    escaped |= {re.sub("%..", lambda found: found[0].lower(), one) for one in escaped}
    packed = {base64.b64encode(data).decode(), base64.urlsafe_b64encode(data).decode()}
    quoted = {json.dumps(secret)[1:-1], json.dumps(secret, ensure_ascii=False)[1:-1]}
    return frozenset({secret, data.hex(), *escaped, *packed, *(one.rstrip("=") for one in packed), *quoted})


class Redaction:
    """Knows the secrets of one connection and takes them out of texts."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        self._lasting: set[str] = set()
        self._passing: deque[frozenset[str]] = deque(maxlen=_PASSING)
        self._texts: list[str] = []
        for secret in secrets:
            self.add(secret)

    def add(self, secret: str, *, passing: bool = False) -> None:
        """One more, in every form in which it may come back. Longer ones are taken out first.

        Of those that are ``passing``, as tokens are, only the last ones are remembered.
        """
        if len(secret) < _SHORTEST:
            return
        if passing:
            self._passing.append(_forms(secret))
        else:
            self._lasting |= _forms(secret)
        self._texts = sorted(self._lasting.union(*self._passing), key=len, reverse=True)

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
