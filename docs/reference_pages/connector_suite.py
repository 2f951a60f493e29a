"""docs/reference/connector-suite.md: what the connector suites ask, and which of our connectors answer it."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from crossdock.connector import Connector
from crossdock.registry import Registry
from crossdock.testing.connector_suite import CallGround, Ground, SinkGround, SourceGround, folders, ground
from crossdock.testing.connector_suite.named import ITEMS
from crossdock.testing.connector_suite.suite import Suite
from reference_pages.markdown import code, head, joined, table

ABOUT = """
What every connector is asked by `crossdock.testing.connector_suite`, and which of ours pass it, against their real counterparts: see
[writing a connector](../guide/19-write-a-connector.md#the-suites). A test is there for a connector whose counterpart has what the test
needs; none is skipped.
"""
ELSEWHERE_ABOUT = """
What a connector is that no suite can ask, because nobody can put anything there or it is no counterpart: other tests do.
"""
#: Of each role of a connector that has no suite: why, and which tests ask it.
ELSEWHERE = {
    ("echo", "source"): ("It brings what the route itself says.", "tests/unit/echo_and_log"),
    ("http", "endpoint"): (
        "The others come to us. Killed, flooded and lied to it is there.",
        "tests/flow/test_http_in.py, tests/fault/test_http_in_survives_a_kill.py, tests/contract/test_http_in_as_described.py",
    ),
    ("schedule", "source"): ("Time puts things there, and a test that turns the clock.", "tests/unit/schedule"),
    ("sql", "call"): ("Its counterparts are those of the source.", "tests/contract/sql/test_sql_calls.py"),
}
_ROLES = ("source", "endpoint", "sink", "call")
_MODULES = (ground.__name__, folders.__name__)
TESTS = Path(__file__).parents[2] / "tests" / "contract" / "connectors"


def page() -> str:
    """The whole page."""
    suites = sorted(_suites(), key=lambda one: (one.ground_type.connector.name, one.__name__))
    asked = [(item, ", ".join(map(code, tests))) for item, tests in ITEMS.items()]
    return joined(
        head("What connectors are asked", ABOUT),
        "## Connectors",
        table(("connector", "suite", "its counterpart can", "tests"), map(_row, suites)),
        "## Asked elsewhere",
        ELSEWHERE_ABOUT.strip(),
        table(("connector", "as", "why", "asked by"), _elsewhere(suites)),
        "## Items",
        table(("what", "asked by"), asked),
    )


def _suites() -> Iterator[type[Suite]]:
    """The suites of our connectors, from the files of their tests."""
    for path in sorted(TESTS.glob("test_*_contract.py")):
        name = f"suites_of_{path.stem}"
        spec = importlib.util.spec_from_file_location(name, path)
        if spec is None or spec.loader is None:
            raise ImportError(name)
        module = importlib.util.module_from_spec(spec)
        sys.modules[name] = module
        spec.loader.exec_module(module)
        for one in vars(module).values():
            if isinstance(one, type) and issubclass(one, Suite) and one.__module__ == name:
                yield one


def _elsewhere(suites: Sequence[type[Suite]]) -> Iterator[tuple[str, str, str, str]]:
    """A row for each role that no suite asks. Raises ``LookupError`` for one that nobody has thought of."""
    asked = {(one.ground_type.connector.name, _role(one)) for one in suites}
    for name, connector in sorted(Registry("crossdock.connectors", Connector).all()):
        for role in _ROLES:
            if getattr(connector, role) is None or (name, role) in asked:
                continue
            if (name, role) not in ELSEWHERE:
                raise LookupError(f"no suite asks '{name}' as a {role}, and ELSEWHERE does not say why")
            why, tests = ELSEWHERE[name, role]
            yield name, role, why, ", ".join(map(code, tests.split(", ")))


def _role(suite: type[Suite]) -> str:
    kinds = {SourceGround: "source", SinkGround: "sink", CallGround: "call"}
    return next(role for kind, role in kinds.items() if issubclass(suite.ground_type, kind))


def _row(suite: type[Suite]) -> tuple[str, str, str, str]:
    effect = f" ({suite.effect})" if suite.effect is not None else ""
    kinds = [one.__name__ for one in suite.__mro__[1:] if one.__name__.endswith("Suite") and one is not Suite]
    tests = [name for name in dir(suite) if name.startswith("test_") and callable(getattr(suite, name))]
    return suite.ground_type.connector.name, f"{code(kinds[0])}{effect}", _can(suite.ground_type), str(len(tests))


def _can(of: type[Ground]) -> str:
    told = [one for one in of.__mro__ if one.__module__ in _MODULES and not issubclass(one, Ground)]
    return ", ".join(sorted(code(one.__name__) for one in told))
