"""``crossdock openapi``: what routes serve, as a description other programs read."""

from __future__ import annotations

from pathlib import Path

import click

from crossdock.cli.console import print_json, project, project_option
from crossdock.front.openapi import description


@click.command(short_help="Print the description of the addresses that routes serve.")
@project_option
def openapi(root: Path) -> None:
    """Print the addresses of the project's routes as OpenAPI 3.1: what they take, who may send, what they answer."""
    loaded = project(root)
    print_json(description(root, loaded.settings, loaded.routes.values()))
