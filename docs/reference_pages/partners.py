"""docs/reference/partners.md: the files in partners/."""

from __future__ import annotations

from crossdock.partner.agreement import Expectation, Receives, Sends
from crossdock.partner.envelope import EdifactEnvelope, X12Envelope
from crossdock.partner.ids import EdifactId, Ids, X12Id
from crossdock.partner.preflight.choice import Wish
from crossdock.partner.profile import Limits, Profile
from crossdock.partner.status import ALLOWS, FOLLOWS
from crossdock.yaml_source.named_mapping import NamedMapping
from reference_pages.markdown import code, head, joined, prose, table
from reference_pages.models import keys

ABOUT = """
One trading partner a file: `partners/acme.yaml` is partner `acme`. See [Partners](../guide/13-partners.md).
"""
_SECTIONS = (
    (Ids, "Ids"),
    (X12Id, "X12Id"),
    (EdifactId, "EdifactId"),
    (Receives, "Receives"),
    (Sends, "Sends"),
    (NamedMapping, "NamedMapping"),
    (Expectation, "Expectation"),
    (X12Envelope, "X12Envelope"),
    (EdifactEnvelope, "EdifactEnvelope"),
    (Limits, "Limits"),
    (Wish, "Wish"),
)
_NOTES = {
    "rules": "By set: `require`, `forbid`, `max`, `codes`, `length`; see [EDI](../guide/15-edi.md).",
    "findings": "By code: `error`, `warning` or `note`.",
    "expect_ack": "`{within: 4h}`",
}


def page() -> str:
    """The whole page."""
    sections = (f"## {name}\n\n{prose(model.__doc__)}\n\n{keys(model, _NOTES)}" for model, name in _SECTIONS)
    return joined(head("Partners", ABOUT), prose(Profile.__doc__), keys(Profile, _NOTES), *sections, _status())


def _status() -> str:
    rows = (
        (code(str(status)), allowed.about, ", ".join(code(str(one)) for one in FOLLOWS[status]))
        for status, allowed in ALLOWS.items()
    )
    return "## status\n\n" + table(("status", "what it allows", "may be followed by"), rows)
