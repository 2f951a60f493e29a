"""The results of cases as JUnit XML, which every CI server reads."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import groupby
from xml.etree.ElementTree import Element, SubElement, tostring

from crossdock.testing.results import CaseResult

#: What XML 1.0 (fifth edition, 2.2) has no place for.
_NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def junit(results: Sequence[CaseResult]) -> bytes:
    """One suite for each route and mapping."""
    root = Element("testsuites", _totals("crossdock", results))
    for name, cases in groupby(results, key=lambda one: one.name):
        _suite(root, name, list(cases))
    text: str = tostring(root, encoding="unicode")
    return f'<?xml version="1.0" encoding="utf-8"?>\n{text}\n'.encode()


def _suite(root: Element, name: str, cases: Sequence[CaseResult]) -> None:
    suite = SubElement(root, "testsuite", _totals(name, cases))
    for one in cases:
        file, _, line = one.place.partition(":")
        told = {"name": _plain(f"{one.id} {one.about}".rstrip()), "classname": name, "time": f"{one.seconds:.3f}"}
        case = SubElement(suite, "testcase", {**told, "file": file, "line": line or "0"})
        if one.problems:
            failure = SubElement(case, "failure", {"message": _plain(one.problems[0].splitlines()[0])})
            failure.text = _plain("\n".join([one.place, *one.problems]))


def _totals(name: str, results: Iterable[CaseResult]) -> dict[str, str]:
    cases = list(results)
    failed = sum(bool(one.problems) for one in cases)
    seconds = sum(one.seconds for one in cases)
    return {"name": name, "tests": str(len(cases)), "failures": str(failed), "errors": "0", "time": f"{seconds:.3f}"}


def _plain(text: str) -> str:
    return _NO_XML.sub("·", text)
