"""``validate``: judge a document by a contract."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from crossdock.canonical.contract import Contract
from crossdock.errors import Reject, Severity
from crossdock.route.bench import Bench
from crossdock.route.model import Authorable
from crossdock.route.passage import Passage, Run
from crossdock.route.spec import Expression
from crossdock.route.steps.contract import Builder, Flow, StepKind

WRONG_KEY = "C110"  # of a contract: no key of the scheme it names


class Validate(Authorable):
    """Rejects a document that breaks the contract, with every finding; what passes has the contract's normal form.

    The contract also names the business keys (order number …) by which ``crossdock trace`` finds the message.

    ```yaml
    - validate: order/v1
    ```
    """

    contract: Expression


def compile_validate(config: Validate, bench: Bench, builder: Builder) -> Run | None:
    """One call of the contract."""
    contract = bench.contract(config.contract)
    if contract is None:
        return None
    _check_shape(contract, bench, builder.flow)
    if builder.flow.shape is None:
        builder.demands(bench, contract.name, "the route validates")
    builder.flow.shape = contract.name
    judge, keys = contract.judge, contract.keys

    def run(passage: Passage) -> None:
        try:
            judged = judge(passage.document)
        except Reject as error:
            passage.keys = _with(passage.keys, keys(passage.document))  # a bad order is looked for by its number, too
            if not _pardoned(error, passage):
                raise
            passage.findings += tuple(replace(one, severity=Severity.WARNING) for one in error.findings)
            return
        passage.document = judged.document
        passage.keys = _with(passage.keys, keys(judged.document))
        if judged.findings:
            passage.findings += judged.findings

    return run


def _with(known: tuple[str, ...], more: Iterable[str]) -> tuple[str, ...]:
    """Each key once: a check before may have found them already."""
    return tuple(dict.fromkeys((*known, *more)))


def _pardoned(error: Reject, passage: Passage) -> bool:
    """Whether nothing is wrong but GS1 keys that a check before has let pass. Then the document goes on as it is."""
    return bool(passage.pardoned) and all(
        one.code == WRONG_KEY and one.place.pointer in passage.pardoned for one in error.findings
    )


def _check_shape(contract: Contract, bench: Bench, flow: Flow) -> None:
    if flow.shape is not None and flow.shape != contract.name and flow.last == "map":
        message = f"the mapping before makes {flow.shape}, which is not {contract.name}"
        bench.report("R211", message, hint=f"validate: {flow.shape}", value=contract.name)


STEP = StepKind(
    name="validate",
    config=Validate,
    compile=compile_validate,
    bare="contract",
    needs_document=True,
    before_split=True,
    reshapes=True,
)
