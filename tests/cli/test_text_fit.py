"""Texts fit the terminal, and what is printed adds up."""

import io
import json
import random
import re
import unicodedata
from decimal import Decimal
from typing import Any

import pytest

from perfledger.app import create_ledger
from perfledger.cli.text.cells import width_of
from perfledger.cli.text.explain import explain_text
from perfledger.cli.text.history import history_text
from perfledger.cli.text.names import Names
from perfledger.cli.text.rank import rank_text
from tests.cli.text_support import explained, names, ranked, speaking, units

SCHEMES = ("zhengding", "qitai")
ALPHABETS = (
    "正定县乡镇部门单位财政局卫生农业",
    "ABCdef ghi-",
    "Ελλάδα",
    "مكتبالمالية",
    "हिन्दीमें",
    "ภาษาไทยก็ดี",
    "서울특별시",
    "👩👨🏽🇨🇳",
    "e\u0301o\u0308",
    "\x1b[31m\u202e\u200b\u2028\x9b\ud800\x07",
)


def assert_fits(text: str, width: int = 80) -> None:
    """No line is wider, and nothing in the text acts on a terminal."""
    for line in text.split("\n"):
        assert width_of(line) <= width, line
        assert line == line.rstrip()
        for character in line:
            assert unicodedata.category(character) not in ("Cc", "Cf", "Cs", "Zl", "Zp"), line


@pytest.mark.parametrize("width", [80, 60, 120])
@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("scheme", SCHEMES)
def test_rankings_of_the_examples_fit(scheme: str, lang: str, width: int) -> None:
    """All classes of both years, also on a narrow terminal, also without the scheme's titles."""
    with speaking(lang):
        assert_fits(rank_text(ranked(scheme), names(scheme, lang), width), width)
        assert_fits(rank_text(ranked(scheme), Names(None, lang), width), width)


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("scheme", SCHEMES)
def test_sheets_and_histories_of_the_examples_fit(scheme: str, lang: str) -> None:
    """Every unit of both years."""
    with speaking(lang):
        for unit in units(scheme):
            explanation = explained(scheme, unit)
            assert_fits(explain_text(explanation, names(scheme, lang)))
            assert_fits(explain_text(explanation, names(scheme, lang), 50), 50)
            assert_fits(history_text(explanation.lines, names(scheme, lang)))


def text_of(chance: random.Random, most: int) -> str:
    """1 to `most` characters of one script, or of several."""
    alphabet = "".join(chance.sample(ALPHABETS, chance.choice((1, 1, 2))))
    return "".join(chance.choice(alphabet) for _ in range(chance.randint(1, most)))


def class_of(chance: random.Random, count: int, components: int, categories: int) -> dict[str, Any]:
    """A class of the answer of `rank` with names and codes of all kinds."""
    keys = [f"component-{place}" for place in range(components)]
    kinds = [f"category-{place}" for place in range(categories)]
    rows = []
    for rank in range(1, count + 1):
        figures = {key: f"{Decimal(chance.randint(0, 10_000)) / 100:.2f}" for key in keys}
        adjustments = {
            key: {"raw": raw, "counted": chance.choice((raw, "4.00"))}
            for key in kinds
            for raw in [f"{Decimal(chance.randint(0, 1_000)) / 100:.2f}"]
        }
        flags = chance.sample(
            ["late", "undecided", f"veto:{text_of(chance, 9)}"], chance.randint(0, 2)
        )
        missing = [f"component-0/M{month:02}" for month in range(1, chance.randint(1, 13))]
        rows.append(
            {
                "rank": rank,
                "unit": text_of(chance, 64 if rank % 50 == 0 else 8),
                "name": text_of(chance, 40),
                "composite": f"{rank % 100}.00",
                "tier": text_of(chance, 12),
                "components": figures,
                "adjustments": adjustments,
                "flags": flags,
                "missing": missing if chance.random() < 0.2 else [],
                "consequences": chance.sample(["commendation", "criticism"], chance.randint(0, 2)),
            }
        )
    return {
        "unit_class": text_of(chance, 12),
        "parent": None,
        "status": "provisional",
        "evaluated": count,
        "quota": 125,
        "flags": ["below-minimum"],
        "certified": None,
        "standings": rows,
    }


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize(("components", "categories"), [(0, 0), (3, 2), (7, 3), (20, 1)])
def test_a_class_of_500_fits(components: int, categories: int, lang: str) -> None:
    """Names of 1 to 40 characters of several scripts, hostile ones among them; long codes."""
    chance = random.Random(components)
    answer = {
        "scheme": text_of(chance, 20),
        "year": 2013,
        "as_of": {"position": 1, "recorded_at": "2014-03-01T01:30:00.000000Z"},
        "classes": [class_of(chance, 500, components, categories)],
    }
    with speaking(lang):
        assert_fits(rank_text(answer, Names(None, lang)))
        assert_fits(rank_text(answer, names("qitai", lang)))


def test_hostile_texts_of_entries_cannot_act(url: str) -> None:
    """Names, raters, documents, reasons and notes that the journal accepts, in every text."""
    bad = "新\u202e乡\u200b\u2066" + "长" * 60
    entries: list[dict[str, Any]] = [
        {
            "type": "unit-enrolled",
            "name": bad,
            "scheme": "zhengding",
            "unit_class": "township",
            "parent": "\u202eP",
        },
        {
            "type": "leadership-rated",
            "period": "midterm",
            "rater": bad,
            "score": "9.25",
            "note": "line\u2028line \u202e",
        },
        {"type": "award-claimed", "award": "sector-city", "evidence": [{"document": bad}]},
        {"type": "award-rejected", "claim": "e3", "reason": bad, "authority": bad},
        {"type": "veto-imposed", "ground": "public-order", "evidence": [{"document": bad}]},
    ]
    common = {"unit": "单\u200b位", "year": 2013, "occurred_on": "2013-05-05", "recorded_by": bad}
    lines = [
        json.dumps({"entry": f"e{place}", **common, **entry})
        for place, entry in enumerate(entries, 1)
    ]
    opened, _ = create_ledger(url)
    assert not opened.import_journal(io.BytesIO("\n".join(lines).encode())).refusals
    explanation = opened.explain("单\u200b位", 2013)
    assert explanation.book is not None
    for lang in ("zh", "en"):
        with speaking(lang):
            known = Names(explanation.book.scheme, lang)
            for width in (80, 40):
                assert_fits(explain_text(explanation, known, width), width)
                assert_fits(history_text(explanation.lines, known, width), width)
                assert_fits(rank_text(opened.rank("zhengding", 2013), known, width), width)
    opened.close()


def test_missing_months_are_told_compactly() -> None:
    """Twelve months and the plan take a few words, not thirteen."""
    missing = ["indicator/plan", *(f"indicator/M{month:02}" for month in range(1, 13))]
    with speaking("zh"):
        text = names("zhengding", "zh").gaps(missing, "restoration")
    assert text == "缺 13 项：指标评估 计划、1月…12月"
    with speaking("en"):
        text = names("zhengding", "en").gaps(missing, "restoration")
    assert text == "missing 13: indicator plan, M01…M12"


SUM = re.compile(r"((?:[0-9.]+ [+−] )+[0-9.]+) = (-?[0-9.]+)")


def added(terms: str) -> Decimal:
    """The value of `85.10 + 9.10 − 0.50`, as a pocket calculator has it."""
    total, sign = Decimal(0), 1
    for token in terms.split():
        if token in "+−":
            sign = 1 if token == "+" else -1
        else:
            total += sign * Decimal(token)
    return total


@pytest.mark.parametrize("scheme", SCHEMES)
def test_the_printed_sum_of_a_sheet_is_its_composite(scheme: str) -> None:
    """The line of the sum can be added up on paper, and gives the composite that is ranked."""
    composites = {
        row["unit"]: row["composite"]
        for one in ranked(scheme)["classes"]
        for row in one["standings"]
        if row["components"]
    }
    with speaking("zh"):
        for unit, composite in composites.items():
            text = explain_text(explained(scheme, unit), names(scheme, "zh"))
            terms, result = SUM.findall(re.sub(r"\s+", " ", text))[0]
            assert result == composite, unit
            assert added(terms) == Decimal(composite), unit


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("scheme", SCHEMES)
def test_the_printed_figures_of_a_row_add_up(scheme: str, lang: str) -> None:
    """Components and adjustments of every row of a ranking give its composite."""
    known = names(scheme, lang)
    with speaking(lang):
        for one in ranked(scheme)["classes"]:
            if not one["standings"][0]["components"]:
                continue
            text = rank_text({**ranked(scheme), "classes": [one]}, known)
            for row in one["standings"]:
                found = re.findall(rf"^ *{row['rank']} +{row['unit']} .*$", text, re.MULTILINE)
                shown = re.sub(r"\([0-9.]+\)", "", " ".join(found))
                composite, *parts = map(Decimal, re.findall(r"-?[0-9]+\.[0-9]{2}", shown))
                count = len(row["components"])
                signs = [-1 if known.is_deduction(key) else 1 for key in row["adjustments"]]
                if len(parts) != count + len(signs):  # one column for all adjustments
                    assert len(parts) == count + 1
                    signs = [1]
                adjustments = zip(signs, parts[count:], strict=True)
                total = sum(parts[:count]) + sum(sign * part for sign, part in adjustments)
                assert composite == total == Decimal(row["composite"])
