"""A partner whose channel is a server of files: what they have there is fetched, and what answers it lies there."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from tests.commands import Told, command

from crossdock.connector.remote.host_key import read_pin
from crossdock.testing.servers.proftpd import USER, FtpPlace, ProftpdAddress
from crossdock.testing.servers.sshd import SftpPlace, SshdAddress

Answer = Callable[[str], None]

ENVELOPE = (
    "ISA*00*          *00*          *ZZ*ACMEDIST       *ZZ*GLOBEX         *261120*1200*U*00401*000000017*0*P*>~"
    "GS*PO*ACMEDIST*GLOBEX*20261120*1200*17*X*004010~ST*850*0001~BEG*00*NE*4711**20261120~"
    "PO1*1*10*EA*9.5**VP*A-1~CTT*1~SE*5*0001~GE*1*17~IEA*1*000000017~"
)
PROFILE = """\
name: ACME
status: live
ids: {{x12: [ZZ, ACMEDIST]}}
receives:
  850: {{version: "004010", topic: order.received}}
acknowledge: 997
channel:
  {connector}:
    host: 127.0.0.1
    port: {port}
    user: {user}
{login}
    in: {{path: {folder}/out, every: 100ms, stable_for: 10ms}}
    out: {{path: {folder}/in, name: "{{$id}}.997"}}
"""
PASSWORD = '    password: "${{secret:acme_login}}"\n    fingerprint: "{}"'
KEY = '    key: "${{secret:acme_login}}"\n    host_key: "{}"'


@dataclass(frozen=True)
class Theirs:
    """A folder of the partner's; ``login`` is the secret we get in with, and ``told`` what of it may appear nowhere."""

    place: FtpPlace | SftpPlace
    profile: str
    login: str
    told: str


def by_ftp(server: ProftpdAddress) -> Theirs:
    place, login = server.fresh(), PASSWORD.format(server.fingerprint)
    profile = PROFILE.format(connector="ftp", port=server.port, user=USER, login=login, folder=place.remote)
    return Theirs(place, profile, server.password, server.password)


def by_sftp(server: SshdAddress) -> Theirs:
    place, login, key = server.fresh(), KEY.format(server.host_keys["ed25519"]), server.keys["ed25519"]
    profile = PROFILE.format(connector="sftp", port=server.port, user=server.user, login=login, folder=place.remote)
    return Theirs(place, profile, key, key.splitlines()[2])


@pytest.fixture(params=["ftp", "sftp"])
def theirs(request: pytest.FixtureRequest) -> Theirs:
    if request.param == "ftp":
        return by_ftp(request.getfixturevalue("proftpd"))
    return by_sftp(request.getfixturevalue("sshd"))


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "crossdock.yaml").write_text("ids: {x12: [ZZ, GLOBEX]}\n")
    (tmp_path / "partners").mkdir()
    (tmp_path / "routes").mkdir()
    (tmp_path / "routes" / "orders.yaml").write_text("from: {topic: order.received}\nto: [{file: {path: orders}}]\n")
    return tmp_path


@pytest.fixture
def answers(monkeypatch: pytest.MonkeyPatch) -> Answer:
    """What a person types at the next question."""
    return lambda text: monkeypatch.setattr("sys.stdin", io.StringIO(text))


def secret(project: Path, name: str, text: str) -> None:
    (project / "secrets").mkdir(mode=0o700)
    (project / "secrets" / name).write_text(text)
    (project / "secrets" / name).chmod(0o600)


def test_what_they_have_is_fetched_and_the_answer_lies_there(project: Path, theirs: Theirs) -> None:
    place = theirs.place.local
    owner = place.stat()
    for name in ("out", "in"):
        (place / name).mkdir()
        os.chown(place / name, owner.st_uid, owner.st_gid)
    (place / "out" / "order.edi").write_text(ENVELOPE)
    secret(project, "acme_login", theirs.login)
    (project / "partners" / "acme.yaml").write_text(theirs.profile)
    run = [sys.executable, "-m", "crossdock", "run", "--until-idle"]
    done = subprocess.run(run, cwd=project, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    (answer,) = (place / "in").iterdir()
    assert "AK9*A*1*1*1" in answer.read_text()
    assert [path.name for path in (place / "out" / "archive").iterdir()] == ["order.edi"]
    assert len(list((project / "orders").iterdir())) == 1
    assert theirs.told not in done.stdout + done.stderr


def test_check_warns_of_clear_text_and_says_where(project: Path) -> None:
    route = 'from: {ftp: {host: ftp.acme.example, tls: off, user: globex, password: "${secret:p}", path: out}}\n'
    (project / "routes" / "in.yaml").write_text(route + "to: [{topic: order.received}]\n")
    secret(project, "p", "x")
    told = command(project, "check")
    assert told.code == 0, told.output + told.errors
    assert "K669" in told.output + told.errors
    assert "in.yaml:1:" in told.output + told.errors


def test_a_host_key_is_shown_and_nothing_is_trusted(project: Path, sshd: SshdAddress) -> None:
    shown = command(project, "partner", "host-key", f"127.0.0.1:{sshd.port}")
    assert read_pin(sshd.host_keys["ed25519"]).fingerprint in shown.output
    assert read_pin(sshd.host_keys["rsa"]).fingerprint in shown.output
    listed = json.loads(command(project, "partner", "host-key", f"127.0.0.1:{sshd.port}", "--json").output)
    assert {one["kind"] for one in listed} == {"ssh-ed25519", "ecdsa-sha2-nistp256", "ssh-rsa"}


def add(project: Path, sshd: SshdAddress, *more: str) -> Told:
    """Add a partner whose channel is the SFTP server."""
    words = ["partner", "add", "acme", "--id", "ZZ/ACMEDIST", "--sftp", f"globex@127.0.0.1:{sshd.port}"]
    return command(project, *words, *more)


def test_a_partner_is_added_with_the_key_a_person_confirmed(project: Path, sshd: SshdAddress, answers: Answer) -> None:
    answers("n\nn\nn\n")
    refused = add(project, sshd)
    assert refused.code == 3
    assert "P145" in refused.errors + refused.output
    assert not (project / "partners" / "acme.yaml").exists()
    answers("y\n")
    confirmed = add(project, sshd)
    assert confirmed.code == 0, confirmed.errors
    text = (project / "partners" / "acme.yaml").read_text()
    assert " ".join(sshd.host_keys["ed25519"].split()[:2]) in text
    assert "${secret:globex_sftp_key}" in text


def test_a_partner_is_added_by_the_fingerprint_they_told(project: Path, sshd: SshdAddress) -> None:
    wrong = add(project, sshd, "--fingerprint", "SHA256:AAAA")
    assert wrong.code == 3
    right = read_pin(sshd.host_keys["rsa"]).fingerprint
    assert add(project, sshd, "--fingerprint", right).code == 0
    assert " ".join(sshd.host_keys["rsa"].split()[:2]) in (project / "partners" / "acme.yaml").read_text()
