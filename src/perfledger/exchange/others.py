"""The sheet 其他条目: what an export has beside the forms' sheets (decisions, reversals, …).

Its columns are shared by many entry types: 相关条目号 is the claim that is decided, the entry that
is reversed, the appeal that is answered.
"""

from perfledger.domain.entries import ENTRY_TYPES
from perfledger.exchange.sheets import (
    CODE,
    COUNT,
    DAY,
    FORMS,
    LINES,
    UNIT_NAME,
    Column,
    Sheet,
)

TYPES = {
    "unit-withdrawn": "退出考评",
    "exemption-granted": "准予免评",
    "plan-filed": "计划报送",
    "report-received": "月报收到",
    "award-confirmed": "加分确认",
    "award-rejected": "加分驳回",
    "deduction-verified": "扣分查实",
    "deduction-dismissed": "扣分不予认定",
    "self-review-submitted": "自评报送",
    "rectification-ordered": "责令整改",
    "rectification-closed": "整改办结",
    "entry-reversed": "冲销",
    "appeal-filed": "申诉",
    "appeal-decided": "申诉决定",
    "places-decided": "名额决定",
    "result-certified": "结果核定",
    "result-published": "结果公布",
    "feedback-delivered": "结果反馈",
    "consequence-executed": "后果落实",
}
"""The entry types of this sheet. Adoptions and officers are in none: see `export`."""

OUTCOMES = {"upheld": "成立", "dismissed": "驳回", "done": "完成", "failed": "未完成"}
CHANNELS = {"notice": "公示", "circular": "通报", "copy": "抄送"}

FIELDS: dict[str, dict[str, str]] = {
    "unit-withdrawn": {"reason": "reason"},
    "exemption-granted": {"reason": "reason"},
    "award-confirmed": {"refers": "claim"},
    "award-rejected": {"refers": "claim", "reason": "reason"},
    "deduction-verified": {"refers": "report"},
    "deduction-dismissed": {"refers": "report", "reason": "reason"},
    "rectification-ordered": {"refers": "about", "reason": "demand"},
    "rectification-closed": {"refers": "order"},
    "entry-reversed": {"refers": "reverses", "reason": "reason"},
    "appeal-filed": {"refers": "against", "reason": "grounds"},
    "appeal-decided": {"refers": "appeal", "reason": "reason"},
    "feedback-delivered": {"reason": "opinion"},
}
"""What the shared columns are in the journal, by type; the others are called as they are there."""

# fmt: off
OTHERS = Sheet(
    name="其他条目",
    types=tuple(TYPES),
    own=(
        Column(key="unit", heading="单位代码", kind=CODE, required=True, width=9),
        UNIT_NAME,
        Column(key="type", heading="条目类型", kind=CODE, listed="type", also=("类型",),
               required=True, width=13),
        Column(key="refers", heading="相关条目号", kind=CODE, also=("相关条目",), width=20),
        Column(key="component", heading="评估项目", kind=CODE, listed="component", width=12),
        Column(key="period", heading="评估期", kind=CODE, listed="period", width=12),
        Column(key="reason", heading="事由", also=("原因", "要求", "意见"), width=30),
        Column(key="outcome", heading="结果", kind=CODE, listed="outcome", width=8),
        Column(key="due", heading="期限", kind=DAY, width=12),
        Column(key="items", heading="计划项数", kind=LINES, width=12),
        Column(key="scheme", heading="方案", kind=CODE, also=("方案代码",), width=12),
        Column(key="unit_class", heading="类别", kind=CODE, listed="unit_class", width=18),
        Column(key="parent", heading="主管单位代码", kind=CODE, also=("主管单位",), width=11),
        Column(key="places", heading="名额", kind=COUNT, width=7),
        Column(key="units", heading="单位名单", kind=LINES, width=12),
        Column(key="approved_by", heading="批准机关", width=18),
        Column(key="channel", heading="方式", kind=CODE, listed="channel", width=8),
        Column(key="to", heading="对象", width=14),
        Column(key="consequence", heading="结果运用", kind=CODE, listed="consequence", width=16),
    ),
)
# fmt: on

SHEETS = (*FORMS, OTHERS)
"""Every sheet that is read and exported."""

SHEET_OF_TYPE = {entry_type: sheet for sheet in SHEETS for entry_type in sheet.types}

assert SHEET_OF_TYPE.keys() <= ENTRY_TYPES.keys()


def field_of(entry_type: str, key: str) -> str:
    """The journal's field for a column of a type."""
    return FIELDS.get(entry_type, {}).get(key, key)
