"""A partner whose channel is an SFTP server: what they have there is fetched, and what answers it lies there."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from crossdock.connector.remote.host_key import read_pin
from crossdock.testing.servers.sshd import SshdAddress

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
  sftp:
    host: 127.0.0.1
    port: {port}
    user: {user}
    key: "${{secret:acme_key}}"
    host_key: "{host_key}"
    in: {{path: {folder}/out, every: 100ms, stable_for: 10ms}}
    out: {{path: {folder}/in, name: "{{$id}}.997"}}
"""


def crossdock(root: Path, *arguments: str, answer: str = "") -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "crossdock", *arguments]
    return subprocess.run(command, cwd=root, capture_output=True, text=True, check=False, input=answer)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "crossdock.yaml").write_text("ids: {x12: [ZZ, GLOBEX]}\n")
    (tmp_path / "partners").mkdir()
    (tmp_path / "routes").mkdir()
    (tmp_path / "routes" / "orders.yaml").write_text("from: {topic: order.received}\nto: [{file: {path: orders}}]\n")
    return tmp_path


def test_what_they_have_is_fetched_and_the_answer_lies_there(project: Path, sshd: SshdAddress) -> None:
    place = sshd.fresh()
    owner = place.local.stat()
    for name in ("out", "in"):
        (place.local / name).mkdir()
        os.chown(place.local / name, owner.st_uid, owner.st_gid)
    (place.local / "out" / "order.edi").write_text(ENVELOPE)
    secrets = project / "secrets"
    secrets.mkdir(mode=0o700)
    (secrets / "acme_key").write_text(sshd.keys["ed25519"])
    (secrets / "acme_key").chmod(0o600)
    filled = PROFILE.format(port=sshd.port, user=sshd.user, host_key=sshd.host_keys["ed25519"], folder=place.remote)
    (project / "partners" / "acme.yaml").write_text(filled)
    done = crossdock(project, "run", "--until-idle")
    assert done.returncode == 0, done.stdout + done.stderr
    (answer,) = (place.local / "in").iterdir()
    assert "AK9*A*1*1*1" in answer.read_text()
    assert [path.name for path in (place.local / "out" / "archive").iterdir()] == ["order.edi"]
    assert len(list((project / "orders").iterdir())) == 1
    key = sshd.keys["ed25519"].splitlines()[2]
    assert key not in done.stdout + done.stderr


def test_a_host_key_is_shown_and_nothing_is_trusted(project: Path, sshd: SshdAddress) -> None:
    shown = crossdock(project, "partner", "host-key", f"127.0.0.1:{sshd.port}")
    assert read_pin(sshd.host_keys["ed25519"]).fingerprint in shown.stdout
    assert read_pin(sshd.host_keys["rsa"]).fingerprint in shown.stdout
    listed = json.loads(crossdock(project, "partner", "host-key", f"127.0.0.1:{sshd.port}", "--json").stdout)
    assert {one["kind"] for one in listed} == {"ssh-ed25519", "ecdsa-sha2-nistp256", "ssh-rsa"}


def test_a_partner_is_added_with_the_key_a_person_confirmed(project: Path, sshd: SshdAddress) -> None:
    add = ["partner", "add", "acme", "--id", "ZZ/ACMEDIST", "--sftp", f"globex@127.0.0.1:{sshd.port}"]
    refused = crossdock(project, *add, answer="n\nn\nn\n")
    assert refused.returncode == 3
    assert "P145" in refused.stderr + refused.stdout
    assert not (project / "partners" / "acme.yaml").exists()
    confirmed = crossdock(project, *add, answer="y\n")
    assert confirmed.returncode == 0, confirmed.stderr
    text = (project / "partners" / "acme.yaml").read_text()
    assert " ".join(sshd.host_keys["ed25519"].split()[:2]) in text
    assert "${secret:globex_sftp_key}" in text


def test_a_partner_is_added_by_the_fingerprint_they_told(project: Path, sshd: SshdAddress) -> None:
    add = ["partner", "add", "acme", "--id", "ZZ/ACMEDIST", "--sftp", f"globex@127.0.0.1:{sshd.port}"]
    wrong = crossdock(project, *add, "--fingerprint", "SHA256:AAAA")
    assert wrong.returncode == 3
    right = read_pin(sshd.host_keys["rsa"]).fingerprint
    assert crossdock(project, *add, "--fingerprint", right).returncode == 0
    assert " ".join(sshd.host_keys["rsa"].split()[:2]) in (project / "partners" / "acme.yaml").read_text()
