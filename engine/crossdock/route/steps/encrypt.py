"""``encrypt``: what leaves, as an OpenPGP message."""

from __future__ import annotations

from pydantic import SecretStr

from crossdock.route.bench import Bench
from crossdock.route.model import Authorable
from crossdock.route.passage import Passage, Run
from crossdock.route.steps.contract import Builder, StepKind
from crossdock.route.steps.keys import Certs, certificates, secret
from crossdock.route.steps.outgoing import check_outgoing, outgoing


class Encrypt(Authorable):
    """Encrypts what leaves, so that only the owners of the certificates `to` can read it, and signs it with `sign_with`.

    It stands behind `encode` and `pack`, or in a route that decodes nothing. A certificate that has expired or was revoked
    holds the document: nothing leaves for it. `armor: false` writes bytes instead of text.

    ```yaml
    - encode: json
    - encrypt: {to: "${secret:acme_pgp}", sign_with: "${secret:our_pgp_key}"}
    ```
    """

    to: Certs
    sign_with: SecretStr | None = None
    passphrase: SecretStr | None = None
    armor: bool = True


def compile_encrypt(config: Encrypt, bench: Bench, builder: Builder) -> Run | None:
    """The bytes are replaced."""
    check_outgoing(bench, builder, "encrypt")
    readers = certificates(bench.at("to"), config.to)
    key = None
    if config.sign_with is not None:
        key = secret(bench.at("sign_with"), config.sign_with, config.passphrase, lambda one: one.signer())
    if readers is None or not readers.known or (key is None and config.sign_with is not None):
        return None

    def run(passage: Passage) -> None:
        from crossdock.codecs.openpgp import encrypted

        passage.payload = encrypted(outgoing(passage), readers, key, passage.scope.now, armor=config.armor)
        passage.content_type = "application/pgp-encrypted"

    return run


STEP = StepKind(name="encrypt", config=Encrypt, compile=compile_encrypt)
