"""Progress of long work: a line on a terminal, nothing elsewhere. Rich is imported only when there is a terminal."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import TypeVar

T = TypeVar("T")


@contextmanager
def progress(label: str) -> Iterator[Callable[[str], None]]:
    """Show ``label`` with a spinner on stderr while the block runs; call what it gives with news."""
    if not sys.stderr.isatty():
        yield lambda news: None
        return
    from rich.console import Console  # costs 60 ms that only a terminal has to pay for

    console = Console(stderr=True)
    with console.status(label) as status:
        yield lambda news: status.update(f"{label}: {news}")


def counted(items: Iterable[T], label: str, noun: str) -> Iterator[T]:
    """The items, with their number shown while they come."""
    with progress(label) as tell:
        for number, item in enumerate(items, start=1):
            if number % 100 == 0:
                tell(f"{number} {noun}")
            yield item
