"""GS1 check digits."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic_core import PydanticCustomError

from crossdock.canonical.blocks.gs1 import check_digit, checked


@pytest.mark.parametrize(
    "key", ["4006381333931", "036000291452", "96385074", "10614141000415", "0614141000029", "106141411234567897"]
)
def test_published_keys_have_right_check_digits(key: str) -> None:
    assert checked(key) == key


@given(body=st.text("0123456789", min_size=7, max_size=17), position=st.integers(0, 16), shift=st.integers(1, 9))
@settings(max_examples=60)
def test_every_single_wrong_digit_is_found(body: str, position: int, shift: int) -> None:
    key = body + check_digit(body)
    position %= len(body)
    wrong = str((int(key[position]) + shift) % 10)
    with pytest.raises(PydanticCustomError):
        checked(key[:position] + wrong + key[position + 1 :])
