"""`record TYPE`: one entry from the command line, with the same rules as a journal's line."""

import re
from gettext import gettext as _
from pathlib import Path
from typing import Any

import click

from perfledger.cli import known
from perfledger.cli.commands.ledger import report
from perfledger.cli.existing import contents, existing
from perfledger.cli.output import formats, ledger_of
from perfledger.cli.root import Settings
from perfledger.cli.signing import key_option, signed_document
from perfledger.domain.entries import ENTRY_TYPES, fields_of, required_fields_of

# how the shared fields are called on the command line
SHORT = {"occurred_on": "on", "recorded_by": "by"}
INTEGERS = ("year", "places")
COUNTS = ("responses", "items")  # KEY=COUNT, repeated
MAPPINGS = ("targets",)  # KEY=VALUE, repeated
LISTS = ("units", "roles")  # repeated
SIGNATURE = "signature"  # made with --key
FILES = ("text",)

HELP = {
    "entry": _("The new entry's id, unique in the ledger."),
    "unit": _("The unit's code, or * for a whole class or scheme."),
    "year": _("The assessment year."),
    "occurred_on": _("The day on which it happened, YYYY-MM-DD."),
    "recorded_by": _("Who enters it."),
    "evidence": _("A document, with its SHA-256 where the file is at hand; repeatable."),
    "note": _("Free text."),
    "authority": _("The document that orders or reserves this."),
    "targets": _("The target of a period; repeatable."),
    "responses": _("How many gave an answer; repeatable."),
    "items": _("How many items a component's plan has; repeatable."),
    "units": _("A tied unit that takes a place; repeatable, in order."),
    "text": _("The scheme file."),
    "name": _("The name of the unit, or of the officer."),
    "scheme": _("The scheme's key."),
    "unit_class": _("The class's key in the scheme."),
    "parent": _("The code of the supervising unit."),
    "portfolio": _("The code of the leader that the unit answers to."),
    "sponsor": _("The code of the unit whose score the project feeds."),
    "affiliation": _("county, stationed or financial."),
    "component": _("The component's key in the scheme."),
    "period": _("The period, as the scheme names it."),
    "reason": _("The reason."),
    "indicator": _("The indicator's path, level1/level2/level3."),
    "points": _("Points, a decimal; where the tariff leaves them open."),
    "target": _("The target, a decimal, the same in every period."),
    "direction": _("at-least (the default) or at-most."),
    "measure": _("The unit of measure."),
    "data_owner": _("Who owns the data."),
    "actual": _("The achievement, a decimal."),
    "score": _("The score in points, a decimal."),
    "assessor": _("Who assessed it."),
    "satisfaction": _("The satisfaction in percent, a decimal from 0 to 100."),
    "rater": _("The leader who rates."),
    "role": _("The rater's role."),
    "award": _("The award's key in the tariff."),
    "claim": _("The entry id of the claim."),
    "ground": _("The ground's key in the scheme."),
    "report": _("The entry id of the report."),
    "demand": _("What is demanded."),
    "due": _("The day by which it is due, YYYY-MM-DD."),
    "about": _("The entry id that it is about."),
    "order": _("The entry id of the order."),
    "outcome": _("How it ended."),
    "reverses": _("The entry id that stops counting."),
    "against": _("The entry id appealed against, or 'result'."),
    "grounds": _("The grounds of the appeal."),
    "appeal": _("The entry id of the appeal."),
    "places": _("The number of places, within the scheme's range."),
    "approved_by": _("Who approved the result."),
    "channel": _("notice, circular or copy."),
    "to": _("Who is told, or whom it concerns."),
    "opinion": _("The office's advice."),
    "consequence": _("The consequence's key in the scheme."),
    "document": _("The document that sets the rules."),
    "sha256": _("The SHA-256 of the text."),
    "plan_due": _("The day on which plans are due, YYYY-MM-DD."),
    "officer": _("What the officer is called in recorded_by; a staff number will do."),
    "roles": _("recorder, verifier, certifier or auditor; repeatable."),
    "office": _("The code of the unit that the officer belongs to."),
    "public_key": _("One line of an OpenSSH public key file."),
    "valid_until": _("The last day on which the enrolment is valid, YYYY-MM-DD."),
}

COMPLETED = {
    "year": known.years,
    "scheme": known.schemes,
    "unit_class": known.classes,
    **dict.fromkeys(("unit", "parent", "portfolio", "sponsor", "office", "units"), known.units),
    **dict.fromkeys(("claim", "report", "order", "appeal"), known.entries),
    **dict.fromkeys(("reverses", "about", "against"), known.entries),
    **dict.fromkeys(("award", "ground"), known.grounds),
    "component": known.components,
    "period": known.periods,
    "consequence": known.consequences,
}
"""What the shell completes."""

SUMMARIES = {
    "scheme-adopted": _("Fix the rules of a scheme and year."),
    "unit-enrolled": _("Enrol a unit for a year under a scheme and class."),
    "unit-withdrawn": _("Take a unit out of the ranks."),
    "exemption-granted": _("Exempt a unit from a component or one period of it."),
    "plan-filed": _("The unit's plan arrived."),
    "indicator-set": _("Set one row of a unit's plan."),
    "indicator-measured": _("Report the achievement of an indicator."),
    "report-received": _("The monthly report arrived."),
    "component-scored": _("Enter an assessing office's score."),
    "public-surveyed": _("Enter a public evaluation."),
    "leadership-rated": _("Enter one leader's rating."),
    "award-claimed": _("Claim a bonus."),
    "award-confirmed": _("Confirm a claim: it counts."),
    "award-rejected": _("Reject a claim."),
    "deduction-reported": _("Report a deduction."),
    "deduction-verified": _("Verify a report: it counts."),
    "deduction-dismissed": _("Dismiss a report."),
    "veto-imposed": _("Impose a veto."),
    "self-review-submitted": _("The self-review arrived."),
    "rectification-ordered": _("Order a rectification by a day."),
    "rectification-closed": _("Close a rectification."),
    "entry-reversed": _("Reverse an entry: it stops counting."),
    "appeal-filed": _("File an appeal."),
    "appeal-decided": _("Decide an appeal."),
    "places-decided": _("Decide the places of the top tier."),
    "result-certified": _("Certify and seal the result of a class."),
    "result-published": _("The result was published."),
    "feedback-delivered": _("The unit has its result."),
    "consequence-executed": _("A consequence was carried out."),
    "officer-enrolled": _("Enrol an officer with roles and a key."),
    "officer-retired": _("Retire an officer."),
}
_SHA256 = re.compile(r"(?s)(.+)=([0-9A-Fa-f]{64})")
_NEARLY = re.compile(r"(?s).+=([0-9A-Fa-f]{32,80})")  # a digest that lost or gained some digits


class RecordGroup(click.Group):
    """A subcommand per entry type, made when it is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The entry types in the order of the journal's description."""
        return list(ENTRY_TYPES)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command that records entries of that type."""
        return _command(cmd_name) if cmd_name in ENTRY_TYPES else None


def _command(entry_type: str) -> click.Command:
    needed = required_fields_of(entry_type)
    options: list[click.Parameter] = [
        _option(name, required=name in needed)
        for name in fields_of(entry_type)
        if name != SIGNATURE
    ]
    command = click.Command(
        entry_type,
        params=options,
        callback=click.pass_obj(_recorder(entry_type)),
        help=SUMMARIES[entry_type],
    )
    command = key_option(command)
    command = click.option(
        "--dry-run",
        is_flag=True,
        help=_("Check everything and tell who would move; record nothing."),
    )(command)
    return formats("text", "json")(command)


def _option(name: str, *, required: bool) -> click.Option:
    repeated = name in (*COUNTS, *MAPPINGS, *LISTS, "evidence")
    metavar = {
        "evidence": "DOC[=SHA256]",
        **dict.fromkeys(COUNTS, "KEY=COUNT"),
        **dict.fromkeys(MAPPINGS, "KEY=VALUE"),
        **dict.fromkeys(FILES, "FILE"),
    }.get(name)
    kind: Any = str
    if name in INTEGERS:
        kind = int
    elif name in FILES:
        kind = existing
    return click.Option(
        [f"--{SHORT.get(name, name).replace('_', '-')}", f"field_{name}"],
        type=kind,
        required=required,
        multiple=repeated,
        metavar=metavar,
        help=HELP.get(name),
        shell_complete=COMPLETED.get(name),
    )


def _recorder(entry_type: str) -> Any:
    def record(
        settings: Settings, dry_run: bool, form: str, key: Path | None, **given: Any
    ) -> None:
        from perfledger.ledger.journal import offer_of

        document = {"type": entry_type}
        for name in fields_of(entry_type):
            value = given.get(f"field_{name}")
            if value is not None and value != ():
                document[name] = _value(name, value)
        with ledger_of(settings) as ledger:
            document = signed_document(document, key, ledger.ledger.charter().origin)
            if dry_run:
                tried = ledger.comparing.what_if([offer_of(document)])
                outcome, moved = tried.outcome, tried.moved
            else:
                outcome, moved = ledger.record_document(document), None
        nothing_recorded = dry_run or outcome.refused > 0
        report(outcome, form, nothing_recorded=nothing_recorded, moved=moved)
        if outcome.refusals:
            raise click.exceptions.Exit(1)

    return record


def _value(name: str, value: Any) -> Any:
    if name == "evidence":
        return [document_of(text) for text in value]
    if name in COUNTS:
        return {key: _count(name, text) for key, text in _pairs(name, value)}
    if name in MAPPINGS:
        return dict(_pairs(name, value))
    if name in LISTS:
        return list(value)
    if name in FILES:
        return _read_text(name, value)
    return value


def _read_text(name: str, path: Path) -> str:
    try:
        return contents(path).decode("utf-8")
    except UnicodeDecodeError as error:
        raise click.BadParameter(str(error), param_hint=f"--{name}") from None


def document_of(text: str) -> dict[str, str]:
    """A document of `--evidence`: `DOC`, or `DOC=SHA256`."""
    if found := _SHA256.fullmatch(text):
        return {"document": found[1], "sha256": found[2]}
    if found := _NEARLY.fullmatch(text):
        raise click.BadParameter(
            _("'{text}' is no SHA-256: it has {count} digits, not 64").format(
                text=found[1], count=len(found[1])
            ),
            param_hint="--evidence",
        )
    return {"document": text}


def _pairs(name: str, texts: tuple[str, ...]) -> list[tuple[str, str]]:
    pairs: list[tuple[str, str]] = []
    for text in texts:
        key, sign, value = text.partition("=")
        if not sign or key in dict(pairs):
            raise click.BadParameter(
                _("'{text}' is not KEY=VALUE with a key of its own").format(text=text),
                param_hint=f"--{name}",
            )
        pairs.append((key, value))
    return pairs


def _count(name: str, text: str) -> int:
    if not re.fullmatch(r"[0-9]{1,16}", text):
        raise click.BadParameter(
            _("'{text}' is not a count").format(text=text), param_hint=f"--{name}"
        )
    return int(text)


record_command = RecordGroup(
    "record",
    help=_("Record one entry from the command line, by the same rules as a journal's line."),
)
