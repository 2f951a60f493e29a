"""Usual beginnings, which an editor offers where nothing stands yet.

``$1``, ``$2`` are the places to fill in, one after the other; ``${1:text}`` has a text to begin with.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, TypeAlias

Snippet: TypeAlias = dict[str, object]


def _snippet(label: str, description: str, body: object) -> Snippet:
    return {"label": label, "description": description, "body": body}


_FILE = {"path": "${1:inbox}", "match": "${2:*.edi}"}

#: By kind of file, or by the name of a definition.
SNIPPETS: Final[Mapping[str, list[Snippet]]] = {
    "route": [
        _snippet(
            "route: from a folder to a topic",
            "Files that are read, split, mapped and judged, each document once.",
            {
                "about": "${3:What comes in, from whom.}",
                "from": {"file": _FILE},
                "steps": [
                    {"decode": "${4:x12}"},
                    {"split": "${5:transactions}"},
                    {"map": "$6"},
                    {"validate": "${7:order/v1}"},
                    {"once": {"key": "${8:number}"}},
                ],
                "to": [{"topic": "${9:order.received}"}],
            },
        ),
        _snippet(
            "route: from a topic to a system",
            "Documents that are mapped and delivered.",
            {
                "about": "${1:What goes out, to whom.}",
                "from": {"topic": "${2:order.received}"},
                "to": [{"file": {"path": "${3:out}", "name": "${4:order.json}"}, "map": "$5", "encode": "${6:json}"}],
            },
        ),
    ],
    "mapping": [
        _snippet(
            "mapping",
            "A document into another one, field by field.",
            {
                "about": "${1:What it makes of what.}",
                "from": "${2:x12/850}",
                "to": "${3:order/v1}",
                "fields": {"number": "$4", "lines": {"each": "$5", "fields": {"number": "$index"}}},
            },
        ),
        _snippet(
            "mapping: a dialect of another one",
            "Another mapping, but for what this file says anew.",
            {"about": "${1:What is different.}", "extends": "$2", "fields": {"$3": "$4"}},
        ),
    ],
    "partner": [
        _snippet(
            "partner: X12",
            "A partner who sends orders, and is answered.",
            {
                "name": "$1",
                "status": "${2:onboarding}",
                "ids": {"x12": ["${3:ZZ}", "$4"]},
                "receives": {"850": {"version": "005010", "map": "$5", "topic": "${6:order.received}"}},
                "acknowledge": "997",
                "channel": {"file": {"path": "${7:out/partner}"}},
            },
        ),
        _snippet(
            "partner: EDIFACT",
            "A partner who sends orders, and is answered.",
            {
                "name": "$1",
                "status": "${2:onboarding}",
                "ids": {"edifact": ["$3", "${4:14}"]},
                "receives": {"ORDERS": {"version": "D96A", "map": "$5", "topic": "${6:order.received}"}},
                "acknowledge": "CONTRL",
                "channel": {"file": {"path": "${7:out/partner}"}},
            },
        ),
    ],
    "layout": [
        _snippet(
            "layout",
            "A line for each record.",
            {"about": "$1", "encoding": "${2:utf-8}", "record": {"tag": "$3", "fields": {"number": "${4:15}"}}},
        ),
    ],
    "case": [
        _snippet("case", "What must come of a sample.", {"given": "$1", "expect": {"$2": {"$3": "$4"}}}),
        _snippet("case: an error", "The code a sample must end in.", {"given": "$1", "expect_error": "$2"}),
    ],
    "branch": [
        _snippet(
            "when", "A way for the documents that a condition holds for.", {"when": "$1", "to": [{"topic": "$2"}]}
        ),
        _snippet("otherwise", "The way of all others.", {"otherwise": {"steps": [{"$1": "$2"}]}}),
    ],
}
