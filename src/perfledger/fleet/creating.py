"""`fleet init`: each county's ledger, where it is not there yet."""

from typing import Any

import attrs

from perfledger.app import create_ledger
from perfledger.domain.errors import say
from perfledger.domain.keys import vkey_name
from perfledger.fleet.catalogue import County
from perfledger.ledger.tree import BadEvidence


@attrs.frozen(kw_only=True)
class Made:
    """A county's ledger that is there now; `created` where it was not before."""

    created: bool
    origin: str

    def as_json(self) -> dict[str, Any]:
        """The county's part of the answer."""
        return {"created": self.created, "origin": self.origin}


def create(county: County) -> Made:
    """Create the county's ledger, bound to its key, or leave the one that is there.

    Raises a `StoreError`, or `BadEvidence` where the ledger that is there binds other keys.
    """
    origin = None if county.vkey is None else vkey_name(county.vkey)
    ledger, created = create_ledger(county.url, origin=origin, vkey=county.vkey)
    try:
        check_key(county, [vkey for _, vkey in ledger.ledger.log_keys()], needed=True)
        return Made(created=created, origin=ledger.ledger.charter().origin)
    finally:
        ledger.close()


def check_key(county: County, bound: list[str], *, needed: bool = False) -> None:
    """Raise `BadEvidence` where the ledger binds keys, and not the one of the catalogue.

    With `needed` also where it binds none and the catalogue names one.
    """
    if county.vkey is not None and county.vkey not in bound and (bound or needed):
        raise BadEvidence(say("the ledger does not bind the key that the catalogue names"))
