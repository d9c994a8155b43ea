from collections.abc import Mapping
from perfledger.audit.bundle.derive import Derived

def page(derived: Derived, files: Mapping[str, bytes]) -> bytes:
    return b"stub"
def guide(derived: Derived, files: Mapping[str, bytes]) -> bytes:
    return b"stub"
def page_version() -> str:
    return "0"
