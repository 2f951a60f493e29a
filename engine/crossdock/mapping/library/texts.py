"""Text. Numbers are taken as text where that says what is meant (``pad(4711, `8`)``)."""

from __future__ import annotations

import uuid
from collections.abc import Callable

from crossdock.mapping.fault import Fault, quoted
from crossdock.mapping.library import kinds
from crossdock.mapping.library.function import Example, Function, Parameter
from crossdock.message import KEY_NAMESPACE, Document

#: UUID namespace of ``uuid_of`` (RFC 9562, version 5): apart from that of idempotency keys.
_NAMESPACE = uuid.uuid5(KEY_NAMESPACE, "uuid_of")


def _through(name: str, change: Callable[[str], str]) -> Callable[[Document], Document]:
    def body(value: Document) -> Document:
        return None if value is None else kinds.limited(name, change(kinds.text_of(name, value)))

    return body


def trim(value: Document, characters: Document = None, side: Document = "both") -> Document:
    if value is None:
        return None
    text = kinds.text_of("trim", value)
    gone = None if characters is None else kinds.text_in("trim", characters, 1)
    if not isinstance(side, str) or side not in _TRIM:
        kinds.invalid("trim", f"{quoted(side)} is not one of {', '.join(_TRIM)}", side, 2)
    return _TRIM[side](text, gone)


def keep(value: Document, characters: Document) -> Document:
    if value is None:
        return None
    text, wanted = kinds.text_of("keep", value), frozenset(kinds.text_in("keep", characters, 1))
    return "".join(character for character in text if character in wanted)


def before(value: Document, mark: Document) -> Document:
    return None if value is None else _marked("before", value, mark)[0]


def after(value: Document, mark: Document) -> Document:
    return None if value is None else _marked("after", value, mark)[2] or None


def _marked(function: str, value: Document, mark: Document) -> tuple[str, str, str]:
    text, sign = kinds.text_of(function, value), kinds.text_in(function, mark, 1)
    if not sign:
        kinds.invalid(function, "the mark is empty", mark, 1)
    return text.partition(sign)


def wrap(value: Document, width: Document) -> Document:
    if value is None:
        return None
    text, columns = kinds.text_of("wrap", value), kinds.whole_in("wrap", width, 1, 1)
    lines: list[Document] = []
    rest = " ".join(text.split())
    while len(rest) > columns:
        cut = rest.rfind(" ", 0, columns + 1)
        lines.append(rest[: cut if cut > 0 else columns])
        rest = rest[cut + 1 if cut > 0 else columns :]
    return [*lines, rest] if rest else lines


def pad(value: Document, width: Document, fill: Document = " ", side: Document = "right") -> Document:
    if value is None:
        return None
    text, columns = kinds.text_of("pad", value), kinds.whole_in("pad", width, 1)
    if not isinstance(fill, str) or len(fill) != 1:
        kinds.invalid("pad", "the fill is one character", fill, 2)
    if not isinstance(side, str) or side not in {"left", "right"}:
        kinds.invalid("pad", f"{quoted(side)} is not one of left, right", side, 3)
    return text.rjust(columns, fill) if side == "left" else text.ljust(columns, fill)


def replace(value: Document, old: Document, new: Document) -> Document:
    if value is None:
        return None
    text, gone, put = (
        kinds.text_of("replace", value),
        kinds.text_in("replace", old, 1),
        kinds.text_in("replace", new, 2),
    )
    if not gone:
        kinds.invalid("replace", "the text to replace is empty", old, 1)
    if len(text) + text.count(gone) * len(put) > kinds.MAX_TEXT:
        raise Fault("M308", f"replace() makes more than {kinds.MAX_TEXT} characters")
    return text.replace(gone, put)


def split(value: Document, separator: Document) -> Document:
    if value is None:
        return None
    text, between = kinds.text_of("split", value), kinds.text_in("split", separator, 1)
    if not between:
        kinds.invalid("split", "the separator is empty", separator, 1)
    return [*text.split(between)]


def substring(value: Document, start: Document, length: Document = None) -> Document:
    if value is None:
        return None
    text = kinds.text_of("substring", value)
    first = kinds.whole_in("substring", start, 1, -kinds.MAX_TEXT)
    begin = max(len(text) + first, 0) if first < 0 else first
    return text[begin:] if length is None else text[begin : begin + kinds.whole_in("substring", length, 2)]


def concat(*values: Document) -> Document:
    parts = [kinds.text_of("concat", value, at) for at, value in enumerate(values) if value is not None]
    if sum(map(len, parts)) > kinds.MAX_TEXT:
        raise Fault("M308", f"concat() makes more than {kinds.MAX_TEXT} characters")
    return "".join(parts) if parts else None


def uuid_of(*values: Document) -> Document:
    if any(value is None for value in values):
        return None
    return str(
        uuid.uuid5(_NAMESPACE, "\0".join(kinds.text_of("uuid_of", value, at) for at, value in enumerate(values)))
    )


_TRIM: dict[str, Callable[[str, str | None], str]] = {"both": str.strip, "left": str.lstrip, "right": str.rstrip}

_VALUE = Parameter("value", "text or number")

TEXTS: tuple[Function, ...] = (
    Function(
        name="upper",
        parameters=(_VALUE,),
        returns="text",
        about="In capital letters.",
        example=Example("upper('ea')", '"EA"'),
        body=_through("upper", str.upper),
        skips_null=True,
    ),
    Function(
        name="lower",
        parameters=(_VALUE,),
        returns="text",
        about="In small letters.",
        example=Example("lower('EA')", '"ea"'),
        body=_through("lower", str.lower),
        skips_null=True,
    ),
    Function(
        name="trim",
        parameters=(
            _VALUE,
            Parameter("characters", "text", optional=True),
            Parameter("side", "left, right or both", optional=True),
        ),
        returns="text",
        about="Without white space before and after, or without these characters; on both sides if none is said.",
        example=Example("trim('000042', '0', 'left')", '"42"'),
        body=trim,
        skips_null=True,
    ),
    Function(
        name="keep",
        parameters=(_VALUE, Parameter("characters", "text")),
        returns="text",
        about="Of the text, only these characters.",
        example=Example("keep('+1 (901) 555-0142', '0123456789')", '"19015550142"'),
        body=keep,
        skips_null=True,
    ),
    Function(
        name="before",
        parameters=(_VALUE, Parameter("mark", "text")),
        returns="text",
        about="What stands before the first mark; all of it where there is none.",
        example=Example("before('4711-02', '-')", '"4711"'),
        body=before,
        skips_null=True,
    ),
    Function(
        name="after",
        parameters=(_VALUE, Parameter("mark", "text")),
        returns="text",
        about="What stands after the first mark; null where there is nothing.",
        example=Example("after('4711-02', '-')", '"02"'),
        body=after,
        skips_null=True,
    ),
    Function(
        name="wrap",
        parameters=(_VALUE, Parameter("width", "number")),
        returns="list of text",
        about="The text in lines of at most so many characters, cut at blanks where there are any.",
        example=Example("wrap('Deliver to dock 7', `10`)", '["Deliver to", "dock 7"]'),
        body=wrap,
        skips_null=True,
    ),
    Function(
        name="pad",
        parameters=(
            _VALUE,
            Parameter("width", "number"),
            Parameter("fill", "text", optional=True),
            Parameter("side", "left or right", optional=True),
        ),
        returns="text",
        about="At least so wide: `fill` (a blank if not said) is added on the right, or on the left. Never cut.",
        example=Example("pad('42', `6`, '0', 'left')", '"000042"'),
        body=pad,
        skips_null=True,
    ),
    Function(
        name="replace",
        parameters=(_VALUE, Parameter("old", "text"), Parameter("new", "text")),
        returns="text",
        about="With every `old` replaced by `new`; both literally.",
        example=Example("replace('12,5', ',', '.')", '"12.5"'),
        body=replace,
        skips_null=True,
    ),
    Function(
        name="split",
        parameters=(_VALUE, Parameter("separator", "text")),
        returns="list of text",
        about="The parts between the separators.",
        example=Example("split('4711-02', '-')", '["4711", "02"]'),
        body=split,
        skips_null=True,
    ),
    Function(
        name="substring",
        parameters=(_VALUE, Parameter("start", "number"), Parameter("length", "number", optional=True)),
        returns="text",
        about="From `start` (0 is the first character, -1 the last), so many characters or the rest.",
        example=Example("substring('PO4711', `2`, `3`)", '"471"'),
        body=substring,
        skips_null=True,
    ),
    Function(
        name="concat",
        parameters=(Parameter("values", "text or number"),),
        returns="text",
        about="One after the other; nulls are left out, and null if there is nothing else.",
        example=Example("concat('PO-', number)", '"PO-4711"', '{"number": 4711}'),
        body=concat,
        variadic=True,
    ),
    Function(
        name="uuid_of",
        parameters=(Parameter("values", "text or number"),),
        returns="text",
        about="A UUID made of the values: the same for the same values, for ever (version 5). Null if one is null.",
        example=Example("uuid_of('ACME', '4711') == uuid_of('ACME', `4711`)", "true"),
        body=uuid_of,
        variadic=True,
    ),
)
