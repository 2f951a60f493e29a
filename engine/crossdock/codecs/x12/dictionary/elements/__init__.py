"""Data elements: number, type, least/greatest length, name in our words, and the codes where the list is closed.

``127@005010`` replaces 127 from that release on. ``{…}`` closes a list: any other code is an error; ``00-69`` spans
two-digit codes. Closed are only lists that are short, stable over the releases and told alike by several public
sources; they are rather too wide than too narrow, because a false rejection costs more than a late one. Every other
identifier (units, qualifiers, entity codes …) is open: its length is checked and the code taken as sent.

Facts by ASC X12.3 (data element dictionary) as trading partners' guides for 004010 and 005010 print them.
"""

from __future__ import annotations

from crossdock.codecs.x12.dictionary.elements.from_500 import FROM_500
from crossdock.codecs.x12.dictionary.elements.to_499 import TO_499

ELEMENTS = TO_499 + FROM_500
