"""`scheme show`: every rule in article order, what it says and where it comes from."""

import pytest

from perfledger.schemes.shipped import shipped_text, template_text
from perfledger.schemes.show import article_place, articles


def test_articles_sort_as_in_the_document() -> None:
    """Articles follow the document's numbering, whatever kind of digits and brackets."""
    written = [
        "三(一)1",
        "五(一)",
        "五(一)2",
        "五(二)1",
        "五(三)1(1)",
        "五(三)1(4)",
        "五(三)2",
        "十一",
    ]
    assert sorted(written, key=article_place) == written
    assert article_place("五\uff08一\uff092") == article_place("五(一)2")
    assert article_place("第十二条") > article_place("第九条")
    assert article_place("第二十条") > article_place("第十二条")
    assert article_place("附件二") > article_place("第九十九条")


def test_a_rule_says_itself_in_one_line() -> None:
    """A component's line gives its maximum, its source and its periods."""
    lines = {line.rule: line for line in articles(shipped_text("zhengding"))}
    line = lines["classes.township.components.indicator"]
    assert "指标评估 90 分" in line.text
    assert "期间 midterm 50%、year-end 50%" in line.text
    assert line.cite == "五(一)1"


def test_an_assumed_rule_stands_beside_what_it_stands_in_for() -> None:
    """The assumed bands of 五(二)2 come right after the survey that they belong to."""
    rules = [line.rule for line in articles(shipped_text("zhengding"))]
    survey = rules.index("classes.department.components.public")
    assert rules[survey + 1] == "classes.department.components.public.bands"
    assert rules[-1] == "options.ties"


@pytest.mark.parametrize(
    "text", [shipped_text("qitai"), shipped_text("wuxiang"), template_text("x")]
)
def test_every_line_is_one_line(text: str) -> None:
    """Every rule has a text of one line."""
    for line in articles(text):
        assert line.text and "\n" not in line.text
