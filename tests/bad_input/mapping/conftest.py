"""The same tools as for well-meant mappings."""

from __future__ import annotations

from tests.unit.mapping.conftest import (
    broken,
    compile_yaml,
    evaluate,
    findings,
    mistakes,
    refused,
    result,
    scope,
    tables,
)

__all__ = [
    "broken",
    "compile_yaml",
    "evaluate",
    "findings",
    "mistakes",
    "refused",
    "result",
    "scope",
    "tables",
]
