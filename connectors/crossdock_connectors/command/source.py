"""The source: what a program writes, and a second program that is told when it is safe.

Between the two nothing is remembered: a program that writes the same bytes again, because it never heard that they are
safe, brings a duplicate, and hears it then.
"""

from __future__ import annotations

import hashlib
import logging
import uuid
from collections import Counter
from collections.abc import Iterator

from crossdock.connector import Arrival, Surroundings, Verdict
from crossdock.errors import CrossdockError, Retry
from crossdock.message import Inline
from crossdock_connectors.command.arguments import any_argument
from crossdock_connectors.command.judging import judged
from crossdock_connectors.command.options import SourceOptions
from crossdock_connectors.command.program import Runner

LOG = logging.getLogger("crossdock.connector.command")


class CommandSource:
    """Runs one program each time it is polled."""

    def __init__(self, options: SourceOptions, surroundings: Surroundings) -> None:
        self._options = options
        self._around = surroundings
        self._runner = Runner(options, surroundings)
        self._untold: dict[str, tuple[Arrival, Verdict]] = {}

    def poll(self) -> Iterator[Arrival]:
        """What it brings. Raises ``Retry`` where it fails, ``Halt`` where it cannot be run."""
        for arrival, verdict in list(self._untold.values()):
            fault = self._tell(arrival, verdict)
            if fault is not None:
                raise fault
        output = self._output()
        seen: Counter[str] = Counter()
        for piece in self._pieces(output):
            digest = hashlib.sha256(piece).hexdigest()
            seen[digest] += 1
            yield Arrival(
                identity=self._identity(digest, seen[digest]),
                payload=Inline(piece),
                content_type=self._options.content_type,
                headers={"command.sha256": digest},
                receipt=digest,
            )

    def settle(self, arrival: Arrival, verdict: Verdict) -> None:
        """Tell the second program; where that fails, it is told again before the next run."""
        if self._options.acknowledge is None:
            return
        self._untold[arrival.identity] = (arrival, verdict)
        fault = self._tell(arrival, verdict)
        if fault is not None:
            LOG.warning("%s: %s: %s", "K916", self._around.name, fault)

    def close(self) -> None:
        """Nothing is held."""

    def _output(self) -> bytes:
        options = self._options
        ended = self._runner.run(options.run, any_argument(options.run), (), {"CROSSDOCK_ROUTE": self._around.name})
        fault = judged(ended, options.exits, options.run[0].text, self._runner.secrets)
        if fault is not None:
            raise fault
        return ended.output

    def _pieces(self, output: bytes) -> Iterator[bytes]:
        if self._options.split is None:
            yield from [output] if output else []
        else:
            yield from (line.removesuffix(b"\r") for line in output.split(b"\n") if line.strip())

    def _identity(self, digest: str, occurrence: int) -> str:
        if self._options.identity == "run":
            return f"{self._around.name}|run|{uuid.uuid4()}"
        return f"{self._around.name}|content|{digest}|{occurrence}"

    def _tell(self, arrival: Arrival, verdict: Verdict) -> CrossdockError | None:
        command = self._options.acknowledge or ()
        told = {
            "CROSSDOCK_ROUTE": self._around.name,
            "CROSSDOCK_VERDICT": verdict.value,
            "CROSSDOCK_SHA256": str(arrival.receipt),
        }
        try:
            given = arrival.payload.chunks()
            ended = self._runner.run(command, any_argument(command), given, told, whole=False)
        except CrossdockError as error:
            return error
        if judged(ended, {"0": "done", "other": "retry"}, command[0].text) is None:
            self._untold.pop(arrival.identity, None)
            return None
        return Retry("K916", f"{command[0]}: it could not be told that what was brought is {verdict.value}")
