"""What a mapping says it reads and makes: a name that is nearly one that is known is misspelt, and checks nothing.

Names are free otherwise, for documents that only the project knows: ``ubl/Order``, ``json/replenishment``.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection, Iterator

from crossdock.errors import Finding
from crossdock.yaml_source import Authored

_CLOSE = 0.8  # of two contracts' names: one letter wrong, and no other word such as reorder for order
_CLOSE_CODEC = 0.65  # of two codecs' names, which are short
#: Codecs whose documents have names of their own behind the slash.
_NAMED = ("x12", "edifact", "idoc", "fixed")
_UNSLASHED = re.compile(rf"({'|'.join(_NAMED)})[-_.: ]?([A-Za-z0-9._-]+)", re.IGNORECASE)
_VERSION = re.compile(r"v\d+")  # of a contract: what stands before it is no codec
_SETS = {"x12": re.compile(r"\d{2,4}"), "edifact": re.compile(r"[A-Z]{5,7}")}  # misspelt ones too


def misspelt_forms(source: Authored, contracts: Collection[str], codecs: Collection[str]) -> Iterator[Finding]:
    """A finding for ``from`` and ``to`` of a mapping, where what stands there is not what its author meant."""
    written = source.value if isinstance(source.value, dict) else {}
    for key in ("from", "to"):
        name = written.get(key)
        meant = _meant(name, contracts, codecs) if isinstance(name, str) else None
        if meant is not None:
            message = f"neither a contract nor a codec has documents called '{name}'"
            place, hint = source.place((key,)), f"did you mean '{meant}'?"
            yield Finding(code="M164", message=message, place=place, hint=hint, value=str(name))


def _meant(name: str, contracts: Collection[str], codecs: Collection[str]) -> str | None:
    """The name that was meant; None where this one may well be."""
    kind, slash, rest = name.partition("/")
    if name in contracts or (kind in codecs and slash):
        return None
    if not slash:
        return _slashed(name, contracts, codecs)
    contract = _close(name, contracts, _CLOSE)
    if contract is not None:
        return contract
    if _VERSION.fullmatch(rest):
        return None
    of_set = next((codec for codec, form in _SETS.items() if form.fullmatch(rest)), "")
    codec = _close(kind, {of_set} & {*codecs}, _CLOSE_CODEC) or _close(kind, codecs, _CLOSE_CODEC)
    return f"{codec}/{rest}" if codec is not None else None


def _slashed(name: str, contracts: Collection[str], codecs: Collection[str]) -> str | None:
    """``x12-850`` and ``order-v1``, whose slash is another sign or is left out."""
    contract = next((one for one in contracts if re.sub(r"[^a-z0-9]", "", name.lower()) == one.replace("/", "")), None)
    found = _UNSLASHED.fullmatch(name)
    if contract is not None or found is None or name in codecs:
        return contract
    return f"{found[1].lower()}/{found[2]}"


def _close(name: str, known: Collection[str], cutoff: float) -> str | None:
    """The known name that begins with the same letter and is nearly this one."""
    same = [one for one in sorted(known) if one[:1] == name[:1].lower()]
    close = difflib.get_close_matches(name.lower(), same, n=1, cutoff=cutoff)
    return close[0] if close else None
