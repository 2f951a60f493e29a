"""What the front shows of itself: the description of its addresses, and a page that makes it readable.

The page is a file of ours and loads nothing from elsewhere; its policy (CSP) would not let it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.resources import files

from crossdock.message import EMPTY

_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_SHOWN = {"Content-Security-Policy": _POLICY, "Referrer-Policy": "no-referrer", "Cache-Control": "no-cache"}


@dataclass(frozen=True, slots=True)
class Page:
    """Something to be read."""

    body: bytes
    content_type: str
    headers: Mapping[str, str] = field(default_factory=lambda: EMPTY)


def pages(description: Mapping[str, object], *, shown: bool) -> Mapping[str, Page]:
    """What there is to read, by path. The page itself only where it is to be ``shown``."""
    told = {"/openapi.json": Page(json.dumps(description, ensure_ascii=False).encode(), "application/json")}
    if not shown:
        return told
    folder = files("crossdock.front") / "page"
    return told | {
        "/docs": Page((folder / "docs.html").read_bytes(), "text/html; charset=utf-8", _SHOWN),
        "/docs/docs.css": Page((folder / "docs.css").read_bytes(), "text/css; charset=utf-8", _SHOWN),
        "/docs/docs.js": Page((folder / "docs.js").read_bytes(), "text/javascript; charset=utf-8", _SHOWN),
    }
