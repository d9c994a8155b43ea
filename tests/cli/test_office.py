"""The office that has a policy and no code (篇四): from `scheme new` to a ranking, no Python."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.terminal import Terminal, journal, ledger_at

OWN = (Path(__file__).parents[1] / "data" / "jianyang.yaml").read_text(encoding="utf-8")


@pytest.fixture
def office(tmp_path: Path, url: str) -> Terminal:
    """A clerk's folder with an empty ledger, once on each database."""
    ledger_at(url)
    return Terminal(tmp_path, url)


def entry(number: int, kind: str, unit: str, **fields: Any) -> dict[str, Any]:
    """An entry of 2015 with what every entry needs."""
    return {
        "entry": f"e{number:03}",
        "type": kind,
        "unit": unit,
        "year": 2015,
        "occurred_on": "2015-03-01",
        "recorded_by": "绩效办",
        **fields,
    }


def office_year() -> list[dict[str, Any]]:
    """Five offices of one bureau and one of another, scored in four weeks."""
    entries: list[dict[str, Any]] = []

    def add(kind: str, unit: str, **fields: Any) -> None:
        entries.append(entry(len(entries) + 1, kind, unit, **fields))

    scores = {"K1": "20", "K2": "18", "K3": "16", "K4": "16", "K5": "10", "K6": "20"}
    for unit, score in scores.items():
        parent = "B2" if unit == "K6" else "B1"
        add(
            "unit-enrolled",
            unit,
            name=f"{unit}股",
            scheme="jianyang",
            unit_class="office",
            parent=parent,
        )
        add(
            "indicator-set", unit, indicator="甲/乙/丙", component="plan", points="30", target="100"
        )
        for week in ("W01", "W02", "W03", "W04"):
            add("indicator-measured", unit, indicator="甲/乙/丙", period=week, actual="90")
            add("component-scored", unit, component="discipline", period=week, score=score)
            add("component-scored", unit, component="service", period=week, score=score)
        add("leadership-rated", unit, period="annual", rater="局长", score="8")
        add("public-surveyed", unit, period="annual", satisfaction="80")
    evidence = [{"document": "建绩〔2015〕1号"}]
    add("award-claimed", "K2", award="open", points="0.25", evidence=evidence)
    add("award-confirmed", "K2", claim=entries[-1]["entry"])
    for _ in range(3):
        add("award-claimed", "K3", award="proposal", evidence=evidence)
        add("award-confirmed", "K3", claim=entries[-1]["entry"])
    return entries


def test_template_passes_its_own_check_and_adopts(office: Terminal) -> None:
    """`scheme new` writes a file that `scheme check` calls good and `scheme adopt` records."""
    office.ok("scheme", "new", "ours", "-o", "方案.yaml")

    checked = office.ok("scheme", "check", "方案.yaml")
    office.ok(
        "scheme",
        "adopt",
        "方案.yaml",
        "--year",
        "2015",
        "--document",
        "某政发〔2015〕1号",
        "--by",
        "绩效办",
    )

    assert "'ours'" in checked
    listed = office.json("scheme", "list")["schemes"]
    assert {"scheme": "ours", "year": 2015} in [
        {key: row[key] for key in ("scheme", "year")} for row in listed
    ]


def test_adopting_again_on_another_day_is_no_other_adoption(office: Terminal) -> None:
    """Without a day the adoption that is recorded is recognised; with one it is another."""
    office.ok("scheme", "new", "ours", "-o", "ours.yaml")
    adopt = ("scheme", "adopt", "ours.yaml", "--year", "2015", "--by", "绩效办", "--document")
    office.ok(*adopt, "某政发〔2015〕1号", "--on", "2015-01-10")

    again = office.run(*adopt, "某政发〔2015〕1号")
    another_day = office.run(*adopt, "某政发〔2015〕1号", "--on", "2015-01-11")
    another_document = office.run(*adopt, "某政发〔2015〕2号")

    assert (again.returncode, again.stdout) == (0, b"0 recorded, 1 already recorded, 0 refused\n")
    assert again.stderr == b"It is adopted already, on 2015-01-10\n"
    assert (another_day.returncode, another_document.returncode) == (1, 1)


def test_own_scheme_gives_a_ranking(office: Terminal) -> None:
    """Own components, weeks, categories, parents and two quotas rank as the file says.

    plan 30 x 0.9 = 27, chief 8, voice 20 x 80% = 16: 51 and twice the score of 20 points.
    K1 91.0; K2 87 + 0.25 printed with one place, half up: 0.3 -> 87.3; K3 83 + 1.5 of ideas
    capped at 1 -> 84.0; K4 83.0; K5 71.0. Of 5 offices 20% -> 1 place in the first tier, 40% -> 2
    in the second: K2 and K3; K4 has reached both thresholds and is third, K5 too. K6 stands alone
    in another bureau: 20% of 1 is 0 places, 40% of 1 is 0 places.
    """
    (office.folder / "ours.yaml").write_text(OWN, encoding="utf-8")
    office.ok(
        "scheme",
        "adopt",
        "ours.yaml",
        "--year",
        "2015",
        "--document",
        "建政发〔2015〕1号",
        "--by",
        "绩效办",
        "--on",
        "2015-02-01",
    )
    (office.folder / "year.jsonl").write_bytes(journal(*office_year()))
    office.ok("import", "year.jsonl")

    answer = office.json("rank", "--scheme", "jianyang", "--year", "2015")

    groups = [(one["unit_class"], one["parent"], one["quota"]) for one in answer["classes"]]
    assert groups == [("office", "B1", 1), ("office", "B2", 0)]
    rows = [
        (row["rank"], row["unit"], row["composite"], row["tier"])
        for row in answer["classes"][0]["standings"]
    ]
    assert rows == [
        (1, "K1", "91.0", "first"),
        (2, "K2", "87.3", "second"),
        (3, "K3", "84.0", "second"),
        (4, "K4", "83.0", "third"),
        (5, "K5", "71.0", "third"),
    ]
    assert answer["classes"][1]["standings"][0]["tier"] == "third"
    assert answer["classes"][0]["standings"][2]["adjustments"] == {
        "honour": {"raw": "0.0", "counted": "0.0"},
        "idea": {"raw": "1.5", "counted": "1.0"},
        "fault": {"raw": "0.0", "counted": "0.0"},
    }


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
def test_check_reports_every_mistake_at_its_line(office: Terminal) -> None:
    """A file with several mistakes is listed whole: line, what is wrong, what is allowed."""
    broken = OWN.replace("maximum: 30", "maximum: 31").replace("cap: 3,", "cap: 1,")
    broken = broken.replace("quota: 40%", "qouta: 40%").replace(
        "periods: year, raters", "periods: yaer, raters"
    )
    (office.folder / "broken.yaml").write_text(broken, encoding="utf-8")

    done = office.run("scheme", "check", "broken.yaml")

    assert done.returncode == 1
    said = done.stderr.decode()
    assert len(said.splitlines()) >= 4
    for word in ("quota", "year", "101", "1.5"):
        assert word in said
    assert all(line.startswith("broken.yaml:") for line in said.splitlines())


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
def test_new_never_overwrites(office: Terminal) -> None:
    """`scheme new` leaves an existing file as it is and says so."""
    (office.folder / "mine.yaml").write_text("precious", encoding="utf-8")

    done = office.run("scheme", "new", "ours", "-o", "mine.yaml")

    assert done.returncode == 1
    assert (office.folder / "mine.yaml").read_text(encoding="utf-8") == "precious"
