"""Keys of OpenPGP as steps are given them: read when the project is, so that a wrong one is told before anything runs."""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType
from typing import TYPE_CHECKING, Annotated

from pydantic import BeforeValidator, SecretStr

from crossdock.route.bench import Bench

if TYPE_CHECKING:  # an extra: a project without these steps does not need it
    from crossdock.codecs.openpgp import Certificates, Secret

MAX_SIZE = 50_000_000  # bytes of a message: it is decrypted in memory


def _listed(value: object) -> object:
    return [value] if isinstance(value, str | SecretStr) else value


#: One certificate or several; each text may hold several too.
Certs = Annotated[tuple[SecretStr, ...], BeforeValidator(_listed)]


def engine(bench: Bench) -> ModuleType | None:
    """The module that does it; a finding where the extra is not there."""
    try:
        from crossdock.codecs import openpgp
    except ModuleNotFoundError:
        hint = "pip install 'crossdock[pgp]'"
        bench.report("S337", "OpenPGP needs the extra 'pgp', which is not installed", hint=hint, key=True)
        return None
    return openpgp


def certificates(bench: Bench, texts: tuple[SecretStr, ...]) -> Certificates | None:
    """The certificates; a finding for each text that is none. ``bench`` stands at the option."""
    module = engine(bench)
    if module is None:
        return None
    known = []
    for text in texts:
        try:
            known += module.certificates(text.get_secret_value()).known
        except ValueError as error:
            bench.report("S330", f"this is no OpenPGP certificate: {error}", hint="the armored public key")
    made: Certificates = module.Certificates(tuple(known))
    return made


def secret(
    bench: Bench, text: SecretStr, passphrase: SecretStr | None, use: Callable[[Secret], object]
) -> Secret | None:
    """The private key, tried for its use; a finding where it cannot be had. ``bench`` stands at the option."""
    module = engine(bench)
    if module is None:
        return None
    try:
        made: Secret = module.Secret(text.get_secret_value(), passphrase.get_secret_value() if passphrase else None)
        use(made)
    except ValueError as error:
        bench.report("S330", f"this private key cannot be used: {error}", hint="the armored key, and its 'passphrase'")
        return None
    return made
