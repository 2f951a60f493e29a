"""The ``crossdock`` command and its table of commands.

Listing commands imports none of them, so ``crossdock --help`` answers in a moment. Exit codes are the same for every
command: 0 ok, 1 found failures, 2 usage, 3 the project's configuration is wrong, 4 something could not be reached.
"""

from __future__ import annotations

import importlib
import importlib.metadata
import sys
from pathlib import Path

import click

from crossdock.errors import ConfigError, CrossdockError, Finding, Halt, Retry

FAILURES, USAGE, CONFIG, UNREACHABLE = 1, 2, 3, 4

#: Command -> (module below crossdock.cli, what it does in a line).
COMMANDS: dict[str, tuple[str, str]] = {
    "init": ("init", "Make a new project from the distributor pack."),
    "new": ("new", "Draft a route, mapping, partner or connector from a sample."),
    "check": ("check", "Find every mistake in the project's files before anything runs."),
    "test": ("test", "Run the cases of routes and mappings."),
    "diff": ("diff", "Show what changed files would alter in what is deployed."),
    "run": ("run", "Run the project: sources, routes, deliveries."),
    "send": ("send", "Send a file into a route."),
    "inspect": ("inspect", "Show what a payload holds, and what is wrong with it."),
    "map": ("map", "Run one mapping over a file."),
    "edi": ("edi", "Look up sets, segments and elements of X12 and EDIFACT."),
    "trace": ("trace", "Show what happened to a message, by id or business key."),
    "status": ("status", "Show what is waiting, working, delivered, held and dead."),
    "doctor": ("doctor", "Find what is wrong with project, machine and servers, and how to mend it."),
    "health": ("health", "Ask whether it is alive and ready."),
    "breaker": ("breaker", "Look at destinations that are left alone; open or close their breakers."),
    "dead": ("dead", "Look at dead letters; replay, edit or discard them."),
    "hold": ("hold", "Look at messages held for a person; release, reject or discard them."),
    "notes": ("notes", "Look at what connectors noted down: how far a source has come; set it back."),
    "partner": ("partner", "Look at trading partners; add one, check one, change their status."),
    "keys": ("keys", "API keys of who sends over HTTP: make, list, rotate, revoke."),
    "graph": ("graph", "Draw the project, or one route: SVG, Mermaid or DOT."),
    "schema": ("schema", "Print or write the JSON Schemas by which editors complete and check."),
    "openapi": ("openapi", "Print the description of the addresses that routes serve."),
    "audit": ("audit", "Prove that nothing is lost: the sum of everything accepted."),
    "backup": ("backup", "Write everything in the journal to one file."),
    "restore": ("restore", "Load a backup; what was open comes back held."),
    "move": ("move", "Move the journal to another engine, as it is."),
    "migrate": ("migrate", "Look at the version of the journal's schema; change it."),
    "export": ("export", "Write messages to a file, as lines of JSON."),
    "import": ("import_", "Take an export into a route."),
    "bus": ("bus", "Look at the bus; declare what it needs, empty it."),
    "functions": ("catalogue", "List the functions of the mapping language, or show one."),
    "connectors": ("catalogue", "List the connectors and their options."),
    "contracts": ("catalogue", "List the canonical contracts, or print one as JSON Schema."),
    "torture": ("torture", "Prove the promise: a run under faults, judged by what partners saw."),
    "demo": ("demo", "Show the main job end to end, in a temporary folder."),
}


class Commands(click.Group):
    """A group whose commands are modules, imported when one is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Every command, in the order of work."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of that name."""
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(f"crossdock.cli.{COMMANDS[cmd_name][0]}")
        command = getattr(module, cmd_name, None) or getattr(module, f"{cmd_name}_")  # map_: no built-in is hidden
        return command if isinstance(command, click.Command) else None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The table of commands, from ``COMMANDS`` alone."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, about) for name, (_, about) in COMMANDS.items()])

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """As click does, with a suggestion for a mistyped command."""
        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            from crossdock.yaml_source import suggest  # costs an import that only a mistake has to pay for

            hint = suggest(args[0], COMMANDS)
            ctx.fail(f"No such command '{args[0]}'" + (f"; {hint}" if hint else ""))
        return super().resolve_command(ctx, args)


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="crossdock", message="crossdock %(version)s")
def crossdock() -> None:
    """Integration middleware that moves business documents between systems that do not speak the same language.

    Exit codes: 0 ok, 1 found failures, 2 usage, 3 configuration, 4 unreachable.
    """


def main() -> None:
    """The console script: errors of ours become a message and an exit code, never a traceback."""
    try:
        crossdock(standalone_mode=True)
    except ConfigError as error:
        from crossdock.cli.console import show_findings

        told = error.findings or (Finding(code=error.code, message=error.message, hint=error.hint),)
        show_findings(told, Path())
        sys.exit(CONFIG)
    except CrossdockError as error:
        click.secho(f"error {error}", fg="red", err=True)
        sys.exit({Halt: CONFIG, Retry: UNREACHABLE}.get(type(error), FAILURES))
    except BrokenPipeError:  # the reader of our output went away: head, less
        sys.stderr.close()
        sys.exit(0)
    except OSError as error:
        click.secho(f"error: {error.filename or 'file'}: {error.strerror}", fg="red", err=True)
        sys.exit(UNREACHABLE)


if __name__ == "__main__":
    main()
