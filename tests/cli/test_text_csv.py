"""CSV for spreadsheets: it reads back, and no text becomes a formula."""

import csv
import io

from perfledger.cli.text.csv_text import explain_csv, history_csv, rank_csv
from tests.cli.text_support import explained, ranked, speaking


def rows(text: str) -> list[dict[str, str]]:
    """The rows by heading."""
    return list(csv.DictReader(io.StringIO(text, newline="")))


def test_a_ranking_has_one_row_a_unit() -> None:
    """The figures are those of the answer, the headings its keys."""
    answer = ranked("zhengding")
    listed = [row for one in answer["classes"] for row in one["standings"]]
    for row, told in zip(rows(rank_csv(answer)), listed, strict=True):
        assert row["unit"] == told["unit"]
        assert row["composite"] == told["composite"]
        assert row["components.indicator"] == told["components"]["indicator"]
        assert row["consequences"] == ";".join(told["consequences"])


def test_a_sheet_has_one_row_a_node() -> None:
    """From the root down, with exact figures; a unit that is not ranked has none."""
    with speaking("en"):
        listed = rows(explain_csv(explained("zhengding", "T02")))
    assert (listed[0]["name"], listed[0]["exact"]) == ("composite", "2378/25")
    assert [row["name"] for row in listed if row["depth"] == "1"] == [
        "indicator",
        "leadership",
        "bonus",
        "deduction",
    ]


def test_a_history_has_one_row_an_entry() -> None:
    """With what reversed it and whether it counts."""
    with speaking("en"):
        lines = explained("zhengding", "D14").lines
        listed = rows(history_csv(lines))
    assert len(listed) == len(lines)
    reversed_row = next(row for row in listed if row["entry"] == "2013-D14-037")
    assert (reversed_row["counts"], reversed_row["reversed_by"]) == ("false", "2013-D14-041")


def test_no_text_becomes_a_formula() -> None:
    """A text that begins like one gets an apostrophe; a number keeps its sign."""
    row = {
        "rank": 1,
        "unit": "@u",
        "name": '=HYPERLINK("x")',
        "composite": "-1.50",
        "tier": "+t",
        "components": {},
        "adjustments": {},
        "flags": [],
        "missing": ["-a"],
        "consequences": [],
    }
    one = {
        "unit_class": "c",
        "parent": None,
        "status": "final",
        "evaluated": 1,
        "quota": None,
        "standings": [row],
    }
    told = rows(rank_csv({"scheme": "s", "year": 2013, "classes": [one]}))[0]
    assert told["name"] == '\'=HYPERLINK("x")'
    assert (told["unit"], told["tier"], told["missing"]) == ("'@u", "'+t", "'-a")
    assert told["composite"] == "-1.50"
