"""The addresses of a project are what their description says: the description is valid, and a fuzzer finds nothing."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from openapi_spec_validator import validate
from tests.commands import command
from tests.flow.serving import Front

#: What fits a schema may break a rule no schema can say (a check digit), and its key may have come with another document.
SETTINGS = """\
[checks.positive_data_acceptance]
expected-statuses = ["2xx", 401, 403, 404, 409, 422, 429, "5xx"]
"""
ROUTES = {
    "orders": "about: Orders of the web shop.\n"
    "from:\n  http: {path: /orders, accepts: [application/json], check: true}\n"
    "steps:\n  - decode: json\n  - validate: inventory/v1\nto:\n  - topic: order.arrived\n",
    "asked": "from:\n  http: {path: /asked, accepts: [application/json], idempotency: required, reply: {within: 5s},"
    " keep: [X-Shop], deprecated: 2026-01-01, sunset: 2027-01-01, successor: /orders}\n"
    "to:\n  - topic: question.arrived\n",
    "told": "from:\n  http: {path: /told, accepts: [application/json], auth: {webhook: {style: business-central,"
    " secret: hush}}}\nto:\n  - topic: change.told\n",
    "mapped": "from:\n  http: {path: /mapped, accepts: [application/json], check: true}\n"
    "steps:\n  - decode: json\n  - map: order-label\nto:\n  - topic: label.asked\n",
    "rows": "from:\n  http: {path: /rows, accepts: [application/json]}\n"
    "steps:\n  - decode: json\n  - map: row-label\nto:\n  - topic: label.asked\n",
    "open": "from:\n  http: {path: /open, accepts: [text/plain], auth: {anybody: true}}\nto:\n  - topic: text.arrived\n",
}

MAPPINGS = {
    "order-label": "from: order/v1\nfields: {text: number}\n",
    "row-label": "from: json/label\nfields: {text: number}\ncases:\n  - {given: {number: A1}, expect: {text: A1}}\n",
}


@pytest.fixture
def front(tmp_path: Path) -> Iterator[Front]:
    made = Front(tmp_path)
    made.write(made.settings(), **ROUTES)
    (made.folder / "mappings").mkdir(exist_ok=True)
    for name, text in MAPPINGS.items():
        (made.folder / "mappings" / f"{name}.yaml").write_text(text)
    yield made
    made.end()


def test_the_description_is_valid_openapi(front: Front) -> None:
    described = json.loads(command(front.folder, "openapi").output)
    validate(described)
    assert described["paths"]["/asked"]["post"]["deprecated"] is True
    assert described["components"]["schemas"]["inventory_v1"]["type"] == "object"
    mapped = described["paths"]["/mapped"]["post"]["requestBody"]["content"]["application/json"]
    assert "order_v1" in mapped["schema"]["description"]
    assert mapped["examples"]["contract"]["value"]["lines"]
    rows = described["paths"]["/rows"]["post"]["requestBody"]["content"]["application/json"]
    assert rows["schema"]["description"] == "Read as json/label."
    assert rows["examples"]["sample1"]["value"] == {"number": "A1"}


def test_a_fuzzer_finds_nothing(front: Front) -> None:
    key = front.key("fuzzer")
    front.serve()
    (front.folder / "schemathesis.toml").write_text(SETTINGS)
    command = [sys.executable, "-m", "schemathesis.cli", "run", f"http://127.0.0.1:{front.port}/openapi.json"]
    options = ["--header", f"X-API-Key: {key}", "--max-examples", "4", "--seed", "1", "--no-color"]
    phases = ["--phases", "examples,coverage,fuzzing", "--generation-database", "none"]
    done = subprocess.run(
        [*command, *options, *phases], cwd=front.folder, capture_output=True, check=False, timeout=300
    )
    assert done.returncode == 0, done.stdout.decode()[-6000:]
    assert front.balanced()
