"""The pages in a real browser, on a desk and on a telephone: labels lie apart, nothing is asked.

Each page stands in a frame of its width, since a headless window has a least width.
"""

from __future__ import annotations

import json
import re
import shutil
from html import unescape
from pathlib import Path
from typing import Any

import pytest

from perfledger.reports.site.names import unit_file
from tests.audit.browser import browser, run
from tests.site.axe import axe
from tests.site.conftest import LANGUAGES, Built
from tests.site.hostile import CODES

WIDTHS = (1280, 390)
EXAMPLES = [
    "index.html",
    *(
        f"2013-zhengding/{name}"
        for name in (
            "index.html", "class-township.html", "class-department.html",
            "class-restoration.html", "corrections.html", "worklist.html", "documents.html",
            "scheme.html", "matters.html", "unit-T02.html", "unit-T07.html", "unit-D21.html",
            "unit-R05.html",
        )
    ),
    *(
        f"2012-qitai/{name}"
        for name in (
            "index.html", "class-county-leader.html", "class-township.html",
            "class-department.html", "class-project.html", "corrections.html",
            "worklist.html", "unit-L2.html", "unit-P03.html", "unit-C031.html",
        )
    ),
]  # fmt: skip
AWKWARD = [
    f"2013-zhengding/{name}"
    for name in (
        "index.html", "class-township.html", "corrections.html", "worklist.html",
        "documents.html", *map(unit_file, CODES), unit_file("E00"), unit_file("E01"),
    )
]  # fmt: skip
CROWDED = [
    f"2013-zhengding/{name}"
    for name in (
        "index.html", "class-township.html", "corrections.html", "documents.html",
        "documents-2.html", "unit-C000.html",
    )
]  # fmt: skip
PAGES = {"examples": EXAMPLES, "awkward": AWKWARD, "crowd": CROWDED}

MEASURE = """<!DOCTYPE html><meta charset="utf-8"><title>waiting</title>
<style>iframe{border:0;display:block}</style>
<iframe width="%d" height="900"></iframe>
<pre id="told"></pre>
<script>
const frame = document.querySelector("iframe"), found = {}, pages = %s;
const apart = (a, b) => a.right <= b.left + 1 || b.right <= a.left + 1 ||
  a.bottom <= b.top + 1 || b.bottom <= a.top + 1;
function measure(inner) {
  const root = inner.documentElement, told = {overlaps: [], outside: [], pictures: 0, labels: 0};
  told.over = root.scrollWidth - root.clientWidth;
  told.style = inner.styleSheets.length;
  for (const svg of inner.querySelectorAll(".picture svg")) {
    const frame = svg.getBoundingClientRect();
    if (!frame.width) continue;
    told.pictures += 1;
    const boxes = [...svg.querySelectorAll("text")].map(
      one => [one.textContent, one.getBoundingClientRect()]);
    told.labels += boxes.length;
    boxes.forEach(([text, box], n) => {
      if (box.left < frame.left - 1 || box.right > frame.right + 1 || box.top < frame.top - 1 ||
          box.bottom > frame.bottom + 1) told.outside.push(text);
      for (const [other, there] of boxes.slice(n + 1))
        if (!apart(box, there)) told.overlaps.push([text, other]);
    });
  }
  return told;
}
let at = 0;
frame.onload = () => {
  if (!at) return;
  found[pages[at - 1]] = measure(frame.contentDocument);
  next();
};
function next() {
  if (at === pages.length) {
    document.getElementById("told").textContent = JSON.stringify(found);
    document.title = "done";
  } else frame.src = pages[at++];
}
next();
</script>"""

TOGETHER = ("--allow-file-access-from-files", "--dump-dom")


@pytest.fixture(scope="module", autouse=True)
def chromium() -> str:
    """Every test here needs the browser."""
    return browser()


def told(html: str) -> dict[str, Any]:
    """What a measuring page found."""
    assert "<title>done</title>" in html, html[-2_000:]
    text = re.search(r'<pre id="told">(.*?)</pre>', html, re.DOTALL)
    assert text is not None
    found = json.loads(unescape(text[1]))
    assert isinstance(found, dict)
    return found


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("county", PAGES)
def test_labels_lie_apart_and_inside(
    county: str, lang: str, width: int, built: Built, tmp_path: Path
) -> None:
    """By their bounding boxes, equal composites too; and no page is wider than its window."""
    folder = built(county, lang)
    page = folder / f"measure-{width}.htm"
    page.write_text(MEASURE % (width, json.dumps(PAGES[county])), encoding="utf-8")

    found = told(run(tmp_path, page.as_uri(), f"--window-size={width + 20},1000", *TOGETHER))

    page.unlink()
    assert list(found) == PAGES[county]
    for name, one in found.items():
        assert one["style"] == 1, name
        assert one["over"] == 0, name
        assert one["overlaps"] == [], name
        assert one["outside"] == [], name
    assert sum(one["labels"] for one in found.values()) > 40
    assert min(one["pictures"] for name, one in found.items() if "/unit-" in name) >= 1


def test_no_request_leaves_the_folder(built: Built, tmp_path: Path) -> None:
    """The browser's own log names the page and its style sheet, and no other request."""
    page = built("awkward", "zh") / "2013-zhengding" / unit_file("T1")
    log = tmp_path / "net.json"

    run(tmp_path, page.as_uri(), "--dump-dom", f"--log-net-log={log}",
        "--net-log-capture-mode=Everything")  # fmt: skip

    text = log.read_text(encoding="utf-8", errors="replace")
    asked = set(re.findall(r'"(?:url|original_url)":"([^"]+)"', text))
    files = {url for url in asked if url.startswith("file:")}
    assert {url.rpartition("/")[2] for url in files} <= {page.name, "style.css"}
    assert not [url for url in asked if "127.0.0.1" in url or "localhost" in url]
    assert not [url for url in asked if "javascript" in url]


def test_the_accessibility_rules_find_nothing_serious(built: Built, tmp_path: Path) -> None:
    """axe-core over one page of every kind, in both languages, at both widths."""
    script = axe()
    for lang in LANGUAGES:
        folder = tmp_path / lang
        shutil.copytree(built("examples", lang), folder)
        (folder / "axe.js").write_bytes(script)
        for width in WIDTHS:
            found = told(run(tmp_path, _axe_page(folder, width).as_uri(), *TOGETHER))
            assert {name: bad for name, bad in found.items() if bad} == {}
            assert list(found) == EXAMPLES


AXE = """<!DOCTYPE html><meta charset="utf-8"><title>waiting</title>
<iframe width="%d" height="900"></iframe><pre id="told"></pre>
<script>
const frame = document.querySelector("iframe"), found = {}, pages = %s;
let at = 0;
frame.onload = async () => {
  if (!at) return;
  const inner = frame.contentWindow;
  const got = await inner.axe.run(inner.document, {resultTypes: ["violations"]});
  found[pages[at - 1]] = got.violations
    .filter(one => ["serious", "critical"].includes(one.impact))
    .map(one => [one.id, one.nodes.length, one.nodes[0].html.slice(0, 200)]);
  next();
};
function next() {
  if (at === pages.length) {
    document.getElementById("told").textContent = JSON.stringify(found);
    document.title = "done";
  } else frame.src = pages[at++];
}
next();
</script>"""


def _axe_page(folder: Path, width: int) -> Path:
    """The pages with the checker in them: their policy, which forbids it, is taken out."""
    for name in EXAMPLES:
        path = folder / name
        text = re.sub(r"<meta http-equiv[^>]*>", "", path.read_text(encoding="utf-8"))
        script = f'<script src="{"../" * name.count("/")}axe.js"></script></body>'
        if "axe.js" not in text:
            path.write_text(text.replace("</body>", script), encoding="utf-8")
    page = folder / "axe.htm"
    page.write_text(AXE % (width, json.dumps(EXAMPLES)), encoding="utf-8")
    return page
