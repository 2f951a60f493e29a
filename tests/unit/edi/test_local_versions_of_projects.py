"""``mappings/edi/*.txt`` in a project: mistakes are found by ``check``, payloads are read by what stands there."""

from __future__ import annotations

from pathlib import Path

import pytest

from crossdock.codecs.contract import CodecKind, Part
from crossdock.connector import Connector
from crossdock.errors import ConfigError, errors_in
from crossdock.message import Inline
from crossdock.ops.inspect import inspect, layouts
from crossdock.registry import Registry
from crossdock.route.load import LoadedProject, load_project
from crossdock.route.partners.standards import standards_of

GOOD = "version 004010ACME from 004010\nsegments\nZA1 353!\nset 850 004010ACME from 004010\nadd ZA1 after BEG\n"
ROUTE = "from: {file: {path: in}}\nsteps:\n  - decode: x12\n  - split: transactions\nto:\n  - topic: seen\n"


def loaded(root: Path, **files: str) -> LoadedProject:
    for name, text in {"crossdock.yaml": "", "routes/orders.yaml": ROUTE, **files}.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    return load_project(
        root,
        environment={},
        connectors=Registry("crossdock.connectors", Connector),
        codecs=Registry("crossdock.codecs", CodecKind),
    )


def test_a_mistake_in_a_dictionary_stops_the_project_at_its_line(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as refused:
        loaded(tmp_path, **{"mappings/edi/acme.txt": GOOD.replace("after BEG", "after BEGG")})
    (finding,) = errors_in(refused.value.findings)
    assert str(finding) == (
        "mappings/edi/acme.txt:5:15: error D127: 'BEGG' leads nowhere: there is no 'BEGG'; did you mean 'BEG'?"
    )


def test_two_files_do_not_describe_one_version(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as refused:
        loaded(tmp_path, **{"mappings/edi/acme.txt": GOOD, "mappings/edi/other.txt": GOOD})
    (finding,) = errors_in(refused.value.findings)
    assert (finding.code, finding.place.file) == ("D105", "mappings/edi/other.txt")


def test_a_route_changes_its_version_with_the_dictionary_it_reads_by(tmp_path: Path) -> None:
    before = loaded(tmp_path).routes["orders"].version
    after = loaded(tmp_path, **{"mappings/edi/acme.txt": GOOD}).routes["orders"].version
    assert before != after


def test_payloads_are_inspected_by_the_projects_own_version(tmp_path: Path) -> None:
    loaded(tmp_path, **{"mappings/edi/acme.txt": GOOD})
    body = ["BEG*00*SA*PO1**20261120", "ZA1*00", "PO1*1*10*EA*12.5**VP*SKU1", "CTT*1"]
    lines = [
        "ISA*00*          *00*          *ZZ*GLOBEX         *ZZ*ACMEDIST       *261121*0930*U*00401*000000001*0*P*>",
        "GS*PO*GLOBEX*ACMEDIST*20261121*0930*1*X*004010ACME",
        *("ST*850*0001", *body, "SE*6*0001", "GE*1*1", "IEA*1*000000001", ""),
    ]
    payload = Inline("~".join(lines).encode())
    inspection = inspect(payload, Registry("crossdock.codecs", CodecKind), layouts(tmp_path), None, None)
    (part,) = inspection.parts(payload)
    assert isinstance(part, Part)
    assert part.findings == ()
    assert isinstance(part.document, dict)
    assert part.document["ZA1"] == {"ZA101": "00"}


def test_partners_are_read_by_the_projects_own_versions(tmp_path: Path) -> None:
    assert standards_of(layouts(tmp_path))["X12"].sets is None
    loaded(tmp_path, **{"mappings/edi/acme.txt": GOOD})
    sets = standards_of(layouts(tmp_path))["X12"].sets
    assert sets is not None
    grammar = sets("850", "004010ACME")
    assert grammar is not None
    assert "ZA1" in grammar.definition.tags
