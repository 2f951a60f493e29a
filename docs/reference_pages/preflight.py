"""docs/reference/preflight.md: every preflight rule, from the library."""

from __future__ import annotations

from crossdock.partner.preflight.library import RULES
from reference_pages.markdown import code, head, joined, table

ABOUT = """
Rules that are asked before anything is sent: [the guide](../guide/17-preflight.md) says how. `crossdock partner rules` lists them.
Each may be given another `severity` (`hold`, `reject`, `warn`, in a profile also `off`) and the options it has. `tolerance` is an
amount (`0.01`) or a share (`2%`), `within` a time.
"""


def page() -> str:
    """The whole page."""
    rows = (
        (
            code(rule.name),
            rule.about,
            ", ".join(map(code, rule.reads)),
            str(rule.severity),
            ", ".join(map(code, sorted(rule.takes))),
            ", ".join(map(code, rule.codes)),
        )
        for rule in RULES.values()
    )
    return joined(
        head("Preflight rules", ABOUT),
        table(("rule", "what it asks", "judges", "severity", "options", "findings"), rows),
    )
