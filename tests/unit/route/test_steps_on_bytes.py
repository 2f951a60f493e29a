"""Steps before the reading and behind the writing: unpack, decrypt, verify; pack, sign, encrypt."""

from __future__ import annotations

import io
import json
import zipfile
import zlib
from datetime import UTC, datetime, timedelta

import pytest
from pysequoia import Cert, Tsk
from tests.unit.route.conftest import NOW, Bench, message

from crossdock.codecs import openpgp
from crossdock.codecs.archive.gzip import gzipped
from crossdock.codecs.contract import Part
from crossdock.errors import Hold, Reject
from crossdock.message import Message
from crossdock.route.compiled import CompiledRoute
from crossdock.route.plan import Deliver, Pass, Stop

OURS = Tsk.generate("Globex <edi@globex.example>")
ACME = Tsk.generate("ACME <edi@acme.example>")
STRANGER = Tsk.generate("Nobody <nobody@example>")
KEYS = {
    "CROSSDOCK_SECRET_OURS": str(OURS),
    "CROSSDOCK_SECRET_OUR_CERT": str(OURS.extract_certificate()),
    "CROSSDOCK_SECRET_ACME": str(ACME),
    "CROSSDOCK_SECRET_ACME_CERT": str(ACME.extract_certificate()),
}
DECRYPT = '{key: "${secret:ours}", signed_by: "${secret:acme_cert}"}'


def zipped(**files: bytes) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name, data in files.items():
            archive.writestr(name.replace("_", "."), data)
    return made.getvalue()


def reading(bench: Bench, *steps: str) -> CompiledRoute:
    bench.workshop.environment.update(KEYS)
    listed = "".join(f"  - {step}\n" for step in steps)
    route = bench.route(f"from: {{folder: {{path: in}}}}\nsteps:\n{listed}to:\n  - folder: {{path: out}}\n")
    assert isinstance(route, CompiledRoute)
    return route


def parts(route: CompiledRoute, arrived: Message) -> list[Part]:
    return [one for one in route.parts(arrived, NOW) if isinstance(one, Part)]


def left(route: CompiledRoute, arrived: Message) -> Deliver:
    """What the one document of a message leaves as."""
    (part,) = parts(route, arrived)
    plan = route.decide(arrived, part, NOW, frozenset())
    assert isinstance(plan, Pass), plan
    (output,) = plan.outputs
    assert isinstance(output, Deliver)
    return output


def encrypted(data: bytes, *, signer: Tsk | None = ACME, reader: Tsk = OURS) -> bytes:
    readers = openpgp.certificates(str(reader.extract_certificate()))
    return openpgp.encrypted(data, readers, openpgp.Secret(str(signer), None) if signer else None, NOW, armor=True)


# --- unpack ---


def test_every_file_of_an_archive_is_read_and_named(bench: Bench) -> None:
    route = reading(bench, "unpack: zip", "decode: lines", "split: lines")
    found = parts(route, message(zipped(a_json=b'{"n": 1}\n{"n": 2}', b_json=b'{"n": 3}')))
    assert [(one.position, one.document, one.headers["file.name"]) for one in found] == [
        (1, {"n": 1}, "a.json"), (2, {"n": 2}, "a.json"), (3, {"n": 3}, "b.json"),
    ]  # fmt: skip
    assert route.splits


def test_a_file_nobody_decodes_goes_on_as_the_bytes_it_is(bench: Bench) -> None:
    route = reading(bench, "unpack: gzip")
    (part,) = parts(route, message(b"".join(gzipped([b"any bytes"]))))
    assert (part.document, part.raw()) == (None, b"any bytes")


def test_a_part_that_comes_again_is_not_unpacked_again(bench: Bench) -> None:
    route = reading(bench, "unpack: zip", "decode: lines")
    (again,) = parts(route, message(b'{"n": 1}', position=1))  # type: ignore[arg-type]  # a number
    assert again.document == {"n": 1}


def test_none_goes_on_where_one_file_of_an_archive_is_bad(bench: Bench) -> None:
    route = reading(bench, "unpack: zip", "decode: lines")
    with pytest.raises(Reject) as caught:
        next(iter(route.parts(message(zipped(a_json=b"[1]", b_json=b"{")), NOW)))
    assert caught.value.findings[0].message.startswith("b.json: ")


@pytest.mark.parametrize(("step", "data"), [('unpack: {zip: "*.xml"}', zipped(a_json=b"1")), ("unpack: zip", zipped())])
def test_an_archive_without_a_file_that_is_wanted_is_told(step: str, data: bytes, bench: Bench) -> None:
    with pytest.raises(Reject) as caught:
        parts(reading(bench, step), message(data))
    assert caught.value.code == "S311"


@pytest.mark.parametrize("step", ["unpack: zip", f"decrypt: {DECRYPT}", 'verify: {signed_by: "${secret:acme_cert}"}'])
def test_what_opens_a_payload_stands_before_decode(step: str, bench: Bench) -> None:
    bench.workshop.environment.update(KEYS)
    text = f"from: {{folder: {{path: in}}}}\nsteps:\n  - decode: lines\n  - {step}\nto:\n  - folder: {{path: out}}\n"
    assert any("R205" in one for one in bench.workshop.findings({"routes/r.yaml": text}))


# --- pack ---


def test_what_leaves_is_packed(bench: Bench) -> None:
    route = reading(bench, "decode: lines", "encode: lines", 'pack: {zip: "order-{n}.json"}')
    output = left(route, message(b'{"n": 7}'))
    with zipfile.ZipFile(io.BytesIO(output.payload or b"")) as archive:
        assert archive.namelist() == ["order-7.json"]
        assert json.loads(archive.read("order-7.json")) == {"n": 7}
    assert output.content_type == "application/zip"


def test_bytes_nobody_decoded_are_packed_too(bench: Bench) -> None:
    output = left(reading(bench, "pack: gzip"), message(b"any bytes"))
    assert output.payload == b"".join(gzipped([b"any bytes"]))


@pytest.mark.parametrize("number", ['"../x"', '"a/b"', '"a\\u0000"'])
def test_a_name_in_an_archive_leads_nowhere_else(number: str, bench: Bench) -> None:
    route = reading(bench, "decode: lines", "encode: lines", 'pack: {zip: "{n}"}')
    arrived = message(b'{"n": %s}' % number.encode())
    (part,) = parts(route, arrived)
    assert isinstance(route.decide(arrived, part, NOW, frozenset()), Stop)


def test_packing_needs_bytes(bench: Bench) -> None:
    text = "from: {topic: t}\nsteps:\n  - pack: gzip\nto:\n  - folder: {path: out}\n"
    assert any("R209" in one for one in bench.workshop.findings({"routes/r.yaml": text}))


# --- OpenPGP ---


def test_what_one_route_encrypts_and_signs_another_decrypts_and_verifies(bench: Bench) -> None:
    out = reading(bench, 'encrypt: {to: "${secret:our_cert}", sign_with: "${secret:acme}"}')
    payload = left(out, message(b'{"n": 1}')).payload or b""
    (part,) = parts(reading(bench, f"decrypt: {DECRYPT}", "decode: lines"), message(payload))
    assert part.document == {"n": 1}
    assert part.headers["pgp.signer"] == ACME.extract_certificate().fingerprint
    assert part.headers["pgp.signer_name"] == "ACME <edi@acme.example>"


def test_what_was_small_and_is_large_when_opened_goes_no_further(bench: Bench) -> None:
    signed = (
        left(reading(bench, 'sign: {key: "${secret:acme}", armor: false}'), message(b" " * 1_000_000)).payload or b""
    )
    packed = b"\x02" + zlib.compress(signed)  # a compressed data packet, ZLIB (RFC 9580, 5.6)
    data = b"\xc8\xff" + len(packed).to_bytes(4, "big") + packed
    assert len(data) < 10_000
    (part,) = parts(reading(bench, 'verify: {signed_by: "${secret:acme_cert}"}'), message(data))
    assert part.raw() == b" " * 1_000_000
    with pytest.raises(Reject) as refused:
        parts(reading(bench, 'verify: {signed_by: "${secret:acme_cert}", max_size: 900KB}'), message(data))
    assert refused.value.findings[0].code == "S390"


def test_what_one_route_signs_another_verifies(bench: Bench) -> None:
    payload = left(reading(bench, 'sign: {key: "${secret:acme}"}'), message(b'{"n": 1}')).payload or b""
    (part,) = parts(reading(bench, 'verify: {signed_by: "${secret:acme_cert}"}', "decode: lines"), message(payload))
    assert part.document == {"n": 1}


def test_a_packed_and_encrypted_file_is_opened_in_two_steps(bench: Bench) -> None:
    route = reading(bench, f"decrypt: {DECRYPT}", "unpack: zip", "decode: lines")
    found = parts(route, message(encrypted(zipped(a_json=b'{"n": 1}'))))
    assert [one.document for one in found] == [{"n": 1}]


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (encrypted(b"x", reader=STRANGER), "S332"),
        (encrypted(b"x", signer=None), "S334"),
        (encrypted(b"x", signer=STRANGER), "S335"),
    ],
)
def test_a_message_of_other_keys_is_held_and_told_with_their_ids(data: bytes, code: str, bench: Bench) -> None:
    with pytest.raises(Hold) as caught:
        parts(reading(bench, f"decrypt: {DECRYPT}"), message(data))
    assert caught.value.code == code
    assert OURS.extract_certificate().fingerprint in str(caught.value) or code != "S332"


def test_a_signature_may_be_optional(bench: Bench) -> None:
    step = 'decrypt: {key: "${secret:ours}", signed_by: "${secret:acme_cert}", signature: optional}'
    (part,) = parts(reading(bench, step), message(encrypted(b"x", signer=None)))
    assert "pgp.signer" not in part.headers


def test_a_header_that_claims_a_signer_is_not_believed(bench: Bench) -> None:
    step = 'decrypt: {key: "${secret:ours}"}'
    arrived = message(encrypted(b"x"), headers={"pgp.signer": "me"})  # type: ignore[arg-type]  # a mapping
    (part,) = parts(reading(bench, step), arrived)
    assert "pgp.signer" not in part.headers


@pytest.mark.parametrize("data", [b"", b"a;b\n", b"-----BEGIN PGP MESSAGE-----\n\nxxxx\n-----END PGP MESSAGE-----\n"])
def test_what_is_no_message_is_refused(data: bytes, bench: Bench) -> None:
    with pytest.raises(Reject) as caught:
        parts(reading(bench, f"decrypt: {DECRYPT}"), message(data))
    assert caught.value.code == "S331"


def test_a_message_is_refused_or_held_wherever_it_is_cut_or_changed(bench: Bench) -> None:
    route = reading(bench, f"decrypt: {DECRYPT}")
    key, readers = openpgp.Secret(str(ACME), None), openpgp.certificates(str(OURS.extract_certificate()))
    data = openpgp.encrypted(b"hello " * 20, readers, key, NOW, armor=False)
    for at in range(0, len(data), 3):
        for bad in (data[:at], data[:at] + bytes([data[at] ^ 0x55]) + data[at + 1 :]):
            with pytest.raises((Reject, Hold)):
                parts(route, message(bad))


def test_nothing_is_encrypted_for_a_key_that_was_revoked_or_has_expired() -> None:
    cert = ACME.extract_certificate()
    revoked = Cert.from_bytes(bytes(cert) + bytes(cert.revoke(ACME.certifier())))
    end = datetime.now(UTC) + timedelta(days=30)
    limited = cert.set_expiration(end, ACME.certifier())
    for certs, now in (((revoked,), NOW), ((limited,), end + timedelta(seconds=1))):
        with pytest.raises(Hold) as caught:
            openpgp.encrypted(b"x", openpgp.Certificates(certs), None, now, armor=True)
        assert (caught.value.code, cert.fingerprint in str(caught.value)) == ("S336", True)


def revoked(key: Tsk) -> Cert:
    cert = key.extract_certificate()
    return Cert.from_bytes(bytes(cert) + bytes(cert.revoke(key.certifier())))


def test_what_a_revoked_key_signed_is_held_and_told_as_that() -> None:
    cert = revoked(ACME)
    signers, ours = openpgp.Certificates((cert,)), openpgp.Secret(str(OURS), None)
    signed = openpgp.signed(b"x", openpgp.Secret(str(ACME), None), NOW, armor=True)
    with pytest.raises(Hold) as one:
        openpgp.verified(signed, signers, NOW)
    with pytest.raises(Hold) as other:
        openpgp.decrypted(encrypted(b"x"), ours, signers, NOW, required=True)
    assert [("S336", cert.fingerprint in str(each.value)) for each in (one, other)] == [("S336", True)] * 2


def test_a_stranger_is_told_as_one_though_a_known_key_was_revoked() -> None:
    signed = openpgp.signed(b"x", openpgp.Secret(str(STRANGER), None), NOW, armor=True)
    with pytest.raises(Hold) as caught:
        openpgp.verified(signed, openpgp.Certificates((revoked(ACME),)), NOW)
    assert caught.value.code == "S335"


@pytest.mark.parametrize("step", ['decrypt: {key: "${secret:acme_cert}"}', 'encrypt: {to: "${secret:bad}"}'])
def test_a_key_that_is_none_is_told_when_the_project_is_loaded(step: str, bench: Bench) -> None:
    bench.workshop.environment.update({**KEYS, "CROSSDOCK_SECRET_BAD": "not a key"})
    text = f"from: {{folder: {{path: in}}}}\nsteps:\n  - {step}\nto:\n  - folder: {{path: out}}\n"
    found = bench.workshop.findings({"routes/r.yaml": text})
    assert any("S330" in one for one in found)
    assert not any("BEGIN PGP" in one or "not a key" in one for one in found)
