"""Local plug-ins: Python modules of the project that bring connectors and codecs of its own.

```yaml
# crossdock.yaml
plugins: [plugins/mailbox.py]
```

A module defines ``CONNECTORS`` (a list of ``crossdock.connector.Connector``), ``CODECS`` (a list of
``crossdock.codecs.contract.CodecKind``), or both. Each is known to routes by its own ``name``, which must not be taken.
A module is imported when the project is loaded, with the rights of crossdock itself: it is code that the project's
owner wrote, as much to be trusted as an installed package. Whatever it raises is a finding at its line.
"""

from __future__ import annotations

import hashlib
import importlib.util
import sys
import traceback
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import TypeVar

from crossdock.codecs.contract import AnyCodecKind, CodecKind
from crossdock.connector import Connector
from crossdock.errors import Finding, Place
from crossdock.registry import Registry

P = TypeVar("P", Connector, AnyCodecKind)


@dataclass(frozen=True, slots=True)
class Plugins:
    """What the modules of a project bring, by name, and what is wrong with them."""

    connectors: dict[str, Connector] = field(default_factory=dict)
    codecs: dict[str, AnyCodecKind] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)


def load_plugins(
    root: Path,
    places: Mapping[str, Place],
    connectors: Registry[Connector],
    codecs: Registry[AnyCodecKind],
) -> Plugins:
    """Import the modules at ``places`` (path in the project, and where ``crossdock.yaml`` names it)."""
    loaded = Plugins()
    for name, place in places.items():
        module = _imported(root, name, place, loaded.findings)
        if module is not None:
            at = Place(file=name, line=1, column=1)
            _collect(module, at, "CONNECTORS", Connector, connectors, loaded.connectors, loaded.findings)
            _collect(module, at, "CODECS", CodecKind, codecs, loaded.codecs, loaded.findings)
    return loaded


def _imported(root: Path, name: str, place: Place, findings: list[Finding]) -> ModuleType | None:
    path = root / name
    if not path.is_file() or not path.resolve().is_relative_to(root.resolve()):
        message = f"plug-in '{name}' is not a file of the project"
        findings.append(Finding(code="P112", message=message, place=place, hint="a path such as plugins/mailbox.py"))
        return None
    tag = hashlib.sha256(str(path.resolve()).encode()).hexdigest()[:8]
    spec = importlib.util.spec_from_file_location(f"crossdock_plugin_{path.stem}_{tag}", path)
    if spec is None or spec.loader is None:
        raise ImportError(f"no loader for {path}")
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # as an import statement does: dataclasses look there for their module
    try:
        spec.loader.exec_module(module)
    except (Exception, SystemExit) as error:  # noqa: BLE001 - the plug-in boundary: a module may raise anything
        del sys.modules[spec.name]
        message = f"plug-in '{name}' cannot be imported: {type(error).__name__}: {error}"
        findings.append(Finding(code="P112", message=message, place=_line(error, path, name) or place))
        return None
    return module


def _line(error: BaseException, path: Path, name: str) -> Place | None:
    """The line of the module that raised, where it was one of its own."""
    if isinstance(error, SyntaxError) and error.filename == str(path):
        return Place(file=name, line=error.lineno, column=error.offset)
    lines = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == str(path)]
    return Place(file=name, line=lines[-1], column=1) if lines else None


def _collect(
    module: ModuleType,
    at: Place,
    name: str,
    kind: type[P],
    known: Registry[P],
    found: dict[str, P],
    findings: list[Finding],
) -> None:
    listed = getattr(module, name, [])
    if not isinstance(listed, list | tuple) or not all(isinstance(one, kind) for one in listed):
        message = f"{name} is not a list of {kind.__name__} objects"
        findings.append(Finding(code="P113", message=message, place=at))
        return
    for one in listed:
        if one.name in found or one.name in known.names():
            message = f"{name} takes the name '{one.name}', which is known already"
            findings.append(Finding(code="P114", message=message, place=at, hint="give it a name of its own"))
        else:
            found[one.name] = one
