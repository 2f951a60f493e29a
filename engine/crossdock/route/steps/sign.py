"""``sign``: what leaves, as an OpenPGP message with its signature."""

from __future__ import annotations

from pydantic import SecretStr

from crossdock.route.bench import Bench
from crossdock.route.model import Authorable
from crossdock.route.passage import Passage, Run
from crossdock.route.steps.contract import Builder, StepKind
from crossdock.route.steps.keys import secret
from crossdock.route.steps.outgoing import check_outgoing, outgoing


class Sign(Authorable):
    """Signs what leaves with our private key: everybody can read it, and see that it is ours and as we sent it.

    It stands behind `encode` and `pack`. `encrypt` signs by itself, with `sign_with`.

    ```yaml
    - encode: json
    - sign: {key: "${secret:our_pgp_key}"}
    ```
    """

    key: SecretStr
    passphrase: SecretStr | None = None
    armor: bool = True


def compile_sign(config: Sign, bench: Bench, builder: Builder) -> Run | None:
    """The bytes are replaced."""
    check_outgoing(bench, builder, "sign")
    key = secret(bench.at("key"), config.key, config.passphrase, lambda one: one.signer())
    if key is None:
        return None

    def run(passage: Passage) -> None:
        from crossdock.codecs.openpgp import signed

        passage.payload = signed(outgoing(passage), key, passage.scope.now, armor=config.armor)
        passage.content_type = "application/pgp-signature"

    return run


STEP = StepKind(name="sign", config=Sign, compile=compile_sign)
