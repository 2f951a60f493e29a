"""What a text may look like is told in words, wherever an author writes it."""

from __future__ import annotations

import re
from pathlib import Path

import crossdock
import crossdock_connectors
from crossdock.yaml_source.forms import FORMS

#: Where patterns are of documents, stored rows or names of headers, and not of what is written in a project.
ELSEWHERE = ("canonical", "journal")
_PATTERN = re.compile(r'pattern=r?("""|")(.+?)\1[,)\]]')


def test_every_pattern_of_a_key_has_its_words() -> None:
    roots = (Path(crossdock.__file__).parent, Path(crossdock_connectors.__file__).parent)
    every = ((file, root) for root in roots for file in root.rglob("*.py"))
    files = (file for file, root in every if file.relative_to(root).parts[0] not in ELSEWHERE)
    patterns = {found[2] for file in files for found in _PATTERN.finditer(file.read_text())}
    assert len(patterns) > 10
    assert sorted(patterns - FORMS.keys()) == []
