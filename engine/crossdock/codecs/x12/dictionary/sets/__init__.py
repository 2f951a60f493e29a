"""Transaction sets between ST and SE, one notation for all of them.

``set 850 004010 005010 PO`` says number, releases and functional identifier (GS01); a release that is not named is
read structurally. ``BEG M`` is mandatory, ``PER 3`` comes at most three times, ``REF *`` without bound, and
``N1 200 { N2 2; N3 2 }`` is a loop that its first segment opens. ``LS=LS_late`` names a second place of a tag at one
level. Where releases differ: ``MTX@005010 *`` is there from that release on, ``MSG@<005010 *`` only before it, and
``TD5 12 @005010: *`` says what holds from that release on instead. ``check`` lines are the agreements between segments
(totals.py says what they mean); they take the same marks: ``check@005010 …``.

Order, nesting and maxima as several public guides and tools tell them; where they disagree, rather too wide than too
narrow, because a false rejection costs more than a late one.
"""

from __future__ import annotations

from crossdock.codecs.x12.dictionary.sets.billing import BILLING
from crossdock.codecs.x12.dictionary.sets.ordering import ORDERING
from crossdock.codecs.x12.dictionary.sets.products import PRODUCTS
from crossdock.codecs.x12.dictionary.sets.replies import REPLIES
from crossdock.codecs.x12.dictionary.sets.shipping import SHIPPING
from crossdock.codecs.x12.dictionary.sets.transport import TRANSPORT
from crossdock.codecs.x12.dictionary.sets.warehouse import WAREHOUSE

SETS = f"{ORDERING}\n{BILLING}\n{PRODUCTS}\n{SHIPPING}\n{WAREHOUSE}\n{TRANSPORT}\n{REPLIES}"
