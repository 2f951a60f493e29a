"""Keys of ``once``, ``latest`` and ``order``: what an expression gives, as text that is the same for the same."""

from __future__ import annotations

from crossdock import document_json
from crossdock.errors import Finding, Reject
from crossdock.message import Document
from crossdock.route.template import plain

MAX_KEY = 1000  # characters: an index entry, not a document


def key_text(value: Document, text: str) -> str:
    """The key as text. ``text`` is the expression. Raises ``Reject`` when any part of it is absent or empty."""
    simple = plain(value)
    if simple:
        key = simple
    elif isinstance(value, list) and value and all(plain(part) for part in value):
        key = document_json.encode([plain(part) for part in value]).decode()
    else:
        hint = "every part of a key must be there, or different documents would share it"
        raise Reject.of([Finding(code="R402", message=f"the key {text} is empty, or a part of it is", hint=hint)])
    if len(key) > MAX_KEY:
        raise Reject.of([Finding(code="R402", message=f"the key {text} is longer than {MAX_KEY} characters")])
    return key
