"""What a route may say about the log: ``to: - log: {…}``."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from crossdock.connector import Template
from crossdock.connector.amounts import Bytes, sized


class SinkOptions(BaseModel):
    """A line in the log for each parcel.

    ``about`` is a template for the first words. ``show`` adds the ``document`` as JSON, the ``payload`` as text, or
    nothing. ``redact`` are paths of fields that are shown as ``***``: ``buyer.vat_id``, and with ``*`` for any one key or
    position, ``*.iban``, ``lines.*.price``; of a payload nothing can be redacted. ``limit`` bounds what is shown.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    level: Literal["debug", "info", "warning", "error"] = "info"
    about: Template | None = None
    show: Literal["document", "payload", "nothing"] = "nothing"
    redact: tuple[Annotated[str, Field(pattern=r"^[^.]+(\.[^.]+)*$")], ...] = ()
    limit: Annotated[Bytes, sized("100B", "1MB")] = 2000
