"""The envelope of an answer: the one it answers, sender and receiver swapped, in the sender's syntax and delimiters."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import cast

from crossdock.codecs.edi.accounts import InterchangeAccount
from crossdock.codecs.edifact.charsets import CHARSETS
from crossdock.codecs.edifact.delimiters import default_separators, delimiters
from crossdock.codecs.edifact.repertoire import Repertoire
from crossdock.message import Document

Tree = dict[str, Document]

_BETWEEN = re.compile(r"((?:[^:?]|\?.)*)(?::|$)", re.DOTALL)
_RELEASED = re.compile(r"\?(.)", re.DOTALL)
USUAL = ":+.? '"
USUAL_CHARSET = "UNOC"
WIDER = ("UNOB", USUAL_CHARSET, "UNOW")  # what is named where the sender's characters are not of the set they name
MODERN = "4"  # the syntax version from which dates have centuries and CONTRL is 4:1
#: What an answer says as the sender said it, and how long it may be; what is longer is left out.
_KEPT = {"newline": 2, "agreement": 35, "test": 1, "character_encoding": 3, "syntax_release": 2, "code_list_version": 6}
_PARTIES = ("sender", "receiver")


def parts_of(elements: Sequence[str], position: int) -> list[str]:
    """The components of an element as accounts keep it: with ``:`` between them and ``?`` before what is meant."""
    element = elements[position] if position < len(elements) else ""
    return [_RELEASED.sub(r"\1", part) for part in _BETWEEN.findall(element)[: element.count(":") + 1]]


def addressed(account: InterchangeAccount) -> bool:
    """Whether it says who sent it, to whom, and by which number: CONTRL repeats all three."""
    return bool(account.control and account.facts.get("sender") and account.facts.get("receiver"))


def syntax_version(facts: Mapping[str, Document]) -> str:
    """The syntax version of the sender, or the one most used where it names none we know."""
    said = str(facts.get("syntax", ""))
    return said if said in ("1", "2", "3", "4") else "3"


def contrl_version(facts: Mapping[str, Document]) -> str:
    """The version of CONTRL that belongs to the sender's syntax: ``D3`` until version 3, then ``41``."""
    return "41" if syntax_version(facts) >= MODERN else "D3"


def envelope(facts: Mapping[str, Document], made: datetime) -> Tree:
    """``_env`` of an answer; ``facts`` is that of what it answers."""
    charset, version = str(facts.get("charset", "")), syntax_version(facts)
    swapped = {
        _other(name): _text(value)[: _longest(name)] for name, value in facts.items() if name.startswith(_PARTIES)
    }
    separators = _separators(str(facts.get("separators", "")))
    return {
        **swapped,
        "charset": charset if charset in CHARSETS else USUAL_CHARSET,
        "syntax": version,
        "date": f"{made:%Y%m%d}" if version >= MODERN else f"{made:%y%m%d}",
        "time": f"{made:%H%M}",
        "separators": separators,
        "una": facts.get("una") is True or separators != default_separators(separators[1], version),
        **{name: facts[name] for name, longest in _KEPT.items() if 0 < len(str(facts.get(name, ""))) <= longest},
    }


def _longest(name: str) -> int:
    """0007 has four characters, 0004 and 0010 have 35, as the internal numbers may since syntax version 4."""
    return 4 if name.endswith("_qualifier") else 35


def _separators(said: str) -> str:
    """The sender's delimiters, or the usual ones where theirs cannot be told apart."""
    used = said[:2] + said[3:4].strip() + said[5:6]
    usable = len(said) == len(USUAL) and len(set(used)) == len(used)
    return said if usable and said.isascii() and not any(mark.isalnum() for mark in said) else USUAL


def _text(value: Document) -> str:
    return "".join(filter(str.isprintable, value)) if isinstance(value, str) else ""


def cleaned(document: Tree) -> Tree:
    """A document that may be sent whatever it repeats: an answer may not hold what it complains of.

    Control characters are left out, and delimiters where no release character lets them be data. A character outside
    the set that the sender names makes the answer name a wider one.
    """
    env = cast("Tree", document["_env"])
    marks = delimiters(str(env["separators"]), str(env["syntax"]))
    without = {} if marks.release else dict.fromkeys(map(ord, marks.active), " ")
    body = {key: value if key.startswith("_") else _cleaned(value, without) for key, value in document.items()}
    charset = _fitting(str(env["charset"]), "".join(_texts({**body, "_ctl": {}})))
    return {**body, "_env": {**env, "charset": charset}}


def _cleaned(value: Document, without: Mapping[int, str]) -> Document:
    match value:
        case str():
            return _text(value).translate(without).strip() or "0"
        case list():
            return [_cleaned(one, without) for one in value]
        case dict():
            return {key: _cleaned(one, without) for key, one in value.items()}
        case _:
            return value


def _texts(value: Document) -> Iterator[str]:
    """Every text of a document, but for what says how it is sent."""
    match value:
        case str():
            yield value
        case list():
            for one in value:
                yield from _texts(one)
        case dict():
            for key, one in value.items():
                if key not in ("separators", "newline"):
                    yield from _texts(one)


def _fitting(charset: str, text: str) -> str:
    fits = (name for name in (charset, *WIDER) if not Repertoire(CHARSETS[name]).kept(text)[1])
    return next(fits, WIDER[-1])


def _other(name: str) -> str:
    mine, theirs = _PARTIES if name.startswith(_PARTIES[0]) else _PARTIES[::-1]
    return theirs + name.removeprefix(mine)
