"""A value at an option that is kept secret is in no finding: not in its words, its value, its frame, its SARIF."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.bad_input.yaml.mistakes import found_in

from crossdock.ops.sarif import sarif
from crossdock.yaml_source import render_finding

SECRET = "hunter2"

#: What an author may have written at the option: the secret as it is, and broken in some way.
WRITTEN = {
    "plain": SECRET,
    "tag": f"!{SECRET}",
    "long tag": f"!!{SECRET} x",
    "anchor": f"&{SECRET} x",
    "alias": f"*{SECRET}",
    "list": f"[{SECRET}]",
    "object": f"{{x: {SECRET}}}",
    "open quote": f'"{SECRET}',
    "two values": f'"{SECRET}" {SECRET}',
    "colon": f"{SECRET}: {SECRET}",
    "curly quotes": f"\u201c{SECRET}\u201d",
    "with a brace": f"{SECRET}{{",
    "default": f"${{X:-{SECRET}}}",
}
PLACES = {
    "in a line": "from: {{ftp: {{host: ftp.acme.example, user: u, password: {0}, path: /in}}}}",
    "of an account": "from:\n  ftp:\n    host: ftp.acme.example\n    user: u\n    account: {0}\n    path: /in",
    "of a proxy": "from:\n  http:\n    get: https://a.example/x\n    proxy:\n      url: http://p.example\n      password: {0}",
    "of an api key": "from:\n  http:\n    get: https://a.example/x\n    auth:\n      api_key:\n        key: {0}\n        header: X-Key",
    "of an api key in a line": "from: {{http: {{get: 'https://a.example/x', auth: {{api_key: {{key: {0}, header: X}}}}}}}}",
    "of a token": "from:\n  http:\n    get: https://a.example/x\n    auth:\n      bearer: {0}",
    "of a step": "from: {{file: {{path: in/}}}}\nsteps:\n  - decrypt:\n      key: {0}\n      passphrase: {0}",
    "of a store": "from:\n  s3:\n    bucket: b-b\n    access_key: A\n    secret_key: {0}",
}


@pytest.mark.parametrize("place", PLACES.values(), ids=PLACES)
def test_a_secret_is_shown_nowhere(place: str, tmp_path: Path) -> None:
    shown = {}
    for kind, written in WRITTEN.items():
        text = f"{place.format(written)}\nto: [{{file: {{path: out/, nmae: x}}}}]\n"
        findings = found_in(tmp_path, {"routes/in.yaml": text})
        frames = [render_finding(one, text, findings) for one in findings]
        said = json.dumps([one.as_dict() for one in findings]) + json.dumps(sarif(findings, {}, {}, "1"))
        if SECRET in said or any(SECRET in frame for frame in frames):
            shown[kind] = [frame for frame in frames if SECRET in frame] or said
        assert findings, kind
    assert shown == {}
