"""`fleet rank`: the same class in all counties, side by side."""

from datetime import datetime
from gettext import gettext as _
from typing import TYPE_CHECKING, Any
from unicodedata import normalize

import click

from perfledger.cli.commands.answers import year_option
from perfledger.cli.fleet import Answers, catalogue_of, end, fleet_options, in_each, listed
from perfledger.cli.lang import current_language, translate
from perfledger.cli.output import fail, formats, print_json, refusal_text, tell, terminal_width
from perfledger.cli.when import WHEN
from perfledger.domain.errors import say
from perfledger.domain.values import unknown

if TYPE_CHECKING:
    from perfledger.domain.scheme import Scheme
    from perfledger.fleet.catalogue import County
    from perfledger.fleet.comparing import ClassCompared, Ranked

NO_GRADES = say(
    "Places among all counties compare figures and are no grades: tiers, quotas and consequences "
    "are each county's own"
)


@click.command("rank", help=_("Compare a class across counties: tiers, means, all units."))
@click.option("--scheme", required=True, help=_("The scheme's key, e.g. zhengding."))
@year_option
@click.option("--unit-class", help=_("Only this class."))
@click.option(
    "--as-of",
    "when",
    type=WHEN,
    help=_("What the ledgers knew then: an ISO date (its end) or an ISO time."),
)
@fleet_options
@formats("text", "json")
def rank_command(
    catalogue: str,
    codes: tuple[str, ...],
    workers: int | None,
    form: str,
    scheme: str,
    year: int,
    unit_class: str | None,
    when: int | datetime | None,
) -> None:
    """Compare what may be compared: figures of one scheme and year."""
    from perfledger.fleet.comparing import Asked, compare, rank

    if isinstance(when, int):
        raise click.BadParameter(
            _("a position is one ledger's own; give a day or a time"), param_hint="--as-of"
        )
    chosen = catalogue_of(catalogue, codes)
    scheme = normalize("NFC", scheme)
    tasks = {
        code: Asked(county=county, scheme=scheme, year=year, unit_class=unit_class, when=when)
        for code, county in chosen.counties.items()
    }
    answers = in_each(chosen, rank, tasks, workers)
    rules = _rules(answers, unit_class)
    classes = compare(answers.answers)
    without = [county for county, one in answers.answers if one.text is None]
    if form == "json":
        print_json(_answer(scheme, year, answers, classes, without))
    else:
        if without:
            tell(
                _("Without the scheme {scheme} of {year}: {counties}").format(
                    scheme=scheme, year=year, counties=listed(without)
                )
            )
        if rules is not None:
            _print(scheme, year, answers, classes, rules)
    answers.tell_failures()
    if rules is None and not answers.failures:
        fail(_("No county has adopted the scheme {scheme} for {year}").format(
            scheme=scheme, year=year
        ))  # fmt: skip
    end(answers)


def _rules(answers: "Answers[Ranked]", unit_class: str | None) -> "Scheme | None":
    """The scheme by whose words the answer is told: the first county's that adopted it."""
    from perfledger.schemes.shipped import read

    rules = [read(one.text) for _, one in answers.answers if one.text is not None]
    if not rules:
        return None
    known = dict.fromkeys(key for one in rules for key in one.classes)
    if unit_class is not None and unit_class not in known:
        answers.tell_failures()
        fail(refusal_text(unknown("--unit-class", unit_class, known, say("the class"))))
    return rules[0]


def _answer(
    scheme: str,
    year: int,
    answers: "Answers[Ranked]",
    classes: "list[ClassCompared]",
    without: "list[County]",
) -> dict[str, Any]:
    return {
        "scheme": scheme,
        "year": year,
        "note": translate(NO_GRADES),
        "counties": [
            {"county": county.code, "name": county.name, "as_of": one.as_of, "sha256": one.sha256}
            for county, one in answers.answers
            if one.text is not None
        ],
        "classes": [one.as_json() for one in classes],
        "without": [county.code for county in without],
        "failed": answers.failed_json(),
    }


def _print(
    scheme: str,
    year: int,
    answers: "Answers[Ranked]",
    classes: "list[ClassCompared]",
    rules: "Scheme",
) -> None:
    from perfledger.cli.text.fleet_rank import compared_text
    from perfledger.cli.text.names import Names

    texts: dict[str, list[County]] = {}
    for county, one in answers.answers:
        if one.sha256 is not None:
            texts.setdefault(one.sha256, []).append(county)
    names = Names(rules, current_language())
    title = say("{scheme} {year}: counties compared", scheme=names.scheme_title(scheme), year=year)
    heading = [translate(title), translate(NO_GRADES)]
    if len(texts) > 1:
        groups = names.listed(map(listed, texts.values()), "; ")
        differ = say(
            "The scheme's adopted texts differ, so figures may not mean the same: {counties}",
            counties=groups,
        )
        heading.append(translate(differ))
    click.echo(compared_text(heading, classes, names, terminal_width()))
