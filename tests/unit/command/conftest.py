"""Programs as they may be: small scripts in a folder of the test."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from crossdock.connector import Parcel, Surroundings
from crossdock.message import Document, Inline

Script = Callable[[str], str]
MESSAGE = "01a1a0e4-7c30-7abc-8000-000000000001"


@pytest.fixture
def around(tmp_path: Path) -> Surroundings:
    return Surroundings(root=tmp_path, name="orders/command", now=lambda: datetime(2026, 11, 20, tzinfo=UTC))


@pytest.fixture
def script(tmp_path: Path) -> Script:
    """Writes a shell script; its path."""
    count = iter(range(100))

    def write(text: str) -> str:
        path = tmp_path / f"program-{next(count)}"
        path.write_text(f"#!/bin/sh\n{text}\n")
        path.chmod(0o755)
        return str(path)

    return write


def parcel(data: bytes = b"ORDER 1\n", document: Document = None, attempt: int = 1) -> Parcel:
    return Parcel(
        key="key-1",
        message=MESSAGE,
        payload=Inline(data),
        document=document,
        attempt=attempt,
        correlation="corr-1",
        route="orders",
        content_type="text/plain",
    )
