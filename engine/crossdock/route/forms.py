"""What a mapping says it reads and makes: a name that is nearly one that is known is misspelt, and checks nothing.

Names are free otherwise, for documents that only the project knows: ``ubl/Order``, ``json/replenishment``, ``order``.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection, Iterator
from dataclasses import replace

from crossdock.errors import Finding
from crossdock.yaml_source import Authored
from crossdock.yaml_source.likeness import nearest, steps_between

_CLOSE = 0.8  # of two contracts' names: one letter wrong, and no other word such as reorder for order
_CLOSE_CODEC = 0.65  # of two codecs' names, where what stands behind the slash is a set of theirs
_LETTERS = 3  # of a codec's name for each of them that may be wrong
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
        found = misspelt_form(name, contracts, codecs) if isinstance(name, str) else None
        if found is not None:
            yield replace(found, place=source.place((key,)))


def misspelt_form(name: str, contracts: Collection[str], codecs: Collection[str]) -> Finding | None:
    """The finding, without its place, for a name that is not what its author meant."""
    meant = _meant(name, contracts, codecs)
    if meant is None:
        return None
    message = f"neither a contract nor a codec has documents called '{name}'"
    return Finding(code="M164", message=message, hint=f"did you mean '{meant}'?", value=name)


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
    codec = _close(kind, {of_set} & {*codecs}, _CLOSE_CODEC) or _codec(kind, codecs)
    return f"{codec}/{rest}" if codec is not None else None


def _slashed(name: str, contracts: Collection[str], codecs: Collection[str]) -> str | None:
    """``x12-850`` and ``order-v1``, whose slash is another sign or is left out."""
    contract = next((one for one in contracts if re.sub(r"[^a-z0-9]", "", name.lower()) == one.replace("/", "")), None)
    found = _UNSLASHED.fullmatch(name)
    if contract is not None or name in codecs:
        return contract
    return f"{found[1].lower()}/{found[2]}" if found is not None else _codec(name, codecs)


def _codec(name: str, codecs: Collection[str]) -> str | None:
    """The codec that is called nearly so: one letter of three may be wrong, for `feed` is no `fixed`."""
    close = nearest(name, [one for one in codecs if one[:1] == name[:1]])
    return close if close is not None and steps_between(name, close) <= len(close) // _LETTERS else None


def _close(name: str, known: Collection[str], cutoff: float) -> str | None:
    """The known name that begins with the same letter and is nearly this one."""
    same = [one for one in sorted(known) if one[:1] == name[:1].lower()]
    close = difflib.get_close_matches(name.lower(), same, n=1, cutoff=cutoff)
    return close[0] if close else None
