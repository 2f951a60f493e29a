"""The tests of a drafted connector package are tests here: what ``crossdock new connector`` writes passes the suites."""

from __future__ import annotations

import sys
from types import ModuleType

from crossdock.ops.scaffold.connector import connector_draft

_FILES = connector_draft("drafted_here").files


def _module(name: str, path: str) -> ModuleType:
    """A file of the package as a module."""
    module = ModuleType(name)
    sys.modules[name] = module
    exec(compile(_FILES[f"crossdock-drafted-here/{path}"], path, "exec"), vars(module))  # noqa: S102 - a text of ours
    return module


_module("crossdock_drafted_here", "crossdock_drafted_here.py")
_TESTS = _module("test_drafted_here", "tests/test_drafted_here.py")

TestSource = vars(_TESTS)["TestDraftedHereSource"]
TestSink = vars(_TESTS)["TestDraftedHereSink"]
TestCall = vars(_TESTS)["TestDraftedHereCall"]
