"""The call: the question at standard input, the answer at standard output."""

from __future__ import annotations

from crossdock.codecs.json import JsonCodec
from crossdock.codecs.json.options import JsonOptions
from crossdock.connector import Parcel, Surroundings
from crossdock.errors import CrossdockError, Doubt, Reject, Retry
from crossdock.message import Document, Inline
from crossdock_connectors.command.arguments import rendered
from crossdock_connectors.command.judging import judged
from crossdock_connectors.command.options import CallOptions
from crossdock_connectors.command.program import Runner, told_of


class CommandCall:
    """Asks one program."""

    def __init__(self, options: CallOptions, surroundings: Surroundings) -> None:
        self._options = options
        self._runner = Runner(options, surroundings)

    def ask(self, parcel: Parcel) -> Document | CrossdockError:
        """Run it once."""
        run, runner = self._options.run, self._runner
        try:
            ended = runner.run(run, rendered(run, parcel), parcel.payload.chunks(), told_of(parcel))
            fault = judged(ended, self._options.exits, run[0].text, runner.secrets)
            return self._read(ended.output) if fault is None else self._as_declared(fault)
        except CrossdockError as error:
            return error

    def close(self) -> None:
        """Nothing is held."""

    def _as_declared(self, fault: CrossdockError) -> CrossdockError:
        """What changes nothing is never in doubt."""
        if isinstance(fault, Doubt) and not self._options.changes:
            return Retry("K910", fault.message, hint=fault.hint)
        return fault

    def _read(self, output: bytes) -> Document:
        if self._options.reply == "json":
            return _json(output, self._options.run[0].text)
        try:
            return output.decode()
        except UnicodeDecodeError as error:
            raise Reject("K917", f"{self._options.run[0]}: what it answered is no UTF-8 text") from error


def _json(output: bytes, name: str) -> Document:
    try:
        return JsonCodec(JsonOptions()).whole(Inline(output)).document
    except Reject as error:
        told = f"{name}: what it answered is no JSON: {error.message}"
        raise Reject("K917", told, findings=error.findings) from error
