"""A project, copied and given folders of its own: nothing of the user's is read from or written to while it runs.

Every source becomes a folder that torture fills, every destination a folder that a partner empties. Everything in
between, steps, mappings, codecs, batches, order, stays as it is. Waits are made short.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import count
from pathlib import Path

from crossdock.errors import Halt
from crossdock.route.files import SETTINGS
from crossdock.yaml_source import load

_COPIED = ("routes", "mappings", "partners", "samples", "secrets", "contracts", "plugins")
_WORDS = {"name", "when", "map", "encode", "retry", "rate", "breaker", "concurrency", "timeout", "batch", "priority",
          "unclear"}  # of a destination; what is left over names its connector  # fmt: skip
STEP = 3.0  # seconds: leases last twice as long, so a freeze can outlive one
_RETRY = {"attempts": 1000, "first": "200ms", "factor": 2, "max": "2s"}
_BREAKER = {"open": "500ms", "max": "2s"}
_KEEP = "10000d"  # a clock that jumps a year must not make retention forget what is judged
_CHOOSY = {"once", "latest"}
#: Preflight rules that count what came before: under faults copies of one sample come in any order.
_HISTORY = ("asn-quantities", "invoice-quantities", "duplicate-number")

Yaml = dict[str, object]


@dataclass(frozen=True, slots=True)
class Entrance:
    """A route with a source: its inbox, and the samples it accepts (files of the project)."""

    route: str
    inbox: Path
    samples: tuple[Path, ...]


@dataclass(frozen=True, slots=True)
class Stage:
    """The copy: where it lies, the ways in, and which routes choose by what came before."""

    folder: Path
    entrances: tuple[Entrance, ...]
    choosy: frozenset[str]

    @property
    def sinks(self) -> Path:
        """Where the destinations' folders are."""
        return self.folder / "out"

    @property
    def journal(self) -> Path:
        """The folder of the embedded engine's journal."""
        return self.folder / ".crossdock"


def make_stage(project: Path, folder: Path) -> Stage:
    """Copy ``project`` to ``folder`` and re-point it. Raises ``Halt`` T111 when no route has anything to take in."""
    folder.mkdir(parents=True)
    for name in _COPIED:
        if (project / name).is_dir():
            shutil.copytree(project / name, folder / name)
    settings = _read(project / SETTINGS)
    for plugin in _list(settings, "plugins"):
        target = folder / str(plugin)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(project / str(plugin), target)
    _write(folder / SETTINGS, _settings(settings))
    routes = {path.stem: _read(path) for path in sorted((folder / "routes").glob("*.y*ml"))}
    entrances = tuple(_entrances(folder, routes))
    for path in sorted((folder / "routes").glob("*.y*ml")):
        _write(path, _route(path.stem, routes[path.stem]))
    for path in sorted((folder / "partners").glob("*.y*ml")):
        _write(path, _partner(_read(path)))
    if not any(entrance.samples for entrance in entrances):
        raise Halt(
            "T111",
            "no route of the project has a sample to make load from",
            hint="give a route with a source a case whose 'given' is a file and which expects no error",
        )
    return Stage(folder, entrances, frozenset(_choosy(routes)))


def _read(path: Path) -> Yaml:
    value = load(path.read_bytes(), path.name).value
    return dict(value) if isinstance(value, dict) else {}


def _write(path: Path, value: Yaml) -> None:
    """As JSON, which is YAML (1.2, 1.3): no word of it can be read otherwise than it was meant."""
    path.write_text(json.dumps(value, indent=2, ensure_ascii=False, default=float), encoding="utf-8")


def _settings(given: Yaml) -> Yaml:
    limits = given.get("limits")
    return {
        **{key: value for key, value in given.items() if key not in {"bus", "journal", "health", "defaults"}},
        "limits": {
            **(limits if isinstance(limits, dict) else {}),
            "step": f"{STEP:g}s",
            "silence": f"{STEP:g}s",
            "disk_free": "3MB",
            "reserve": "4MB",
        },
        "retention": {"messages": _KEEP, "keys": _KEEP},
    }


def _entrances(folder: Path, routes: Mapping[str, Yaml]) -> Iterator[Entrance]:
    for name, route in routes.items():
        source = route.get("from")
        if isinstance(source, dict) and "topic" not in source and route.get("enabled", True):
            inbox = folder / "in" / name
            inbox.mkdir(parents=True)
            yield Entrance(name, inbox, tuple(_samples(folder, route)))


def _samples(folder: Path, route: Yaml) -> Iterator[Path]:
    for case in _list(route, "cases"):
        if isinstance(case, dict) and not case.get("expect_error"):
            given = case.get("given")
            for name in [given] if isinstance(given, str) else given if isinstance(given, list) else []:
                if (folder / str(name)).is_file():
                    yield folder / str(name)


def _route(name: str, route: Yaml) -> Yaml:
    source, numbers = route.get("from"), count()
    changed: Yaml = {key: value for key, value in route.items() if key not in {"cases", "rate", "timeout", "breaker"}}
    if isinstance(source, dict) and "topic" not in source:
        inbox = {"path": f"in/{name}", "every": "50ms", "stable_for": "50ms", "match": "*"}
        changed["from"] = {"file": inbox}
    changed["to"] = _destinations(name, numbers, route)
    changed["steps"] = [_step(name, numbers, step) for step in _list(route, "steps")]
    changed["retry"] = _RETRY
    return changed


def _step(route: str, numbers: Iterator[int], step: object) -> object:
    """A guard's key gets the file's name before it, so that copies of one sample are no duplicates of each other."""
    if not isinstance(step, dict):
        return step
    for word in _CHOOSY & step.keys():
        options = step[word]
        if isinstance(options, dict):
            return {**step, word: {**options, "key": _told_apart(options.get("key", ""))}}
    if "choose" in step:
        return {**step, "choose": [_branch(route, numbers, branch) for branch in _branches(step)]}
    return step


def _branch(route: str, numbers: Iterator[int], branch: Yaml) -> Yaml:
    if isinstance(last := branch.get("otherwise"), dict):
        return {**branch, "otherwise": _branch(route, numbers, last)}
    changed = dict(branch)
    if "steps" in branch:
        changed["steps"] = [_step(route, numbers, step) for step in _list(branch, "steps")]
    if "to" in branch:
        changed["to"] = _destinations(route, numbers, branch)
    return changed


def _branches(step: Yaml) -> list[Yaml]:
    return [branch for branch in _list(step, "choose") if isinstance(branch, dict)]


def _destinations(route: str, numbers: Iterator[int], given: Yaml) -> list[object]:
    return [_destination(route, next(numbers), one) for one in _list(given, "to")]


def _destination(route: str, number: int, given: object) -> object:
    if not isinstance(given, dict) or "topic" in given:
        return given
    connector = next((key for key in given if key not in _WORDS), "to")
    kept: Yaml = {key: value for key, value in given.items() if key in _WORDS - {"rate", "timeout"}}
    name = f"{given.get('name', connector)}-{number}"
    return {
        **kept,
        "file": {"path": f"out/{route}--{name}", "name": "{$key}~{$now:%H%M%S%f}{$extension}"},
        "name": name,
        "retry": _RETRY,
        "breaker": _BREAKER,
    }


def _partner(profile: Yaml) -> Yaml:
    """All a partner is sent goes to folders, one a generated route; copies of one sample are no duplicates here either."""
    changed: Yaml = {key: value for key, value in profile.items() if key not in {"limits", "channel"}}
    if "channel" in profile:
        name = "{$key}~{$now:%H%M%S%f}{$extension}"
        folder = {"path": "out/{$route}--file", "name": name}
        changed["channel"] = {"file": folder, "name": "file", "retry": _RETRY, "breaker": _BREAKER}
    rules = profile.get("preflight", {})
    if isinstance(rules, dict):
        changed["preflight"] = {**rules, **dict.fromkeys(_HISTORY, "off")}
    received = profile.get("receives")
    if isinstance(received, dict):
        changed["receives"] = {number: _agreements(agreed) for number, agreed in received.items()}
    sent = profile.get("sends")
    if isinstance(sent, dict):  # a clock that jumps would make any deadline pass
        changed["sends"] = {number: _without(agreed, "expect_ack") for number, agreed in sent.items()}
    return {**changed, "duplicates": "off"}


def _agreements(agreed: object) -> object:
    if isinstance(agreed, list):
        return [_agreements(one) for one in agreed]
    return {**agreed, "once": _told_apart(agreed["once"])} if isinstance(agreed, dict) and "once" in agreed else agreed


def _without(agreed: object, word: str) -> object:
    if isinstance(agreed, list):
        return [_without(one, word) for one in agreed]
    return {key: value for key, value in agreed.items() if key != word} if isinstance(agreed, dict) else agreed


def _told_apart(key: object) -> str:
    parts = str(key).strip().removeprefix("[").removesuffix("]")  # a list must be flat
    return f'[$headers."file.name", {parts}]'


def _choosy(routes: Mapping[str, Yaml]) -> Iterator[str]:
    for name, route in routes.items():
        if any(_CHOOSY & step.keys() for step in _steps(route)):
            yield name


def _steps(given: Yaml) -> Iterator[Yaml]:
    """The steps of a route or branch, those of branches within it included."""
    for step in _list(given, "steps"):
        if isinstance(step, dict):
            yield step
            for branch in _branches(step):
                last = branch.get("otherwise")
                yield from _steps(last if isinstance(last, dict) else branch)


def _list(given: Yaml, key: str) -> list[object]:
    value = given.get(key)
    return value if isinstance(value, list) else []


def environment(journal: str, bus: str) -> dict[str, str]:
    """The variables of every process of the copy: whatever the caller's environment says of journal and bus."""
    return {**os.environ, "CROSSDOCK_JOURNAL": journal, "CROSSDOCK_BUS": bus}
