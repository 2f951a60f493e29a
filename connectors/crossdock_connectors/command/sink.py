"""The sink: a run of the program for each parcel."""

from __future__ import annotations

from collections.abc import Sequence

from crossdock.connector import Done, Parcel, Surroundings
from crossdock.errors import CrossdockError
from crossdock_connectors.command.arguments import rendered
from crossdock_connectors.command.judging import judged, last_lines
from crossdock_connectors.command.options import SinkOptions
from crossdock_connectors.command.program import Runner, told_of

RECEIPT = 200  # characters of its last line that are kept


class CommandSink:
    """Runs one program, a parcel at a time."""

    def __init__(self, options: SinkOptions, surroundings: Surroundings) -> None:
        self._options = options
        self._runner = Runner(options, surroundings)

    def send(self, parcels: Sequence[Parcel]) -> Sequence[Done | CrossdockError]:
        """Run it for each."""
        return [self._send(parcel) for parcel in parcels]

    def close(self) -> None:
        """Nothing is held."""

    def _send(self, parcel: Parcel) -> Done | CrossdockError:
        run, runner = self._options.run, self._runner
        try:
            arguments = rendered(run, parcel)
            ended = runner.run(run, arguments, parcel.payload.chunks(), told_of(parcel), whole=False)
        except CrossdockError as error:
            return error
        error_or_none = judged(ended, self._options.exits, run[0].text, runner.secrets)
        return error_or_none or Done(last_lines(ended.output, runner.secrets).rpartition(" | ")[2][:RECEIPT])
