"""XML trees: the hardened parser, and the one way between an element and a document.

An element without attributes and children is its text; any other is a dict: ``@name`` is an attribute, ``name`` a
child, a repeated child a list, ``#text`` the text beside them. White space between children is layout and not kept.
Prefixes are the writer's own business: by default names are local names, and with ``Shape.namespaces`` the keys carry
*our* prefix of a namespace, whatever prefix the file used. ``xsi:nil="true"`` is null; a null field is left out on
writing, a null in a list (where position matters) is written as ``xsi:nil``.
"""

from crossdock.xml_tree.parsing import parse
from crossdock.xml_tree.reading import to_document
from crossdock.xml_tree.shape import PLAIN, Shape
from crossdock.xml_tree.writing import from_document, serialize

__all__ = ["PLAIN", "Shape", "from_document", "parse", "serialize", "to_document"]
