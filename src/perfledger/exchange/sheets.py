"""The sheets: which there are, what stands in their columns, and what the offices call them.

A sheet is a Chinese office document, so its words are Chinese in every language of the program;
the journal's own field names are understood as headings too.
"""

import attrs

ADMITTED_ROWS = 100_000
"""So many rows a sheet may have below its heading."""

AMOUNT_PLACES = 6  # 万元 down to the cent
PERCENT_PLACES = 4  # what offices print, with a margin

# How the cells of a column are read.
TEXT, CODE, DECIMAL, COUNT, DAY, LINES = "text", "code", "decimal", "count", "day", "lines"


@attrs.frozen(kw_only=True)
class Column:
    """One column: its heading in forms, other headings for the same, how its cells are read."""

    key: str  # the journal's field, or what the row makes of it (`level1`, `documents`, …)
    heading: str
    kind: str = TEXT
    also: tuple[str, ...] = ()
    required: bool = False
    listed: str = ""  # of a word from a list: which list (see `choices`)
    places: int | None = None  # of a number cell; None: as many as the scheme prints
    aside: bool = False  # shown for the reader's sake: no part of the entry, and not read
    form: bool = True  # whether forms have it; an export has it where it is filled
    width: float = 12
    hint: str = ""  # shown by the spreadsheet when the cell is entered


@attrs.frozen(kw_only=True, eq=False)
class Sheet:
    """A kind of sheet: its name, the entry types that its rows are, and its columns.

    Each of them is one object, and is compared as such.
    """

    name: str
    types: tuple[str, ...]
    own: tuple[Column, ...]  # what only this sheet has
    source: str | None = None  # what feeds the components that it is about
    told: tuple[
        str, ...
    ] = ()  # columns that a form fills in beforehand; a row of these is unfilled
    purpose: str = ""  # for the form's first page

    @property
    def columns(self) -> tuple[Column, ...]:
        """All columns, those that every sheet has included."""
        own = {one.key for one in self.own}
        return (*self.own, *(one for one in COMMON if one.key not in own))

    def column(self, key: str) -> Column | None:
        """The column of a key; of `targets.midterm` the one of `targets`."""
        root = key.partition(".")[0]
        return next((one for one in self.columns if one.key in (key, root)), None)


# fmt: off
UNIT = Column(key="unit", heading="单位代码", kind=CODE, also=("代码", "单位编码"), width=8,
              hint="按花名册中的代码填写；不知道代码时只填单位名称也可以。")
UNIT_NAME = Column(key="unit_name", heading="单位名称", also=("单位", "被评估单位", "被考核单位"),
                   width=13, hint="与花名册中的名称一致。")
PERIOD = Column(key="period", heading="评估期", kind=CODE, listed="period",
                also=("考核期", "期间"), required=True, width=11, hint="从下拉列表中选择。")
LEVELS = (
    Column(key="level1", heading="一级指标", required=True, width=11),
    Column(key="level2", heading="二级指标", required=True, width=12),
    Column(key="level3", heading="三级指标", required=True, width=21),
)
MEASURE = Column(key="measure", heading="计量单位", also=("单位(计量)",), width=8)
DATA_OWNER = Column(key="data_owner", heading="数据来源单位", also=("数据来源",), width=12)
SCORE = Column(key="score", heading="得分", kind=DECIMAL, also=("评分", "打分"), required=True,
               width=8, hint="只填数字，最多保留方案规定的小数位。")

COMMON = (
    Column(key="documents", heading="依据文号", kind=LINES, also=("文号", "依据文件", "依据材料"),
           width=18, hint="如 冀办发〔2013〕53号；几个文件各占一行(Alt+Enter 换行)。"),
    Column(key="digests", heading="文件摘要", kind=LINES, also=("sha256",), form=False, width=34),
    Column(key="uris", heading="文件地址", kind=LINES, also=("uri",), form=False, width=20),
    Column(key="occurred_on", heading="发生日期", kind=DAY, also=("日期",), width=11,
           hint="事情发生的那一天，如 2013-08-30；都在同一天的可不填，导入时用 --on 给出。"),
    Column(key="recorded_by", heading="登记人", also=("录入人", "填表人"), width=10,
           hint="可不填，导入时用 --by 给出。"),
    Column(key="authority", heading="授权文件", also=("批准文件",), width=13,
           hint="核定以后的更改、须领导批准的事项，填批准文件的文号。"),
    Column(key="note", heading="备注", also=("说明",), width=10),
    Column(key="year", heading="年度", kind=COUNT, also=("评估年度", "考核年度"), form=False,
           width=7),
    Column(key="entry", heading="条目号", kind=CODE, form=False, width=20),
    Column(key="position", heading="台账序号", kind=COUNT, form=False, width=9),
)

SILENT = frozenset(
    ("documents", "digests", "uris", "occurred_on", "recorded_by", "authority", "note")
)
"""Columns whose empty cells say nothing; in any other column empty means: there is none."""

AFFILIATIONS = {"county": "县属", "stationed": "驻县", "financial": "金融机构"}
DIRECTIONS = {"at-least": "不低于", "at-most": "不高于"}

ROSTER = Sheet(
    name="花名册",
    types=("unit-enrolled",),
    purpose="参加评估的单位，每个单位一行。先交花名册，其他各表才能登记。",
    own=(
        attrs.evolve(UNIT, required=True, hint="单位的代码，如 T01；一经登记不要改动。"),
        Column(key="name", heading="单位名称", also=("单位", "名称", "unit_name"), required=True,
               width=18),
        Column(key="unit_class", heading="类别", kind=CODE, listed="unit_class",
               also=("单位类别",), required=True, width=22, hint="从下拉列表中选择。"),
        Column(key="scheme", heading="方案", kind=CODE, also=("方案代码",), form=False, width=12),
        Column(key="parent", heading="主管单位代码", kind=CODE, also=("主管单位",), width=11),
        Column(key="portfolio", heading="分管领导代码", kind=CODE, also=("分管领导",), width=11),
        Column(key="sponsor", heading="牵头单位代码", kind=CODE, also=("牵头单位",), width=11),
        Column(key="affiliation", heading="隶属关系", kind=CODE, listed="affiliation", width=10),
    ),
)
PLAN = Sheet(
    name="指标计划",
    types=("indicator-set",),
    source="indicators",
    purpose="各单位的指标、分值和目标。各期目标相同的填年度指标值，不同的填各期指标值。",
    own=(
        UNIT,
        UNIT_NAME,
        Column(key="component", heading="评估项目", kind=CODE, listed="component", width=12,
               hint="只有一个指标评估项目时可不填。"),
        *LEVELS,
        MEASURE,
        Column(key="points", heading="分值", kind=DECIMAL, required=True, width=7),
        Column(key="target", heading="年度指标值", kind=DECIMAL, also=("目标值", "指标值"),
               places=AMOUNT_PLACES, width=11, hint="只填数字，不带单位。"),
        Column(key="targets", heading="指标值", kind=DECIMAL, places=AMOUNT_PLACES, width=7,
               hint="这一期的目标；各期目标相同的填年度指标值。"),
        Column(key="direction", heading="指标方向", kind=CODE, listed="direction", width=9,
               hint="不填就是不低于：越多越好。"),
        DATA_OWNER,
    ),
)
ACTUALS = Sheet(
    name="完成情况",
    types=("indicator-measured",),
    source="indicators",
    purpose="各指标每一期的实际完成值。",
    told=("unit", "unit_name", "level1", "level2", "level3", "period", "data_owner"),
    own=(
        UNIT,
        UNIT_NAME,
        *LEVELS,
        attrs.evolve(MEASURE, aside=True),
        Column(key="points", heading="分值", kind=DECIMAL, aside=True, width=6),
        Column(key="target", heading="年度指标值", kind=DECIMAL, also=("目标值", "指标值"),
               aside=True, width=10),
        PERIOD,
        Column(key="actual", heading="实际完成值", kind=DECIMAL, also=("完成值", "实绩"),
               required=True, places=AMOUNT_PLACES, width=11, hint="只填数字，不带单位，不加%。"),
        DATA_OWNER,
    ),
)
SCORES = Sheet(
    name="直接评分",
    types=("component-scored",),
    source="scores",
    purpose="考评单位直接打分的项目。",
    told=("unit", "unit_name", "component", "period"),
    own=(
        UNIT,
        UNIT_NAME,
        Column(key="component", heading="评估项目", kind=CODE, listed="component", required=True,
               width=18, hint="从下拉列表中选择。"),
        PERIOD,
        SCORE,
        Column(key="assessor", heading="评分单位", also=("考评单位",), width=14),
    ),
)
SURVEYS = Sheet(
    name="公众评议",
    types=("public-surveyed",),
    source="survey",
    purpose="满意率，或者各种回答的票数，只填一种。",
    told=("unit", "unit_name", "period"),
    own=(
        UNIT,
        UNIT_NAME,
        PERIOD,
        Column(key="satisfaction", heading="满意率(%)", kind=DECIMAL, also=("满意度",),
               places=PERCENT_PLACES, width=10, hint="如 92.5，只填数字，不加%。"),
        Column(key="responses.satisfied", heading="满意", kind=COUNT, also=("满意票数",),
               width=9),
        Column(key="responses.basically-satisfied", heading="基本满意", kind=COUNT,
               also=("基本满意票数",), width=9),
        Column(key="responses.dissatisfied", heading="不满意", kind=COUNT, also=("不满意票数",),
               width=9),
        Column(key="responses.no-opinion", heading="不了解", kind=COUNT,
               also=("不了解票数", "弃权"), width=9),
    ),
)
RATINGS = Sheet(
    name="领导评分",
    types=("leadership-rated",),
    source="ratings",
    purpose="每位领导每一期的打分，一位领导一行。",
    told=("unit", "unit_name", "period"),
    own=(
        UNIT,
        UNIT_NAME,
        PERIOD,
        Column(key="rater", heading="评分人", also=("评分领导",), required=True, width=12),
        Column(key="role", heading="职务", width=16),
        SCORE,
    ),
)
_DOCUMENTED = attrs.evolve(COMMON[0], required=True)
AWARDS = Sheet(
    name="加分申报",
    types=("award-claimed",),
    purpose="申请加分的事项，认定以后才计分。",
    own=(
        UNIT,
        UNIT_NAME,
        Column(key="award", heading="加分项目", kind=CODE, listed="award", also=("加分事由",),
               required=True, width=30, hint="从下拉列表中选择。"),
        Column(key="points", heading="加分值", kind=DECIMAL, also=("加分",), width=8,
               hint="方案写明分值的项目不填。"),
        _DOCUMENTED,
    ),
)
DEDUCTIONS = Sheet(
    name="减分登记",
    types=("deduction-reported",),
    purpose="应当减分的事项，查实以后才计分。",
    own=(
        UNIT,
        UNIT_NAME,
        Column(key="ground", heading="减分事由", kind=CODE, listed="deduction",
               also=("减分项目",), required=True, width=30, hint="从下拉列表中选择。"),
        Column(key="points", heading="减分值", kind=DECIMAL, also=("减分", "扣分"), width=8,
               hint="方案写明分值的事由不填。"),
        _DOCUMENTED,
    ),
)
VETOES = Sheet(
    name="一票否决",
    types=("veto-imposed",),
    purpose="一票否决的事项。",
    own=(
        UNIT,
        UNIT_NAME,
        Column(key="ground", heading="否决事由", kind=CODE, listed="veto", also=("否决项目",),
               required=True, width=34, hint="从下拉列表中选择。"),
        _DOCUMENTED,
    ),
)
# fmt: on

FORMS = (ROSTER, PLAN, ACTUALS, SCORES, SURVEYS, RATINGS, AWARDS, DEDUCTIONS, VETOES)
"""The sheets of a form, in the order in which they are filled."""

COVER = "填表说明"
CODES = "代码表"
COVER_LABELS = {"方案代码": "scheme", "年度": "year"}
