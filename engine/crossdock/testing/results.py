"""What became of a case."""

from __future__ import annotations

from dataclasses import dataclass

from crossdock.testing.expectation import Golden


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseResult:
    """One case of a route or mapping: ``problems`` is empty when it passed; each is a text of some lines for people.

    ``place`` is where it stands (``routes/orders.yaml:14``), ``goldens`` are files it expects that would be written
    anew, ``seconds`` is how long it took, ``queues`` are those that had work.
    """

    name: str
    number: int
    about: str
    problems: tuple[str, ...]
    place: str = ""
    goldens: tuple[Golden, ...] = ()
    seconds: float = 0.0
    queues: frozenset[str] = frozenset()

    @property
    def id(self) -> str:
        """How the case is called: ``orders-in#2``."""
        return f"{self.name}#{self.number}"
