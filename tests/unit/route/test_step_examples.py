"""Every step has a docstring with an example, and every example is a route that compiles."""

from __future__ import annotations

import re
import textwrap

import pytest
from pysequoia import Tsk
from tests.unit.route.conftest import Bench

from crossdock.route.steps import STEPS

ACME = "name: ACME\nids: {x12: [ZZ, ACME]}\nus: {x12: [ZZ, GLOBEX]}\n"
FILES = {
    "example": "from: order/v1\nfields: {number: number}\n",
    "units_csv": "code,name\nEA,each\n",
    "acme_partner": ACME,
}
ALONE = {"edi"}
KEY = Tsk.generate("Globex <edi@globex.example>")
SECRETS = {
    "CROSSDOCK_SECRET_OUR_PGP_KEY": str(KEY),
    "CROSSDOCK_SECRET_OUR_PGP_PASSPHRASE": "not needed",
    "CROSSDOCK_SECRET_ACME_PGP": str(KEY.extract_certificate()),
}
OPENING = re.compile("- (decode|decrypt|verify|unpack):")
EXAMPLE = re.compile(r"```yaml\n(.*?)```", re.DOTALL)


@pytest.mark.parametrize("name", STEPS)
def test_the_example_of_a_step_compiles(name: str, bench: Bench) -> None:
    (example,) = EXAMPLE.findall(textwrap.dedent("    " + (STEPS[name].config.__doc__ or "")))
    steps = textwrap.indent(textwrap.dedent(example).replace("json", "lines"), "  ")
    source = "folder: {path: in}" if OPENING.search(example) else "topic: t"
    bench.workshop.environment.update(SECRETS)
    to = "" if name in ALONE else "\nto:\n  - folder: {path: out}\n"
    route = bench.route(f"from: {{{source}}}\nsteps:\n{steps}{to}", **FILES)
    assert re.search(rf"- {name}:", example)
    assert route.name == "r"


@pytest.mark.parametrize("name", STEPS)
def test_a_step_says_in_a_sentence_what_it_does(name: str) -> None:
    assert STEPS[name].about.endswith((".", ";"))
    assert len(STEPS[name].about) > 20
