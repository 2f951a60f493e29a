"""Parameters of mappings: given with the same words wherever a mapping is named."""

from __future__ import annotations

import pytest
from tests.flow.trading import interchange, partner
from tests.unit.route.conftest import NOW, Bench, Workshop, message
from tests.unit.route.test_edi_intake import decided, parts

from crossdock.codecs.contract import Part
from crossdock.document_json import encode
from crossdock.message import Document
from crossdock.route.plan import Pass, Publish

LABEL = "from: order/v1\nparameters: {site: , tone: \"'plain'\"}\nfields: {no: n, site: $site, tone: $tone}\n"
GIVEN = "{mapping: label, with: {site: upper(s)}}"
TOPIC = "from: {topic: t}\n"
MADE: Document = {"no": 1, "site": "NORTH", "tone": "plain"}
IN = "from: {folder: {path: in}}\nsteps:\n  - edi: {}\n"


def rendered(bench: Bench, text: str) -> list[bytes]:
    """What each destination of the route makes of a document."""
    route = bench.route(text, label=LABEL)
    document: Document = {"n": 1, "s": "north"}
    arrived = message(encode(document), content_type="application/json")
    (part,) = route.parts(arrived, NOW)
    assert isinstance(part, Part)
    scope = route.scope(arrived, part, NOW)
    return [b"".join(one.render([(document, scope)])) for one in route.destinations]


def test_a_destination_and_a_question_give_parameters(bench: Bench) -> None:
    asked = f"- enrich: {{http: {{get: x}}, as: answer, map: {GIVEN}}}"
    text = f"{TOPIC}steps:\n  {asked}\nto:\n  - {{folder: {{path: a}}, map: {GIVEN}}}\n"
    assert rendered(bench, text) == [encode(MADE), encode(MADE)]


def test_a_topic_and_a_step_give_parameters(bench: Bench) -> None:
    document: Document = {"n": 1, "s": "north"}
    for text in (f"to: [{{topic: labels, map: {GIVEN}}}]\n", f"steps: [map: {GIVEN}]\nto: [{{topic: labels}}]\n"):
        route = bench.route(TOPIC + text, label=LABEL)
        arrived = message(encode(document), content_type="application/json")
        (part,) = route.parts(arrived, NOW)
        plan = route.decide(arrived, part, NOW)
        assert isinstance(plan, Pass)
        (output,) = plan.outputs
        assert isinstance(output, Publish)
        assert output.document == MADE


def test_an_agreement_gives_parameters_to_what_is_received(workshop: Workshop) -> None:
    order = "from: x12/850\nparameters: {whose: }\nfields: {number: BEG.BEG03, whose: $whose}\n"
    profile = partner("acme", "ACME").replace("file: {path: out/", "folder: {path: out/")
    profile = profile.replace("map: order,", "map: {mapping: order, with: {whose: \"join('', ['of ', $partner])\"}},")
    files = {
        "crossdock.yaml": "ids: {x12: [ZZ, US]}\n",
        "mappings/order.yaml": order,
        "routes/in.yaml": IN,
        "partners/acme.yaml": profile,
    }
    route = workshop.load(files).routes["in"]
    first = parts(route, interchange("ACME", 1, "A1"))[0]
    plan = decided(route, first)
    assert [one.document for one in plan.outputs] == [{"number": "A1", "whose": "of acme"}]


AGREED = "  855: {{version: '004010', on: order.answered, map: {}}}\n"
ANSWER = "from: order\nto: x12/855\nparameters: {kind: }\nfields: {BAK: {BAK01: $kind, BAK02: {value: AC}, BAK03: number, BAK04: {value: '20261121'}}}\n"


def sends(workshop: Workshop, named: str) -> list[str]:
    profile = partner("acme", "ACME").replace("file: {path: out/", "folder: {path: out/").replace("map: order, ", "")
    return workshop.findings(
        {
            "crossdock.yaml": "ids: {x12: [ZZ, US]}\n",
            "mappings/answer.yaml": ANSWER,
            "routes/in.yaml": IN,
            "routes/out.yaml": "from: {folder: {path: o}}\nsteps: [decode: lines]\nto: [topic: order.answered]\n",
            "routes/more.yaml": "from: {topic: order.received}\nto: [folder: {path: m}]\n",
            "partners/acme.yaml": profile + "sends:\n" + AGREED.format(named),
        }
    )


def test_an_agreement_gives_parameters_to_what_is_sent(workshop: Workshop) -> None:
    assert sends(workshop, "{mapping: answer, with: {kind: \"'00'\"}}") == []


@pytest.mark.parametrize(
    ("named", "code", "says"),
    [
        ("answer", "M322", "give it: map: {mapping: answer, with: {kind: …}}"),
        ("{mapping: answer, with: {knd: a, kind: a}}", "M323", "did you mean 'kind'?"),
        ("{mapping: answr, with: {kind: a}}", "M201", "did you mean 'answer'?"),
        ("{mapping: answer, with: {kind: 'a b'}}", "M110", ""),
        ("{mapping: answer, wiht: {kind: a}}", "P120", "did you mean 'with'?"),
        ("[answer]", "P120", "expected the name of a mapping, or {mapping: NAME, with: {PARAMETER: EXPRESSION}}"),
        ("answer, with: {kind: a}", "P120", "map: {mapping: answer, with: {…}}"),
    ],
)
def test_a_mistake_in_an_agreement_is_told_in_the_file_of_the_partner(
    workshop: Workshop, named: str, code: str, says: str
) -> None:
    (told,) = [one for one in sends(workshop, named) if f"error {code}" in one]
    assert told.startswith("partners/acme.yaml:"), told
    assert says in told


@pytest.mark.parametrize(
    ("entry", "code", "line", "says"),
    [
        ("{folder: {path: a}, map: label}", "M322", "4:28", "give it: map: {mapping: label, with: {site: …}}"),
        ("{folder: {path: a}, map: {mapping: label}}", "M322", "4:38", "give it: map: "),
        ("{topic: u, map: {mapping: label, with: {site: a, ton: b}}}", "M323", "4:52", "did you mean 'tone'?"),
        ("{topic: u, map: {mapping: labl, with: {site: a}}}", "M201", "4:29", "did you mean 'label'?"),
        ("{topic: u, map: {mapping: label, with: {site: 'a b'}}}", "M110", "4:52", ""),
        ("{topic: u, map: {mapping: label, with: site}}", "R101", "4:42", "keys and values"),
        ("{topic: u, map: 7}", "R101", "4:19", "expected the name of a mapping, or {mapping: NAME"),
        ("{topic: u, map: label, with: {site: a}}", "R101", "4:26", "map: {mapping: label, with: {…}}"),
    ],
)
def test_a_mistake_at_a_destination_is_told_with_its_place(
    workshop: Workshop, entry: str, code: str, line: str, says: str
) -> None:
    found = workshop.findings({"routes/r.yaml": f"{TOPIC}to:\n\n- {entry}\n", "mappings/label.yaml": LABEL})
    told = [one for one in found if f"error {code}: " in one]
    assert len(told) == 1, found
    assert told[0].startswith(f"routes/r.yaml:{line}: "), told
    assert says in told[0]


def test_parameters_beside_a_step_or_in_a_question_are_told_where_they_go(workshop: Workshop) -> None:
    for steps, code in (
        ("- {map: label, with: {site: a}}", "R201"),
        ("- enrich: {http: {get: x}, as: b, map: label, with: {site: a}}", "R202"),
    ):
        text = f"{TOPIC}steps:\n  {steps}\nto: [folder: {{path: a}}]\n"
        found = workshop.findings({"routes/r.yaml": text, "mappings/label.yaml": LABEL})
        (told,) = [one for one in found if f"error {code}: " in one]
        assert "map: {mapping: label, with: {…}}" in told


def test_a_parameter_that_is_like_none_of_many_is_told_where_to_name_it(workshop: Workshop) -> None:
    names = ", ".join(f"p{number}: " for number in range(20))
    mapping = f"from: order/v1\nparameters: {{{names}}}\nfields: {{no: $p0}}\n"
    text = f"{TOPIC}to: [{{topic: u, map: {{mapping: label, with: {{warehouse: a}}}}}}]\n"
    (told,) = [
        one for one in workshop.findings({"routes/r.yaml": text, "mappings/label.yaml": mapping}) if "M323" in one
    ]
    assert "name it under 'parameters' of 'label'" in told
