"""A corrected cell: never an overwrite, refused or a reversal and a new entry."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from perfledger.domain.entries import EntryReversed, IndicatorMeasured, IndicatorSet, as_json
from tests.build import AUTHORITY, Office
from tests.exchange.books import EVIDENCE, bring, good, table, told, xlsx

INDICATOR = "经济发展/财政/收入"
WHY = {"correct": True, "reason": "录入有误", "recorded_by": "审核岗"}


def live(office: Office, unit: str, kind: str) -> list[dict[str, Any]]:
    """The live entries of a type of a unit."""
    state = office.ledger.ledger.unit(2013, unit)
    return [
        as_json(one.entry)
        for one in state.entries.values()
        if one.entry.type == kind and state.is_live(one.entry.entry)
    ]


def sheet(folder: Path, name: str, *rows: dict[str, Any]) -> Path:
    """A workbook of one sheet."""
    return xlsx(folder / "a.xlsx", {name: table(*rows)})


def test_a_corrected_cell_is_refused_with_both_values(office: Office, tmp_path: Path) -> None:
    """And with the option that corrects it; nothing is recorded."""
    bring(office, sheet(tmp_path, "完成情况", good("完成情况")))
    [before] = live(office, "T01", "indicator-measured")
    position = office.position

    imported = bring(office, sheet(tmp_path, "完成情况", good("完成情况", 实际完成值=58.5)))

    assert told(imported.outcome.refusals) == [
        f"完成情况!G2: 实际完成值: the ledger has 85.5 ({before['entry']}), the sheet has 58.5"
        " (what the ledger has; or --correct with --reason: a reversal and a new entry)"
    ]
    assert office.position == position


def test_words_of_lists_are_shown_as_the_sheet_shows_them(office: Office, tmp_path: Path) -> None:
    """Titles, not keys."""
    bring(office, sheet(tmp_path, "减分登记", good("减分登记")))

    [line] = told(
        bring(
            office, sheet(tmp_path, "减分登记", good("减分登记", 减分事由="受到省通报批评"))
        ).outcome.refusals
    )

    assert "the ledger has 受到市通报批评 (s-" in line
    assert "the sheet has 受到省通报批评" in line


def test_correcting_reverses_and_enters_anew(office: Office, tmp_path: Path) -> None:
    """The old entry stays in history, with the reason of its reversal."""
    bring(office, sheet(tmp_path, "完成情况", good("完成情况")))
    [old] = live(office, "T01", "indicator-measured")

    imported = bring(office, sheet(tmp_path, "完成情况", good("完成情况", 实际完成值=58.5)), **WHY)

    assert told(imported.outcome.refusals) == []
    assert imported.outcome.recorded == 2
    [new] = live(office, "T01", "indicator-measured")
    [reversal] = live(office, "T01", "entry-reversed")
    assert (new["actual"], reversal["reverses"], reversal["reason"]) == (
        "58.5",
        old["entry"],
        "录入有误",
    )
    assert (reversal["recorded_by"], reversal["occurred_on"]) == ("录入岗", "2013-12-31")
    [correction] = imported.corrections
    assert (correction.old, correction.new) == (old["entry"], new["entry"])


def test_correcting_twice_corrects_once(office: Office, tmp_path: Path) -> None:
    """The corrected file is then what the ledger has."""
    bring(office, sheet(tmp_path, "完成情况", good("完成情况")))
    path = sheet(tmp_path, "完成情况", good("完成情况", 实际完成值=58.5))
    bring(office, path, **WHY)
    position = office.position

    again = bring(office, path, **WHY)

    assert (again.outcome.recorded, again.outcome.already_recorded) == (0, 1)
    assert office.position == position


def test_the_old_file_does_not_come_back_by_itself(office: Office, tmp_path: Path) -> None:
    """Importing the file from before the correction is a correction, too; and back it goes."""
    old = xlsx(tmp_path / "old.xlsx", {"完成情况": table(good("完成情况"))})
    bring(office, old)
    bring(office, sheet(tmp_path, "完成情况", good("完成情况", 实际完成值=58.5)), **WHY)

    refused = bring(office, old)
    back = bring(office, old, **WHY)

    assert "the ledger has 58.5" in told(refused.outcome.refusals)[0]
    assert back.outcome.recorded == 2
    assert [one["actual"] for one in live(office, "T01", "indicator-measured")] == ["85.5"]


def test_what_was_reversed_is_not_entered_again_by_the_way(office: Office, tmp_path: Path) -> None:
    """Somebody reversed it for a reason; only --correct enters it anew."""
    path = sheet(tmp_path, "减分登记", good("减分登记"))
    bring(office, path)
    [entry] = live(office, "T01", "deduction-reported")
    reversal = office.reverse(entry["entry"], "T01")

    refused = bring(office, path)
    again = bring(office, path, **WHY)

    [line] = told(refused.outcome.refusals)
    assert f"this was recorded as {entry['entry']} and reversed by {reversal}" in line
    assert again.outcome.recorded == 1
    assert len(live(office, "T01", "deduction-reported")) == 1


def test_what_the_sheet_does_not_say_stays_as_it_was(office: Office, tmp_path: Path) -> None:
    """Digests, addresses, notes, the day: a sheet without these columns does not take them away."""
    digest = "ab" * 32
    office.record(
        "indicator-measured",
        unit="T01",
        indicator=INDICATOR,
        period="midterm",
        actual="85.5",
        data_owner="财政局",
        note="初步数",
        occurred_on="2013-07-05",
        evidence=[{"document": EVIDENCE, "sha256": digest}],
    )
    row = {key: value for key, value in good("完成情况").items() if key != "登记人"}
    row |= {"实际完成值": 86, "发生日期": None, "依据文号": EVIDENCE, "备注": None}

    imported = bring(office, sheet(tmp_path, "完成情况", row), **WHY)

    assert told(imported.outcome.refusals) == []
    [new] = live(office, "T01", "indicator-measured")
    del new["entry"]
    assert new == {
        "type": "indicator-measured",
        "unit": "T01",
        "year": 2013,
        "occurred_on": "2013-07-05",
        "recorded_by": "审核岗",
        "evidence": [{"document": EVIDENCE, "sha256": digest}],
        "note": "初步数",
        "indicator": INDICATOR,
        "period": "midterm",
        "actual": "86",
        "data_owner": "财政局",
    }


def test_an_emptied_cell_is_a_correction(office: Office, tmp_path: Path) -> None:
    """A target for the whole year becomes targets of periods."""
    row = good("指标计划", 二级指标="财政", 一级指标="经济发展", 三级指标="收入", 分值=10)
    row |= {"年度指标值": None, "midterm指标值": 50, "year-end指标值": 100, "计量单位": None}

    imported = bring(office, sheet(tmp_path, "指标计划", row), **WHY)

    assert told(imported.outcome.refusals) == []
    state = office.ledger.ledger.unit(2013, "T01")
    [(_, plan)] = state.live(IndicatorSet)
    assert (plan.target, plan.targets) == (None, {"midterm": "50", "year-end": "100"})


def test_rows_that_change_places_do_not_stand_in_each_others_way(
    office: Office, tmp_path: Path
) -> None:
    """All is reversed before anything is entered: the points never exceed the maximum."""
    other = good("指标计划", 分值=80)
    bring(office, sheet(tmp_path, "指标计划", other))
    first = good("指标计划", 一级指标="经济发展", 二级指标="财政", 三级指标="收入")
    first |= {"年度指标值": 100, "分值": 80, "计量单位": None}

    imported = bring(office, sheet(tmp_path, "指标计划", {**other, "分值": 10}, first), **WHY)

    assert told(imported.outcome.refusals) == []
    assert imported.outcome.recorded == 4


def test_a_sealed_class_needs_authority(office: Office, tmp_path: Path) -> None:
    """Both the reversal and the new entry name the document that orders the change."""
    bring(office, sheet(tmp_path, "完成情况", good("完成情况")))
    office.certify()
    path = sheet(tmp_path, "完成情况", good("完成情况", 实际完成值=58.5))

    refused = bring(office, path, **WHY)
    done = bring(office, path, **WHY, authority=AUTHORITY)

    [line] = told(refused.outcome.refusals)
    assert line.startswith("完成情况!A2: 授权文件: township is certified by")
    assert "--authority" in line
    assert told(done.outcome.refusals) == []
    [new] = live(office, "T01", "indicator-measured")
    [reversal] = live(office, "T01", "entry-reversed")
    assert (new["authority"], reversal["authority"]) == (AUTHORITY, AUTHORITY)
    assert office.ledger.rank("zhengding", 2013)["classes"][0]["status"] == "amended"


def test_authority_may_stand_in_the_row(office: Office, tmp_path: Path) -> None:
    """A column of the sheet says it for its row, before the option."""
    bring(office, sheet(tmp_path, "完成情况", good("完成情况")))
    office.certify()
    row = good("完成情况", 实际完成值=58.5, 授权文件="正绩效领字〔2014〕3号")

    done = bring(office, sheet(tmp_path, "完成情况", row), **WHY, authority=AUTHORITY)

    assert told(done.outcome.refusals) == []
    [reversal] = live(office, "T01", "entry-reversed")
    assert reversal["authority"] == "正绩效领字〔2014〕3号"


@pytest.mark.parametrize(
    "changed",
    [
        {"减分事由": "受到省通报批评"},
        {"发生日期": date(2013, 7, 11)},
        {"依据文号": "冀办发〔2013〕54号"},
        {"备注": "二"},
    ],
)
def test_a_case_with_one_cell_changed_is_taken_for_a_correction(
    changed: dict[str, Any], office: Office, tmp_path: Path
) -> None:
    """A deduction states no fact that only one entry may state; twice reported, it counts twice."""
    row = good("减分登记", 备注="一")
    bring(office, sheet(tmp_path, "减分登记", row))

    refused = bring(office, sheet(tmp_path, "减分登记", {**row, **changed}))
    corrected = bring(office, sheet(tmp_path, "减分登记", {**row, **changed}), **WHY)

    assert "--correct" in told(refused.outcome.refusals)[0]
    assert corrected.outcome.recorded == 2
    assert len(live(office, "T01", "deduction-reported")) == 1


def test_another_case_is_entered(office: Office, tmp_path: Path) -> None:
    """Two cells differ, or the row has an id of its own, or the first case is in the sheet too."""
    row = good("减分登记", 备注="一")
    bring(office, sheet(tmp_path, "减分登记", row))
    other = {**row, "备注": "二", "依据文号": "石政发〔2013〕12号"}
    third = {**row, "备注": "三"}
    fourth = {**row, "备注": "四", "条目号": "T01-4"}

    one = bring(office, sheet(tmp_path, "减分登记", other))
    two = bring(office, sheet(tmp_path, "减分登记", row, other, third))
    three = bring(office, sheet(tmp_path, "减分登记", fourth))

    assert [each.outcome.recorded for each in (one, two, three)] == [1, 1, 1]


def test_a_number_that_was_put_right_is_the_same_case(office: Office, tmp_path: Path) -> None:
    """Also where the sheet has no day: the same document in its proper form."""
    row = good("减分登记", 发生日期=None, 依据文号="冀办发[2013]53号")
    bring(office, sheet(tmp_path, "减分登记", row), occurred_on="2013-08-01")

    done = bring(office, sheet(tmp_path, "减分登记", {**row, "依据文号": EVIDENCE}), **WHY)
    other = bring(
        office,
        sheet(tmp_path, "减分登记", {**row, "依据文号": "冀办发〔2013〕99号"}),
        occurred_on="2013-08-01",
    )

    assert done.outcome.recorded == 2
    assert other.outcome.recorded == 1


def test_a_decision_goes_with_the_claim_that_is_corrected(office: Office, tmp_path: Path) -> None:
    """The new claim awaits one of its own, and it is said."""
    bring(office, sheet(tmp_path, "加分申报", good("加分申报")))
    [claim] = live(office, "T01", "award-claimed")
    decision = office.record(
        "award-confirmed", unit="T01", claim=claim["entry"], authority=AUTHORITY
    )

    imported = bring(office, sheet(tmp_path, "加分申报", good("加分申报", 加分值=1.25)), **WHY)

    [remark] = [str(one.message) for one in imported.remarks]
    assert remark.startswith(f"{decision} decided on {claim['entry']} and goes with it")


def test_a_row_with_an_id_corrects_that_entry(office: Office, tmp_path: Path) -> None:
    """Also in what makes the fact: a rating that was given to the wrong leader."""
    bring(office, sheet(tmp_path, "领导评分", good("领导评分")))
    [entry] = live(office, "T01", "leadership-rated")
    row = {**good("领导评分", 评分人="县委书记"), "条目号": entry["entry"]}

    refused = bring(office, sheet(tmp_path, "领导评分", row))
    done = bring(office, sheet(tmp_path, "领导评分", row), **WHY)

    assert "领导评分!D2: 评分人: the ledger has 县长" in told(refused.outcome.refusals)[0]
    assert done.outcome.recorded == 2
    assert [one["rater"] for one in live(office, "T01", "leadership-rated")] == ["县委书记"]


def test_a_reversed_entry_is_not_corrected(office: Office, tmp_path: Path) -> None:
    """Its row is history: as it stands it is known, changed it is refused."""
    bring(office, sheet(tmp_path, "领导评分", good("领导评分")))
    [entry] = live(office, "T01", "leadership-rated")
    reversal = office.reverse(entry["entry"], "T01")
    row = {**good("领导评分"), "条目号": entry["entry"]}

    same = bring(office, sheet(tmp_path, "领导评分", row))
    changed = bring(office, sheet(tmp_path, "领导评分", {**row, "得分": 9}), **WHY)

    assert same.outcome.already_recorded == 1
    assert f"was reversed by {reversal}" in told(changed.outcome.refusals)[0]


def test_an_id_of_another_kind_of_entry_is_refused(office: Office, tmp_path: Path) -> None:
    """The id of a rating in the sheet of deductions."""
    bring(office, sheet(tmp_path, "领导评分", good("领导评分")))
    [entry] = live(office, "T01", "leadership-rated")

    [line] = told(
        bring(
            office, sheet(tmp_path, "减分登记", {**good("减分登记"), "条目号": entry["entry"]})
        ).outcome.refusals
    )

    assert f"{entry['entry']} is of type leadership-rated" in line


def test_a_correction_that_the_ledger_refuses_leaves_all_as_it_was(
    office: Office, tmp_path: Path
) -> None:
    """The refusal stands once, at the cell; the reversal is not recorded either."""
    bring(office, sheet(tmp_path, "领导评分", good("领导评分")))
    position = office.position

    imported = bring(office, sheet(tmp_path, "领导评分", good("领导评分", 得分=11)), **WHY)

    assert told(imported.outcome.refusals) == ["领导评分!F2: 得分: 11 is out of range (0 to 10)"]
    assert office.position == position


def test_without_a_hand_a_correction_is_refused(office: Office, tmp_path: Path) -> None:
    """Who corrects is not who entered it first."""
    row = good("领导评分", 登记人=None)
    bring(office, sheet(tmp_path, "领导评分", row), recorded_by="录入岗")

    imported = bring(
        office, sheet(tmp_path, "领导评分", {**row, "得分": 9}), correct=True, reason="录入有误"
    )

    assert "领导评分!H2: 登记人: nothing is said" in told(imported.outcome.refusals)[0]


def test_enrolments_are_corrected_with_all_that_rests_on_them(
    office: Office, tmp_path: Path
) -> None:
    """The name of a unit whose year is under way."""
    bring(office, sheet(tmp_path, "完成情况", good("完成情况")))
    row = good("花名册", 单位代码="T01", 单位名称="南牛镇", 隶属关系=None)

    imported = bring(office, sheet(tmp_path, "花名册", row), **WHY)

    assert told(imported.outcome.refusals) == []
    state = office.ledger.ledger.unit(2013, "T01")
    assert state.enrolled is not None
    assert state.enrolled.name == "南牛镇"
    assert state.live(IndicatorMeasured)
    assert len(state.live(EntryReversed)) == 1
