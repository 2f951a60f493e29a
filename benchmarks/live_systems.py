"""Runs the tests against systems that are not ours and writes docs/evidence/live-systems.md.

    ./dev shell-run python benchmarks/live_systems.py [FILE ...]

With files only those are run, and the sections of the others stay as they are.
The environments come from ``./dev test``. Exit 1 if a test failed or had to do without its system.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs/evidence/live-systems.md"
OURS = ("trytond", "trytond-sale", "trytond-stock", "trytond-account-invoice", "mock-sap", "mock-edi")
HEAD = """\
# Live systems

<!-- Written by benchmarks/live_systems.py. Do not edit. -->

What tests/live does with systems by other authors, each started for the test, over real sockets: an ERP (Tryton, on
SQLite), mocks of SAP and of a trading partner, an OpenSSH server, and Prism, which answers by an OpenAPI description.
`./dev test` runs all of it.

| system | version |
|---|---|
"""
TABLE = """
| what happens | with what counts | seconds | |
|---|---|---|---|
"""
TITLES = {
    "test_orders_become_sales_in_tryton": "Orders become sales in Tryton",
    "test_a_sale_is_made_once_whatever_breaks": "A sale is made once, whatever breaks",
    "test_trade_with_mock_edi_over_http": "Trade with mock-edi over HTTP",
    "test_idocs_go_to_and_come_from_mock_sap": "IDocs go to mock-sap and come from it",
    "test_what_is_sent_fits_the_description": "What is sent fits an OpenAPI description",
}


@dataclass(frozen=True)
class Outcome:
    """One test: its sentence, what it counted, how long it took, how it ended."""

    place: str
    sentence: str
    counts: str
    seconds: float
    passed: bool

    @property
    def row(self) -> str:
        """A line of the table."""
        return f"| {self.sentence} | {self.counts} | {self.seconds:.0f} | {'yes' if self.passed else '**no**'} |\n"


def main(targets: list[str]) -> int:
    """The page; 1 if anything is not as it should be."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.xml"
        run = ["-m", "pytest", *(targets or ["tests/live"]), "-q", f"--junitxml={report}", "-o", "junit_family=xunit1"]
        subprocess.run([sys.executable, *run], cwd=ROOT, check=False)
        found = list(outcomes(report))
    before = sections(PAGE.read_text()) if targets else {}
    text = HEAD + "".join(f"| {name} | {number} |\n" for name, number in versions())
    for place, title in TITLES.items():
        rows = "".join(one.row for one in found if one.place == place)
        text += f"\n## {title}\n" + (f"{TABLE}{rows}" if rows else before.get(title, ""))
    PAGE.write_text(text.rstrip("\n") + "\n")
    return 0 if found and all(one.passed for one in found) else 1


def sections(page: str) -> dict[str, str]:
    """What stands under each title of a page."""
    return dict(part.split("\n", 1) for part in page.split("\n## ")[1:])


def outcomes(report: Path) -> Iterator[Outcome]:
    """What pytest wrote down."""
    for case in ElementTree.parse(report).iter("testcase"):  # noqa: S314 - written by our own pytest a moment ago
        name, _, variant = case.get("name", "").partition("[")
        sentence = name.removeprefix("test_").replace("_", " ")
        counts = "; ".join(f"{one.get('name')}: {one.get('value')}" for one in case.iter("property"))
        failed = any(case.find(kind) is not None for kind in ("failure", "error", "skipped"))
        yield Outcome(
            place=case.get("classname", "").rpartition(".")[2],
            sentence=f"{sentence} ({variant.rstrip(']').replace(' HTTP/1.1', '')})" if variant else sentence,
            counts=counts,
            seconds=float(case.get("time", "0")),
            passed=not failed,
        )


def versions() -> Iterator[tuple[str, str]]:
    """The systems and their versions."""
    live, node = Path(os.environ["CROSSDOCK_LIVE"]), Path(os.environ["CROSSDOCK_PRISM"])
    ask = f"import json,importlib.metadata as m;print(json.dumps([[n,m.version(n)] for n in {OURS!r}]))"
    yield from json.loads(said([str(live / "bin/python"), "-c", ask]))
    yield "Prism", json.loads((node / "node_modules/@stoplight/prism-cli/package.json").read_text())["version"]
    told = subprocess.run([shutil.which("ssh") or "ssh", "-V"], capture_output=True, text=True, check=False).stderr
    yield "OpenSSH", told.split(",")[0].removeprefix("OpenSSH_").strip()


def said(command: list[str]) -> str:
    """What a program prints."""
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
