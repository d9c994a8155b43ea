"""Every kind of mistake is reported at its line and column, with what is allowed."""

import pytest

from .support import QITAI, ZHENGDING, changed, mistakes, only, place_of

BAR = "barred: {tier: qualified, cite: 六(二)1}   # 取消评先资格"
CITY = "commendation-city: {title: 受到市委、市政府表彰或作为典型推广, points: 2, cite: 五(四)1}"

# (text, what is replaced, by what, where the mistake is marked, what the message says)
CASES = {
    "unknown key": (ZHENGDING, "maximum: 90", "maximun: 90", "maximun", "mean 'maximum'"),
    "wrong type": (
        ZHENGDING,
        "level1: {names: [经济发展, 社会民生], cite: 四(一)1}",
        "level1: 经济发展",
        "经济发展",
        "a block of keys is expected here, not text",
    ),
    "weights do not add up": (
        ZHENGDING,
        "{midterm: 50%, year-end: 50%}",
        "{midterm: 50%, year-end: 40%}",
        "{midterm: 50%",
        "add up to 90%",
    ),
    "thirds do not add up": (
        QITAI,
        "{half-year: 1/3, year-end: 2/3}",
        "{half-year: 1/3, year-end: 0.6667}",
        "{half-year: 1/3",
        "add up to 30001/30000",
    ),
    "maxima do not add up": (ZHENGDING, "maximum: 90", "maximum: 80", "indicator:", "up to 90"),
    "tiers overlap": (
        ZHENGDING,
        "qualified: {title: 合格, at_least: 60",
        "qualified: {title: 合格, at_least: 95",
        "95, cite",
        "the tiers overlap: 95 is not below the better tier's 90",
    ),
    "tiers leave a hole": (QITAI, "below: 90", "below: 89", "89\n", "a hole between 89 and 90"),
    "below overlaps": (QITAI, "below: 90", "below: 91", "91\n", "overlap between 90 and 91"),
    "hole below the lowest": (
        ZHENGDING,
        "unqualified: {title: 不合格, below: 60,",
        "unqualified: {title: 不合格, at_least: 0,",
        "0, cite: 六(二)3",
        "nothing is below the lowest tier's threshold",
    ),
    "barred tier unknown": (
        ZHENGDING,
        BAR,
        BAR.replace("qualified", "qualifyed"),
        "qualifyed",
        "the tier 'qualifyed' is not known; did you mean 'qualified'?",
    ),
    "tariff over its cap": (
        ZHENGDING,
        "points: 2, cite: 五(四)1",
        "points: 4.5, cite: 五(四)1",
        "4.5",
        "4.5 is over the category's cap",
    ),
    "open over its cap": (ZHENGDING, "open: 4,", "open: 5,", "5, auth", "5 is over"),
    "unknown period set": (
        ZHENGDING,
        "periods: quarters",
        "periods: quartres",
        "quartres",
        "the set of periods 'quartres' is not known; did you mean 'quarters'?",
    ),
    "unknown period in the calendar": (
        QITAI,
        "{half-year: 07-10,",
        "{halfyear: 07-10,",
        "07-10",
        "the period 'halfyear' is not known; did you mean 'half-year'?",
    ),
    "survey day of another period": (
        QITAI,
        "{annual: 11-15}",
        "{year-end: 11-15}",
        "11-15",
        "the period 'year-end' is not known",
    ),
    "quota without a threshold": (
        ZHENGDING,
        "advanced: {title: 先进, at_least: 90, quota: 25%",
        "advanced: {title: 先进, quota: 25%",
        "25%, cite: 六",
        "a quota without a threshold",
    ),
    "quota above the whole": (ZHENGDING, "quota: 25%", "quota: 25", "25, cite", "out of bounds"),
    "range of places reversed": (
        ZHENGDING,
        "{least: 3, most: 5}",
        "{least: 6, most: 5}",
        "6, most",
        "6 is more than 5",
    ),
    "unknown class": (
        ZHENGDING,
        "classes: [township, department]",
        "classes: [townships, department]",
        "townships",
        "the class 'townships' is not known; did you mean 'township'?",
    ),
    "tariff key in two categories": (
        QITAI,
        "complaint-upheld: {",
        "inspection-finding: {",
        "{title: 投诉查实",
        "'inspection-finding' stands in the category 'inspection' too",
    ),
    "neither cite nor assumed": (
        ZHENGDING,
        "composite: {cite: 六(一)1}",
        "composite: {}",
        "{}",
        "the rule says neither 'cite' nor 'assumed'",
    ),
    "both cite and assumed": (
        ZHENGDING,
        "composite: {cite: 六(一)1}",
        "composite: {cite: 六(一)1, assumed: 因此}",
        "assumed: 因此",
        "the rule says both 'cite' and 'assumed'",
    ),
    "empty cite": (ZHENGDING, "{cite: 六(一)1}", "{cite: ''}", "''", "the text is empty"),
    "a grade missing": (
        QITAI,
        "            poor: {points: 0}\n",
        "",
        "advanced: {points: 10}",
        "the key 'poor' is missing",
    ),
    "a grade too many": (
        QITAI,
        "poor: {points: 0}",
        "poor: {points: 0}\n            bad: {points: 0}",
        "bad:",
        "the key 'bad' is not known",
    ),
    "bad key": (ZHENGDING, "scheme: zhengding", "scheme: 正定", "正定\n", "'正定' is not a key"),
    "bad class name": (ZHENGDING, "  township:\n", "  town ship:\n", "town ship", "not a key"),
    "full-width digits": (
        ZHENGDING,
        "maximum: 90",
        "maximum: \uff19\uff10",
        "\uff19",
        "full-width characters; write 90",
    ),
    "full-width percent": (ZHENGDING, "quota: 25%", "quota: 25\uff05", "25\uff05", "write 25%"),
    "a float": (ZHENGDING, "cap: 4", "cap: 4e0", "4e0", "'4e0' is not an exact number"),
    "infinity": (ZHENGDING, "cap: 4", "cap: .inf", ".inf", "'.inf' is not an exact number"),
    "percent where points stand": (ZHENGDING, "cap: 4", "cap: 4%", "4%", "is a percentage"),
    "thousands": (ZHENGDING, "cap: 4", 'cap: "4,000"', '"4,000"', "thousands separators"),
    "no number": (ZHENGDING, "cap: 4", "cap: four", "four", "'four' is not a number"),
    "division by zero": (ZHENGDING, "cap: 4", "cap: 4/0", "4/0", "'4/0' is not a number"),
    "negative": (ZHENGDING, "cap: 4", "cap: -4", "-4", "-4 is out of bounds"),
    "places too many": (ZHENGDING, "value: 2\n", "value: 7\n", "7\n    ass", "7 is out of bounds"),
    "unknown option value": (
        ZHENGDING,
        "value: half-up",
        "value: half_up",
        "half_up",
        "the value 'half_up' is not known; did you mean 'half-up'?",
    ),
    "anchor": (ZHENGDING, "names: [经济", "names: &a [经济", "&a", "the anchor '&a'"),
    "alias": (ZHENGDING, "{cite: 六(一)1}", "*a", "*a", "alias"),
    "tag": (ZHENGDING, "maximum: 90", "maximum: !!int 90", "!!int", "the tag"),
    "a day that is none": (QITAI, "half-year: 07-10", "half-year: 06-31", "06-31", "not a day"),
    "leap day": (QITAI, "half-year: 07-10", "half-year: 02-29", "02-29", "not a day"),
    "unknown format": (ZHENGDING, "format: 1", "format: 2", "2\nscheme", "format '2'"),
    "named twice": (QITAI, "[excellent, good]", "[good, good]", "good]}", "named twice"),
    "a tier of another ladder": (
        QITAI,
        "classes: [cadre], when: {tier: [excellent]}",
        "classes: [cadre], when: {tier: [advanced]}",
        "advanced]}",
        "the tier 'advanced' is not known",
    ),
    "no condition": (QITAI, "when: {veto: true}", "when: {}", "{}", "no condition is given"),
    "survey without a table": (
        QITAI,
        "        linear:\n",
        "        bnads:\n",
        "title: 公众评议",
        "a survey has either 'bands' or 'linear'",
    ),
    "slash in a level-1 name": (ZHENGDING, "社会民生", "社会/民生", "社会/民生", "holds a '/'"),
    "component and category of one name": (
        ZHENGDING,
        "  bonus:\n",
        "  leadership:\n",
        "title: 加分",
        "'leadership' is also a component of the class 'township'",
    ),
    "two surveys in a class": (
        ZHENGDING,
        "source: ratings\n        periods: halves\n        raters:\n          assumed: 五(二)3",
        "source: survey\n        periods: halves\n        linear:\n          assumed: 五(二)3",
        "survey\n        periods: halves",
        "a class has one component of the source 'survey'",
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_mistake_at_its_place(case: str) -> None:
    """A file with one mistake names its line, its column and what is wrong."""
    text, old, new, mark, said = CASES[case]
    text = changed(text, old, new)
    found = mistakes(text)
    hits = [mistake for mistake in found if said in str(mistake.message)]
    assert hits, [str(mistake) for mistake in found]
    # a mark may occur more than once in the file: the changed place is meant
    at = text.index(new) if new else 0
    at = text.index(mark, max(at - 200, 0))
    before = text[:at]
    place = (before.count("\n") + 1, len(before) - (before.rfind("\n") + 1) + 1)
    assert place in [(mistake.line, mistake.column) for mistake in hits], str(hits[0])


def test_missing_key() -> None:
    """A missing key is reported at the block that lacks it, by its path."""
    text = changed(ZHENGDING, "        source: ratings\n", "")
    found = [m for m in mistakes(text) if "missing" in str(m.message)]
    assert [m.path for m in found] == ["classes.township.components.leadership.source"]
    assert (found[0].line, found[0].column) == place_of(text, "title: 领导评估")


def test_duplicate_key() -> None:
    """A key that stands twice names the line of the first."""
    text = changed(ZHENGDING, "    cap: 4\n", "    cap: 4\n    cap: 3\n")
    mistake = only(text)
    line, column = place_of(text, "    cap: 3")
    assert (mistake.line, mistake.column, mistake.path) == (
        line,
        column + 4,
        "adjustments.bonus.cap",
    )
    assert f"already on line {line - 1}" in str(mistake.message)


def test_merge_key() -> None:
    """A merge key is refused like anchors and aliases: the file says everything itself."""
    text = changed(ZHENGDING, "    cap: 4\n", "    cap: 4\n    <<: {a: 1}\n")
    assert "merge key" in str(only(text).message)


def test_full_width_colon() -> None:
    """A full-width colon after a key is named with the remedy, and the rest is still checked."""
    text = changed(ZHENGDING, "    cap: 4\n", "    cap\uff1a 4\n")
    text = changed(text, "maximum: 90", "maximum: 80")
    found = mistakes(text)
    line, column = place_of(text, "    cap\uff1a")
    colon = next(m for m in found if "full-width colon" in str(m.message))
    assert (colon.line, colon.column) == (line, column + 7)
    assert "'cap: '" in str(colon.allowed)
    assert any("add up to 90" in str(m.message) for m in found)


def test_full_width_colon_within_braces() -> None:
    """Within braces too, the full-width colon is recognised."""
    text = changed(ZHENGDING, "composite: {cite: 六(一)1}", "composite: {cite\uff1a六(一)1}")
    assert any("full-width colon" in str(m.message) for m in mistakes(text))


@pytest.mark.parametrize(
    ("text", "line", "column"),
    [
        ("format: 1\n\tscheme: x\n", 2, 1),
        ("format: [1\nscheme: x\n", 2, 7),
        ("format: 1\nscheme: 'x\n", 3, 1),
        ("format: 1\ntitle: a: b\n", 2, 9),
    ],
)
def test_syntax_error(text: str, line: int, column: int) -> None:
    """A file that is no YAML gives the place at which reading failed."""
    mistake = only(text)
    assert "not valid YAML" in str(mistake.message)
    assert (mistake.line, mistake.column) == (line, column)


def test_cycle_through_portfolio() -> None:
    """A class that is computed from itself over two steps is refused, with the circle."""
    text = changed(
        QITAI, "portfolio: [township, department]", "portfolio: [township, county-leader]"
    )
    found = [m for m in mistakes(text) if "computed from itself" in str(m.message)]
    assert "county-leader → county-leader" in str(found[0].message)
    assert (found[0].line, found[0].column) == place_of(text, "county-leader]")


def test_cycle_through_projects() -> None:
    """Projects that feed a class from which they are computed form a circle too."""
    text = changed(QITAI, "          class: project\n", "          class: department\n")
    text = text.replace("          class: project\n", "          class: township\n")
    found = [m for m in mistakes(text) if "computed from itself" in str(m.message)]
    assert "township → department → township" in str(found[0].message)


def test_twelve_mistakes_are_all_reported() -> None:
    """One file with twelve mistakes reports twelve, in the order of its lines."""
    text = ZHENGDING
    for old, new in [
        (
            "title: 正定县政府绩效管理实施方案\n",
            "tittle: 正定县政府绩效管理实施方案\n",
        ),  # and missing
        ("day: 01-01", "day: 13-01"),
        ("value: half-up", "value: halfup"),
        ("{midterm: 50%, year-end: 50%}", "{midterm: 50%, year-end: 60%}"),
        ("equal: M01..M12", "equal: M01-M12"),
        (BAR, BAR.replace("tier: qualified", "tier: advancd")),
        ("composite: {cite: 六(一)1}", "composite: {}"),
        ("maximum: 90", "maximum: \uff19\uff10"),
        ("points: 3, cite", "points: 30, cite"),
        ("effect: lowest", "effect: lower"),
        ("among_last: 3", "among_last: 3.5"),
    ]:
        text = changed(text, old, new)
    found = mistakes(text)
    assert len(found) == 12, [str(mistake) for mistake in found]
    lines = [(mistake.line, mistake.column) for mistake in found]
    assert lines == sorted(lines)


def test_mistakes_read_as_editors_show_them() -> None:
    """The exception prints a line per mistake: file, line, column, path, message, allowed."""
    mistake = only(changed(ZHENGDING, "maximum: 90", "maximum: ninety"))
    line = str(mistake)
    assert line.endswith(
        "classes.township.components.indicator.maximum: 'ninety' is not a number "
        "(a number in half-width digits: 90, 0.5 or 1/3)"
    )
    assert line.split(":", maxsplit=1)[0].isdigit()


@pytest.mark.parametrize("number", ["10/3", "3.999"])
def test_points_that_a_sheet_cannot_show(number: str) -> None:
    """Caps and tariffs have at most 2 decimals: a cap of 10/3 could not be printed or absorbed."""
    found = mistakes(ZHENGDING.replace("cap: 4", f"cap: {number}", 1))

    assert any("decimals" in str(mistake.allowed) for mistake in found)
