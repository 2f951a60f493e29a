"""The distributor pack as somebody new meets it: init, check, run, in real processes, against golden files.

``pytest tests/flow/test_pack.py --update-golden`` writes the golden files anew.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

GOLDEN = Path(__file__).parents[1] / "golden" / "pack"
OUTPUTS = ("erp/in", "crm/in", "shop/stock")


@dataclass(frozen=True)
class Shop:
    """A project, with what each of the steps below left behind."""

    folder: Path
    first: dict[str, bytes]
    audit: dict[str, object]
    again: dict[str, bytes]
    audit_again: dict[str, object]
    dropped_again: dict[str, bytes]
    report_of_duplicates: dict[str, object]
    audit_of_duplicates: dict[str, object]


def crossdock(folder: Path, *arguments: str) -> str:
    command = [sys.executable, "-m", "crossdock", *arguments]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{' '.join(arguments)}: {done.stdout}{done.stderr}"
    assert not [line for line in done.stderr.splitlines() if line.startswith("{")], "nothing is logged"
    assert "warning" not in done.stderr
    return done.stdout


def outputs(folder: Path) -> dict[str, bytes]:
    files = [file for part in OUTPUTS for file in sorted((folder / part).iterdir())]
    return {file.relative_to(folder).as_posix(): file.read_bytes() for file in files}


def run(folder: Path) -> dict[str, object]:
    report = json.loads(crossdock(folder, "run", "--until-idle", "--json"))
    assert isinstance(report, dict)
    return report


def audit(folder: Path) -> dict[str, object]:
    account = json.loads(crossdock(folder, "audit", "--json"))
    assert isinstance(account, dict)
    return account


def drop_again(folder: Path) -> None:
    """The same files once more: under their own names, and one also under another."""
    for inbox in (folder / "inbox" / "orders", folder / "inbox" / "stock"):
        for file in (inbox / "archive").iterdir():
            shutil.copyfile(file, inbox / file.name)
    shutil.copyfile(folder / "inbox/orders/archive/acme-850.edi", folder / "inbox/orders/sent-again.edi")


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Shop:
    home = tmp_path_factory.mktemp("pack")
    crossdock(home, "init", "shop")
    folder = home / "shop"
    assert "0 errors, 0 warnings" in crossdock(folder, "check")
    run(folder)
    first, account = outputs(folder), audit(folder)
    run(folder)
    again, account_again = outputs(folder), audit(folder)
    drop_again(folder)
    report = run(folder)
    return Shop(folder, first, account, again, account_again, outputs(folder), report, audit(folder))


def states(account: dict[str, object], queue: str) -> dict[str, int]:
    queues = account["queues"]
    assert isinstance(queues, dict)
    found: dict[str, int] = queues[queue]["states"]
    return found


def test_outputs_equal_the_golden_files(shop: Shop, request: pytest.FixtureRequest) -> None:
    if request.config.getoption("--update-golden"):
        shutil.rmtree(GOLDEN, ignore_errors=True)
        for part in OUTPUTS:
            shutil.copytree(shop.folder / part, GOLDEN / part)
    assert shop.first == outputs(GOLDEN)


def test_nothing_is_left_in_the_inbox(shop: Shop) -> None:
    waiting = [file for inbox in (shop.folder / "inbox").iterdir() for file in inbox.iterdir() if file.is_file()]
    assert waiting == []


def test_the_account_is_balanced_and_nothing_died(shop: Shop) -> None:
    assert (shop.audit["balanced"], shop.audit["damage"], shop.audit["accepted"]) == (True, [], 4)
    queues = shop.audit["queues"]
    assert isinstance(queues, dict)
    assert {state for queue in queues for state in states(shop.audit, queue)} == {"delivered", "skipped"}


def test_running_again_changes_nothing(shop: Shop) -> None:
    assert shop.again == shop.first
    assert shop.audit_again == shop.audit


def test_the_same_files_dropped_again_are_recognised(shop: Shop) -> None:
    assert shop.dropped_again == shop.first
    assert shop.report_of_duplicates["balanced"] is True
    assert shop.report_of_duplicates["accepted"] == 5
    assert states(shop.audit_of_duplicates, "orders-in")["skipped"] == 6  # four orders, and two under another name
    assert states(shop.audit_of_duplicates, "orders-to-erp") == states(shop.audit, "orders-to-erp")
    assert states(shop.audit_of_duplicates, "inventory-in")["skipped"] == 8  # seven rows, and one of the first time
    assert states(shop.audit_of_duplicates, "inventory-to-shop") == states(shop.audit, "inventory-to-shop")


def test_the_cases_of_the_new_project_pass(shop: Shop) -> None:
    assert crossdock(shop.folder, "test").endswith(" passed, 0 failed\n")


def test_every_route_of_the_pack_fits_on_a_screen(shop: Shop) -> None:
    lengths = {file.name: len(file.read_text().splitlines()) for file in (shop.folder / "routes").rglob("*.yaml")}
    assert {name: lines for name, lines in lengths.items() if lines > 20} == {}


def test_a_folder_that_is_a_project_already_is_left_alone(shop: Shop) -> None:
    before = {file: file.stat().st_mtime_ns for file in shop.folder.rglob("*")}
    command = [sys.executable, "-m", "crossdock", "init", str(shop.folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, "P201" in done.stderr) == (3, True)
    assert {file: file.stat().st_mtime_ns for file in shop.folder.rglob("*")} == before
