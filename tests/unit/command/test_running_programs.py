"""A program is run bounded, without a shell, and its exit code says what became of it."""

from __future__ import annotations

import json
import os
import time
from decimal import Decimal
from pathlib import Path

import pytest
from pydantic import ValidationError
from tests.unit.command.conftest import Script, parcel

from crossdock.connector import Done, Effect, Surroundings, Verdict
from crossdock.errors import CrossdockError, Doubt, Halt, Hold, Reject, Retry
from crossdock.message import Document, read_all
from crossdock_connectors.command import (
    CONNECTOR,
    CallOptions,
    CommandCall,
    CommandSink,
    CommandSource,
    SinkOptions,
    SourceOptions,
)


def _send(around: Surroundings, data: bytes = b"ORDER 1\n", document: Document = None, **options: object) -> object:
    sink = CommandSink(SinkOptions.model_validate(options), around)
    (outcome,) = sink.send([parcel(data, document)])
    return outcome


def _error(outcome: object) -> CrossdockError:
    assert isinstance(outcome, CrossdockError)
    return outcome


def test_the_payload_is_at_standard_input(around: Surroundings, script: Script, tmp_path: Path) -> None:
    assert _send(around, b"a\0b" * 500_000, run=[script(f"cat > {tmp_path}/out; echo order 4711")]) == Done(
        "order 4711"
    )
    assert (tmp_path / "out").read_bytes() == b"a\0b" * 500_000


def test_values_are_single_arguments_whatever_is_in_them(around: Surroundings, script: Script, tmp_path: Path) -> None:
    program = script(f'for one in "$@"; do printf "%s\\n" "[$one]"; done > {tmp_path}/out')
    name = "a b; touch /tmp/x $(id) `id` 'q' \"q\" *"
    outcome = _send(around, document={"name": name, "number": 7}, run=[program, "--name={name}", "{number}", "-x"])
    assert outcome == Done("")
    told = (tmp_path / "out").read_text().splitlines()
    assert told == [f"[--name={name}]", "[7]", "[-x]"]


@pytest.mark.parametrize("value", ["-rf", "--config=/etc/shadow", "-"])
def test_a_value_that_would_be_an_option_is_rejected(around: Surroundings, script: Script, value: str) -> None:
    program = script("exit 0")
    outcome = _error(_send(around, document={"name": value}, run=[program, "{name}"]))
    assert isinstance(outcome, Reject)
    assert outcome.code == "K903"
    assert _send(around, document={"name": value}, run=[program, "--", "{name}"]) == Done("")


def test_a_value_that_is_no_argument_is_rejected(around: Surroundings, script: Script) -> None:
    for value in ("a\0b", "x" * 100_000):
        assert isinstance(_send(around, document={"name": value}, run=[script("exit 0"), "{name}"]), Reject)


@pytest.mark.parametrize(
    ("code", "kind", "error"),
    [(75, Retry, "K910"), (3, Reject, "K911"), (4, Hold, "K912"), (9, Doubt, "K913"), (15, Halt, "K914")],
)
def test_an_exit_code_means_what_the_route_says(
    around: Surroundings, script: Script, code: int, kind: type[CrossdockError], error: str
) -> None:
    exits = {0: "done", 75: "retry", 3: "reject", 4: "hold", "10-19": "halt", "other": "doubt"}
    program = script(f"echo first >&2; echo 'no such customer' >&2; exit {code}")
    outcome = _error(_send(around, run=[program], exits=exits))
    assert type(outcome) is kind
    assert outcome.code == error
    assert f"exit code {code}; it said: first | no such customer" in outcome.message


def test_a_program_that_is_killed_is_never_done(around: Surroundings, script: Script) -> None:
    outcome = _error(_send(around, run=[script("kill -SEGV $$")], exits={"other": "done"}))
    assert isinstance(outcome, Doubt)
    assert "SIGSEGV" in outcome.message


def test_a_program_whose_time_is_over_is_killed_with_all_that_it_began(
    around: Surroundings, script: Script, tmp_path: Path
) -> None:
    program = script(f"trap '' TERM; (trap '' TERM; setsid sleep 60 & echo $! > {tmp_path}/pid; wait) & sleep 60")
    began = time.monotonic()
    outcome = _error(_send(around, run=[program], within="500ms"))
    assert isinstance(outcome, Doubt)
    assert "did not end within its time" in outcome.message
    assert time.monotonic() - began < 10
    assert not Path(f"/proc/{(tmp_path / 'pid').read_text().strip()}").exists()


def test_what_a_program_leaves_running_is_killed_when_it_ends(
    around: Surroundings, script: Script, tmp_path: Path
) -> None:
    program = script(
        f"setsid sh -c 'echo $$ > {tmp_path}/pid; exec sleep 60' & while [ ! -s {tmp_path}/pid ]; do :; done"
    )
    assert _send(around, run=[program]) == Done("")
    assert not Path(f"/proc/{(tmp_path / 'pid').read_text().strip()}").exists()


def test_a_program_that_reads_nothing_and_says_much_is_no_trouble(around: Surroundings, script: Script) -> None:
    program = script("yes noise | head -c 30000000; yes noise | head -c 3000000 >&2; exit 3")
    outcome = _error(_send(around, b"x" * 5_000_000, run=[program], output="1KB", exits={3: "reject"}))
    assert isinstance(outcome, Reject)
    assert len(outcome.message) < 1000


def test_the_environment_is_minimal_and_names_the_delivery(
    around: Surroundings, script: Script, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CANARY", "canary-of-the-worker")
    assert _send(around, run=[script(f"env > {tmp_path}/out")], env={"ERP_PASSWORD": "s3cret"}) == Done("")
    told = dict(line.split("=", 1) for line in (tmp_path / "out").read_text().splitlines())
    assert told["CROSSDOCK_KEY"] == "key-1"
    assert told["ERP_PASSWORD"] == "s3cret"
    assert "CANARY" not in told
    assert not Path(told["HOME"]).exists()


def test_a_secret_that_a_program_repeats_is_in_no_error(around: Surroundings, script: Script) -> None:
    outcome = _error(_send(around, run=[script('echo "login $PASS failed" >&2; exit 1')], env={"PASS": "canary-7"}))
    assert "canary-7" not in str(outcome)
    assert "login *** failed" in outcome.message


def test_what_a_program_says_is_one_harmless_line(around: Surroundings, script: Script) -> None:
    outcome = _error(_send(around, run=[script("printf 'a\\033[31m\\nb\\377' >&2; exit 1")]))
    assert outcome.message.endswith("it said: a?[31m | b\\xff")


def test_no_right_of_the_worker_is_left_open(around: Surroundings, script: Script, tmp_path: Path) -> None:
    program = script(
        f"ls /proc/self/fd > {tmp_path}/fds; ulimit -c > {tmp_path}/core; grep NoNewPrivs /proc/self/status >> {tmp_path}/core"
    )
    assert _send(around, run=[program]) == Done("")
    assert (tmp_path / "fds").read_text().split() == ["0", "1", "2", "3"]  # 3 is the folder that ls reads
    assert (tmp_path / "core").read_text().split() == ["0", "NoNewPrivs:", "1"]


@pytest.mark.parametrize(
    ("work", "limits"),
    [
        ("while :; do :; done", {"cpu": "1s"}),
        ("head -c 100000 /dev/zero > big", {"file_size": "10KB"}),
        ("dd if=/dev/zero of=/dev/null bs=200M count=1", {"memory": "50MB"}),
    ],
)
def test_limits_hold(around: Surroundings, script: Script, work: str, limits: dict[str, object]) -> None:
    assert isinstance(_send(around, run=[script(work)], limits=limits), Doubt)


def test_without_network_there_is_none(around: Surroundings, script: Script, tmp_path: Path) -> None:
    outcome = _send(around, run=[script(f"cat /proc/net/dev > {tmp_path}/out")], network=False)
    if isinstance(outcome, Halt):  # a system that cannot: then nothing is run
        assert outcome.code == "K905"
        assert not (tmp_path / "out").exists()
        return
    assert outcome == Done("")
    interfaces = [line.split(":")[0].strip() for line in (tmp_path / "out").read_text().splitlines()[2:]]
    assert interfaces in ([], ["lo"])


def test_another_user_is_for_root_alone(around: Surroundings, script: Script, tmp_path: Path) -> None:
    (tmp_path / "out").touch()
    (tmp_path / "out").chmod(0o666)
    for folder in (tmp_path, *tmp_path.parents[:3]):
        if folder.stat().st_uid == os.geteuid() and len(folder.parts) > 2:
            folder.chmod(0o755)
    outcome = _send(
        around, run=[script(f"id -u > {tmp_path}/out; id -G >> {tmp_path}/out; pwd >> {tmp_path}/out")], user="nobody"
    )
    if os.geteuid() != 0:
        assert _error(outcome).code == "K906"
        return
    assert outcome == Done("")
    uid, groups, _ = (tmp_path / "out").read_text().splitlines()
    assert (uid, groups) == ("65534", "65534")


def test_a_user_that_is_not_there_stops_the_route(around: Surroundings, script: Script) -> None:
    outcome = _error(_send(around, run=[script("exit 0")], user="no-such-user"))
    assert isinstance(outcome, Halt)
    assert outcome.code == "K906"


@pytest.mark.parametrize("program", ["no/such/program", "no-such-program-of-crossdock", "/etc/hostname", "/etc"])
def test_a_program_that_is_not_there_stops_the_route(around: Surroundings, program: str) -> None:
    outcome = _error(_send(around, run=[program]))
    assert isinstance(outcome, Halt)
    assert outcome.code == "K901"


def test_a_script_without_an_interpreter_stops_the_route(around: Surroundings, tmp_path: Path) -> None:
    (tmp_path / "broken").write_text("#!/no/such/interpreter\n")
    (tmp_path / "broken").chmod(0o755)
    outcome = _error(_send(around, run=["./broken"]))
    assert isinstance(outcome, Halt)
    assert outcome.code == "K901"


def test_only_programs_in_allowed_folders_are_run(
    around: Surroundings, script: Script, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "sneaky").symlink_to("/bin/true")
    monkeypatch.setenv("CROSSDOCK_COMMAND_FOLDERS", str(tmp_path / "bin"))
    for program in (script("exit 0"), "bin/sneaky", "true"):
        assert _error(_send(around, run=[program])).code == "K902"
    monkeypatch.setenv("CROSSDOCK_COMMAND_FOLDERS", f"{tmp_path}:/opt")
    assert _send(around, run=[script("exit 0")]) == Done("")


def test_a_folder_that_is_not_there_stops_the_route(around: Surroundings, script: Script) -> None:
    outcome = _error(_send(around, run=[script("exit 0")], folder="no/such"))
    assert (type(outcome), outcome.code) == (Halt, "K907")


def test_the_effect_class_is_declared(around: Surroundings) -> None:
    assert CONNECTOR.sink is not None
    assert CONNECTOR.call is not None
    sink, call = CONNECTOR.sink, CONNECTOR.call
    assert sink.effect(SinkOptions.model_validate({"run": ["true"]})) is Effect.OPAQUE
    assert sink.effect(SinkOptions.model_validate({"run": ["true"], "repeatable": True})) is Effect.KEYED
    assert call.effect(CallOptions.model_validate({"run": ["true"], "changes": False})) is None
    assert call.effect(CallOptions.model_validate({"run": ["true"]})) is Effect.OPAQUE
    shown = sink.target(SinkOptions.model_validate({"run": ["true", "{a}"]}), parcel(document={"a": "b c"}))
    assert shown == "true 'b c'"


def _ask(around: Surroundings, **options: object) -> Document | CrossdockError:
    return CommandCall(CallOptions.model_validate(options), around).ask(parcel(b'{"sku": "A1"}'))


def test_a_call_answers_with_what_the_program_wrote(around: Surroundings, script: Script) -> None:
    assert _ask(around, run=[script("cat")]) == {"sku": "A1"}
    assert _ask(around, run=[script("echo '{\"stock\": 1.50}'")]) == {"stock": Decimal("1.50")}
    assert _ask(around, run=[script("printf 12")], reply="text") == "12"


@pytest.mark.parametrize("answer", ["", "no json", '{"a": NaN}', '{"a": 1, "a": 2}', "\\377"])
def test_an_answer_that_is_no_json_is_rejected(around: Surroundings, script: Script, answer: str) -> None:
    outcome = _ask(around, run=[script(f"printf '{answer}'")])
    assert isinstance(outcome, Reject)
    assert outcome.code == "K917"


def test_an_answer_that_is_too_long_is_never_read_half(around: Surroundings, script: Script) -> None:
    outcome = _ask(around, run=[script("yes")], output="1MB")
    assert isinstance(outcome, Doubt)
    assert "more than it may" in outcome.message


def test_a_call_that_changes_nothing_is_never_in_doubt(around: Surroundings, script: Script) -> None:
    assert isinstance(_ask(around, run=[script("exit 9")]), Doubt)
    assert isinstance(_ask(around, run=[script("exit 9")], changes=False), Retry)


def _source(around: Surroundings, **options: object) -> CommandSource:
    return CommandSource(SourceOptions.model_validate(options), around)


def test_a_source_brings_what_the_program_writes(around: Surroundings, script: Script) -> None:
    source = _source(around, run=[script("printf 'ISA*00'")], content_type="application/edi-x12")
    (first,), (second,) = list(source.poll()), list(source.poll())
    assert (read_all(first.payload), first.content_type) == (b"ISA*00", "application/edi-x12")
    assert first.identity == second.identity
    assert list(_source(around, run=[script("exit 0")]).poll()) == []


def test_each_line_may_be_an_arrival_of_its_own(around: Surroundings, script: Script) -> None:
    source = _source(around, run=[script("printf 'a\\r\\nb\\n\\na\\n'")], split="lines")
    found = list(source.poll())
    assert [read_all(one.payload) for one in found] == [b"a", b"b", b"a"]
    assert len({one.identity for one in found}) == 3


def test_of_runs_that_are_new_each_time_nothing_is_a_duplicate(around: Surroundings, script: Script) -> None:
    source = _source(around, run=[script("echo same")], identity="run")
    assert {one.identity for one in source.poll()}.isdisjoint({one.identity for one in source.poll()})


def test_a_source_that_fails_brings_nothing_of_what_it_wrote(around: Surroundings, script: Script) -> None:
    for work in ("echo half; exit 1", "echo half; kill -9 $$", "yes"):
        with pytest.raises(Retry):
            list(_source(around, run=[script(work)], output="1KB").poll())


def test_the_second_program_hears_what_is_safe_until_it_understands(
    around: Surroundings, script: Script, tmp_path: Path
) -> None:
    hears = script(f"[ -e {tmp_path}/up ] || exit 1; (env | grep -E 'VERDICT|SHA256'; cat) > {tmp_path}/heard")
    source = _source(around, run=[script("echo batch-7")], acknowledge=[hears])
    (arrival,) = source.poll()
    source.settle(arrival, Verdict.ACCEPTED)
    with pytest.raises(Retry) as caught:
        list(source.poll())
    assert caught.value.code == "K916"
    (tmp_path / "up").touch()
    assert len(list(source.poll())) == 1
    heard = (tmp_path / "heard").read_text()
    assert "CROSSDOCK_VERDICT=accepted" in heard
    assert heard.endswith("batch-7\n")


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"run": "import-order --now"}, "[import-order, --now]"),
        ({"run": []}, "at least 1"),
        ({"run": ["{program}"]}, "must be written out"),
        ({"run": ["true"], "exits": {256: "done"}}, "no exit code"),
        ({"run": ["true"], "exits": {"9-3": "done"}}, "no exit code"),
        ({"run": ["true"], "exits": {0: "fine"}}, "'done'"),
        ({"run": ["true"], "env": {"LD_PRELOAD": "x"}}, "cannot be set"),
        ({"run": ["true"], "env": {"CROSSDOCK_KEY": "x"}}, "cannot be set"),
        ({"run": ["true"], "env": {"A=B": "x"}}, "no name"),
        ({"run": ["true"], "shell": True}, "shell"),
    ],
)
def test_options_that_cannot_be_are_refused(options: dict[str, object], words: str) -> None:
    with pytest.raises(ValidationError) as caught:
        SinkOptions.model_validate(options)
    assert words in str(caught.value)


def test_secrets_are_in_no_representation() -> None:
    options = SinkOptions.model_validate({"run": ["true"], "env": {"PASS": "canary-7"}})
    assert "canary-7" not in f"{options!r} {options.model_dump_json()} {json.dumps(str(options))}"
