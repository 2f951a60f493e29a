from __future__ import annotations

from pathlib import Path

import pytest

from crossdock.errors import ConfigError
from crossdock.route.settings import load_settings

ESCAPED = "in a user or a password write / as %2F, ? as %3F, # as %23, @ as %40, : as %3A"


def told(root: Path, text: str) -> list[str]:
    (root / "crossdock.yaml").write_text(text)
    with pytest.raises(ConfigError) as caught:
        load_settings(root, {})
    return [str(finding) for finding in caught.value.findings]


def test_an_empty_file_is_a_project(tmp_path: Path) -> None:
    (tmp_path / "crossdock.yaml").write_text("")
    settings = load_settings(tmp_path, {})
    assert (settings.journal.get_secret_value(), settings.workers) == (".crossdock/journal.db", 1)
    assert (settings.retention.messages, settings.retention.keys) == (90 * 86400, 400 * 86400)


def test_amounts_are_read_with_their_units(tmp_path: Path) -> None:
    (tmp_path / "crossdock.yaml").write_text("limits: {payload: 20MB, step: 5s}\nretention: {messages: 7d}\n")
    settings = load_settings(tmp_path, {})
    assert (settings.limits.payload, settings.limits.step, settings.retention.messages) == (20_000_000, 5, 604_800)


def test_the_environment_overrides_journal_and_bus(tmp_path: Path) -> None:
    (tmp_path / "crossdock.yaml").write_text("journal: here.db")
    settings = load_settings(tmp_path, {"CROSSDOCK_JOURNAL": "postgresql://db/x", "CROSSDOCK_BUS": "amqp://mq"})
    assert settings.journal.get_secret_value() == "postgresql://db/x"
    assert settings.bus.get_secret_value() == "amqp://mq"


def test_a_password_in_a_url_is_never_shown(tmp_path: Path) -> None:
    (tmp_path / "crossdock.yaml").write_text("journal: postgresql://u:${secret:db-pw}@h/x")
    (tmp_path / "secrets").mkdir()
    (tmp_path / "secrets" / "db-pw").write_text("hunter2\n")
    settings = load_settings(tmp_path, {})
    assert settings.journal.get_secret_value() == "postgresql://u:hunter2@h/x"
    assert "hunter2" not in repr(settings)


def test_a_secret_may_come_from_the_environment(tmp_path: Path) -> None:
    (tmp_path / "crossdock.yaml").write_text("bus: amqp://u:${secret:mq-pw}@h")
    assert "s3" in load_settings(tmp_path, {"CROSSDOCK_SECRET_MQ_PW": "s3"}).bus.get_secret_value()


def test_a_number_may_come_from_the_environment(tmp_path: Path) -> None:
    (tmp_path / "crossdock.yaml").write_text("workers: ${WORKERS:-2}")
    assert load_settings(tmp_path, {"WORKERS": "4"}).workers == 4


def test_a_folder_without_settings_is_no_project(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="P110"):
        load_settings(tmp_path, {})


def test_settings_that_are_there_and_cannot_be_read_are_not_called_missing(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"it has no crossdock\.yaml; an empty file is enough"):
        load_settings(tmp_path, {})
    (tmp_path / "crossdock.yaml").mkdir()
    with pytest.raises(ConfigError, match=r"crossdock\.yaml cannot be read: Is a directory"):
        load_settings(tmp_path, {})


def test_every_mistake_is_told(tmp_path: Path) -> None:
    assert told(tmp_path, "nmae: x\nworkers: 0\nlimits: {payload: 20}\nbus: rabbit\njournal: ../x.db\n") == [
        "crossdock.yaml:4:6: error P101: expected 'embedded' or a URL such as amqp://host",
        "crossdock.yaml:5:10: error P101: the journal's path must not leave the project with '..'",
        "crossdock.yaml:2:10: error P101: must be greater than or equal to 1, not '0'",
        "crossdock.yaml:3:19: error P101: expected a size such as 20MB (units: B, KB, MB, GB, KiB, MiB, GiB), not '20'",
        "crossdock.yaml:1:1: error P101: unknown key 'nmae'; did you mean 'name'?",
    ]


def test_a_list_is_no_project(tmp_path: Path) -> None:
    assert told(tmp_path, "- a") == ["crossdock.yaml:1:1: error P101: expected keys and values, not a list"]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("bus: kafka://u:hunter2@x", "1:6: error P101: expected 'embedded' or a URL such as amqp://host"),
        (
            "bus: amqp://u:hunter2@h:bad/x",
            "1:6: error P101: the port in the URL of the broker is no number from 1 to 65535",
        ),
        (
            "journal: redis://u:hunter2@x",
            "1:10: error P101: expected a path in the project or a URL such as postgresql://host/database",
        ),
        (
            "journal: postgresql://u:p@h:hunter2/x",
            "1:10: error P101: the port in the PostgreSQL URL is no number from 1 to 65535",
        ),
        (
            "journal: postgresql://u:hunter2/x@h/x",
            f"1:10: error P101: the PostgreSQL URL has an @ behind its host; {ESCAPED}",
        ),
    ],
)
def test_a_url_nobody_can_open_is_told_and_its_password_not_shown(tmp_path: Path, text: str, says: str) -> None:
    assert told(tmp_path, text) == [f"crossdock.yaml:{says}"]
    with pytest.raises(ConfigError) as caught:
        load_settings(tmp_path, {})
    assert "hunter2" not in str([finding.as_dict() for finding in caught.value.findings])


def test_a_url_of_a_secret_is_told_as_what_it_is(tmp_path: Path) -> None:
    (tmp_path / "crossdock.yaml").write_text("bus: ${secret:url}")
    with pytest.raises(ConfigError, match="expected 'embedded' or a URL"):
        load_settings(tmp_path, {"CROSSDOCK_SECRET_URL": "kafka://u:hunter2@x"})


@pytest.mark.parametrize(
    "text",
    [
        "journal: postgresql://",
        "journal: postgresql://u:p@one:5433,[::1]:5434,two/db?sslmode=require",
        "bus: amqps://h?cacertfile=ca.pem",
        "health: '[::1]:9480'",
        "defaults: {breaker: {open: 1m, max: 1m}}",
        "defaults: {breaker: off}",
    ],
)
def test_what_may_be_opened_is_let_through(tmp_path: Path, text: str) -> None:
    (tmp_path / "crossdock.yaml").write_text(text)
    load_settings(tmp_path, {})


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (
            "health: 127.0.0.1:99999",
            "1:9: error P101: '127.0.0.1:99999' is no address to listen on, such as 127.0.0.1:9480",
        ),
        ("limits: {reserve: 999999999GB}", "1:19: error P101: expected 0B to 100GB"),
        ("limits: {step: 99999999999d}", "1:16: error P101: expected 1ms to 7d"),
        ("limits: {silence: 0s}", "1:19: error P101: expected 1s to 7d"),
        ("defaults: {timeout: 0s}", "1:21: error P101: expected 1ms to 7d"),
        ("defaults: {breaker: {open: 10m, max: 1m}}", "1:38: error P101: 'max' is less than 'open', which it bounds"),
    ],
)
def test_an_amount_that_cannot_be_meant_is_told_with_its_unit(tmp_path: Path, text: str, says: str) -> None:
    assert told(tmp_path, text) == [f"crossdock.yaml:{says}"]


def test_a_mistake_in_the_environment_is_told_there(tmp_path: Path) -> None:
    (tmp_path / "crossdock.yaml").write_text("name: x")
    with pytest.raises(ConfigError) as caught:
        load_settings(tmp_path, {"CROSSDOCK_BUS": "kafka://u:hunter2@x"})
    assert [str(finding) for finding in caught.value.findings] == [
        "CROSSDOCK_BUS: error P101: expected 'embedded' or a URL such as amqp://host"
    ]
