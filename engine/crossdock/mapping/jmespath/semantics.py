"""What the operators of JMESPath do with values: used by compiled expressions and by the tracer alike."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal

from crossdock.mapping.fault import Fault
from crossdock.mapping.functions import FUNCTIONS
from crossdock.mapping.library import kinds
from crossdock.message import Document


def nothing(_key: str) -> Document:
    """The field of what is not an object."""
    return None


def truth(value: Document) -> bool:
    """False are null, false and what is empty; every number is true."""
    return bool(value) or type(value) in kinds.NUMBERS


def equal(left: Document, right: Document) -> bool:
    """Equality without Python's belief that 1 is true."""
    return left == right and (type(left) is bool) is (type(right) is bool)


def _ordering(compare: Callable[[int | Decimal | str, int | Decimal | str], bool]) -> Callable[..., bool | None]:
    def ordered(left: Document, right: Document) -> bool | None:
        numbers = type(left) in kinds.NUMBERS and type(right) in kinds.NUMBERS
        if numbers or (type(left) is str and type(right) is str):
            return compare(left, right)  # type: ignore[arg-type]  # both numbers or both text
        return None

    return ordered


less = _ordering(lambda left, right: left < right)  # type: ignore[operator]  # of one kind
at_most = _ordering(lambda left, right: left <= right)  # type: ignore[operator]  # of one kind
greater = _ordering(lambda left, right: left > right)  # type: ignore[operator]  # of one kind
at_least = _ordering(lambda left, right: left >= right)  # type: ignore[operator]  # of one kind


def unequal(left: Document, right: Document) -> bool:
    """The opposite of ``equal``."""
    return not equal(left, right)


COMPARISONS: dict[str, Callable[[Document, Document], bool | None]] = {
    "eq": equal,
    "ne": unequal,
    "lt": less,
    "lte": at_most,
    "gt": greater,
    "gte": at_least,
}


def flatten(value: Document) -> Document:
    """The list with the elements of the lists in it in their place; null of anything else."""
    if type(value) is not list:
        return None
    for item in value:
        if type(item) is list:
            return _merged(value)
    return value


def _merged(value: list[Document]) -> list[Document]:
    merged: list[Document] = []
    for item in value:
        if type(item) is list:
            merged += item
        else:
            merged.append(item)
    if len(merged) > kinds.MAX_ITEMS:
        raise Fault("M308", f"flattening makes a list of more than {kinds.MAX_ITEMS} elements")
    return merged


def elements(function: str, value: Document) -> Sequence[Document]:
    """What a function's ``&expression`` is evaluated for: none of null where the function is ours."""
    if value is None and not FUNCTIONS[function].standard:
        return ()
    return kinds.list_in(function, value)


def copy_of(value: Document) -> Document:
    """A constant for one document: no two documents share what somebody may change."""
    if isinstance(value, list):
        return [copy_of(item) for item in value]
    if isinstance(value, dict):
        return {key: copy_of(item) for key, item in value.items()}
    return value
