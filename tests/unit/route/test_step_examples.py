"""Every step has a docstring with an example, and every example is a route that compiles."""

from __future__ import annotations

import re
import textwrap

import pytest
from tests.unit.route.conftest import Bench

from crossdock.route.steps import STEPS

ACME = "name: ACME\nids: {x12: [ZZ, ACME]}\nus: {x12: [ZZ, GLOBEX]}\n"
FILES = {
    "example": "from: order/v1\nfields: {number: number}\n",
    "units_csv": "code,name\nEA,each\n",
    "acme_partner": ACME,
}
ALONE = {"edi"}
EXAMPLE = re.compile(r"```yaml\n(.*?)```", re.DOTALL)


@pytest.mark.parametrize("name", STEPS)
def test_the_example_of_a_step_compiles(name: str, bench: Bench) -> None:
    (example,) = EXAMPLE.findall(textwrap.dedent("    " + (STEPS[name].config.__doc__ or "")))
    steps = textwrap.indent(textwrap.dedent(example).replace("json", "lines"), "  ")
    source = "folder: {path: in}" if "decode" in example else "topic: t"
    to = "" if name in ALONE else "\nto:\n  - folder: {path: out}\n"
    route = bench.route(f"from: {{{source}}}\nsteps:\n{steps}{to}", **FILES)
    assert re.search(rf"- {name}:", example)
    assert route.name == "r"


@pytest.mark.parametrize("name", STEPS)
def test_a_step_says_in_a_sentence_what_it_does(name: str) -> None:
    assert STEPS[name].about.endswith((".", ";"))
    assert len(STEPS[name].about) > 20
