"""What a stylesheet says in one place, by the number under which its copy tells of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum, auto

from crossdock.mapping.explanation.stylesheets.paths import Operands

#: The namespace of the copy's own functions, attributes and variables, and the name of its processing instructions.
WATCH = "urn:crossdock:watch"
MARK = "crossdock-watch"


class Kind(Enum):
    """What stands at a site."""

    VALUE = auto()  # xsl:value-of
    LITERAL = auto()  # text that is written out
    NUMBER = auto()  # xsl:number
    COPY = auto()  # xsl:copy-of
    SHALLOW = auto()  # xsl:copy
    RULE = auto()  # the built-in rule for text and attributes
    ATTRIBUTE = auto()  # xsl:attribute
    TEMPLATE = auto()  # an attribute of a literal result element
    ELEMENT = auto()  # a literal result element, or xsl:element
    NAME = auto()  # xsl:variable, or what xsl:with-param gives
    PARAMETER = auto()  # xsl:param of the stylesheet
    CONDITION = auto()  # xsl:if, xsl:when, xsl:otherwise
    ENTRY = auto()  # xsl:template
    SELECTION = auto()  # xsl:for-each, xsl:apply-templates, keys


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """``text`` is the expression as it is written, ``name`` what is named: an attribute, a variable.

    ``targets`` are the elements that stand below, of something that may not come to be.
    """

    number: int
    kind: Kind
    text: str = ""
    line: int | None = None
    name: str = ""
    operands: Operands = field(default_factory=Operands)
    targets: tuple[str, ...] = ()
