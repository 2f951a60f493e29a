from __future__ import annotations

from pydantic import SecretStr

from crossdock.route.substitution import Substituted, Values, substitute
from crossdock.yaml_source import load

SECRETS = {"key": "hunter2"}


def put_in(text: str, **environment: str) -> Substituted:
    return substitute(load(text.encode(), "f.yaml"), Values(environment, SECRETS.get))


def told(text: str, **environment: str) -> list[str]:
    return [str(finding) for finding in put_in(text, **environment).findings]


def test_a_variable_is_replaced_inside_text() -> None:
    assert put_in("a: https://${HOST}/x", HOST="erp").value == {"a": "https://erp/x"}


def test_a_default_stands_in_for_what_is_not_set() -> None:
    assert put_in("a: ${HOST:-localhost}").value == {"a": "localhost"}


def test_an_empty_value_is_a_value() -> None:
    assert put_in("a: x${HOST:-y}", HOST="").value == {"a": "x"}


def test_a_value_can_never_become_structure() -> None:
    assert put_in('a: ${X}\nb: ["${X}"]', X="{c: 1}\n- ${Y}").value == {
        "a": "{c: 1}\n- ${Y}",
        "b": ["{c: 1}\n- ${Y}"],
    }


def test_keys_are_not_substituted() -> None:
    assert put_in("${A}: 1", A="x").value == {"${A}": 1}


def test_two_dollars_write_one() -> None:
    read = put_in("a: $${HOST}")
    assert (read.value, read.paths) == ({"a": "${HOST}"}, set())


def test_a_secret_is_wrapped_and_never_shown() -> None:
    read = put_in("a: user:${secret:key}@host")
    assert "hunter2" not in repr(read)
    assert isinstance(read.value, dict)
    secret = read.value["a"]
    assert isinstance(secret, SecretStr)
    assert secret.get_secret_value() == "user:hunter2@host"


def test_what_is_missing_is_told_at_its_place() -> None:
    assert told("a:\n  - ${NOPE}\n  - ${secret:nope}\n") == [
        "f.yaml:2:5: error P104: environment variable NOPE is not set; set it, or give a default: ${NOPE:-…}",
        (
            "f.yaml:3:5: error P105: secret 'nope' is not known; "
            "set CROSSDOCK_SECRET_NOPE, or put it into the file secrets/nope"
        ),
    ]


def test_a_misspelt_variable_gets_a_suggestion() -> None:
    assert told("a: ${DATABASE_ULR}", DATABASE_URL="x")[0].endswith("did you mean 'DATABASE_URL'?")


def test_what_is_no_reference_is_told() -> None:
    assert [
        line.split(":")[3].split("error ")[1] for line in told("a: ${}\nb: ${x y}\nc: ${open\nd: ${secret:../x}")
    ] == ["P106"] * 4
