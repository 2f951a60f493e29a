"""How many of the catalogue's mistakes an editor marks while they are typed, by the schemas alone: told in guide 32.

``python -m pytest tests/unit/schemas/test_share_of_mistakes_that_schemas_refuse.py -s`` prints the share.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from decimal import Decimal
from functools import cache

from jsonschema_rs import Draft7Validator
from tests.bad_input.yaml.mistakes import BASE, Mistake, every_mistake

from crossdock.cli.schema import language
from crossdock.errors import ConfigError
from crossdock.message import Document
from crossdock.ops.schemas.documents import KINDS, schemas
from crossdock.ops.schemas.names import definitions, names_of
from crossdock.yaml_source import load

#: Of the mistakes whose findings are about what a file says in itself: R101 and its kin, as an editor can tell them.
IN_ITSELF = frozenset({"F301", "M101", "P101", "P120", "R101", "R102", "R104", "R110", "R111", "R201", "R202", "R203"})
#: What is refused at least: of all mistakes, and of those in a file itself.
LEAST, LEAST_IN_ITSELF = 0.25, 0.75

FOLDERS = {
    "presets/": "preset",
    "mappings/layouts/": "layout",
    "mappings/": "mapping",
    "routes/": "route",
    "partners/": "partner",
}


def _plain(value: Document) -> object:
    if isinstance(value, dict):
        return {key: _plain(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_plain(inner) for inner in value]
    return float(value) if isinstance(value, Decimal) else value


@cache
def validator(kind: str) -> Callable[[object], bool]:
    made = schemas(KINDS.values(), language(None), definitions(names_of(BASE)))
    return Draft7Validator(json.loads(json.dumps(made[kind], default=float))).is_valid


def kind_of(path: str) -> str | None:
    if path == "crossdock.yaml":
        return "settings"
    found = next((kind for folder, kind in FOLDERS.items() if path.startswith(folder)), None)
    return found if path.endswith(".yaml") else None


def is_refused(mistake: Mistake) -> bool:
    """Whether an editor marks one of its files: no YAML at all, or no valid instance of its schema."""
    for path, text in mistake.files.items():
        kind = kind_of(path)
        if kind is None:
            continue
        try:
            value = load(text.encode(), path).value
        except ConfigError:
            return True
        if not validator(kind)(_plain({} if value is None else value)):
            return True
    return False


def test_schemas_refuse_a_share_of_the_catalogue_by_themselves() -> None:
    wrong = [one for one in every_mistake() if any(code[0] in "FMPRY" for code in one.codes)]
    refused = Counter(code in IN_ITSELF or code[0] == "Y" for one in wrong if is_refused(one) for code in one.codes[:1])
    in_itself = [one for one in wrong if one.codes[0] in IN_ITSELF or one.codes[0][0] == "Y"]
    share, own = sum(refused.values()) / len(wrong), refused[True] / len(in_itself)
    print(f"{sum(refused.values())} of {len(wrong)} mistakes ({share:.0%}); of those in a file itself {own:.0%}")  # noqa: T201 - as said
    assert share >= LEAST
    assert own >= LEAST_IN_ITSELF
