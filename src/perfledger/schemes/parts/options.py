"""The common rules of a scheme: `options`."""

from perfledger.domain.arithmetic import ROUNDINGS
from perfledger.domain.scheme import Option, Options
from perfledger.schemes.alternatives import with_alternatives
from perfledger.schemes.fields import Block

MOST_PLACES = 6
CHOICES: dict[str, tuple[str, ...]] = {
    "rounding": ROUNDINGS,
    "periods": ("recorded", "expected"),
    "absorption": ("latest-decision", "latest-claim"),
    "imputation": ("proportional", "shared", "full", "zero"),
    "ranks": ("competition", "dense"),
    "quota_rounding": ROUNDINGS,
    "ties": ("none", "all"),
}

_VARIED = (("value",),)


def read_options(root: Block) -> Options:
    """All common rules; none is taken for granted, so none may be left out."""
    block = root.block("options", ("places", *CHOICES), rule=False)
    return Options(places=_places(block), **{key: _choice(block, key) for key in CHOICES})


def _places(root: Block) -> Option:
    return with_alternatives(
        root.block("places", ("value",), varied=_VARIED),
        lambda part: Option(part.whole("value", 0, MOST_PLACES) or 0, part.rule("options.places")),
    )


def _choice(root: Block, key: str) -> Option:
    return with_alternatives(
        root.block(key, ("value",), varied=_VARIED),
        lambda part: Option(part.choice("value", CHOICES[key]), part.rule(f"options.{key}")),
    )
