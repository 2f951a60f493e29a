"""A payload that should hold one transaction, read whole."""

from __future__ import annotations

from collections.abc import Iterable

from crossdock.codecs.contract import Part
from crossdock.errors import Finding, Reject


def only_part(items: Iterable[Part | Finding], what: str, *, many: str, none: str) -> Part:
    """The only part, with what was said about its interchange; ``many`` and ``none`` are the codes for when it is not."""
    only: Part | None = None
    about: list[Finding] = []
    for item in items:
        if isinstance(item, Finding):
            about.append(item)
        elif only is None:
            only = item
        else:
            raise Reject(many, f"the payload holds more than one {what}", hint="split them: `- split: transactions`")
    if only is None:
        raise Reject(none, f"the payload holds no {what}", findings=about)
    only.findings = (*about, *only.findings)
    return only
