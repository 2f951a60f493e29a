"""What an address takes, as the steps of its route say it: the contract a document is judged by, or is mapped from."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from crossdock.canonical.catalogue import CONTRACTS
from crossdock.canonical.contract import Contract
from crossdock.route.compiled import CompiledRoute
from crossdock.yaml_source import load

_BEFORE = frozenset({"decode", "split"})  # steps that leave a document what it is


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """``reads`` is the name of what is read: ``order/v1``, ``fixed/erp-order``. ``judged``: what breaks it is rejected.

    ``samples`` are what the cases of the mapping are given: documents, or files of the project.
    """

    reads: str | None = None
    judged: bool = False
    split: bool = False
    samples: tuple[object, ...] = ()

    @property
    def contract(self) -> Contract | None:
        """The contract of that name."""
        return CONTRACTS.get(self.reads or "")


def taken_by(root: Path, route: CompiledRoute) -> Taken:
    """What the first step that says anything about its documents says."""
    split = False
    for step in _steps(root / route.file):
        name, option = next(iter(step.items()), ("", None))
        split = split or name == "split"
        if name == "validate":
            return Taken(reads=_named(option, "contract"), judged=True, split=split)
        if name == "map":
            return _mapped(root, _named(option, "mapping"), split=split)
        if name not in _BEFORE:
            break
    return Taken(split=split)


def _mapped(root: Path, name: str | None, *, split: bool) -> Taken:
    written = next((_written(file) for file in sorted((root / "mappings").rglob(f"{name}.yaml"))), None)
    if not isinstance(written, dict):
        return Taken(split=split)
    reads, cases = written.get("from"), written.get("cases")
    given = [one.get("given") for one in cases if isinstance(one, dict)] if isinstance(cases, list) else []
    samples = () if split else tuple(one for one in given if one is not None)
    return Taken(reads=reads if isinstance(reads, str) else None, split=split, samples=samples)


def _named(option: object, key: str) -> str | None:
    named = option.get(key) if isinstance(option, dict) else option
    return named if isinstance(named, str) else None


def _written(file: Path) -> object:
    return load(file.read_bytes(), file.name).value if file.is_file() else None


def _steps(file: Path) -> Iterator[dict[str, object]]:
    written = _written(file)
    steps = written.get("steps") if isinstance(written, dict) else None
    for one in steps if isinstance(steps, list) else ():
        if isinstance(one, str | dict):
            yield {one: None} if isinstance(one, str) else dict(one)
