"""What the parts of a scheme file refer to."""

import attrs

from perfledger.domain.scheme import Ladder, PeriodSet
from perfledger.schemes.outline import Outline


@attrs.frozen
class Known:
    """Period sets, ladders, and the names of the whole file."""

    outline: Outline
    periods: dict[str, PeriodSet]
    ladders: dict[str, Ladder]
