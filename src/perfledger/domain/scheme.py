"""A scheme: the rules of one document as data. Nothing here knows any document.

Every part carries its Rule: the article it comes from (`cite`), or the reason why it had to be
assumed (`assumed`). Points and thresholds are exact rationals; percentages are numbers like 25.
"""

from fractions import Fraction

import attrs


@attrs.frozen
class Rule:
    """Where a rule comes from: exactly one of `cite` (article) and `assumed` (reason) is set."""

    id: str
    cite: str | None = None
    assumed: str | None = None
    alternatives: tuple["Alternative", ...] = attrs.field(default=(), repr=False, hash=False)


@attrs.frozen
class Alternative:
    """What an assumed rule could say as well: the part of the scheme that would state it then."""

    name: str
    reason: str
    part: "Part"


@attrs.frozen
class Option:
    """One of the common rules, with the value that this scheme gives it."""

    value: str | int
    rule: Rule


@attrs.frozen(kw_only=True)
class Options:
    """The common rules: arithmetic, periods, caps, ranks, quotas, ties, exemptions."""

    places: Option  # decimals of every printed figure
    rounding: Option  # half-up | half-even | down
    periods: Option  # recorded (weights renormalised over them) | expected (unrecorded count 0)
    absorption: Option  # latest-decision | latest-claim: which entries lose points to a cap first
    imputation: Option  # proportional | shared | full | zero: what an exempt component earns
    ranks: Option  # competition (1, 2, 2, 4) | dense (1, 2, 2, 3)
    quota_rounding: Option  # half-up | half-even | down
    ties: Option  # none | all: who of a group that straddles the last place is promoted

    def __attrs_post_init__(self) -> None:
        assert isinstance(self.places.value, int)


@attrs.frozen(kw_only=True)
class PeriodSet:
    """Named periods with weights that add up to 1, e.g. `midterm` 1/2, `year-end` 1/2.

    All periods together count `total` of a component, which is less than 1 where a document's
    percentages do not add up.
    """

    key: str
    weights: dict[str, Fraction]
    rule: Rule
    total: Fraction = Fraction(1)
    titles: dict[str, str] = attrs.field(factory=dict)  # what the document calls a period, and when


@attrs.frozen(kw_only=True)
class Band:
    """Satisfaction of at least `at_least` percent (None: any) earns `points`."""

    at_least: Fraction | None
    points: Fraction


@attrs.frozen(kw_only=True)
class Grade:
    """What a project of a tier gives its sponsor: points + (composite - above) x per_point."""

    points: Fraction
    above: Fraction = Fraction(0)
    per_point: Fraction = Fraction(0)
    at_most: Fraction | None = None


@attrs.frozen(kw_only=True)
class Projects:
    """How projects of a class feed the `projects` component of the unit that sponsors them."""

    unit_class: str
    grades: dict[str, Grade]  # by the project's tier
    rule: Rule


@attrs.frozen(kw_only=True)
class LevelOne:
    """The level-1 names that an indicator path may begin with."""

    names: tuple[str, ...]
    rule: Rule


@attrs.frozen(kw_only=True)
class Conversion:
    """How a satisfaction becomes points: by bands, best first; without any, in proportion."""

    rule: Rule
    steps: tuple[Band, ...] = ()


METHODS = ("mean", "median", "trimmed", "by-role")


@attrs.frozen(kw_only=True)
class Raters:
    """How several raters become one figure: one of METHODS."""

    rule: Rule
    method: str = "mean"


SOURCES = ("indicators", "ratings", "survey", "scores", "projects")


@attrs.frozen(kw_only=True)
class Component:
    """One part of a composite: what feeds it, its maximum in points and its periods."""

    key: str
    title: str
    maximum: Fraction
    source: str  # one of SOURCES
    periods: PeriodSet
    rule: Rule
    level1: LevelOne | None = None  # indicators: None allows any name
    raters: Raters | None = None  # of ratings
    conversion: Conversion | None = None  # of a survey
    projects: Projects | None = None


@attrs.frozen(kw_only=True)
class Tariff:
    """What one award or ground is worth: fixed `points`, or open above 0 up to `open`."""

    key: str
    title: str
    rule: Rule
    points: Fraction | None = None
    open: Fraction | None = None
    authority: bool = False  # its decision needs `authority`


@attrs.frozen(kw_only=True)
class Category:
    """An adjustment category: its kind, its cap in points and its tariff."""

    key: str
    title: str
    kind: str  # award | deduction
    cap: Fraction
    classes: tuple[str, ...]
    tariff: dict[str, Tariff]
    rule: Rule


@attrs.frozen(kw_only=True)
class Veto:
    """A ground that shuts the tiers above the class's barred tier, or sets the lowest."""

    key: str
    title: str
    effect: str  # bar | lowest
    classes: tuple[str, ...]
    rule: Rule
    authority: bool = False


@attrs.frozen(kw_only=True)
class Quota:
    """How many units a tier takes: a percentage of the class, or a range of places."""

    percent: Fraction | None = None
    most: int | None = None
    least: int | None = None  # fewer give the class flag `below-minimum`


@attrs.frozen(kw_only=True)
class Tier:
    """A tier: reached from `at_least` points (None: the lowest), within its quota if any."""

    key: str
    title: str
    at_least: Fraction | None
    rule: Rule
    quota: Quota | None = None


@attrs.frozen(kw_only=True)
class Ladder:
    """The tiers of a class, best first; `barred` is the best one open to a barred unit."""

    key: str
    tiers: tuple[Tier, ...]
    barred: str
    rule: Rule  # of the barred tier


@attrs.frozen(kw_only=True)
class Portfolio:
    """A composite that is the mean of the composites of units which name this unit."""

    classes: tuple[str, ...]
    rule: Rule


@attrs.frozen(kw_only=True)
class Composite:
    """How a composite is summed. `worth`: what a component counts at most, where that is not the
    maximum up to which it is scored."""

    rule: Rule
    worth: dict[str, Fraction] = attrs.field(factory=dict)


@attrs.frozen(kw_only=True)
class UnitClass:
    """A class of units that are assessed alike and ranked together."""

    key: str
    title: str
    rule: Rule
    within_parent: bool  # ranked within the supervising unit
    components: dict[str, Component]  # empty where the composite is a portfolio's mean
    portfolio: Portfolio | None
    composite: Composite
    ladder: Ladder

    def worth(self, component: str) -> Fraction:
        """The points that a component counts at most."""
        return self.composite.worth.get(component, self.components[component].maximum)

    @property
    def fed(self) -> bool:
        """Whether figures of other units can enter those of a unit of this class."""
        projects = (component.projects for component in self.components.values())
        return self.portfolio is not None or any(one is not None for one in projects)


Part = (
    Option
    | PeriodSet
    | Tier
    | Ladder
    | Composite
    | Raters
    | Conversion
    | Projects
    | Category
    | Tariff
    | Veto
)
"""What an alternative can change: whatever ranks and tiers are computed from."""


@attrs.frozen(kw_only=True)
class Consequence:
    """What follows for a standing that meets every condition that is set."""

    key: str
    title: str
    classes: tuple[str, ...]
    rule: Rule
    tiers: tuple[str, ...] = ()
    composite_below: Fraction | None = None
    among_last: int | None = None  # fewer than this many units have a lower composite
    veto: bool = False
    satisfaction_below: Fraction | None = None
    lowest_tier_years: int | None = None  # lowest tier in so many certified years running


@attrs.frozen(kw_only=True)
class Deadline:
    """A calendar rule: periods and the day (`MM-DD`, of the assessment year) they are due.

    A day of None asks for the thing without a date.
    """

    classes: tuple[str, ...]
    days: dict[str, str | None]
    rule: Rule


@attrs.frozen(kw_only=True)
class Calendar:
    """Deadlines of self-reviews, public evaluation and monthly reports; the days for the plan."""

    self_reviews: tuple[Deadline, ...] = ()
    surveys: tuple[Deadline, ...] = ()
    reports: tuple[Deadline, ...] = ()
    plan_working_days: int | None = None
    plan_rule: Rule | None = None


@attrs.frozen(kw_only=True)
class Scheme:
    """The rules of one document for one year. Build one with a scheme reader, not by hand."""

    key: str
    title: str
    document: str
    adopted_day: str  # MM-DD on which an automatic adoption takes place
    options: Options
    classes: dict[str, UnitClass]
    categories: dict[str, Category]
    vetoes: dict[str, Veto]
    consequences: tuple[Consequence, ...]
    calendar: Calendar
    # asked for every entry while a class is certified, so they are worked out once
    _leaders: dict[str, tuple[str, ...]] = attrs.field(
        init=False, repr=False, default=attrs.Factory(lambda self: _leaders_of(self), True)
    )
    _sponsors: dict[str, tuple[str, ...]] = attrs.field(
        init=False, repr=False, default=attrs.Factory(lambda self: _sponsors_of(self), True)
    )

    def categories_of(self, unit_class: str) -> tuple[Category, ...]:
        """The adjustment categories that apply to a class, in the scheme's order."""
        return tuple(c for c in self.categories.values() if unit_class in c.classes)

    def tariff_of(self, unit_class: str, kind: str, key: str) -> tuple[Category, Tariff] | None:
        """The category and tariff that an award or ground of this class falls under."""
        for category in self.categories_of(unit_class):
            if category.kind == kind and key in category.tariff:
                return category, category.tariff[key]
        return None

    def self_review_days(self, unit_class: str) -> dict[str, str | None]:
        """Period -> due day for the self-reviews of a class; empty where none are asked for."""
        return _days(self.calendar.self_reviews, unit_class)

    def survey_days(self, unit_class: str) -> dict[str, str | None]:
        """Period -> due day of public evaluation for a class."""
        return _days(self.calendar.surveys, unit_class)

    def report_days(self, unit_class: str) -> dict[str, str | None]:
        """Month -> due day of the monthly report of a class; empty where none is asked for."""
        return _days(self.calendar.reports, unit_class)

    def leader_classes(self, unit_class: str) -> tuple[str, ...]:
        """Classes whose composite is a portfolio mean over units of this class."""
        return self._leaders.get(unit_class, ())

    def sponsor_classes(self, unit_class: str) -> tuple[str, ...]:
        """Classes with a component that projects of this class feed."""
        return self._sponsors.get(unit_class, ())


def _leaders_of(scheme: Scheme) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for unit_class in scheme.classes.values():
        for fed_by in unit_class.portfolio.classes if unit_class.portfolio is not None else ():
            found[fed_by] = (*found.get(fed_by, ()), unit_class.key)
    return found


def _sponsors_of(scheme: Scheme) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for unit_class in scheme.classes.values():
        for component in unit_class.components.values():
            if component.projects is not None:
                fed_by = component.projects.unit_class
                found[fed_by] = (*found.get(fed_by, ()), unit_class.key)
    return found


def _days(deadlines: tuple[Deadline, ...], unit_class: str) -> dict[str, str | None]:
    return {
        period: day
        for deadline in deadlines
        if unit_class in deadline.classes
        for period, day in deadline.days.items()
    }
