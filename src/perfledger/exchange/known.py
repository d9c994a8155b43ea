"""What sheets are read against: who is enrolled, by which rules, and what is recorded."""

from collections.abc import Callable, Mapping

import attrs

from perfledger.domain.entries import UnitEnrolled
from perfledger.domain.scheme import Scheme, UnitClass
from perfledger.domain.unit import UnitYear


@attrs.frozen
class Announced:
    """An enrolment that the sheets themselves bring, as far as it could be read."""

    name: str
    scheme: str
    unit_class: str


@attrs.frozen
class Known:
    """A ledger as it stands, with the enrolments of the sheets that are being read added."""

    states: Callable[[int], Mapping[str, UnitYear]]  # of a year, by unit
    scheme: Callable[[int, str], Scheme | None]  # as adopted, or as shipped
    announced: dict[tuple[int, str], list[Announced]] = attrs.field(factory=dict)

    def announce(self, year: int, unit: str, enrolment: Announced) -> None:
        """Add an enrolment that the sheets themselves bring."""
        self.announced.setdefault((year, unit), []).append(enrolment)

    def state(self, year: int, unit: str) -> UnitYear:
        """The state of a unit's year; an empty one where nothing is recorded."""
        found = self.states(year).get(unit)
        return found if found is not None else UnitYear(year=year, unit=unit)

    def enrolment(self, year: int, unit: str) -> UnitEnrolled | Announced | None:
        """How a unit is enrolled, or will be by these sheets, or last was."""
        state = self.state(year, unit)
        announced = self.announced.get((year, unit), [])
        return state.enrolled or (announced[-1] if announced else state.last_enrolled)

    def names(self, year: int, unit: str) -> set[str]:
        """Every name under which the unit is or was enrolled that year."""
        entries = [one.entry for one in self.state(year, unit).entries.values()]
        recorded = {one.name for one in entries if isinstance(one, UnitEnrolled)}
        return recorded | {one.name for one in self.announced.get((year, unit), [])}

    def codes(self, year: int) -> set[str]:
        """The codes of the year's units."""
        enrolled = {unit for unit, state in self.states(year).items() if state.last_enrolled}
        return enrolled | {unit for of, unit in self.announced if of == year}

    def named(self, year: int, name: str) -> list[str]:
        """The codes of the units of that name."""
        return sorted(one for one in self.codes(year) if name in self.names(year, one))

    def rules(self, year: int, unit: str) -> tuple[Scheme, UnitClass] | None:
        """The scheme and class of a unit, where both are known."""
        enrolled = self.enrolment(year, unit)
        scheme = self.scheme(year, enrolled.scheme) if enrolled is not None else None
        if scheme is None or enrolled is None or enrolled.unit_class not in scheme.classes:
            return None
        return scheme, scheme.classes[enrolled.unit_class]


def nothing_known(scheme: Scheme) -> Known:
    """No ledger: only a scheme."""
    return Known(lambda _: {}, lambda _, key: scheme if key == scheme.key else None)
