"""Pages read back: tags that close, ids, links, texts."""

from __future__ import annotations

from functools import cache
from html.parser import HTMLParser
from pathlib import Path

VOID = frozenset(("meta", "link", "br", "img", "input", "hr"))


class Page(HTMLParser):
    """One page; `broken` says where its tags do not nest."""

    def __init__(self, path: Path) -> None:
        super().__init__(convert_charrefs=True)
        self.path = path
        self.ids: list[str] = []
        self.links: list[str] = []
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.broken: list[str] = []
        self.text: list[str] = []
        self._open: list[str] = []
        self.source = path.read_text(encoding="utf-8")
        self.feed(self.source)
        self.close()
        self.broken += [f"never closed: {tag}" for tag in self._open]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._see(tag, attrs)
        if tag not in VOID:
            self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._see(tag, attrs)

    def _see(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}
        given = dict(attrs)
        if len(given) != len(attrs):
            self.broken.append(f"an attribute twice: {self.get_starttag_text()}")
        if (identity := given.get("id")) is not None:
            self.ids.append(identity)
        if (href := given.get("href")) is not None:
            self.links.append(href)

    def handle_endtag(self, tag: str) -> None:
        if not self._open or self._open.pop() != tag:
            self.broken.append(f"{tag} closed at {self.getpos()}")

    def handle_data(self, data: str) -> None:
        self.text.append(data)


@cache
def pages(folder: Path) -> dict[Path, Page]:
    """All pages of a site."""
    return {path: Page(path) for path in sorted(folder.rglob("*.html"))}
