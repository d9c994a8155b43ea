"""The parameter WHEN: a ledger position, an ISO date (its end) or an ISO time."""

import re
from datetime import UTC, datetime
from gettext import gettext as _
from typing import Any

import click

from perfledger.domain.values import CHINA

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_TIME = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,6})?)?"
    r"(Z|[+-][0-9]{2}:[0-9]{2})?"
)


class When(click.ParamType[Any]):
    """Converts to a position (int) or a moment (datetime with its zone)."""

    name = "when"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> int | datetime:
        """Read one of the three forms; anything else is bad usage."""
        if isinstance(value, int | datetime):
            return value
        text = str(value)
        if re.fullmatch(r"[0-9]{1,18}", text):
            return int(text)
        try:
            if _DAY.fullmatch(text):
                day = datetime.fromisoformat(text).replace(tzinfo=CHINA)
                end = day.replace(hour=23, minute=59, second=59, microsecond=999999)
                return end.astimezone(UTC)
            if _TIME.fullmatch(text):
                moment = datetime.fromisoformat(text)
                zoned = moment if moment.tzinfo is not None else moment.replace(tzinfo=CHINA)
                return zoned.astimezone(UTC)
        except (ValueError, OverflowError):
            pass
        return self.fail(
            _(
                "'{text}' is no position (1, 2, 3 …), day (2014-02-20) or time (2014-02-20T09:30)"
            ).format(text=text),
            param,
            ctx,
        )


class Day(click.ParamType[str]):
    """A calendar day, `YYYY-MM-DD`."""

    name = "date"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The day as it was written; anything else is bad usage."""
        from perfledger.cli.lang import translate
        from perfledger.domain.errors import Refused
        from perfledger.domain.values import checked_day

        try:
            return checked_day(value, "today")
        except Refused as refused:
            return self.fail(translate(refused.message), param, ctx)


class WhenOrCertified(When):
    """The same, or the word `certified`: for every class the position of its certification."""

    name = "when"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Let the word pass."""
        return value if value == CERTIFIED else super().convert(value, param, ctx)


CERTIFIED = "certified"
WHEN = When()
DAY = Day()
WHEN_OR_CERTIFIED = WhenOrCertified()
