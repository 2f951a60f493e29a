"""Every connector that has secrets, tried and run in one project where nothing answers: no secret is told anywhere."""

from __future__ import annotations

import base64
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
import yaml
from tests.contract.connectors.test_every_connector_is_documented_and_checked import POINTS, examples
from tests.flow.conftest import Project

CANARY = "cAnary/7f31+c0de?"
_SECRET = re.compile(r"\$\{secret:([A-Za-z0-9_]+)\}")
_VARIABLE = re.compile(r"\$\{([A-Z][A-Z0-9_]*)\}")
_HOST = re.compile(r"\b[a-z0-9-]+(?:\.[a-z0-9-]+)*\.example(?:\.com)?\b")
_URLS = {
    "broker": f"amqp://user:{quote(CANARY, safe='')}@127.0.0.1:9/",
    "db": f"mysql+pymysql://user:{quote(CANARY, safe='')}@127.0.0.1:9/shop",
}


def _secret_routes() -> Iterator[tuple[str, str]]:
    for name in sorted(POINTS):
        for number, route in enumerate(examples(name)):
            text = yaml.safe_dump(route, sort_keys=False)
            if _SECRET.search(text):
                text = _HOST.sub("127.0.0.1", text).replace("region:", "endpoint: https://127.0.0.1:9\n    region:")
                yield f"{name}-{number}", _VARIABLE.sub("https://127.0.0.1:9", text)


def _forms(secret: str) -> Iterator[bytes]:
    """As it is, in URLs, in base64 wherever in a text it stands, in hex."""
    data = secret.encode()
    percent = quote(secret, safe="")
    lower = re.sub("%..", lambda found: found[0].lower(), percent)
    yield from (data, percent.encode(), lower.encode(), data.hex().encode())
    for before in range(3):
        packed = base64.b64encode(b"\0" * before + data)
        whole = packed[(before * 8 + 5) // 6 + (before > 0) : len(packed) // 4 * 4 - 4]
        yield from (whole, whole.translate(bytes.maketrans(b"+/", b"-_")))


@pytest.fixture
def told(project: Project) -> str:
    """What commands print about the project, after it has run a while."""
    routes = dict(_secret_routes())
    secrets = {name for text in routes.values() for name in _SECRET.findall(text)}
    (project.folder / "secrets").mkdir()
    for name in secrets:
        (project.folder / "secrets" / name).write_text(_URLS.get(name.rpartition("_")[2], CANARY))
    (project.folder / "routes" / "reader.yaml").parent.mkdir(exist_ok=True)
    project.write("", reader="from: {topic: example.received}\nto: [{file: {path: read}}]\n")
    for name, text in routes.items():
        (project.folder / "routes" / f"{name}.yaml").write_text(text)
    checked = _said(project.folder, "check", "--connect")
    for number in range(5):
        project.drop("a,b\n1,2\n", f"{number}.csv")
    project.start()
    with pytest.raises(subprocess.TimeoutExpired):
        project.run.wait(timeout=8)
    project.run.terminate()
    project.run.wait(timeout=60)
    return checked + "".join(_said(project.folder, *command) for command in (["status"], ["dead", "list"]))


def _said(folder: Path, *command: str) -> str:
    done = subprocess.run([sys.executable, "-m", "crossdock", *command], cwd=folder, capture_output=True, check=False)
    return (done.stdout + done.stderr).decode()


def test_no_connector_tells_a_secret_whatever_fails(project: Project, told: str) -> None:
    assert "127.0.0.1" in told
    files = [path for path in project.folder.rglob("*") if path.is_file() and path.parent.name != "secrets"]
    texts = {"what commands print": told.encode(), **{str(path): path.read_bytes() for path in files}}
    found = [(name, form) for name, text in texts.items() for form in _forms(CANARY) if form in text]
    assert found == []
