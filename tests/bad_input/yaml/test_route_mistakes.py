"""Typical mistakes in a route: each gives exactly one finding, at its place, with the fix."""

from __future__ import annotations

import pytest
from tests.bad_input.yaml.conftest import Findings

MAPPING = "from: json/order\nto: order/v1\nfields: {number: no}\n"
TABLE = "code,name\nEA,each\n"

ROUTE = """\
about: A route without mistakes.
from:
  file: {path: in}
steps:
  - decode: json
  - split: items
  - map: to-order
  - validate: order/v1
  - lookup: {table: units, key: unit, as: row, optional: true}
  - once: {key: "[buyer.id, number]", within: 90d}
to:
  - file: {path: out, name: "x.txt"}
    when: "total > `1`"
    encode: json
retry: {attempts: 8}
"""

#: what is written instead of what, and the finding it gives
MISTAKES = {
    "unknown key of a route": ("about:", "abuot:", "1:1: error R101: unknown key 'abuot'; did you mean 'about'?"),
    "no source": ("from:\n  file: {path: in}\n", "", "1:1: error R101: required key 'from' is missing"),
    "misspelt from": ("from:", "form:", "2:1: error R101: unknown key 'form'; did you mean 'from'?"),
    "source is text": (
        "from:\n  file: {path: in}",
        "from: file",
        "2:7: error R101: expected keys and values, not 'file'; put a colon behind it: file: …",
    ),
    "two sources": (
        "  file: {path: in}\n",
        "  file: {path: in}\n  topic: a\n",
        "3:3: error R106: a route reads from exactly one source, not 2: file, topic; name a connector (such as file:) or topic:",
    ),
    "unknown connector": (
        "  file: {path: in}",
        "  fiel: {path: in}",
        "3:3: error R102: connector 'fiel' does not exist; did you mean 'file'?",
    ),
    "unknown option": (
        "path: in",
        "pth: in",
        "3:10: error R104: unknown option 'pth' of connector 'file'; did you mean 'path'?",
    ),
    "missing option": (
        "{path: in}",
        "{}",
        "3:3: error R104: required option 'path' of connector 'file' is missing",
    ),
    "option of the wrong kind": (
        "path: in",
        "path: [in]",
        '3:16: error R104: expected text, not a list; text in brackets needs quotes: "[…]"',
    ),
    "connector that cannot be a source": (
        "  file: {path: in}",
        "  printer: {path: in}",
        "3:3: error R103: connector 'printer' cannot be a source; sources: file, mailbox",
    ),
    "connector that cannot be a destination": (
        "- file: {path: out, name",
        "- mailbox: {path: out, name",
        "12:5: error R103: connector 'mailbox' cannot be a destination; destinations: topic, file, printer",
    ),
    "connector that lets unknown options pass": (
        '- file: {path: out, name: "x.txt"}',
        "- printer: {path: out, pth: x}",
        "12:26: error R104: unknown option 'pth' of connector 'printer'; did you mean 'path'?",
    ),
    "unknown step": (
        "- validate:",
        "- valdate:",
        "8:5: error R201: step 'valdate' does not exist; did you mean 'validate'?",
    ),
    "two steps in one entry": (
        "  - map: to-order\n  - validate:",
        "  - map: to-order\n    validate:",
        "7:5: error R201: a step has exactly one name, not 2: map, validate; begin each step with '- '",
    ),
    "a step that is text": (
        "- decode: json",
        "- decode",
        "5:5: error R101: expected keys and values, not 'decode'; put a colon behind it: decode: …",
    ),
    "unknown codec": (
        "- decode: json",
        "- decode: jsn",
        "5:13: error R110: codec 'jsn' does not exist; did you mean 'json'?",
    ),
    "unknown option of a codec": (
        "- decode: json",
        "- decode: {json: {pth: /a}}",
        "5:21: error R111: unknown option 'pth' of codec 'json'; did you mean 'path'?",
    ),
    "unknown layout": (
        "encode: json",
        "encode: {fixed: erp}",
        "14:21: error R112: layout 'erp' does not exist; layouts are mappings/layouts/*.yaml",
    ),
    "decode after another step": (
        "  - decode: json\n  - split: items\n",
        '  - filter: "a == b"\n  - decode: json\n',
        "6:5: error R205: 'decode' must be the first step, and there is one of it",
    ),
    "split in other words": (
        "- split: items",
        "- split: item",
        "6:12: error R207: json has no 'item'; did you mean 'items'?",
    ),
    "split twice": (
        "- map: to-order",
        "- split: lines",
        "7:5: error R206: a route splits once; publish to a topic, and split again in a route that reads it",
    ),
    "once before split": (
        "  - split: items\n",
        "  - once: {key: a}\n  - split: a\n",
        "6:5: error R208: 'once' stands before 'split'; put it after: it judges single documents",
    ),
    "no decode": (
        "  - decode: json\n  - split: items\n",
        "",
        "5:5: error R209: 'map' needs a document; put 'decode' first",
    ),
    "unknown mapping": (
        "- map: to-order",
        "- map: to-ordr",
        "7:10: error M201: mapping 'to-ordr' does not exist; did you mean 'to-order'?",
    ),
    "mapping for another format": (
        "- decode: json\n  - split: items",
        "- decode: csv\n  - split: rows",
        "7:10: error R216: mapping 'to-order' reads json/order, but the payload is decoded as csv",
    ),
    "unknown contract": (
        "validate: order/v1",
        "validate: order/v9",
        "8:15: error R203: contract 'order/v9' does not exist; did you mean 'order/v1'?",
    ),
    "mapping that makes another contract": (
        "validate: order/v1",
        "validate: invoice/v1",
        "8:15: error R211: the mapping before makes order/v1, which is not invoice/v1; validate: order/v1",
    ),
    "unknown table": (
        "table: units",
        "table: unit",
        "9:21: error R204: table 'unit' does not exist; did you mean 'units'?",
    ),
    "unknown table in an expression": (
        "key: unit,",
        "key: \"lookup('unts', unit)\",",
        None,
    ),
    "unknown key of a step": (
        "within: 90d",
        "witin: 90d",
        "10:39: error R202: unknown key 'witin' of step 'once'; did you mean 'within'?",
    ),
    "missing key of a step": ("key: unit, as: row", "as: row", None),
    "duration without unit": (
        "within: 90d",
        "within: 90",
        "10:47: error R202: expected a duration such as 15m (units: ms, s, m, h, d), not '90'",
    ),
    "broken expression": ('when: "total > `1`"', 'when: "total >"', None),
    "no destinations": (
        ROUTE[ROUTE.index("to:") : ROUTE.index("retry")],
        "",
        "1:1: error R108: the route sends to nowhere; add 'to:' with a topic or a connector",
    ),
    "destinations are no list": (
        '  - file: {path: out, name: "x.txt"}\n    when: "total > `1`"\n    encode: json',
        "  file: {path: out}",
        "12:3: error R101: expected a list, not keys and values; begin each entry with '- '",
    ),
    "destination without connector": (
        '- file: {path: out, name: "x.txt"}\n    when',
        "- when",
        "12:5: error R106: a destination names no connector and no topic; such as topic: or file:",
    ),
    "destination with two connectors": (
        "    encode: json",
        "    topic: a.b",
        "14:5: error R107: a destination names both 'file' and 'topic'; give each its own entry of the list",
    ),
    "unknown key of a destination": (
        "    when:",
        "    wen:",
        "13:5: error R101: unknown key 'wen'; did you mean 'when'?",
    ),
    "two destinations of one name": (
        "    encode: json",
        "    name: a\n  - file: {path: b}\n    name: a",
        "16:11: error R109: two destinations are named 'a'; it stands on line 14 already",
    ),
    "sink setting for a topic": (
        '- file: {path: out, name: "x.txt"}',
        "- topic: a.b\n    rate: 1/s",
        None,
    ),
    "no topic": (
        '- file: {path: out, name: "x.txt"}',
        "- topic: a..b",
        "12:12: error R113: 'a..b' is not a topic to publish to; words of letters, digits, - and _, joined by dots: order.received",
    ),
    "publishing to the engine's own": (
        '- file: {path: out, name: "x.txt"}',
        "- topic: crossdock.dead.r",
        "12:12: error R114: topics that begin with 'crossdock.' are the engine's own",
    ),
    "topic without literal beginning": (
        '- file: {path: out, name: "x.txt"}',
        '- topic: "{a}.b"',
        "12:12: error R115: '{a}.b' has no literal beginning; such as order.{status}",
    ),
    "topic with half a brace": ('- file: {path: out, name: "x.txt"}', '- topic: "order.{a"', None),
    "subscription that is none": (
        "  file: {path: in}",
        "  topic: order.#",
        "3:10: error R113: 'order.#' is not a topic to read; words joined by dots, * for any one word: order.received, order.*",
    ),
    "too few attempts": (
        "attempts: 8",
        "attempts: 0",
        "15:19: error R101: must be greater than or equal to 1, not '0'",
    ),
    "secret in clear text": (
        '{path: out, name: "x.txt"}',
        "{path: out, password: geheim}",
        "12:33: warning R118: 'password' is a secret in clear text; write ${secret:password} and keep the value out of the file",
    ),
    "secret where none is kept": ("path: out", 'path: "${secret:none}"', None),
    "missing environment variable": (
        "path: out",
        'path: "${OUT}"',
        "12:18: error P104: environment variable OUT is not set; set it, or give a default: ${OUT:-…}",
    ),
    "environment inside an expression": (
        'when: "total > `1`"',
        'when: "total > `${LIMIT:-1}`"',
        "13:11: error P107: an environment value cannot be part of an expression; put it into a field with a mapping, or into a lookup table",
    ),
    "case without sample": (
        "retry: {attempts: 8}",
        "cases:\n  - given: samples/none.json\n    expect_skip: true",
        "16:12: error R116: file 'samples/none.json' does not exist; did you mean 'samples/order.json'?",
    ),
    "case that leaves the project": (
        "retry: {attempts: 8}",
        "cases:\n  - given: ../secret.json\n    expect_skip: true",
        "16:12: error P103: '../secret.json' leads out of the project; a path below the project folder",
    ),
    "case that expects nothing": (
        "retry: {attempts: 8}",
        "cases:\n  - given: samples/order.json",
        "16:5: error R120: the case expects nothing; add expect, expect_error or expect_skip",
    ),
    "misspelt key of a case": (
        "retry: {attempts: 8}",
        "cases:\n  - given: samples/order.json\n    expct_error: C101",
        "17:5: error R101: unknown key 'expct_error'; did you mean 'expect_error'?",
    ),
    "duplicate key": (
        "retry:",
        "about: again\nretry:",
        "15:1: error Y009: key 'about' appears twice; it stands on line 1 already",
    ),
    "set after encode": (
        ROUTE[ROUTE.index("to:\n") : ROUTE.index("retry")],
        "  - encode: json\n  - set: {fields: {a: b}}\nto: [{file: {path: out}}]\n",
        None,
    ),
    "encode twice": (
        "to:\n",
        "  - encode: json\nto:\n",
        "15:5: error R210: 'encode' cannot work here: an 'encode' step has made the bytes already; remove one of them",
    ),
    "reference without quotes in braces": (
        "path: out",
        "path: ${OUT}",
        '12:18: error Y003: not valid YAML: a brace in a value within braces; inside {…} and […], put quotes around "${…}"',
    ),
    "half a rule": (
        "to:\n",
        "  - check: [{name: a}]\nto:\n",
        "11:13: error R202: required key 'that' of a rule is missing",
    ),
    "two rules of one name": (
        "to:\n",
        "  - check: [{name: a, that: b}, {name: a, that: c}]\nto:\n",
        "11:40: error R219: two rules are named 'a'",
    ),
    "branch after an always true one": (
        "to:\n",
        '  - choose: [{when: "`true`", to: [{topic: a}]}, {when: b, to: [{topic: c}]}]\nto:\n',
        None,
    ),
    "branch without when": (
        "to:\n",
        "  - choose: [{to: [{topic: a}]}]\nto:\n",
        None,
    ),
    "decode in a branch": (
        "to:\n",
        "  - choose: [{when: b, steps: [{decode: json}]}]\nto:\n",
        None,
    ),
}

FIRST = {
    "unknown table in an expression": "9:41: error M121",
    "missing key of a step": "9:5: error R202: required key 'key' of step 'lookup' is missing",
    "broken expression": "13:18: error M110",
    "sink setting for a topic": "13:5: error R112",
    "topic with half a brace": "12:12: error R119",
    "secret where none is kept": "12:18: error P105",
    "set after encode": "12:5: error R210",
    "branch after an always true one": "11:50: error R213",
    "branch without when": "11:14: error R212",
    "decode in a branch": "11:33: error R208",
}


def project(route: str) -> dict[str, str | bytes]:
    return {
        "routes/r.yaml": route,
        "mappings/to-order.yaml": MAPPING,
        "mappings/tables/units.csv": TABLE,
        "samples/order.json": "{}",
    }


def test_the_route_itself_has_no_findings(findings: Findings) -> None:
    assert findings(project(ROUTE)) == []


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_gives_its_finding_and_no_other(name: str, findings: Findings) -> None:
    before, after, expected = MISTAKES[name]
    assert ROUTE.count(before) >= 1
    told = [line for line in findings(project(ROUTE.replace(before, after, 1))) if "R301" not in line]
    if expected is not None:
        assert told == [f"routes/r.yaml:{expected}"]
    else:
        assert len(told) == 1
        assert told[0].startswith(f"routes/r.yaml:{FIRST[name]}")
