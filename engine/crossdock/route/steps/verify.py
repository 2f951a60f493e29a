"""``verify``: an OpenPGP message that came signed, not encrypted."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from crossdock.codecs.judged import refuse_size
from crossdock.connector.amounts import Bytes
from crossdock.message import Inline, read_all
from crossdock.route.bench import Bench
from crossdock.route.model import Authorable
from crossdock.route.opening import OPENERS, Wrapped
from crossdock.route.steps.contract import Builder, StepKind
from crossdock.route.steps.decrypt import signed_part
from crossdock.route.steps.keys import MAX_SIZE, Certs, certificates


class Verify(Authorable):
    """Takes what was signed out of an OpenPGP message with its signature in it, if one of `signed_by` made that.

    It stands before `unpack` and `decode`. `decrypt` verifies by itself.

    ```yaml
    - verify: {signed_by: "${secret:acme_pgp}"}
    ```
    """

    signed_by: Certs
    max_size: Bytes = MAX_SIZE


def compile_verify(config: Verify, bench: Bench, builder: Builder) -> None:
    """Nothing for single documents: it is done before the payload is read."""
    if builder.flow.last not in (None, *OPENERS) or builder.flow.decoded:
        bench.report("R205", "'verify' stands before 'decode'", key=True)
        return
    signers = certificates(bench.at("signed_by"), config.signed_by)
    if signers is None:
        return

    def opener(outer: Wrapped, now: datetime) -> Iterator[Wrapped]:
        from crossdock.codecs.openpgp import verified

        refuse_size(outer.body, config.max_size, "S320")
        found = verified(read_all(outer.body), signers, now)
        refuse_size(Inline(found.data), config.max_size, "S390")
        yield signed_part(outer, found.data, found.signer, found.name)

    builder.flow.openers += (opener,)


STEP = StepKind(name="verify", config=Verify, compile=compile_verify, before_split=True)
