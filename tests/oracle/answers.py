"""The figures: what `rank`, `history` and the cap's part of `explain` say, recalculated naively.

Everything is recomputed from the entries for every question; a `Books` only remembers what it
already worked out for one ledger position.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from .rules import SCHEMES, Category, Component, UnitClass

if TYPE_CHECKING:
    from .ledger import Ledger, Record

Entry = dict[str, Any]
Group = tuple[str, int, str, str | None]  # scheme, year, class, parent


# --------------------------------------------------------------------------------- arithmetic


def half_up(value: Fraction) -> Fraction:
    """Round once to 2 places.

    reading: half-up means towards plus infinity for negatives too (-0.005 -> 0.00); only a
    leader's mean over negative composites can meet it.
    """
    return Fraction((value * 100 + Fraction(1, 2)).__floor__(), 100)


def half_up_count(value: Fraction) -> int:
    """Round a number of places half-up."""
    return (value + Fraction(1, 2)).__floor__()


def text(value: Fraction) -> str:
    """Print a figure that has at most 2 places."""
    cents = value * 100
    assert cents.denominator == 1, value
    sign, whole = ("-", -cents.numerator) if cents < 0 else ("", cents.numerator)
    return f"{sign}{whole // 100}.{whole % 100:02}"


def canonical(value: Any) -> bytes:
    """RFC 8785 for values without floats and without control characters."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


# --------------------------------------------------------------------------------- the ledger


@dataclass
class Figures:
    """One unit's figures of one year."""

    unit: str
    enrolment: Entry
    rules: UnitClass
    components: dict[str, Fraction] = field(default_factory=dict)
    adjustments: dict[str, tuple[Fraction, Fraction]] = field(default_factory=dict)
    composite: Fraction = Fraction(0)
    missing: list[str] = field(default_factory=list)
    flags: set[str] = field(default_factory=set)
    vetoes: set[str] = field(default_factory=set)
    low_satisfaction: bool = False

    @property
    def barred(self) -> bool:
        """A veto of either kind keeps the unit from the tiers above `barred_tier`."""
        return bool(self.vetoes)

    @property
    def lowest(self) -> bool:
        """A veto that sets the lowest tier."""
        return any(self.rules.vetoes[ground] == "lowest" for ground in self.vetoes)


class Books:
    """The ledger as it stood at one position."""

    def __init__(self, ledger: Ledger, position: int | None = None) -> None:
        self.position = ledger.size if position is None else min(position, ledger.size)
        self.records = [r for r in ledger.records if r.position <= self.position]
        self.reversed_by: dict[str, str] = {
            r.entry["reverses"]: r.entry["entry"]
            for r in self.records
            if r.entry["type"] == "entry-reversed"
        }
        self.sealed = ledger.sealed
        self._live: dict[tuple[str, int], list[Record]] = {}
        for record in self.records[1:]:
            if record.entry["entry"] not in self.reversed_by:
                key = (record.entry["unit"], record.entry["year"])
                self._live.setdefault(key, []).append(record)
        self._figures: dict[tuple[str, int], Figures] = {}
        self._tables: dict[Group, dict[str, Any]] = {}

    def live(self, unit: str, year: int, *types: str) -> list[Entry]:
        """The live entries of a unit and year, in ledger order, of the given types."""
        records = self._live.get((unit, year), [])
        return [r.entry for r in records if not types or r.entry["type"] in types]

    def adopted(self, scheme: str, year: int) -> bool:
        """Is there a live adoption?"""
        return any(e["scheme"] == scheme for e in self.live("*", year, "scheme-adopted"))

    def enrolment(self, unit: str, year: int) -> Entry | None:
        """The live enrolment."""
        found = self.live(unit, year, "unit-enrolled")
        return found[0] if found else None

    def withdrawn(self, unit: str, year: int) -> bool:
        """Has the unit left the ranks?"""
        return bool(self.live(unit, year, "unit-withdrawn"))

    def ranked(self, scheme: str, year: int) -> list[Entry]:
        """The enrolments of all units that are ranked, by unit code."""
        found = []
        for unit, of_year in sorted(self._live):
            enrolment = self.enrolment(unit, of_year) if of_year == year else None
            if enrolment and enrolment["scheme"] == scheme and not self.withdrawn(unit, year):
                found.append(enrolment)
        return found


def group_of(enrolment: Entry) -> Group:
    """The units that are ranked together."""
    scheme, unit_class = enrolment["scheme"], enrolment["unit_class"]
    rules = SCHEMES[scheme][unit_class]
    parent = enrolment.get("parent") if rules.by_parent else None
    return scheme, enrolment["year"], unit_class, parent


# ------------------------------------------------------------------------------ one component


def exempted_periods(books: Books, unit: str, year: int, name: str, rules: Component) -> set[str]:
    """The periods of a component that are exempted (all of them where the whole is)."""
    found: set[str] = set()
    for entry in books.live(unit, year, "exemption-granted"):
        if entry["component"] == name:
            found |= {entry["period"]} if "period" in entry else set(rules.periods)
    return found


def weighted_mean(scores: dict[str, Fraction], weights: dict[str, Fraction]) -> Fraction:
    """The mean over the recorded periods, weights renormalised over them."""
    if not scores:
        return Fraction(0)
    total = sum((weights[period] for period in scores), Fraction(0))
    return sum((weights[p] * score for p, score in scores.items()), Fraction(0)) / total


def satisfaction(entry: Entry) -> Fraction:
    """The percentage: as entered, or from the counts and then printed."""
    if "satisfaction" in entry:
        return Fraction(entry["satisfaction"])
    counts = entry["responses"]
    good = counts.get("satisfied", 0) + counts.get("basically-satisfied", 0)
    return half_up(Fraction(100 * good, good + counts.get("dissatisfied", 0)))


def public_points(percent: Fraction, rules: UnitClass, maximum: int) -> Fraction:
    """Satisfaction to points: by band where the class has bands, else linear."""
    if rules.bands is None:
        return percent * maximum / 100
    return Fraction(next(points for lowest, points in rules.bands if percent >= lowest))


def row_target(row: Entry, period: str) -> Fraction | None:
    """The target of a plan row in a period, or None where it expects nothing."""
    if "target" in row:
        return Fraction(row["target"])
    return Fraction(row["targets"][period]) if period in row["targets"] else None


def earned(row: Entry, target: Fraction, actual: Fraction) -> Fraction:
    """What a row earns for an actual against its target."""
    points = Fraction(row["points"])
    if row.get("direction", "at-least") == "at-most":
        if actual <= target:
            return points
        return points * target / actual
    return points * max(Fraction(0), min(Fraction(1), actual / target))


def indicator_score(
    books: Books, unit: str, year: int, name: str, rules: Component, missing: list[str]
) -> Fraction:
    """A component from the plan's rows and their measurements."""
    rows = [e for e in books.live(unit, year, "indicator-set") if e["component"] == name]
    if not rows:
        missing.append(f"{name}/plan")
        return Fraction(0)
    whole = sum((Fraction(row["points"]) for row in rows), Fraction(0))
    if whole < rules.maximum:
        missing.append(f"{name}/plan")
    actuals = {
        (e["indicator"], e["period"]): Fraction(e["actual"])
        for e in books.live(unit, year, "indicator-measured")
    }
    exempted = exempted_periods(books, unit, year, name, rules)
    scores: dict[str, Fraction] = {}
    for period in rules.periods:
        expected = [row for row in rows if row_target(row, period) is not None]
        if period in exempted or not expected:
            continue
        measured = [row for row in expected if (row["indicator"], period) in actuals]
        if not measured:
            missing.append(f"{name}/{period}")
            continue
        sum_earned = Fraction(0)
        for row in measured:
            target = row_target(row, period)
            assert target is not None
            sum_earned += earned(row, target, actuals[row["indicator"], period])
        for row in expected:
            if row not in measured:
                missing.append(f"{name}/{period}/{row['indicator']}")
        of_period = sum((Fraction(row["points"]) for row in expected), Fraction(0))
        scores[period] = sum_earned * whole / of_period
    return weighted_mean(scores, rules.periods)


def period_score(
    books: Books, unit: str, year: int, name: str, period: str, rules: UnitClass
) -> Fraction | None:
    """The score of one period of a component that is not indicator or special."""
    component = rules.components[name]
    if component.source == "leadership":
        scores = [
            Fraction(e["score"])
            for e in books.live(unit, year, "leadership-rated")
            if e["period"] == period
        ]
        return sum(scores, Fraction(0)) / len(scores) if scores else None
    if component.source == "public":
        for entry in books.live(unit, year, "public-surveyed"):
            if entry["period"] == period:
                return public_points(satisfaction(entry), rules, component.maximum)
        return None
    for entry in books.live(unit, year, "component-scored"):
        if entry["component"] == name and entry["period"] == period:
            return Fraction(entry["score"])
    return None


def period_scores(
    books: Books, unit: str, year: int, name: str, rules: UnitClass, missing: list[str]
) -> Fraction:
    """A component that is the mean of its periods' scores."""
    component = rules.components[name]
    exempted = exempted_periods(books, unit, year, name, component)
    scores: dict[str, Fraction] = {}
    for period in component.periods:
        if period in exempted:
            continue
        score = period_score(books, unit, year, name, period, rules)
        if score is None:
            missing.append(f"{name}/{period}")
        else:
            scores[period] = score
    return weighted_mean(scores, component.periods)


def sponsored(books: Books, enrolment: Entry) -> list[Entry]:
    """The projects that name the unit as their sponsor, withdrawn ones left out."""
    return [
        e
        for e in books.ranked(enrolment["scheme"], enrolment["year"])
        if e.get("sponsor") == enrolment["unit"]
        and SCHEMES[e["scheme"]][e["unit_class"]].takes_sponsor
    ]


def project_points(project: Figures) -> Fraction:
    """What a project gives its sponsor, by its grade."""
    composite = project.composite
    grade = tier_by_points(project)
    if grade == "advanced":
        return Fraction(10)
    if grade == "good":
        return half_up(8 + (composite - 80) / 10)
    if grade == "fair":
        return half_up(min(Fraction(6), 5 + (composite - 70) / 10))
    return Fraction(0)


def special_score(
    books: Books, year: int, name: str, projects: list[Entry], missing: list[str]
) -> Fraction:
    """The mean of the points of the sponsored projects."""
    points = []
    incomplete = False
    for project in projects:
        project_figures = figures(books, project["unit"], year)
        points.append(project_points(project_figures))
        incomplete = incomplete or bool(project_figures.missing)
    if incomplete:
        missing.append(f"{name}/annual")
    return sum(points, Fraction(0)) / len(points)


# --------------------------------------------------------------------------------- adjustments


def decided(books: Books, unit: str, year: int) -> list[Entry]:
    """The claims and reports that count, in the order of the entries that decided them."""
    claims = {e["entry"]: e for e in books.live(unit, year, "award-claimed", "deduction-reported")}
    found = []
    for entry in books.live(unit, year, "award-confirmed", "deduction-verified"):
        claim = claims.get(entry.get("claim") or entry["report"])
        if claim:
            found.append(claim)
    return found


def tariff_key(entry: Entry) -> str:
    """The tariff key of a claim or a report."""
    key: str = entry["award"] if entry["type"] == "award-claimed" else entry["ground"]
    return key


def points_of(claim: Entry, category: Category) -> Fraction:
    """The points of a claim or report: the tariff's, or its own where the tariff is open."""
    points = category.tariff[tariff_key(claim)]
    return Fraction(claim["points"]) if points is None else points


def category_claims(
    books: Books, unit: str, year: int, category: Category
) -> list[tuple[Entry, Fraction, Fraction]]:
    """Counting claims of a category: (claim, its points, the points that the cap leaves)."""
    room = Fraction(category.cap)
    found = []
    for claim in decided(books, unit, year):
        is_award = claim["type"] == "award-claimed"
        if is_award == category.claims and tariff_key(claim) in category.tariff:
            points = points_of(claim, category)
            found.append((claim, points, min(points, room)))
            room -= min(points, room)
    return found


# -------------------------------------------------------------------------------- one standing


def figures(books: Books, unit: str, year: int) -> Figures:
    """All figures of an enrolled unit that do not depend on its classmates."""
    known = books._figures.get((unit, year))
    if known is None:
        enrolment = books.enrolment(unit, year)
        assert enrolment is not None
        rules = SCHEMES[enrolment["scheme"]][enrolment["unit_class"]]
        known = Figures(unit, enrolment, rules)
        if rules.leads:
            _leader(books, known)
        else:
            _components(books, known)
            _adjustments(books, known)
        _flags(books, known)
        known.missing.sort()
        books._figures[unit, year] = known
    return known


def _components(books: Books, out: Figures) -> None:
    unit, year = out.unit, out.enrolment["year"]
    exempt = []
    for name, component in out.rules.components.items():
        projects = sponsored(books, out.enrolment) if component.source == "special" else []
        # reading: "all of whose periods" are all the scheme's periods of the component, also
        # where the plan's rows expect nothing in some of them.
        whole = exempted_periods(books, unit, year, name, component) == set(component.periods)
        if whole or (component.source == "special" and not projects):
            exempt.append(name)
            continue
        if component.source == "indicator":
            score = indicator_score(books, unit, year, name, component, out.missing)
        elif component.source == "special":
            score = special_score(books, year, name, projects, out.missing)
        else:
            score = period_scores(books, unit, year, name, out.rules, out.missing)
        out.components[name] = half_up(score)
    others = list(out.components)
    total = sum((out.components[name] for name in others), Fraction(0))
    maxima = sum(out.rules.components[name].maximum for name in others)
    for name in exempt:
        share = total / maxima if maxima else Fraction(0)
        out.components[name] = half_up(out.rules.components[name].maximum * share)
        out.flags.add(f"imputed:{name}")
    out.composite = sum(out.components.values(), Fraction(0))


def _adjustments(books: Books, out: Figures) -> None:
    for name, category in out.rules.categories.items():
        claims = category_claims(books, out.unit, out.enrolment["year"], category)
        raw = sum((points for _, points, _ in claims), Fraction(0))
        counted = min(raw, Fraction(category.cap))
        out.adjustments[name] = (raw, counted)
        out.composite += category.sign * counted


def _leader(books: Books, out: Figures) -> None:
    scheme, year = out.enrolment["scheme"], out.enrolment["year"]
    led = [
        figures(books, e["unit"], year)
        for e in books.ranked(scheme, year)
        if e["unit_class"] in out.rules.leads and e.get("portfolio") == out.unit
    ]
    if not led:
        out.missing.append("portfolio")
        return
    out.composite = half_up(sum((f.composite for f in led), Fraction(0)) / len(led))
    out.missing = [f"portfolio/{f.unit}" for f in led if f.missing]
    if any(f.barred for f in led):
        out.flags.add("portfolio-veto")


def undecided(books: Books, unit: str, year: int) -> bool:
    """Does a live claim or report await its decision?"""
    settled = {
        e.get("claim") or e["report"]
        for e in books.live(
            unit,
            year,
            "award-confirmed",
            "award-rejected",
            "deduction-verified",
            "deduction-dismissed",
        )
    }
    claims = books.live(unit, year, "award-claimed", "deduction-reported")
    return any(e["entry"] not in settled for e in claims)


def appeal_open(books: Books, unit: str, year: int) -> bool:
    """Is a live appeal without a live decision?"""
    settled = {e["appeal"] for e in books.live(unit, year, "appeal-decided")}
    return any(e["entry"] not in settled for e in books.live(unit, year, "appeal-filed"))


def after(entry: Entry, day: tuple[int, int] | None) -> bool:
    """Did it happen after the day of its assessment year? (The day itself is in time.)"""
    return day is not None and entry["occurred_on"] > f"{entry['year']}-{day[0]:02}-{day[1]:02}"


def _flags(books: Books, out: Figures) -> None:
    unit, year = out.unit, out.enrolment["year"]
    for entry in books.live(unit, year, "veto-imposed"):
        out.vetoes.add(entry["ground"])
        out.flags.add(f"veto:{entry['ground']}")
    for entry in books.live(unit, year, "self-review-submitted"):
        if after(entry, out.rules.self_review.get(entry["period"])):
            out.flags.add("late")
    if undecided(books, unit, year):
        out.flags.add("undecided")
    if appeal_open(books, unit, year):
        out.flags.add("appeal-open")
    for link in ("parent", "portfolio", "sponsor"):
        # reading: known is a unit with a live enrolment in the same scheme and year, of whatever
        # class, withdrawn or not.
        if link in out.enrolment:
            named = books.enrolment(out.enrolment[link], year)
            if named is None or named["scheme"] != out.enrolment["scheme"]:
                out.flags.add(f"{link}-unknown")
    public = out.rules.components.get("public")
    if public:
        exempted = exempted_periods(books, unit, year, "public", public)
        for entry in books.live(unit, year, "public-surveyed"):
            if entry["period"] not in exempted and satisfaction(entry) < 60:
                out.low_satisfaction = True


def tier_by_points(unit: Figures, promoted: bool = True) -> str:
    """The tier by the printed composite and the vetoes; the top one only where promoted."""
    tiers = unit.rules.tiers
    names = [name for name, _ in tiers]
    reached = next(
        place
        for place, (_, lowest) in enumerate(tiers)
        if lowest is None or unit.composite >= lowest
    )
    if unit.rules.quota and not promoted:
        reached = max(reached, 1)
    if unit.barred:
        reached = max(reached, names.index(unit.rules.barred_tier))
    if unit.lowest:
        reached = len(tiers) - 1
    return names[reached]


# --------------------------------------------------------------------------------- one class


def places_of(books: Books, group: Group, evaluated: int) -> int | None:
    """The number of places of the top tier."""
    scheme, _, unit_class, _ = group
    quota = SCHEMES[scheme][unit_class].quota
    if quota is None:
        return None
    for entry in decisions_on_places(books, group):
        if "places" in entry:
            places: int = entry["places"]
            return places
    if quota.percent is not None:
        return half_up_count(Fraction(evaluated * quota.percent, 100))
    return quota.places


def decisions_on_places(books: Books, group: Group) -> list[Entry]:
    """The live `places-decided` of a group."""
    scheme, year, unit_class, parent = group
    return [
        e
        for e in books.live("*", year, "places-decided")
        if (e["scheme"], e["unit_class"], e.get("parent")) == (scheme, unit_class, parent)
    ]


def promote(
    books: Books, group: Group, units: list[Figures], places: int
) -> tuple[set[str], set[str]]:
    """Who takes the places of the top tier, and who is tied at the last of them."""
    lowest = units[0].rules.tiers[0][1]
    assert lowest is not None
    eligible = [unit for unit in units if unit.composite >= lowest and not unit.barred]
    promoted: set[str] = set()
    tied: set[str] = set()
    for composite in sorted({unit.composite for unit in eligible}, reverse=True):
        same = [unit.unit for unit in eligible if unit.composite == composite]
        left = places - len(promoted)
        if left <= 0:
            break
        if len(same) > left:
            tied = set(same)
            break
        promoted |= set(same)
    if tied:
        left = places - len(promoted)
        for entry in decisions_on_places(books, group):
            named = list(dict.fromkeys(entry.get("units", [])))
            promoted |= set([unit for unit in named if unit in tied][:left])
    return promoted, tied


def certification(books: Books, group: Group) -> Record | None:
    """The live certification of a group."""
    scheme, year, unit_class, parent = group
    for record in books._live.get(("*", year), []):
        entry = record.entry
        if entry["type"] == "result-certified" and (
            (entry["scheme"], entry["unit_class"], entry.get("parent"))
            == (scheme, unit_class, parent)
        ):
            return record
    return None


def table(books: Books, group: Group) -> dict[str, Any]:
    """One class (within its parent, where so ranked), without the consequences."""
    known = books._tables.get(group)
    if known is None:
        known = books._tables[group] = _table(books, group)
    return known


def _table(books: Books, group: Group) -> dict[str, Any]:
    scheme, year, unit_class, parent = group
    units = [
        figures(books, e["unit"], year) for e in books.ranked(scheme, year) if group_of(e) == group
    ]
    units.sort(key=lambda unit: (-unit.composite, unit.unit))
    places = places_of(books, group, len(units))
    promoted: set[str] = set()
    tied: set[str] = set()
    if places is not None and units:
        promoted, tied = promote(books, group, units, places)
    standings = []
    for unit in units:
        flags = unit.flags | ({"tie-at-quota"} if unit.unit in tied else set())
        standings.append(
            {
                "rank": 1 + sum(other.composite > unit.composite for other in units),
                "unit": unit.unit,
                "name": unit.enrolment["name"],
                "composite": text(unit.composite),
                "tier": tier_by_points(unit, unit.unit in promoted),
                "components": {name: text(value) for name, value in unit.components.items()},
                "adjustments": {
                    name: {"raw": text(raw), "counted": text(counted)}
                    for name, (raw, counted) in unit.adjustments.items()
                },
                "flags": sorted(flags),
                "missing": unit.missing,
            }
        )
    quota = SCHEMES[scheme][unit_class].quota
    advanced = sum(s["tier"] == SCHEMES[scheme][unit_class].tiers[0][0] for s in standings)
    out: dict[str, Any] = {
        "unit_class": unit_class,
        "parent": parent,
        "evaluated": len(units),
        "quota": places,
        "flags": ["below-minimum"] if quota and advanced < quota.minimum else [],
        "standings": standings,
    }
    sealed = certification(books, group)
    if sealed:
        digest = books.sealed[sealed.entry["entry"]]
        out["status"] = "certified" if seal(out) == digest else "amended"
        out["certified"] = {
            "entry": sealed.entry["entry"],
            "position": sealed.position,
            "sha256": digest,
        }
    else:
        out["status"] = "provisional" if any(s["missing"] for s in standings) else "final"
        out["certified"] = None
    return out


def seal(shown: dict[str, Any]) -> str:
    """The digest that a certification stores."""
    keys = ("rank", "unit", "composite", "tier", "components", "adjustments")
    sealed = {
        "unit_class": shown["unit_class"],
        "parent": shown["parent"],
        "evaluated": shown["evaluated"],
        "quota": shown["quota"],
        "standings": [{key: standing[key] for key in keys} for standing in shown["standings"]],
    }
    return hashlib.sha256(canonical(sealed)).hexdigest()


# ------------------------------------------------------------------------------- consequences


def twice_lowest(books: Books, unit: str, year: int) -> bool:
    """The lowest tier this year and last, same scheme, both classes certified."""
    schemes = set()
    for of_year in (year, year - 1):
        enrolment = books.enrolment(unit, of_year)
        if enrolment is None or books.withdrawn(unit, of_year):
            return False
        if not books.adopted(enrolment["scheme"], of_year):
            return False
        schemes.add(enrolment["scheme"])
        shown = table(books, group_of(enrolment))
        tier = next(s["tier"] for s in shown["standings"] if s["unit"] == unit)
        lowest = SCHEMES[enrolment["scheme"]][enrolment["unit_class"]].tiers[-1][0]
        if shown["certified"] is None or tier != lowest:
            return False
    return len(schemes) == 1


def consequences(books: Books, group: Group, standing: dict[str, Any]) -> list[str]:
    """What follows for one unit."""
    scheme, year, unit_class, _ = group
    unit = figures(books, standing["unit"], year)
    tier = standing["tier"]
    found: set[str] = set()
    if scheme == "zhengding":
        if tier == "advanced":
            found |= {"commendation", "month-salary"}
            if unit_class == "restoration":
                found.add("further-award")
        if tier == "unqualified":
            found.add("criticism")
        if unit_class in ("township", "department") and unit.composite < 60:
            composites = [
                figures(books, s["unit"], year).composite for s in table(books, group)["standings"]
            ]
            if sum(composite < unit.composite for composite in composites) < 3:
                found.add("referral")
    if unit_class == "county-leader":
        found.add("award-eligible" if tier in ("excellent", "good") else "award-ineligible")
    if scheme == "qitai":
        if unit_class in ("township", "department"):
            if tier == "excellent":
                found |= {"commendation", "month-base-wage"}
            if tier == "good":
                found |= {"commendation", "half-month-base-wage"}
            if tier == "unqualified":
                found |= {"circular-criticism", "written-self-criticism", "head-ineligible"}
            if twice_lowest(books, unit.unit, year):
                found.add("organisational-handling")
        if unit_class in ("township", "department", "section"):
            if unit.vetoes:
                found.add("head-ineligible")
            if unit.low_satisfaction:
                found |= {"head-ineligible", "rectification"}
        if unit_class == "cadre" and tier == "excellent":
            found.add("cadre-award")
    return sorted(found)


# ------------------------------------------------------------------------------------ answers


def rank(
    ledger: Ledger,
    scheme: str,
    year: int,
    unit_class: str | None = None,
    as_of_position: int | None = None,
) -> dict[str, Any]:
    """The answer of `perfledger rank`, without `recorded_at`."""
    books = Books(ledger, as_of_position)
    classes = []
    for name in SCHEMES[scheme]:
        if unit_class not in (None, name):
            continue
        # reading: without a live adoption there are no rules to compute by, and no classes.
        if not books.adopted(scheme, year):
            continue
        groups = {group_of(e) for e in books.ranked(scheme, year) if e["unit_class"] == name}
        for group in sorted(groups, key=lambda g: (g[3] is None, g[3] or "")):
            shown = dict(table(books, group))
            shown["standings"] = [
                {**standing, "consequences": consequences(books, group, standing)}
                for standing in shown["standings"]
            ]
            classes.append(shown)
    position = books.position if as_of_position is None else as_of_position
    return {"scheme": scheme, "year": year, "as_of": {"position": position}, "classes": classes}


def absorbed(
    ledger: Ledger, unit: str, year: int, as_of_position: int | None = None
) -> list[dict[str, str]]:
    """What a cap took: of which claim or report, in which category, how many points.

    In the scheme's order of categories, then in the order of the deciding entries.
    """
    books = Books(ledger, as_of_position)
    enrolment = books.enrolment(unit, year)
    if enrolment is None:
        return []
    rules = SCHEMES[enrolment["scheme"]][enrolment["unit_class"]]
    return [
        {"entry": claim["entry"], "category": name, "points": text(points - counted)}
        for name, category in rules.categories.items()
        for claim, points, counted in category_claims(books, unit, year, category)
        if points > counted
    ]


def _fact_counts(books: Books, entry: Entry, procedural: frozenset[str]) -> bool:
    """Does a live entry count?"""
    kind, unit, year = entry["type"], entry["unit"], entry["year"]
    if kind in procedural or kind in ("entry-reversed", "award-rejected", "deduction-dismissed"):
        return True
    if unit == "*":
        return True
    enrolment = books.enrolment(unit, year)
    if enrolment is None:
        return False
    if kind in ("unit-enrolled", "unit-withdrawn"):
        return True
    # reading: the facts of a withdrawn unit move no figure, so they do not count; nor do any
    # while no adoption is live, for there are no rules to compute by.
    if books.withdrawn(unit, year) or not books.adopted(enrolment["scheme"], year):
        return False
    rules = SCHEMES[enrolment["scheme"]][enrolment["unit_class"]]
    if kind in ("award-claimed", "deduction-reported"):
        return any(
            claim["entry"] == entry["entry"] and counted > 0
            for category in rules.categories.values()
            for claim, _, counted in category_claims(books, unit, year, category)
        )
    if kind in ("award-confirmed", "deduction-verified"):
        # reading: a decision counts while its claim or report is live; that the cap absorbs the
        # claim wholly is said of the claim alone (the decision still stands in `raw`).
        claims = books.live(unit, year, "award-claimed", "deduction-reported")
        decides = entry.get("claim") or entry["report"]
        return any(claim["entry"] == decides for claim in claims)
    return not _lies_in_exemption(books, entry, rules)


def _lies_in_exemption(books: Books, entry: Entry, rules: UnitClass) -> bool:
    """A score in what is exempted, or a measurement without a row that expects it."""
    unit, year, kind = entry["unit"], entry["year"], entry["type"]
    name: str | None = entry.get("component")
    if kind == "indicator-measured":
        rows = books.live(unit, year, "indicator-set")
        row = next((r for r in rows if r["indicator"] == entry["indicator"]), None)
        if row is None or row_target(row, entry["period"]) is None:
            return True
        name = row["component"]
    if kind in ("leadership-rated", "public-surveyed"):
        source = kind.split("-")[0]
        name = next(n for n, c in rules.components.items() if c.source == source)
    if name is None or kind == "exemption-granted":
        return False
    exempted = exempted_periods(books, unit, year, name, rules.components[name])
    if "period" in entry:
        return entry["period"] in exempted
    return exempted == set(rules.components[name].periods)


def history(
    ledger: Ledger,
    unit: str,
    year: int | None = None,
    as_of_position: int | None = None,
) -> list[dict[str, Any]]:
    """Every entry of a unit in ledger order, with what reversed it and whether it counts."""
    books = Books(ledger, as_of_position)
    found = []
    for record in books.records[1:]:
        entry = record.entry
        if entry["unit"] != unit or year not in (None, entry["year"]):
            continue
        reversed_by = books.reversed_by.get(entry["entry"])
        line = {
            "entry": entry["entry"],
            "type": entry["type"],
            "position": record.position,
            "reversed_by": reversed_by,
            "counts": reversed_by is None and _fact_counts(books, entry, ledger.procedural),
        }
        if entry["type"] == "public-surveyed" and after(entry, _survey_day(books, entry)):
            line["late"] = True
        found.append(line)
    return found


def _survey_day(books: Books, entry: Entry) -> tuple[int, int] | None:
    """The last day for a survey, by the class of the unit's last enrolment, live or reversed."""
    unit, year = entry["unit"], entry["year"]
    enrolment = [
        r.entry
        for r in books.records[1:]
        if (r.entry["type"], r.entry["unit"], r.entry["year"]) == ("unit-enrolled", unit, year)
    ][-1]
    # reading: without a live adoption there is no calendar.
    if not books.adopted(enrolment["scheme"], year):
        return None
    return SCHEMES[enrolment["scheme"]][enrolment["unit_class"]].survey_day
