"""``crossdock demo``: the main job, shown with real commands on real files, and checked while it is shown."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import click

from crossdock.cli.main import FAILURES
from crossdock.testing.orders import write

_MANY = 2000  # orders of ten lines, to show how fast it goes
_WIDTH = 118
_BAD = "acme-850-letter-in-quantity.edi"
_HEAD = "warehouse,warehouse_name,count_no,sku,gtin,description,unit,on_hand,available,bin,counted_at\n"
_COUNTS = (
    'MEM1,Memphis DC,30502,HB-0840,,"Hex bolt M8x40, zinc",EA,31000,30200,A-14-03,2026-11-20T14:02:00Z\n'
    'MEM1,Memphis DC,30397,HB-0840,,"Hex bolt M8x40, zinc",EA,47000,47000,A-14-03,2026-11-18T09:30:00Z\n'
)


@click.command(short_help="Show the main job end to end.")
@click.option("--keep", is_flag=True, help="Keep the project that is made, and say where it is.")
def demo(keep: bool) -> None:
    """Make a project in a temporary folder, drop files into it, and show what happens to them.

    Every command is run as printed, and what the text says is checked: exit 1 if anything is not so.
    """
    begun = time.monotonic()
    with _folder(keep) as home:
        stage = Stage(home / "shop")
        with suppress(_Ended):
            for scene in SCENES:
                scene(stage)
    click.echo(f"\n{stage.passed} statements checked in {time.monotonic() - begun:.0f} s, {len(stage.failed)} wrong")
    for statement in stage.failed:
        click.secho(f"wrong: {statement}", fg="red")
    if keep:
        click.echo(f"the project is in {stage.shop}")
    if stage.failed:
        sys.exit(FAILURES)


class _Ended(Exception):
    """A command failed: what would come next has nothing to show."""


@contextmanager
def _folder(keep: bool) -> Iterator[Path]:
    home = Path(tempfile.mkdtemp(prefix="crossdock-demo-"))
    try:
        yield home
    finally:
        if not keep:
            shutil.rmtree(home)


@dataclass(slots=True)
class Stage:
    """The project ``shop``, and what has been found true and false about it so far."""

    shop: Path
    passed: int = 0
    failed: list[str] = field(default_factory=list)

    def title(self, text: str) -> None:
        """Begin a scene."""
        click.secho(f"\n{text}", bold=True)

    def run(self, *arguments: str, about: str = "", lines: int = 40, without: Sequence[str] = ()) -> str:
        """Run a command in the project and show what it prints, without the lines that begin with one of ``without``."""
        click.secho(f"\n$ crossdock {' '.join(arguments)}", fg="cyan", nl=not about)
        if about:
            click.secho(f"   # {about}", dim=True)
        done = self.ask(*arguments)
        text = done.stdout + done.stderr
        kept = [line for line in text.splitlines() if not line.strip().startswith(tuple(without))]
        self.quote(kept, lines)
        if done.returncode:
            self.claim(f"crossdock {arguments[0]} succeeds (it ended with {done.returncode})", truth=False)
            raise _Ended
        return done.stdout

    def ask(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run a command and show nothing."""
        folder = self.shop if self.shop.is_dir() else self.shop.parent
        command = [sys.executable, "-m", "crossdock", *arguments]
        return subprocess.run(command, cwd=folder, capture_output=True, text=True, encoding="utf-8", check=False)

    def quote(self, lines: Sequence[str], most: int) -> None:
        """Show lines, cut to the width and number that a person reads."""
        for line in lines[:most]:
            click.echo(f"  {line[: _WIDTH - 1]}{'…' if len(line) >= _WIDTH else ''}".rstrip())
        if len(lines) > most:
            click.secho(f"  … {len(lines) - most} more lines", dim=True)

    def file(self, path: str, most: int) -> str:
        """Show the first lines of a file of the project."""
        click.secho(f"\n{path}", underline=True)
        file = self.shop / path
        text = file.read_text(encoding="utf-8") if file.is_file() else ""
        self.quote(text.splitlines(), most)
        return text

    def drop(self, source: str, target: str) -> None:
        """Put a copy of one of the project's files into an inbox, as a partner would."""
        click.secho(f"  {target}  (a copy of {source})", fg="yellow")
        shutil.copyfile(self.shop / source, self.shop / target)

    def change(self, path: str, after: str, line: str) -> None:
        """Put a line into a file of the project, behind the one that has ``after``."""
        click.secho(f"  {path}  (with {line.strip()})", fg="yellow")
        file = self.shop / path
        lines = file.read_text(encoding="utf-8").splitlines()
        at = next(number for number, text in enumerate(lines, start=1) if after in text)
        file.write_text("\n".join([*lines[:at], line, *lines[at:], ""]), encoding="utf-8")

    def names(self, folder: str) -> set[str]:
        """The files in a folder of the project."""
        return {file.name for file in (self.shop / folder).glob("*") if file.is_file()}

    def claim(self, statement: str, truth: bool) -> None:
        """Say something, and whether it is so."""
        self.passed += truth
        if not truth:
            self.failed.append(statement)
        click.secho(f"  {'✓' if truth else '✗'} {statement}", fg="green" if truth else "red")


def _orders_in(stage: Stage) -> None:
    stage.title("1. Orders in: three partners' purchase orders and a warehouse's stock file lie in the inbox folders")
    stage.run("init", "shop")
    stage.run("check", about="every mistake in routes and mappings, before anything runs")
    stage.run("run", "--until-idle", about="a running project stays up; this stops once nothing is waiting")
    flat = stage.file("erp/in/ORD4500017832.txt", 3)
    stage.claim("the ERP has each order in its fixed-width format", flat.startswith("ORD4500017832     20261120C-1001"))
    xml = stage.file("crm/in/order-4500017832.xml", 8)
    stage.claim("the CRM has each order as its XML", "<SalesOrder" in xml and _count(stage) == (4, 4))
    stock = stage.names("shop/stock")
    stage.claim(
        "the shop has the newest count of each item: the file also had one of the evening before",
        "HB-0840-MEM1-30417.json" in stock and "HB-0840-MEM1-30411.json" not in stock,
    )


def _count(stage: Stage) -> tuple[int, int]:
    return len(stage.names("erp/in")), len(stage.names("crm/in"))


def _trouble(stage: Stage) -> None:
    stage.title("2. Trouble in: a file sent twice, the same under another name, a typing error, counts out of order")
    click.echo()
    stage.drop("samples/x12/acme-850.edi", "inbox/orders/acme-850.edi")
    stage.drop("samples/x12/acme-850.edi", "inbox/orders/acme-850-resent.edi")
    stage.drop(f"samples/faulty/{_BAD}", f"inbox/orders/{_BAD}")
    click.secho("  inbox/stock/late.csv  (a count of this afternoon, then one of two days ago)", fg="yellow")
    (stage.shop / "inbox/stock/late.csv").write_text(_HEAD + _COUNTS, encoding="utf-8")
    told = stage.run("run", "--until-idle")
    stage.claim("the four orders sent again are recognised and go nowhere", "4 skipped" in _line(told, "orders-in "))
    new = stage.names("erp/in") & {f"ORD450001784{digit}.txt" for digit in range(10)}
    stage.claim(
        "of the three orders in the bad file, the two good ones are delivered",
        new == {"ORD4500017841.txt", "ORD4500017843.txt"} and _count(stage) == (6, 6),
    )
    stock = stage.names("shop/stock")
    stage.claim(
        "the shop hears of the afternoon's count and not of the old one",
        "HB-0840-MEM1-30502.json" in stock and "HB-0840-MEM1-30397.json" not in stock,
    )


def _line(text: str, start: str) -> str:
    return next((line for line in text.splitlines() if line.startswith(start)), "")


def _mended(stage: Stage) -> None:
    stage.title("3. The third order is a dead letter: kept as it came, with the place of its mistake")
    listed = stage.run("dead", "list").splitlines()
    dead = listed[1].split()[0] if len(listed) > 1 else "none"
    shown = stage.run("dead", "show", dead, without=("headers:", "ISA*", "GS*", "GE*", "IEA*"))
    located = "Segment 8" in shown and "PO102" in shown and "^^" in shown
    stage.claim("segment, element and a caret say what is wrong", located)
    click.secho(f"\n$ crossdock dead show {dead} --payload > mended.edi, where 1O then becomes 10", fg="cyan")
    payload = stage.ask("dead", "show", dead, "--payload").stdout
    (stage.shop / "mended.edi").write_text(payload.replace("*1O*", "*10*"), encoding="utf-8")
    stage.run("dead", "edit", dead, "--file", "mended.edi", "--reason", "letter O for zero")
    stage.ask("run", "--until-idle")
    flat = stage.file("erp/in/ORD4500017842.txt", 3)
    stage.claim("mended and delivered", "00000010000EA" in flat and _count(stage) == (7, 7))


def _traced(stage: Stage) -> None:
    stage.title("4. One order, from the segment it came in to the files it became")
    told = stage.run("trace", "4500017843", about="an order number, a message id or a correlation id")
    ends = (
        _BAD,
        "part 3 (element ST, byte",
        "850 ST 0003",
        "→ erp/in/ORD4500017843.txt",
        "→ crm/in/order-4500017843.xml",
    )
    stage.claim("from the partner's file and its third transaction to both systems", all(end in told for end in ends))


def _measured(stage: Stage) -> None:
    stage.title(f"5. How fast: {_MANY:,} orders of ten lines in one file, the ERP taking a thousand to a file")
    click.echo()
    stage.change("routes/orders-to-erp.yaml", "map: order-to-erp-flat", "    batch: {count: 1000, wait: 2s}")
    stage.change("routes/orders-to-crm.yaml", "about: ", "enabled: false")
    size = write(stage.shop / "inbox/orders/many.edi", _MANY)
    click.secho(f"  inbox/orders/many.edi  ({size / 1e6:.1f} MB)", fg="yellow")
    before = stage.names("erp/in")
    stage.run("run", "--until-idle", "--workers", "2", without=("inventory", "orders-to-crm"))
    new = stage.names("erp/in") - before
    texts = [(stage.shop / "erp/in" / name).read_text(encoding="cp1252") for name in new]
    orders = sum(line.startswith("ORD") for text in texts for line in text.splitlines())
    stage.claim(f"all {_MANY:,} reached the ERP, in {len(new)} files", orders == _MANY and len(new) < _MANY / 100)
    if orders != _MANY:
        raise _Ended
    rate = _MANY / _seconds(stage, f"PO{_MANY:07}")
    click.secho(f"  {rate:,.0f} orders a second, from the file's arrival to the last file for the ERP", bold=True)


def _seconds(stage: Stage, order: str) -> float:
    """How long it took from the arrival of the file ``order`` was in until its last delivery."""
    (told,) = json.loads(stage.ask("trace", order, "--json").stdout)
    arrived = datetime.fromisoformat(told["origin"][0]["work"][0]["accepted"])
    delivered = max(datetime.fromisoformat(work["settled"]) for work in told["work"])
    return (delivered - arrived).total_seconds()


def _balanced(stage: Stage) -> None:
    stage.title("6. The sum: everything that was ever accepted is somewhere, once")
    told = stage.run("audit")
    stage.claim("accepted = delivered + skipped + mended, in every queue", told.rstrip().endswith("; balanced"))


SCENES = (_orders_in, _trouble, _mended, _traced, _measured, _balanced)
