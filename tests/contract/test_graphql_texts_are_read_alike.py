"""What is read of a GraphQL text is what a parser that is not ours reads of it."""

from __future__ import annotations

import pytest
from graphql import OperationDefinitionNode, parse

from crossdock_connectors.graphql.operation import operation_in

TEXTS = [
    "mutation Create($input: OrderInput!, $key: String) { orderCreate(input: $input, key: $key) { order { id } } }",
    "query Orders($first: Int, $after: String) { orders(first: $first, after: $after) { nodes { id } } }",
    '{ a(b: "}") }',
    '"""x } " y""" query A($x: I = {a: 1}) @d(e: 1) { a } # }\nfragment F on T { b }',
]


@pytest.mark.parametrize("text", TEXTS)
def test_kind_name_and_variables_are_those_of_the_standard(text: str) -> None:
    wanted = next(one for one in parse(text).definitions if isinstance(one, OperationDefinitionNode))
    found = operation_in(text)
    assert found.kind == wanted.operation.value
    assert found.name == (wanted.name.value if wanted.name else None)
    assert found.variables == {one.variable.name.value for one in wanted.variable_definitions or ()}
