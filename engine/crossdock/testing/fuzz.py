"""Mutated EDI by the million: no exception but a refusal, no promise broken, bounded time and memory.

    python -m crossdock.testing.fuzz [--seconds 120] [--standard x12|edifact|both] [--seed N] [--corpus FOLDER] [--keep FOLDER]
    python -m crossdock.testing.fuzz --file mutant.edi

Mutates generated samples and, where given, the files of a folder. What goes wrong is kept as a file and told with its
seed; the exit code is 1 then. Two minutes of it belong into every build, an hour before a release.
"""

from __future__ import annotations

import argparse
import random
import resource
import sys
import time
import traceback
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from crossdock.testing.edi.corpus import corpus_files
from crossdock.testing.edi.examination import examine
from crossdock.testing.edi.mutants import TOKENS, Kitchen, mutant
from crossdock.testing.edi.samples import SAMPLES
from crossdock.testing.edi.standards import STANDARDS

SAMPLED = 200  # generated files that are mutated, a standard
SLOW = 5.0  # seconds of processor time for one file of at most 200 kB, and
SLOW_EACH = 60e-6  # seconds for each byte of it
MOST_MEMORY = 400  # MB the process may grow by
MOST_BROKEN = 20  # kinds of failure after which going on tells nothing new
REPORT = 15.0  # seconds between two lines of progress


@dataclass(slots=True)
class Run:
    """What became of one run."""

    keep: Path | None
    tried: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    transactions: int = 0
    slowest: float = 0.0
    failures: dict[str, str] = field(default_factory=dict)

    def try_out(self, name: str, data: bytes, label: str) -> None:
        """Examines one file and keeps it where something is wrong."""
        began = time.process_time()
        try:
            found = examine(data, STANDARDS[name])
        except Exception as error:  # noqa: BLE001 - any exception but a refusal is what we look for
            lines = traceback.extract_tb(error.__traceback__)
            self._fail(f"{type(error).__name__} in {lines[-1].name}: {error}", traceback.format_exc(), data, label)
            return
        seconds = time.process_time() - began
        self.tried[name] += 1
        self.transactions += found.seen
        self.slowest = max(self.slowest, seconds)
        if found.refused:
            self.refused[found.refused] += 1
        for said in found.broken:
            self._fail(said, said, data, label)
        if found.same is False:
            self._fail("in order, but not written back to the byte", "", data, label)
        if seconds > SLOW + SLOW_EACH * len(data):
            self._fail("slow", f"{seconds:.1f} s for {len(data)} bytes", data, label)

    def _fail(self, kind: str, detail: str, data: bytes, label: str) -> None:
        key = "".join("#" if one.isdigit() else one for one in kind)[:120]
        if key in self.failures:
            return
        self.failures[key] = label
        print(f"FAILED {label}: {kind}\n{detail}", flush=True)  # noqa: T201
        if self.keep is not None:
            self.keep.mkdir(parents=True, exist_ok=True)
            (self.keep / f"{label}.edi").write_bytes(data)


def _memory() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def kitchen(name: str, corpus: Path | None, seed: int) -> Kitchen:
    """What mutants of a standard are made of."""
    chance = random.Random(seed)  # noqa: S311 - no secret, samples
    files = [SAMPLES[name](chance) for _ in range(SAMPLED)]
    if corpus is not None:
        files += [path.read_bytes() for path, _ in corpus_files(corpus, frozenset({name}))] * 2
    return Kitchen(files, TOKENS[name])


def fuzz(run: Run, names: Sequence[str], seconds: float, seed: int, corpus: Path | None) -> None:
    """Mutates and examines until the time is over."""
    kitchens = {name: kitchen(name, corpus, seed) for name in names}
    for name, made in kitchens.items():
        for index, data in enumerate(made.files):
            run.try_out(name, data, f"{name}-sample-{seed}-{index}")
    until, told, base = time.monotonic() + seconds, time.monotonic(), _memory()
    while time.monotonic() < until and len(run.failures) < MOST_BROKEN:
        for name, made in kitchens.items():
            run.try_out(name, mutant(random.Random(seed), made), f"{name}-{seed}")  # noqa: S311 - no secret, a mutant
        seed += 1
        if time.monotonic() - told > REPORT:
            told = time.monotonic()
            print(_line(run), flush=True)  # noqa: T201
    if _memory() - base > MOST_MEMORY:
        run.failures["memory"] = f"grew by {_memory() - base:.0f} MB"


def _line(run: Run) -> str:
    tried = ", ".join(f"{count:,} {name}" for name, count in run.tried.items())
    refused = sum(run.refused.values())
    return (
        f"{tried} files tried, {run.transactions:,} transactions seen, {refused:,} files refused, "
        f"slowest {run.slowest:.2f} s, at most {_memory():.0f} MB, {len(run.failures)} failures"
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """1 where something failed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=120)
    parser.add_argument("--standard", choices=[*STANDARDS, "both"], default="both")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--corpus", type=Path)
    parser.add_argument("--keep", type=Path, help="folder for files on which something failed")
    parser.add_argument("--file", type=Path, help="try one file only")
    options = parser.parse_args(arguments)
    names = list(STANDARDS) if options.standard == "both" else [options.standard]
    run = Run(options.keep)
    if options.file:
        for name in names:
            run.try_out(name, options.file.read_bytes(), options.file.name)
    else:
        fuzz(run, names, options.seconds, options.seed, options.corpus)
    print(_line(run))  # noqa: T201
    return 1 if run.failures else 0


if __name__ == "__main__":
    sys.exit(main())
