"""One cell: numbers as a spreadsheet shows them, days in the ways of offices, codes, lines."""

from __future__ import annotations

from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perfledger.domain.errors import Refused
from perfledger.exchange.cells import (
    cell_name,
    is_blank,
    number_text,
    read_code,
    read_count,
    read_day,
    read_decimal,
    read_lines,
    read_text,
)

SHOWN = st.decimals(
    min_value=Decimal("-1e9"), max_value=Decimal("1e9"), allow_nan=False, places=6
).map(lambda number: format(number.normalize(), "f"))


@given(SHOWN)
def test_a_number_cell_is_what_a_spreadsheet_shows(text: str) -> None:
    """Whatever decimal of at most 15 digits is typed comes back, not the binary number near it."""
    expected = "0" if Decimal(text) == 0 else text

    assert number_text(float(text)) == expected


@given(SHOWN)
def test_a_number_cell_and_a_text_cell_mean_the_same_number(text: str) -> None:
    """A column that was formatted as text gives the same decimal as one of numbers."""
    number = read_decimal(float(text), "score", 6)

    assert Decimal(number) == Decimal(read_decimal(text, "score", 6))


@given(st.floats(allow_nan=False, allow_infinity=False, min_value=-1e14, max_value=1e14))
def test_what_is_taken_has_no_exponent_and_not_too_many_decimals(value: float) -> None:
    """Any number is either a decimal of the journal with the allowed decimals, or refused."""
    try:
        text = read_decimal(value, "score", 2)
    except Refused as refused:
        assert refused.allowed is not None
    else:
        assert Decimal(text) == Decimal(format(value, ".15g"))
        assert len(text.partition(".")[2]) <= 2
        assert "e" not in text.lower()


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.1 + 0.2, "0.3"), (5.0, "5"), (-0.0, "0"), (1e14, "100000000000000"), (7, "7")],
)
def test_numbers_lose_the_noise_of_binary_fractions(value: float, text: str) -> None:
    """15 significant digits, no exponent, no trailing zeros."""
    assert number_text(value) == text


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (9.125, "9.125 has 3 decimals"),
        (1 / 3, "0.333333333333333 has 15 decimals"),
        (1e15, "more than 15 digits"),
        (True, "is no number"),
        (date(2013, 8, 30), "'2013-08-30' is no number"),
        (time(9, 30), "is no number"),
        ("九十", "'九十' is not a decimal"),
        ("９０.５", "full-width digits; write 90.5"),
        ("92.5分", "'92.5分' is not a decimal"),
        ("1,200", "'1,200' is not a decimal"),
        ("1e3", "'1e3' is not a decimal"),
        (".5", "'.5' is not a decimal"),
        ("+5", "'+5' is not a decimal"),
        ("1/2", "'1/2' is not a decimal"),
        ("1234567890123456789", "is not a decimal"),
    ],
)
def test_what_is_no_decimal_is_refused(value: Any, message: str) -> None:
    """And the refusal says what was found."""
    with pytest.raises(Refused) as caught:
        read_decimal(value, "score", 2)

    assert message in str(caught.value.message)


@pytest.mark.parametrize(("text", "plain"), [("1,200", "1200"), ("92.5分", "92.5"), ("９2%", "92")])
def test_a_number_with_something_around_it_shows_how_to_write_it(text: str, plain: str) -> None:
    """A separator, a unit or a percent sign is named by the number without it."""
    with pytest.raises(Refused) as caught:
        read_decimal(text, "score", 2)

    assert f"such as {plain}" in str(caught.value.allowed)


def test_a_text_cell_keeps_every_digit_that_is_written() -> None:
    """A number cell is bounded because a formula may fill it; a text is what somebody typed."""
    assert read_decimal("9.12500", "score", 2) == "9.12500"


def test_a_percent_format_is_noticed() -> None:
    """A cell that shows 92.5% holds 0.925, and would be less than one percent."""
    with pytest.raises(Refused) as caught:
        read_decimal(0.925, "satisfaction", 4, percent=True)

    assert "92.5 without a percent sign" in str(caught.value.allowed)


@pytest.mark.parametrize(
    "value",
    [
        date(2013, 8, 30),
        datetime(2013, 8, 30),
        "2013-08-30",
        "2013-8-30",
        "2013年8月30日",
        "2013 年 8 月 30 日",
        "2013.8.30",
        "2013.08.30",
        "2013/8/30",
        " 2013-08-30 ",
    ],
)
def test_days_as_offices_write_them(value: Any) -> None:
    """A date cell and the written forms with the year first."""
    assert read_day(value, "occurred_on") == "2013-08-30"


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("8/30/2013", "is not a day"),
        ("30.8.2013", "is not a day"),
        ("13-08-30", "is not a day"),
        ("2013-02-30", "is not a day"),
        ("2013年8月", "is not a day"),
        ("八月三十日", "is not a day"),
        ("2013-08.30", "is not a day"),
        ("２０１３年８月３０日", "full-width digits; write 2013-08-30"),
        (41516.0, "41516 is a number; as a date it would be 2013-08-30"),
        (20130830.0, "'20130830' is not a day"),
        (True, "'True' is not a day"),
        (datetime(2013, 8, 30, 14, 30), "2013-08-30 14:30 is a day with a time"),
        (time(14, 30), "is not a day"),
    ],
)
def test_what_is_no_day_is_refused(value: Any, message: str) -> None:
    """What could be another day is not guessed at; a number says which day it would be."""
    with pytest.raises(Refused) as caught:
        read_day(value, "occurred_on")

    assert message in str(caught.value.message)


@given(st.dates(min_value=date(1990, 1, 1), max_value=date(2199, 12, 31)))
def test_every_way_of_writing_a_day_means_the_same(day: date) -> None:
    """The four forms of the same day read as the same day."""
    forms = [
        day,
        day.isoformat(),
        f"{day.year}年{day.month}月{day.day}日",
        f"{day.year}.{day.month}.{day.day}",
    ]

    assert {read_day(one, "occurred_on") for one in forms} == {day.isoformat()}


@pytest.mark.parametrize(("value", "count"), [(149.0, 149), ("149", 149), (0, 0), (" 7 ", 7)])
def test_counts(value: Any, count: int) -> None:
    """Whole numbers of 0 or more, as a number or as a text."""
    assert read_count(value, "responses.satisfied") == count


@pytest.mark.parametrize(
    "value", [1.5, -1, "1.5", "-1", "十", "１０", True, date(2013, 1, 1), 1e15]
)
def test_what_is_no_count_is_refused(value: Any) -> None:
    """Fractions, signs, words, full-width digits."""
    with pytest.raises(Refused):
        read_count(value, "responses.satisfied")


@pytest.mark.parametrize(("value", "text"), [(101.0, "101"), (" T01 ", "T01"), ("甲　", "甲")])
def test_texts(value: Any, text: str) -> None:
    """Without blanks around them; a number as it is shown."""
    assert read_text(value, "unit") == text


@pytest.mark.parametrize("value", [True, 1e15, date(2013, 8, 1), time(1, 2)])
def test_what_the_spreadsheet_made_of_a_text_is_refused(value: Any) -> None:
    """A document number that became a date, a long code that lost digits."""
    with pytest.raises(Refused):
        read_text(value, "documents")


@pytest.mark.parametrize("mark", ["\u200b", "\ufeff", "\u202e", "\u00ad"])
def test_invisible_characters_in_codes_are_refused(mark: str) -> None:
    """They come with copied text, and a code with one is another code that looks the same."""
    with pytest.raises(Refused, match="invisible character"):
        read_code(f"T0{mark}1", "unit")


def test_lines_of_a_cell_are_apart() -> None:
    """Each line is one text; an empty one in between keeps its place."""
    assert read_lines("甲\r\n\r\n 乙 \n\n", "digests") == "甲\n\n乙"


@pytest.mark.parametrize("value", ["", "  ", "\u3000", "\n"])
def test_blanks_say_nothing(value: str) -> None:
    """A cell of blanks is an empty cell."""
    assert is_blank(value)


@pytest.mark.parametrize(
    ("row", "column", "name"), [(4, 3, "D5"), (0, 25, "Z1"), (0, 26, "AA1"), (9, 701, "ZZ10")]
)
def test_cells_have_their_names(row: int, column: int, name: str) -> None:
    """As a spreadsheet names them."""
    assert cell_name(row, column) == name
