"""Results as rows: nothing is lost on the way to the table."""

from __future__ import annotations

from fractions import Fraction

import pytest

from collector.result_rows import decimal_text, from_iso, iso


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, None),
        (Fraction(7549), "7549"),
        (Fraction(7200), "7200"),
        (Fraction(3, 4), "0.75"),
        (Fraction(-1, 8), "-0.125"),
        (Fraction(0), "0"),
        (Fraction(1, 3), "0.333333333333333333333333333333"),
        (Fraction(2, 3), "0.666666666666666666666666666667"),
        (Fraction(1, 2**20), "0.00000095367431640625"),
        (Fraction(10**40 + 1), "1" + "0" * 39 + "1"),
    ],
)
def test_a_number_is_exact_wherever_it_ends(value: Fraction | None, text: str | None) -> None:
    assert decimal_text(value) == text


def test_instants_are_utc_and_read_back() -> None:
    assert iso(1704038400) == "2023-12-31T16:00:00Z"
    assert from_iso(iso(1704038400)) == 1704038400
