"""X12: any set and release read by structure, described sets with full validation, written by the same tables.

``CODEC`` is imported when asked for: it brings the options model, and reading alone does without pydantic.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from crossdock.codecs.x12.codec import CODEC

__all__ = ["CODEC"]


def __getattr__(name: str) -> object:
    if name == "CODEC":
        from crossdock.codecs.x12.codec import CODEC as codec  # noqa: N811, PLC0415 - see above

        return codec
    raise AttributeError(name)
