"""EDIFACT (ISO 9735, syntax versions 1 to 4): any message by structure, described ones with full validation.

``CODEC`` is imported when asked for: it brings the options model, and reading alone does without pydantic.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from crossdock.codecs.edifact.codec import CODEC

__all__ = ["CODEC"]


def __getattr__(name: str) -> object:
    if name == "CODEC":
        from crossdock.codecs.edifact.codec import CODEC as codec  # noqa: N811, PLC0415 - see above

        return codec
    raise AttributeError(name)
