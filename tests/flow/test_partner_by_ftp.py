"""A partner whose channel is an FTP server: what they have there is fetched, and what answers it lies there."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from crossdock.testing.servers.proftpd import USER, ProftpdAddress

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
  ftp:
    host: 127.0.0.1
    port: {port}
    user: {user}
    password: "${{secret:acme_password}}"
    fingerprint: "{fingerprint}"
    in: {{path: {folder}/out, every: 100ms, stable_for: 10ms}}
    out: {{path: {folder}/in, name: "{{$id}}.997"}}
"""


def crossdock(root: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "crossdock", *arguments]
    return subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "crossdock.yaml").write_text("ids: {x12: [ZZ, GLOBEX]}\n")
    (tmp_path / "partners").mkdir()
    (tmp_path / "routes").mkdir()
    (tmp_path / "routes" / "orders.yaml").write_text("from: {topic: order.received}\nto: [{file: {path: orders}}]\n")
    return tmp_path


def test_what_they_have_is_fetched_and_the_answer_lies_there(project: Path, proftpd: ProftpdAddress) -> None:
    place = proftpd.fresh()
    owner = place.local.stat()
    for name in ("out", "in"):
        (place.local / name).mkdir()
        os.chown(place.local / name, owner.st_uid, owner.st_gid)
    (place.local / "out" / "order.edi").write_text(ENVELOPE)
    secrets = project / "secrets"
    secrets.mkdir(mode=0o700)
    (secrets / "acme_password").write_text(proftpd.password)
    (secrets / "acme_password").chmod(0o600)
    filled = PROFILE.format(port=proftpd.port, user=USER, fingerprint=proftpd.fingerprint, folder=place.remote)
    (project / "partners" / "acme.yaml").write_text(filled)
    done = crossdock(project, "run", "--until-idle")
    assert done.returncode == 0, done.stdout + done.stderr
    (answer,) = (place.local / "in").iterdir()
    assert "AK9*A*1*1*1" in answer.read_text()
    assert [path.name for path in (place.local / "out" / "archive").iterdir()] == ["order.edi"]
    assert len(list((project / "orders").iterdir())) == 1
    assert proftpd.password not in done.stdout + done.stderr


def test_check_warns_of_clear_text_and_says_where(project: Path) -> None:
    route = 'from: {ftp: {host: ftp.acme.example, tls: off, user: globex, password: "${secret:p}", path: out}}\n'
    (project / "routes" / "in.yaml").write_text(route + "to: [{topic: order.received}]\n")
    (project / "secrets").mkdir(mode=0o700)
    (project / "secrets" / "p").write_text("x")
    (project / "secrets" / "p").chmod(0o600)
    done = crossdock(project, "check")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "K669" in done.stdout + done.stderr
    assert "in.yaml:1:" in done.stdout + done.stderr
