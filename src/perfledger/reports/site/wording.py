"""The sentences of the templates, by short names."""

from perfledger.domain.errors import Message, say

TEXTS: dict[str, Message] = {
    "site": say("Performance ledger"),
    "skip": say("To the contents"),
    "pages": say("Pages of this year"),
    "contents": say("Contents"),
    "units_ranked": say("units ranked: {count}"),
    "classes": say("Classes"),
    "and_more": say("and {count} more"),
    "year": say("{scheme} {year}"),
    # classes
    "class": say("Class"),
    "status": say("Status"),
    "evaluated": say("Units evaluated"),
    "quota": say("Places in the top tier"),
    "certified_by": say("certifying entry"),
    "lost_places": say("units with a reason beside them: {count}"),
    "ladder": say("Tier ladder"),
    "ladder_label": say("Ladder of {title}: composites, thresholds, quota"),
    "ladder_hint": say(
        "The higher, the more points. Dashed: the threshold of a tier; dotted: where the quota "
        "ends. Beside a name stands why it has not the top tier that place or points would give."
    ),
    "crowd_hint": say(
        "The class is large: bars count the units with so many points, by tier. All names stand "
        "in the table."
    ),
    "lost": say("Lost a place"),
    "standings": say("Standings"),
    "rank": say("Rank"),
    "unit_code": say("Unit code"),
    "unit_name": say("Unit name"),
    "composite": say("Composite"),
    "tier": say("Tier"),
    "notes": say("Notes"),
    "capped": say("{raw} in all"),
    "taken_off": say("{category} (taken off)"),
    # a unit
    "of": say("of {count}"),
    "result": say("Result"),
    "not_ranked": say("The unit is not ranked."),
    "flags": say("Flags"),
    "missing": say("Missing"),
    "consequences": say("What follows"),
    "assumed": say("assumed"),
    "assumed_because": say("assumed: {reason}"),
    "waterfall": say("How the composite adds up"),
    "waterfall_hint": say(
        "Every bar begins where the one above it ends. A thin frame shows what the component "
        "could have given."
    ),
    "members_hint": say("A bar for the composite of every unit; the last one is their mean."),
    "waterfall_capped": say("Hatched: what the cap absorbed; it does not count."),
    "lineage": say("From document to grade"),
    "lineage_hint": say(
        "Left the documents, then the parts of the composite that rest on them; the thicker a "
        "line, the more entries."
    ),
    "tree": say("Every figure with its rule and its entries"),
    "timeline": say("The year by date"),
    "timeline_hint": say(
        "{count} entries, {reversed} of them reversed and struck through. A reversed entry stays; "
        "it only counts no more."
    ),
    "fact": say("fact"),
    "award": say("award"),
    "deduction": say("deduction"),
    "veto": say("veto"),
    "reversal": say("reversal"),
    "procedure": say("procedure: changes no figure"),
    "struck": say("reversed"),
    "position": say("position {position}"),
    "recorded": say("recorded {time} by {by}"),
    "reversed_by": say("reversed by"),
    "reverses": say("reverses"),
    "not_counting": say("does not count: {why}"),
    "late": say("late: after its day"),
    "authority": say("authority"),
    "evidence": say("Evidence"),
    # corrections
    "since_seal": say(
        "Compared is every certified class: as it was sealed, and now. Thick lines moved."
    ),
    "since_position": say("Compared are position {position} and now. Thick lines moved."),
    "slopes_label": say("Ranks of {title} before and after"),
    "partial": say("The class is large: shown are the units that moved."),
    "nothing_moved": say("Nothing moved."),
    "still": say("Unchanged"),
    "unsealed": say("Not certified, so there is nothing to compare with"),
    "moved": say("What moved"),
    "before": say("Before"),
    "after": say("After"),
    "because": say("Because of"),
    "direct": say("own figures"),
    "displaced": say("displaced by others"),
    "aside": say("no figure moved: only flags, what is missing or what follows"),
    # documents
    "documents_hint": say(
        "{count} documents, by number or name, each with every entry that rests on it."
    ),
    "no_documents": say("No entry names a document."),
    "no_sha256": say("at least one entry names it without a SHA-256"),
    "page": say("Page {number}"),
    "entries": say("Entries"),
    # worklist
    "today": say("Days are counted up to {day}."),
    "waiting": say("Waiting"),
    "overdue": say("Days past its day"),
    "kind": say("Kind"),
    "appeal": say("appeal"),
    "rectification": say("rectification"),
    "plan": say("plan"),
    "report": say("monthly report"),
    "self-review": say("self-review"),
    "gaps": say("Figures still missing"),
    "nothing": say("Nothing."),
    "unit": say("Unit"),
    "entry": say("Entry"),
    "what": say("What it states"),
    "on": say("Day"),
    "by": say("Recorded by"),
    "days": say("Days waiting"),
    "sha256_missing": say("without SHA-256"),
    "whole_class": say("whole class"),
    # scheme
    "scheme_document": say("Scheme document: {document}"),
    "rules": say("{count} rules, {assumed} of them assumed"),
    "scheme_hint": say(
        "Rules in the order of the document's articles. What the document does not say is marked "
        "and framed with dashes, with the reason why it is assumed."
    ),
    "reason": say("reason: {reason}"),
    # matters
    "matters_hint": say("Adoption, certification, publication and decisions about whole classes."),
}
