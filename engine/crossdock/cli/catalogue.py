"""``crossdock functions``, ``connectors``, ``contracts``: what can be used in routes and mappings."""

from __future__ import annotations

import click

from crossdock.canonical.catalogue import CONTRACTS
from crossdock.cli.console import json_option, print_json, table
from crossdock.connector import Connector
from crossdock.errors import ConfigError, Finding
from crossdock.mapping.functions import FUNCTIONS
from crossdock.registry import Registry
from crossdock.yaml_source import suggest


@click.command(short_help="List the functions of the mapping language.")
@json_option
def functions(as_json: bool) -> None:
    """List the functions that expressions may call, beside those of standard JMESPath."""
    if as_json:
        print_json([{"name": one.name, "signature": one.signature, "about": one.about} for one in FUNCTIONS.values()])
        return
    table(("function", "what it does"), [(one.signature, one.about) for one in FUNCTIONS.values()])


@click.command(short_help="List the connectors and their options.")
@click.argument("name", required=False)
@json_option
def connectors(name: str | None, as_json: bool) -> None:
    """List the connectors, or show NAME with its options as a source and as a sink."""
    registry = Registry("crossdock.connectors", Connector)
    found = dict(registry.all())
    if name is not None and name not in found:
        raise ConfigError.of(
            [Finding(code="G103", message=f"there is no connector '{name}'", hint=suggest(name, found))]
        )
    chosen = {name: found[name]} if name else found
    if as_json:
        print_json({key: _described(one) for key, one in chosen.items()})
        return
    for key, one in chosen.items():
        click.echo(f"{click.style(key, bold=True)}  {one.about}")
        for role, kind in (("source", one.source), ("sink", one.sink), ("call", one.call)):
            if kind is not None:
                click.echo(f"  {role}: {', '.join(kind.options.model_json_schema()['properties'])}")


def _described(connector: Connector) -> dict[str, object]:
    kinds = (("source", connector.source), ("sink", connector.sink), ("call", connector.call))
    return {
        "about": connector.about,
        **{role: kind.options.model_json_schema() for role, kind in kinds if kind is not None},
    }


@click.command(short_help="List the canonical contracts, or print one as JSON Schema.")
@click.argument("name", required=False)
@json_option
def contracts(name: str | None, as_json: bool) -> None:
    """List the canonical contracts, or print the JSON Schema of NAME (such as order/v1)."""
    if name is None:
        if as_json:
            print_json({key: contract.json_schema() for key, contract in CONTRACTS.items()})
        else:
            table(("contract", "what it is"), [(key, one.about) for key, one in CONTRACTS.items()])
        return
    if name not in CONTRACTS:
        message, hint = f"there is no contract '{name}'", suggest(name, CONTRACTS)
        raise ConfigError.of([Finding(code="C901", message=message, hint=hint)])
    print_json(CONTRACTS[name].json_schema())
