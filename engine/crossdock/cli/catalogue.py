"""``crossdock functions``, ``connectors``, ``contracts``: what can be used in routes and mappings."""

from __future__ import annotations

import textwrap

import click
from pydantic import BaseModel

from crossdock.canonical.catalogue import CONTRACTS
from crossdock.cli.console import json_option, print_json, table
from crossdock.connector import Connector
from crossdock.errors import ConfigError, Finding
from crossdock.mapping.functions import FUNCTIONS
from crossdock.mapping.library.function import Function
from crossdock.ops.manual import Manual, manual, presets
from crossdock.preset.found import installed
from crossdock.registry import Registry
from crossdock.yaml_source import suggest


@click.command(short_help="List the functions of the mapping language, or show one.")
@click.argument("name", required=False)
@json_option
def functions(name: str | None, as_json: bool) -> None:
    """List the functions that expressions may call, those of JMESPath and ours, or show NAME with an example."""
    if name is not None and name not in FUNCTIONS:
        message, hint = f"unknown function '{name}'", suggest(name, FUNCTIONS)
        raise ConfigError.of([Finding(code="M111", message=message, hint=hint)])
    chosen = list(FUNCTIONS.values()) if name is None else [FUNCTIONS[name]]
    if as_json:
        print_json([{"name": one.name, "signature": one.signature, "about": one.about} for one in chosen])
    elif name is not None:
        _show_function(FUNCTIONS[name])
    else:
        table(("function", "what it does"), [(one.signature, one.about) for one in chosen])


def _show_function(one: Function) -> None:
    click.echo(f"{click.style(one.signature, bold=True)}  {one.about}")
    given = "" if one.example.given == "null" else f"  given {one.example.given}"
    click.echo(f"\n    {one.example.expression}  gives {one.example.gives}{given}")


@click.command(short_help="List the connectors and their options.")
@click.argument("name", required=False)
@json_option
def connectors(name: str | None, as_json: bool) -> None:
    """List the connectors and presets and what each can be, or show NAME: an example, its effect class and its options.

    What an effect class promises is told in the guide, under "What is promised".
    """
    registry = Registry("crossdock.connectors", Connector)
    found = {**{key: manual(one) for key, one in registry.all()}, **presets(registry, name)}
    if name is not None and name not in found:
        raise ConfigError.of(
            [
                Finding(
                    code="G103", message=f"there is no connector '{name}'", hint=suggest(name, [*found, *installed()])
                )
            ]
        )
    chosen = {key: found[key] for key in ([name] if name else found)}
    if as_json:
        print_json({key: _described(one) for key, one in chosen.items()})
    elif name is not None:
        _show(chosen[name])
    else:
        table(("connector", "can be", "what it is"), [_row(key, one) for key, one in chosen.items()])


def _row(name: str, one: Manual) -> tuple[str, str, str]:
    return name, ", ".join(dict.fromkeys(role for role, _ in one.roles)), one.connector.about


def _show(one: Manual) -> None:
    click.echo(f"{click.style(one.connector.name, bold=True)}  {one.connector.about}")
    for place, model in one.places.items():
        click.echo(f"  {place}: {', '.join(_parameters(model))}")
    for role, options in one.roles:
        click.echo(f"  {role}: {', '.join(options.model_json_schema()['properties'])}")
    if one.effect is not None:
        click.echo(f"  effect class, as in the example: {one.effect}")
    for example in one.examples:
        click.echo(f"\n{textwrap.indent(example.rstrip(), '    ')}")


def _parameters(model: type[BaseModel]) -> list[str]:
    """What a place takes; in brackets what may be left out."""
    return [name if info.is_required() else f"[{name}]" for name, info in model.model_fields.items()]


def _described(one: Manual) -> dict[str, object]:
    return {
        "about": one.connector.about,
        "effect": one.effect,
        "examples": list(one.examples),
        **{role: options.model_json_schema() for role, options in one.roles},
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
