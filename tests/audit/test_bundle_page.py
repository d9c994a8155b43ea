"""The page of a bundle in a real browser: it proves, it finds changes, it asks nobody for anything.

The page is opened from the file system, as whoever holds the ZIP would.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from html import unescape
from pathlib import Path
from urllib.parse import quote

import pytest

from perfledger.ledger.note import new_key
from tests.audit.browser import browser, dom, run
from tests.audit.bundles import VKEY, Files, Log, log_in
from tests.build import Office

KEY = "#vkey=" + quote(VKEY, safe="")
CHECKS = ("proofs", "signature", "table", "streams", "scheme", "shown")


@pytest.fixture(scope="session", autouse=True)
def chromium() -> str:
    """Every test here needs the browser."""
    return browser()


def write(files: Files, folder: Path) -> Path:
    """Unpack a bundle; the page."""
    for name, data in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)
    return folder / "index.html"


def state(html: str) -> dict[str, str]:
    """What the page says of each check: good, bad, or nothing."""
    found = re.findall(r'<li data-check="(\w+)"(?: class="(\w*)")?', html)
    return dict(found)


def verdict(html: str) -> str:
    """The page's verdict."""
    found = re.search(r'<html[^>]* data-verdict="(\w+)"', html)
    assert found is not None, html[:500]
    return found[1]


@pytest.mark.parametrize("unit", ["D14", "R02", "L2", "C031"])
def test_proofs_are_green(unit: str, county: Log, tmp_path: Path) -> None:
    """With the key from elsewhere everything that the page checks is right."""
    page = write(county.files(unit, 2012 if unit[0] in "LC" else 2013), tmp_path / "b")

    html = dom(tmp_path, page, KEY)

    assert state(html) == dict.fromkeys(CHECKS, "good")
    assert verdict(html) == "good"
    assert '<td data-position="1"' not in html  # the ledger's own first leaf is no entry
    marks = re.findall(r'<td data-position="\d+" class="(\w+)">', html)
    assert set(marks) == {"good"}


def test_without_the_key_the_signature_is_open(county: Log, tmp_path: Path) -> None:
    """No key is taken from the bundle: the page says what it did not check."""
    html = dom(tmp_path, write(county.files("C031", 2012), tmp_path / "b"))

    assert state(html) == {**dict.fromkeys(CHECKS, "good"), "signature": ""}
    assert verdict(html) == "partial"


def test_another_key_is_red(county: Log, tmp_path: Path) -> None:
    """A key of the same name that did not sign."""
    page = write(county.files("C031", 2012), tmp_path / "b")
    other = "#vkey=" + quote(new_key("county.example/ledger")[1], safe="")

    assert state(dom(tmp_path, page, other))["signature"] == "bad"


def _embedded(page: Path) -> dict[str, object]:
    text = page.read_text(encoding="utf-8")
    found = json.loads(text.split('id="evidence">')[1].split("</script>")[0])
    assert isinstance(found, dict)
    return found


def _replace(page: Path, old: str, new: str) -> None:
    text = page.read_text(encoding="utf-8")
    assert old in text
    page.write_text(text.replace(old, new, 1), encoding="utf-8")


@pytest.mark.parametrize(
    ("alter", "red"),
    [
        (lambda page: _replace(page, '\\"score\\":\\"', '\\"score\\":\\"1'), {"proofs"}),
        (lambda page: _replace(page, '\\"composite\\":\\"', '\\"composite\\":\\"1'),
         {"table", "streams", "shown"}),
        (lambda page: _replace(page, '\\"2012/C031\\":', '\\"2012/C031\\":1'), {"streams"}),
        (lambda page: _replace(page, "county.example/ledger\\n", "county.example/ledges\\n"),
         {"signature"}),
        (lambda page: _replace(page, '"scheme.yaml":"', '"scheme.yaml":" '), {"scheme"}),
        (lambda page: _replace(page, '<dd id="shown-composite">', '<dd id="shown-composite">1'),
         {"shown"}),
    ],
    ids=["leaf", "table", "streams", "checkpoint", "scheme", "shown figure"],
)  # fmt: skip
def test_one_changed_byte_is_red(
    alter: Callable[[Path], None], red: set[str], county: Log, tmp_path: Path
) -> None:
    """Each check fails for what it checks."""
    page = write(county.files("C031", 2012), tmp_path / "b")
    alter(page)

    html = dom(tmp_path, page, KEY)

    assert verdict(html) == "bad"
    assert red <= {name for name, one in state(html).items() if one == "bad"}


def test_a_leaf_left_out_is_red(county: Log, tmp_path: Path) -> None:
    """The versions of the streams are counted in the page, too."""
    page = write(county.files("C031", 2012), tmp_path / "b")
    leaves = _embedded(page)["leaves"]
    assert isinstance(leaves, list)
    one = next(leaf for leaf in leaves if '"stream":"2012/C031"' in leaf[1])
    text = json.dumps(one, ensure_ascii=False, separators=(",", ":"))
    for unsafe in "<>&":
        text = text.replace(unsafe, f"\\u{ord(unsafe):04x}")
    _replace(page, text + ",", "")

    assert state(dom(tmp_path, page, KEY))["streams"] == "bad"


def test_readable_without_javascript(county: Log, tmp_path: Path) -> None:
    """Grade, tree, table and entries stand in the page; it says that nothing was checked."""
    files = county.files("C031", 2012)
    html = files["index.html"].decode()
    page = write(files, tmp_path / "b")
    stripped = html.split('<script type="application/json"')[0] + "</body></html>"
    page.write_text(stripped, encoding="utf-8")

    shown = dom(tmp_path, page)

    standing = json.loads(files["standing.json"])["standing"]
    assert standing["composite"] in shown
    assert "nothing is checked here" in shown
    assert '<ul class="tree">' in shown


def test_nothing_leaves_the_file(county: Log, tmp_path: Path) -> None:
    """The browser's own net log names no request but for the file itself; the policy forbids it."""
    page = write(county.files("C031", 2012), tmp_path / "b")
    log = tmp_path / "net.json"

    html = dom(tmp_path, page, KEY, f"--log-net-log={log}", "--net-log-capture-mode=Everything")

    text = log.read_text(encoding="utf-8", errors="replace")
    ours = [url for url in re.findall(r'"url":"([^"]+)"', text) if "index.html" in url]
    assert all(url.startswith("file://") for url in ours)
    source = page.read_text(encoding="utf-8")
    assert "default-src 'none'" in unescape(source)
    assert re.search(r'(?:src|href)="(?:https?:)?//', source) is None
    assert "<link" not in source
    assert verdict(html) == "good"


MEASURE = """<!DOCTYPE html><meta charset="utf-8"><style>iframe{border:0;display:block}</style>
<iframe src="%s" width="%d" height="900" sandbox="allow-same-origin allow-scripts"></iframe>
<script>
const frame = document.querySelector("iframe");
frame.onload = () => setTimeout(() => {
  const inner = frame.contentDocument;
  for (const one of inner.querySelectorAll("details")) one.open = true;
  const lang = new URLSearchParams(location.search).get("lang");
  inner.getElementById("lang-" + lang).checked = true;
  const root = inner.documentElement;
  document.title = root.scrollWidth + "/" + root.clientWidth;
}, 1500);
</script>"""


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("unit", ["T07", "L2"])
def test_no_horizontal_overflow(
    unit: str, lang: str, width: int, county: Log, tmp_path: Path
) -> None:
    """With everything unfolded the page is as wide as the window: wide tables scroll by themselves.

    The page stands in a frame of that width, since a headless window has a least width.
    """
    page = write(county.files(unit, 2012 if unit == "L2" else 2013), tmp_path / "b")
    frame = page.with_name("frame.html")
    frame.write_text(MEASURE % ("index.html", width), encoding="utf-8")
    options = ("--allow-file-access-from-files", f"--window-size={width + 20},1000", "--dump-dom")

    html = run(tmp_path, f"{frame.as_uri()}?lang={lang}", *options)

    found = re.search(r"<title>(\d+)/(\d+)</title>", html)
    assert found is not None, html[:300]
    assert int(found[1]) <= int(found[2])
    assert int(found[2]) == width


def test_hostile_names_are_text(tmp_path: Path) -> None:
    """Markup in names, codes and reasons is shown, never run or parsed."""
    evil = "</script><script>document.title='owned'</script><img src=x onerror=alert(1)>"
    with log_in(tmp_path) as log:
        office = Office(log.ledger)
        office.enrol("T1", name=evil)
        office.enrol("T2", name="\u2028{{7*7}}&amp;")
        office.record("plan-filed", unit="T1", note=evil)
        office.certify()
        files = log.files("T1", 2013)
        page = write(files, tmp_path / "b")

        html = dom(tmp_path, page, KEY)

        assert log.check(files).ok
        assert "<title>T1 &lt;/script&gt;" in html
        assert "owned'</title>" not in html
        assert "<img" not in html
        assert "7*7" in html
        assert verdict(html) == "good"
