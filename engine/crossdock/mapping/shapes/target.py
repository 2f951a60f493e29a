"""What a mapping makes, against the shape it says it makes."""

from __future__ import annotations

from crossdock.mapping.fault import quoted
from crossdock.mapping.shapes.comparing import one_of_codes
from crossdock.mapping.shapes.doubt import Doubt
from crossdock.mapping.shapes.shape import (
    LIST,
    NUMBER,
    OBJECT,
    TEXT,
    Anything,
    Listed,
    Record,
    Scalar,
    Shape,
    alternatives,
    kinds_of,
    one_of,
)
from crossdock.message import Document

_WORDS = {OBJECT: "an object", LIST: "a list", TEXT: TEXT, NUMBER: "a number", "boolean": "true or false"}


def known(shape: Shape) -> bool:
    """Whether anything can be said against what is put here."""
    every = list(alternatives(shape))
    return bool(every) and not any(isinstance(each, Anything) for each in every)


def record_in(shape: Shape) -> Record | None:
    """The record it may be, if there is only one."""
    records = [each for each in alternatives(shape) if isinstance(each, Record)]
    return records[0] if known(shape) and len(records) == 1 else None


def item_of(shape: Shape) -> Shape:
    """What the elements are, where it may be a list; nothing known else."""
    items = [each.item for each in alternatives(shape) if isinstance(each, Listed)]
    return one_of(items) if items and known(shape) else Anything()


def misfit(name: str, made: Shape, wanted: Shape) -> Doubt | None:
    """What is wrong with putting ``made`` where ``wanted`` is; None where it may be right."""
    if not known(wanted) or not known(made):
        return None
    found, kinds = kinds_of(made), kinds_of(wanted)
    if not found & kinds:
        return Doubt("M162", f"'{name}' is {_words(kinds)}, not {_words(found)}", None, "", _remedy(found, kinds))
    if LIST in found and found == {LIST} and LIST in kinds:
        return misfit(name, item_of(made), item_of(wanted))
    return _wrong_code(name, made, wanted)


def _wrong_code(name: str, made: Shape, wanted: Shape) -> Doubt | None:
    codes = [each.codes for each in alternatives(wanted) if isinstance(each, Scalar)]
    if not codes or not all(codes) or kinds_of(wanted) & {LIST, OBJECT}:
        return None
    allowed = tuple(code for some in codes for code in some)
    wrong = next((code for code in _constants(made) if code not in allowed), None)
    if wrong is not None:
        return Doubt(
            "M163", f"'{name}' is never {quoted(wrong)}", None, quoted(wrong), one_of_codes(str(wrong), allowed)
        )
    possible = [each.codes for each in alternatives(made) if isinstance(each, Scalar)]
    every = [code for some in possible for code in some]
    if all(possible) and every and not set(map(str, every)) & set(map(str, allowed)):
        message = f"'{name}' is never one of {', '.join(map(str, every[:_FEW]))}{', …' if len(every) > _FEW else ''}"
        return Doubt("M163", message, None, "", one_of_codes(str(every[0]), allowed))
    return None


_FEW = 5


def _constants(shape: Shape) -> list[Document]:
    """The values that certainly come."""
    return [code for each in alternatives(shape) if isinstance(each, Scalar) and each.certain for code in each.codes]


def _words(kinds: frozenset[str]) -> str:
    return " or ".join(_WORDS[kind] for kind in sorted(kinds))


def _remedy(found: frozenset[str], wanted: frozenset[str]) -> str | None:
    if found == {TEXT} and wanted == {NUMBER}:
        return "int() or dec() makes a number of text"
    if found == {NUMBER} and wanted == {TEXT}:
        return "to_string() makes text of a number"
    if found == {LIST} and LIST not in wanted:
        return "[0] is the first of a list"
    if wanted == {LIST}:
        return (
            "[x] is a list of one" if OBJECT not in found else "'each' makes a list, '- ' in front of it a list of one"
        )
    return None
