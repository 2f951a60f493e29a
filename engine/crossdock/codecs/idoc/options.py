"""What a route may say about IDocs."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from crossdock.codecs.judged import MAX_WHOLE
from crossdock.codecs.text_lines import Encoding


class IdocOptions(BaseModel):
    """``form`` is what is written, ``flat`` or ``xml``; reading recognises both.

    ``encoding`` is that of flat files (XML says its own), ``newline`` what ends their records. With ``segments: types``
    flat records carry the segment's type (``E1EDK01``) where they otherwise carry its definition (``E2EDK01005``).
    ``strict`` makes an error of everything that departs from the description of the type: segments that are not
    described, not in their place, too many or missing, and gaps in their numbers. Otherwise these are warnings, and
    all is kept.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    form: Literal["flat", "xml"] = "flat"
    encoding: Encoding = "utf-8"
    newline: Literal["\n", "\r\n"] = "\n"
    segments: Literal["definitions", "types"] = "definitions"
    strict: bool = False
    max_size: int = Field(default=MAX_WHOLE, ge=1)
