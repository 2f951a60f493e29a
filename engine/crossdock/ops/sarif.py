"""Findings as SARIF 2.1.0 (OASIS Standard, 27 March 2020): what code hosts and editors read.

Each code that was found is a rule (section 3.49), each finding a result (3.27) with a region (3.30) that covers what
stands above the caret. Paths are relative to the project (3.4.4), and columns count characters (3.14.17).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from urllib.parse import quote

from crossdock.errors import Finding, Severity
from crossdock.ops.explained import Entry
from crossdock.yaml_source import caret_width

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
ROOT = "PROJECT"  # the base that paths are relative to; whoever reads the log knows where it lies

_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "note"}


def sarif(
    findings: Sequence[Finding], texts: Mapping[str, str], entries: Mapping[str, Entry], version: str
) -> dict[str, object]:
    """A SARIF log of one run. ``texts`` are those of the files that findings are about, ``entries`` the catalogue."""
    codes = sorted({finding.code for finding in findings})
    driver = {
        "name": "crossdock",
        "version": version,
        "rules": [_rule(code, entries.get(code)) for code in codes],
    }
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "originalUriBaseIds": {ROOT: {"description": {"text": "The folder of the project."}}},
        "results": [_result(finding, codes.index(finding.code), texts) for finding in findings],
    }
    return {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}


def _rule(code: str, entry: Entry | None) -> dict[str, object]:
    if entry is None:  # a connector of somebody else has codes of its own
        return {"id": code}
    return {
        "id": code,
        "shortDescription": {"text": _plain(entry.means)},
        "help": {"text": _plain(entry.mend), "markdown": entry.mend},
    }


def _plain(text: str) -> str:
    return text.replace("`", "'")


def _result(finding: Finding, index: int, texts: Mapping[str, str]) -> dict[str, object]:
    message = f"{finding.message}; {finding.hint}" if finding.hint else finding.message
    result: dict[str, object] = {
        "ruleId": finding.code,
        "ruleIndex": index,
        "level": _LEVELS[finding.severity],
        "message": {"text": message},
    }
    if finding.place.file is not None:
        result["locations"] = [{"physicalLocation": _location(finding, finding.place.file, texts)}]
    return result


def _location(finding: Finding, file: str, texts: Mapping[str, str]) -> dict[str, object]:
    location: dict[str, object] = {"artifactLocation": {"uri": quote(file), "uriBaseId": ROOT}}
    line, column = finding.place.line, finding.place.column
    if line is not None:
        location["region"] = {"startLine": line} | (
            {"startColumn": column, "endColumn": column + caret_width(finding, texts.get(file, ""))} if column else {}
        )
    return location
