"""Which rows of the ledger an acknowledgement means: those of one message, by numbers or by a business key. Pure.

By numbers it is the message that was sent last: a series begins again behind its highest number. By a key it is the
message whose own number that is, before those that only refer to it (an invoice names its order); where documents of
different sets are equally near, it is none. Again the one that was sent last: a document that was refused is mended and
sent once more under the same number.
"""

from __future__ import annotations

from collections.abc import Mapping

from crossdock.control import Reference
from crossdock.journal.ledger import bare

_NUMBERS = frozenset({"interchange", "group_number", "transaction_number"})
#: Longer ones are not kept for looking up: no field of an 824 or an APERAK has room for them.
LONGEST_KEY = 80
#: Rows by key from ``awaited_key``, whose ``rank`` is the key's place among those of its document.
_BY_KEY = (
    "WITH named AS (SELECT a.row, a.message, a.set_id, k.rank FROM awaited_key k JOIN awaited a ON a.row = k.row"
    " WHERE {conditions}), own AS (SELECT row, message, set_id FROM named WHERE rank = (SELECT min(rank) FROM named))"
    " SELECT row FROM own WHERE message = (SELECT message FROM own ORDER BY row DESC LIMIT 1)"
    " AND (SELECT count(DISTINCT set_id) FROM own) = 1 ORDER BY row"
)
_BY_NUMBER = (
    "SELECT row FROM awaited WHERE {conditions} AND {only}message ="
    " (SELECT message FROM awaited WHERE {conditions} ORDER BY row DESC LIMIT 1) ORDER BY row"
)


def criteria(reference: Reference) -> dict[str, str]:
    """What a reference says but for its key, by column. The first after the partner narrows most."""
    given = {
        "partner": reference.partner,
        "interchange": reference.interchange,
        "group_number": reference.group,
        "transaction_number": reference.transaction,
        "set_id": reference.set_id,
        "standard": reference.standard,
    }
    return {name: bare(text) if name in _NUMBERS else text for name, text in given.items() if text is not None}


def selection(reference: Reference, *, mark: str, only: str = "") -> tuple[str, tuple[str, ...]]:
    """The query for the rows a reference means, with its values. ``mark`` stands for a value.

    ``only`` goes before columns that are compared and not looked up in an index: most transactions of a partner are
    number 1.
    """
    wanted = criteria(reference)
    if reference.key is None:
        conditions = _conditions(wanted, mark, only)
        return _BY_NUMBER.format(conditions=conditions, only=only), (*wanted.values(), *wanted.values())
    partner, *others = wanted
    conditions = " AND ".join([f"k.{partner} = {mark}", f"k.key = {mark}", *(f"a.{name} = {mark}" for name in others)])
    return _BY_KEY.format(conditions=conditions), (reference.partner, reference.key, *list(wanted.values())[1:])


def _conditions(wanted: Mapping[str, str], mark: str, only: str) -> str:
    partner, *others = wanted
    first, rest = others[:1], others[1:]  # looked up; compared
    names = [partner, *first, *(only + name for name in rest)]
    return " AND ".join(f"{name} = {mark}" for name in names)
