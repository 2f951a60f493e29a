"""docs/reference/settings.md: crossdock.yaml and the environment."""

from __future__ import annotations

from crossdock.connector.amounts import BYTES, PER_SECOND, SECONDS
from crossdock.partner.ids import EdifactId, Ids, X12Id
from crossdock.route.project import Defaults, Http, Limits, Project, Retention, Tests, TlsFiles
from crossdock.route.settings import OVERRIDES
from crossdock.route.spec import BreakerSpec, RetrySpec
from crossdock.runtime.failpoints import POINTS
from reference_pages.markdown import code, head, joined, prose, table
from reference_pages.models import keys

ABOUT = """
`crossdock.yaml` at the root of a project. Every key has a default; an empty file is a project.
"""
_SECTIONS = (
    (Http, "http"),
    (TlsFiles, "TlsFiles"),
    (Limits, "limits"),
    (Retention, "retention"),
    (Defaults, "defaults"),
    (Tests, "tests"),
    (RetrySpec, "retry"),
    (BreakerSpec, "breaker"),
    (Ids, "ids"),
    (X12Id, "X12Id"),
    (EdifactId, "EdifactId"),
)
_NOTES = {
    "bus": "`embedded`, or `amqp://…`: see [RabbitMQ](../guide/10-rabbitmq.md).",
    "journal": "A path, on a local disk, or `postgresql://…`: see [PostgreSQL](../guide/9-postgresql.md).",
    "ids": "Ours in EDI, towards every partner; see [Partners](../guide/13-partners.md).",
}


def page() -> str:
    """The whole page."""
    sections = (f"## {name}\n\n{prose(model.__doc__)}\n\n{keys(model)}" for model, name in _SECTIONS)
    return joined(head("Settings", ABOUT), keys(Project, _NOTES), *sections, _units(), _environment())


def _units() -> str:
    rows = (("duration", SECONDS, "`90d`"), ("size", BYTES, "`20MB`"), ("rate", PER_SECOND, "`600/min`"))
    listed = ((kind, ", ".join(code(unit) for unit in units), example) for kind, units, example in rows)
    return "## Units\n\nA unit is never left out.\n\n" + table(("kind", "units", "example"), listed)


def _environment() -> str:
    rows = [
        *((code(variable), f"overrules `{key}`") for key, variable in OVERRIDES.items()),
        ("`CROSSDOCK_SECRET_NAME`", "the secret `name`; overrules the file `secrets/name`"),
        ("`CROSSDOCK_FAIL`", "for tests only: kills the process at a [fail point](../guide/5-promises.md#fail-points)"),
        ("`CROSSDOCK_FAIL_ONCE`", "for tests only: a file; only the process that can create it is killed"),
    ]
    points = ", ".join(code(point) for point in POINTS)
    about = (
        "Text values of routes and settings may say `${NAME}`, `${NAME:-default}` and `${secret:NAME}`. A value is put in\n"
        "after the file was parsed, so it can never become structure, and never part of an expression."
    )
    return f"## Environment\n\n{about}\n\n{table(('variable', 'what it does'), rows)}\nFail points: {points}."
