"""Document numbers: the proper form, and what is said of any other."""

from __future__ import annotations

import pytest

from perfledger.domain.errors import Refused
from perfledger.exchange.documents import check_one_a_line, proper_form, warning_on

PROPER = "冀办发〔2013〕53号"


@pytest.mark.parametrize(
    "written",
    [
        "冀办发[2013]53号",
        "冀办发(2013)53号",
        "冀办发（2013）53号",
        "冀办发【2013】53号",
        "冀办发［2013］53号",
        "冀办发﹝2013﹞53号",
        "冀办发〔2013〕第53号",
        "冀办发〔2013〕053号",
        "冀办发〔2013〕53",
        "冀办发2013年53号",
        "冀办发 〔2013〕 53 号",
        "冀办发〔２０１３〕５３号",
        "冀办发<2013>53号",
    ],
)
def test_other_ways_of_writing_a_number_are_told_the_proper_one(written: str) -> None:
    """Other brackets, 第, zeros in front, full-width digits, blanks: GB/T 9704 has none of them."""
    message = warning_on(written)

    assert proper_form(written) == PROPER
    assert message is not None
    assert f"should be written {PROPER}" in str(message)


@pytest.mark.parametrize("document", [PROPER, "石综治委〔2013〕22号", "《关于表彰的决定》"])
def test_proper_numbers_and_titles_need_no_word(document: str) -> None:
    """A title in 《》 is no number."""
    assert warning_on(document) is None


@pytest.mark.parametrize(
    "document", ["冀办发53号", "冀办发〔13〕53号", "县政府常务会议纪要2号", "批示"]
)
def test_what_cannot_be_put_right_is_shown_the_form(document: str) -> None:
    """Nothing is guessed: no year, no number."""
    message = warning_on(document)

    assert message is not None
    assert PROPER in str(message)
    assert proper_form(document) is None


@pytest.mark.parametrize("between", ["、", "；", ";", "，", ",", " "])
def test_two_numbers_in_a_line_are_refused(between: str) -> None:
    """They would be recorded as one document that nobody finds again."""
    with pytest.raises(Refused, match="2 documents"):
        check_one_a_line([f"{PROPER}{between}石政发〔2013〕12号"], "documents")


def test_a_name_with_a_comma_is_one_document() -> None:
    """Only where every piece is a number are there several."""
    check_one_a_line(["县委、县政府会议纪要", PROPER], "documents")
