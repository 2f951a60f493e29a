"""JMESPath over replies: conditions of rules, and where items, cursors and names stand.

The standard language and its official implementation. Values keep their digits; for a condition, numbers with a
fraction are compared as what they are near to, because the language knows no other ones.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, cast

import jmespath
from jmespath.exceptions import IncompleteExpressionError, JMESPathError, LexerError, ParseError
from jmespath.functions import Functions
from pydantic import GetCoreSchemaHandler
from pydantic_core import CoreSchema, core_schema

from crossdock.errors import Reject
from crossdock.message import Document
from crossdock.yaml_source.likeness import suggest

LONGEST = 1000  # characters of one expression


def _called(node: Mapping[str, Any]) -> Iterator[str]:
    """The functions that a tree of the library's calls."""
    if node["type"] == "function_expression":
        yield node["value"]
    for child in node["children"]:
        if isinstance(child, dict):
            yield from _called(child)


def _problem(error: JMESPathError) -> str:
    """What the parser stumbled over, and where."""
    if isinstance(error, IncompleteExpressionError):
        return "it ends too early"
    if isinstance(error, LexerError):
        return f"unexpected '{error.lexer_value}' at column {error.lexer_position + 1}"
    if isinstance(error, ParseError):
        return f"unexpected '{error.token_value}' at column {error.lex_position + 1}"
    return str(error).splitlines()[0]


@dataclass(frozen=True, slots=True)
class Expression:
    """A compiled expression. Two of one text are equal. Usable as the type of an option."""

    text: str

    @classmethod
    def parse(cls, text: str) -> Expression:
        """Read an expression. Raises ``ValueError`` that says what is wrong with it."""
        if not text.strip() or len(text) > LONGEST:
            raise ValueError(f"an expression has 1 to {LONGEST} characters")
        try:
            tree = jmespath.compile(text).parsed
        except JMESPathError as error:
            raise ValueError(f"'{text}' is no JMESPath: {_problem(error)}") from error
        unknown = next((name for name in _called(tree) if name not in Functions.FUNCTION_TABLE), None)
        if unknown is not None:
            meant = suggest(unknown, Functions.FUNCTION_TABLE)
            raise ValueError(f"'{text}': standard JMESPath has no function '{unknown}'{f'; {meant}' if meant else ''}")
        return cls(text)

    def __str__(self) -> str:
        return self.text

    def of(self, document: Document) -> Document:
        """What it selects, with every digit it has. Raises ``Reject`` K717."""
        try:  # compiled expressions are kept by the library
            return cast(Document, jmespath.search(self.text, document))
        except (JMESPathError, RecursionError) as error:
            raise Reject("K717", f"'{self.text}' cannot be asked of this reply: {str(error)[:200]}") from error

    def holds(self, document: Document) -> bool:
        """Whether it selects something that JMESPath counts as true. Raises ``Reject`` K717."""
        found = self.of(_comparable(document))
        return found not in (None, False, "", [], {})

    @classmethod
    def __get_pydantic_core_schema__(cls, source: type[Any], handler: GetCoreSchemaHandler) -> CoreSchema:
        written = core_schema.no_info_after_validator_function(cls.parse, core_schema.str_schema())
        return core_schema.json_or_python_schema(
            json_schema=written,
            python_schema=core_schema.no_info_before_validator_function(_parsed, core_schema.is_instance_schema(cls)),
            serialization=core_schema.plain_serializer_function_ser_schema(str, return_schema=core_schema.str_schema()),
        )


def _parsed(value: object) -> object:
    return Expression.parse(value) if isinstance(value, str) else value


def _comparable(document: Document) -> Document:
    """The document with numbers that JMESPath can order."""
    match document:
        case dict():
            return {key: _comparable(value) for key, value in document.items()}
        case list():
            return [_comparable(value) for value in document]
        case Decimal():
            return int(document) if document == document.to_integral_value() else cast(Document, float(document))
        case _:
            return document
