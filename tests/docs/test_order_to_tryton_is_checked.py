"""The example that goes with an ERP: without the ERP it can be checked; tests/live runs it."""

from __future__ import annotations

import shutil
from pathlib import Path

from tests.commands import command
from tests.docs.conftest import ROOT

PACK = ("x12-850-to-order", "x12/shipment-to-x12-856", "x12/invoice-to-x12-810")


def test_it_has_no_mistakes(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "docs/examples/order-to-tryton", tmp_path, dirs_exist_ok=True)
    shutil.copytree(ROOT / "mappings/tables", tmp_path / "mappings/tables", dirs_exist_ok=True)
    shutil.copytree(ROOT / "samples", tmp_path / "samples")
    for name in PACK:
        (tmp_path / f"mappings/{name}.yaml").parent.mkdir(exist_ok=True)
        shutil.copyfile(ROOT / f"mappings/{name}.yaml", tmp_path / f"mappings/{name}.yaml")
    (tmp_path / "secrets").mkdir(mode=0o700)
    for name in ("tryton_key", "tryton_password", "acme_key"):
        (tmp_path / "secrets" / name).touch(mode=0o600)
        (tmp_path / "secrets" / name).write_text("not-a-real-one")
    told = command(tmp_path, "check")
    assert "0 errors, 0 warnings" in told.output + told.errors
