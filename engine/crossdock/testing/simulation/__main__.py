"""``python -m crossdock.testing.simulation``: run seeds, replay one, find the smallest plan that still fails."""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import msgspec

from crossdock.testing.simulation import Plan, Verdict, plan_of, shrink, simulate, simulate_seeds

_ABOUT = "Runs the engine in simulated time, with faults, from seeds. Exit code 1: a promise was broken."


def main(arguments: Sequence[str] | None = None) -> int:
    """Run as told. 0 when every promise held."""
    asked = _asked(arguments)
    if asked.plan is not None:
        return _one(simulate(msgspec.json.decode(asked.plan.read_bytes(), type=Plan)), shrunk=asked.shrink)
    if asked.seed is not None:
        return _one(simulate(plan_of(asked.seed)), shrunk=asked.shrink)
    return _many(range(asked.first, asked.first + asked.seeds), shrunk=asked.shrink)


def _asked(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m crossdock.testing.simulation", description=_ABOUT)
    parser.add_argument("--seeds", type=int, default=2000, help="how many seeds to run (2000)")
    parser.add_argument("--first", type=int, default=0, help="the first of them (0)")
    parser.add_argument("--seed", type=int, help="run this one alone and show all that happens")
    parser.add_argument("--plan", type=Path, help="run a plan from a file, as --shrink prints it")
    parser.add_argument("--shrink", action="store_true", help="look for the smallest plan that fails in the same way")
    return parser.parse_args(arguments)


def _one(verdict: Verdict, *, shrunk: bool) -> int:
    if verdict.ok or not shrunk:
        return _show(verdict)
    small = shrink(verdict)
    code = _show(small)
    sys.stdout.write(f"as a file for --plan:\n{msgspec.json.encode(small.plan).decode()}\n")
    return code


def _show(verdict: Verdict) -> int:
    sys.stdout.write(f"{verdict.plan}\n\n{verdict.log()}\n\n{verdict}\n")
    return 0 if verdict.ok else 1


def _many(seeds: range, *, shrunk: bool) -> int:
    begun, rules, first = time.monotonic(), Counter[str](), None
    for verdict in simulate_seeds(seeds):
        if verdict.rule is not None:
            rules[verdict.rule] += 1
            first = first or verdict
            sys.stdout.write(f"{verdict}\n")
    seconds = time.monotonic() - begun
    sys.stdout.write(f"{len(seeds)} seeds in {seconds:.1f} s, {sum(rules.values())} failed {dict(rules) or ''}\n")
    return _one(first, shrunk=True) if first is not None and shrunk else int(bool(rules))


if __name__ == "__main__":
    sys.exit(main())
