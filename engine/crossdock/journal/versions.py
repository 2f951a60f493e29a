"""Which version of its schema a journal has, and bringing it to another, without opening it for work.

Opening a journal for work brings it to the newest version by itself. This is for people who want to look first, to do
it at a time of their own, or to go back to an older crossdock.
"""

from __future__ import annotations

from typing import Protocol


class Versions(Protocol):
    """A journal's schema. Version 0 is a journal that is not there yet."""

    def version(self) -> int:
        """The version it has; may be above the newest that is known here."""
        ...

    def steps(self) -> tuple[str, ...]:
        """What each version brought, from the first; as many as the newest version known here."""
        ...

    def migrate(self, to: int) -> None:
        """Bring it to that version, up or down, in one transaction. Down forgets what the older one cannot hold.

        Raises ``Halt`` E741 for a version that is not there, E711 for a journal that is newer than known here.
        """
        ...

    def close(self) -> None:
        """Release it."""
        ...
