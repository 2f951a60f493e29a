"""docs/reference/commands.md: every command with its arguments and options, as click has them."""

from __future__ import annotations

import inspect
from collections.abc import Iterator

import click

from crossdock.cli.main import crossdock
from reference_pages.markdown import code, head, joined, table

ABOUT = """
`crossdock COMMAND` works on the project in the current folder, or in the one `--project` names. `-h` or `--help` behind
any command prints its help. Tables are plain text; colours only on a terminal; logs go to stderr.

| exit code | meaning |
|---|---|
| 0 | ok |
| 1 | the command worked, and found failures: errors in files, failed cases, rejected documents, no such message |
| 2 | the command line is wrong |
| 3 | the project's configuration is wrong |
| 4 | something could not be reached, such as the disk of the journal |
"""


def page() -> str:
    """The whole page."""
    context = click.Context(crossdock, info_name="crossdock")
    return joined(head("Commands", ABOUT), *_group(crossdock, context, "crossdock"))


def _group(group: click.Group, context: click.Context, path: str) -> Iterator[str]:
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        if command is not None:
            yield _command(command, f"{path} {name}")
        if isinstance(command, click.Group):
            yield from _group(command, click.Context(command, parent=context, info_name=name), f"{path} {name}")


def _command(command: click.Command, path: str) -> str:
    level = "#" * path.count(" ") + "#"
    arguments = " ".join(_argument(one) for one in command.params if isinstance(one, click.Argument))
    called = f"{path} {arguments}".strip() + (" COMMAND" if isinstance(command, click.Group) else "")
    options = [_option(one) for one in command.params if isinstance(one, click.Option)]
    parts = [f"{level} {path}", code(called), inspect.cleandoc(command.help or "")]
    parts += [table(("option", "what it does"), options)] if options else []
    return "\n\n".join(parts)


def _argument(argument: click.Argument) -> str:
    shown = (argument.human_readable_name or "").upper()
    many = "..." if argument.nargs == -1 else ""
    return f"{shown}{many}" if argument.required else f"[{shown}{many}]"


def _option(option: click.Option) -> tuple[str, str]:
    names = ", ".join(code(name) for name in option.opts)
    value = "" if option.is_flag else f" {(option.metavar or option.type.name).upper()}"
    said = (option.help or "").rstrip(".")
    required = " Required." if option.required else ""
    default = f" Default: {code(option.default)}." if option.show_default and option.default is not None else ""
    return names + value, f"{said}.{required}{default}" if said else f"{required}{default}".strip()
