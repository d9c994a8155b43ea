"""Words for the fixed vocabulary: statuses, flags, entry types and their fields."""

from perfledger.domain.errors import Message, say

STATUSES: dict[str, Message] = {
    "provisional": say("provisional"),
    "final": say("final"),
    "certified": say("certified"),
    "amended": say("amended after certification"),
}

FLAGS: dict[str, Message] = {
    "late": say("self-review late"),
    "tie-at-quota": say("tied at the quota"),
    "portfolio-veto": say("a unit of the portfolio is under a veto"),
    "undecided": say("a claim or report awaits its decision"),
    "appeal-open": say("an appeal is open"),
    "sponsor-unknown": say("the sponsor is not enrolled"),
    "portfolio-unknown": say("the leader is not enrolled"),
    "parent-unknown": say("the supervising unit is not enrolled"),
    "below-minimum": say("fewer in the top tier than the scheme asks for"),
}

ENTRY_TYPES: dict[str, Message] = {
    "scheme-adopted": say("scheme-adopted"),
    "unit-enrolled": say("unit-enrolled"),
    "unit-withdrawn": say("unit-withdrawn"),
    "exemption-granted": say("exemption-granted"),
    "plan-filed": say("plan-filed"),
    "indicator-set": say("indicator-set"),
    "indicator-measured": say("indicator-measured"),
    "report-received": say("report-received"),
    "component-scored": say("component-scored"),
    "public-surveyed": say("public-surveyed"),
    "leadership-rated": say("leadership-rated"),
    "award-claimed": say("award-claimed"),
    "award-confirmed": say("award-confirmed"),
    "award-rejected": say("award-rejected"),
    "deduction-reported": say("deduction-reported"),
    "deduction-verified": say("deduction-verified"),
    "deduction-dismissed": say("deduction-dismissed"),
    "veto-imposed": say("veto-imposed"),
    "self-review-submitted": say("self-review-submitted"),
    "rectification-ordered": say("rectification-ordered"),
    "rectification-closed": say("rectification-closed"),
    "entry-reversed": say("entry-reversed"),
    "appeal-filed": say("appeal-filed"),
    "appeal-decided": say("appeal-decided"),
    "places-decided": say("places-decided"),
    "result-certified": say("result-certified"),
    "result-published": say("result-published"),
    "feedback-delivered": say("feedback-delivered"),
    "consequence-executed": say("consequence-executed"),
}
