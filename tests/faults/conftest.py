"""What the fault tests need of the machine."""

import shutil
import subprocess

import pytest


@pytest.fixture(scope="session")
def strace() -> None:
    """Skips where no program may be traced."""
    program = shutil.which("strace")
    trial = [program or "false", "-qq", "-o", "/dev/null", "true"]
    if subprocess.run(trial, check=False).returncode:
        pytest.skip("strace is missing, or may not trace here")


@pytest.fixture(params=["sqlite", "postgres"])
def kind(request: pytest.FixtureRequest) -> str:
    """Both databases; the second where there is a server."""
    found = str(request.param)
    if found == "postgres":
        request.getfixturevalue("postgres_server")
    return found
