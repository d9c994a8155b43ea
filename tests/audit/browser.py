"""A real headless Chromium: pages as it shows them, and what they ask the network for."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
OPTIONS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
    "--virtual-time-budget=20000",
)


def browser() -> str:
    """The browser; skips without one, or fails if CI_REQUIRE_BROWSER=1."""
    found = next((path for name in NAMES if (path := shutil.which(name))), None)
    if found is None:
        reason = "needs Chromium: apt-get install chromium"
        if os.environ.get("CI_REQUIRE_BROWSER") == "1":
            pytest.fail(reason, pytrace=False)
        pytest.skip(reason)
    return found


def run(folder: Path, url: str, *options: str) -> str:
    """Run the browser once over a page and return what it printed."""
    done = subprocess.run(
        [browser(), *OPTIONS, f"--user-data-dir={folder / 'profile'}", *options, url],
        capture_output=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr.decode("utf-8", "replace")[-2000:]
    return done.stdout.decode("utf-8", "replace")


def dom(folder: Path, page: Path, fragment: str = "", *options: str) -> str:
    """The document after its script has run."""
    return run(folder, page.as_uri() + fragment, "--dump-dom", *options)


def screenshot(folder: Path, page: Path, width: int, height: int, to: Path) -> None:
    """The page as a picture."""
    run(folder, page.as_uri(), f"--window-size={width},{height}", f"--screenshot={to}")
