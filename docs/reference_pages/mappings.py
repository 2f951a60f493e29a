"""docs/reference/mappings.md: the keys of a mapping file."""

from __future__ import annotations

from crossdock.mapping import fields, xslt
from crossdock.mapping.case import MappingCase
from crossdock.mapping.file import MappingFile
from reference_pages.markdown import head, joined, prose
from reference_pages.models import keys

ABOUT = """
A mapping is `mappings/NAME.yaml` or a stylesheet `mappings/NAME.xsl`. The guide tells
[how they are written](../guide/3-mappings.md); expressions may call these [functions](functions.md).
"""


def page() -> str:
    """The whole page."""
    return joined(
        head("Mappings", ABOUT),
        f"## Mapping files\n\n{keys(MappingFile)}",
        f"### Fields\n\n{prose(fields.__doc__)}",
        f"### Case\n\n{prose(MappingCase.__doc__)}\n\n{keys(MappingCase)}",
        "## Stylesheets\n\n" + prose(xslt.__doc__).replace("::\n\n", ""),
    )
