"""Puts the distributor pack into the wheel, where `crossdock init` finds it. In a checkout the pack is the root itself."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

PACK = ("crossdock.yaml", "mappings", "partners", "routes", "samples")


class PackHook(BuildHookInterface[Any]):
    """Adds nothing to an editable install: it runs from the checkout."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Name every part of the pack and its place in the wheel."""
        if version != "editable":
            parts = (part for part in PACK if (Path(self.root) / part).exists())
            build_data["force_include"].update({part: f"crossdock/pack/{part}" for part in parts})
