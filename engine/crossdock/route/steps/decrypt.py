"""``decrypt``: an OpenPGP message that came."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from types import MappingProxyType
from typing import Literal

from pydantic import SecretStr

from crossdock.codecs.judged import refuse_size
from crossdock.connector.amounts import Bytes
from crossdock.message import Inline, read_all
from crossdock.route.bench import Bench
from crossdock.route.model import Authorable
from crossdock.route.opening import OPENERS, Wrapped
from crossdock.route.steps.contract import Builder, StepKind
from crossdock.route.steps.keys import MAX_SIZE, Certs, certificates, secret

SIGNER = "pgp.signer"
SIGNER_NAME = "pgp.signer_name"


class Decrypt(Authorable):
    """Decrypts an OpenPGP (PGP, GnuPG) payload with our private key, and checks who signed it.

    It stands before `unpack` and `decode`. The keys are texts: the armored private key and those of `signed_by` come from
    the secrets of the project. With `signed_by` a valid signature of one of them is required; whose it is stands in
    `$headers."pgp.signer"`, its name in `$headers."pgp.signer_name"`. A message for another key, or of another signer, is
    held, and told with the ids of the keys.

    A signature can only be checked where the message is not compressed inside its encryption: a sender who uses `gpg`
    adds `--compress-algo none`. Without `signed_by`, messages compressed with ZIP or ZLIB are read; BZip2 never is.

    ```yaml
    - decrypt: {key: "${secret:our_pgp_key}", passphrase: "${secret:our_pgp_passphrase}", signed_by: "${secret:acme_pgp}"}
    ```
    """

    key: SecretStr
    passphrase: SecretStr | None = None
    signed_by: Certs = ()
    signature: Literal["required", "optional"] = "required"
    max_size: Bytes = MAX_SIZE


def compile_decrypt(config: Decrypt, bench: Bench, builder: Builder) -> None:
    """Nothing for single documents: it is done before the payload is read."""
    if builder.flow.last not in (None, *OPENERS) or builder.flow.decoded:
        bench.report("R205", "'decrypt' stands before 'decode'", key=True)
        return
    key = secret(bench.at("key"), config.key, config.passphrase, lambda one: one.decryptor())
    signers = certificates(bench.at("signed_by"), config.signed_by)
    if key is None or signers is None:
        return
    required = bool(config.signed_by) and config.signature == "required"

    def opener(outer: Wrapped, now: datetime) -> Iterator[Wrapped]:
        from crossdock.codecs.openpgp import decrypted

        refuse_size(outer.body, config.max_size, "S320")
        found = decrypted(read_all(outer.body), key, signers, now, required=required)
        refuse_size(Inline(found.data), config.max_size, "S390")
        yield signed_part(outer, found.data, found.signer, found.name)

    builder.flow.openers += (opener,)


def signed_part(outer: Wrapped, data: bytes, signer: str, name: str) -> Wrapped:
    """What was inside, with who signed it."""
    told = {SIGNER: signer, SIGNER_NAME: name} if signer else {}
    file = outer.headers.get("file.name", "")
    named = {"file.name": file.rsplit(".", 1)[0]} if file.lower().endswith((".pgp", ".gpg", ".asc")) else {}
    headers = {key: value for key, value in outer.headers.items() if key not in (SIGNER, SIGNER_NAME)}
    return Wrapped(Inline(data), MappingProxyType({**headers, **named, **told}))


STEP = StepKind(name="decrypt", config=Decrypt, compile=compile_decrypt, before_split=True)
