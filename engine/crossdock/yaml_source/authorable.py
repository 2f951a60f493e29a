"""The base of every model that reads authored YAML."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class Authorable(BaseModel):
    """Frozen, and refuses keys it does not know: a misspelt key must never pass as an absent one."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True, populate_by_name=False)
