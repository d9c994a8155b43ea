"""From editions to files: every page of the site, in one language."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import attrs

from perfledger.domain.errors import say
from perfledger.domain.scheme import Scheme
from perfledger.reports.site.class_pages import class_page, overview_page
from perfledger.reports.site.corrections import corrections_page
from perfledger.reports.site.edition import Edition
from perfledger.reports.site.listings import (
    documents_page,
    matters_page,
    scheme_page,
    worklist_page,
)
from perfledger.reports.site.names import numbered
from perfledger.reports.site.shelf import MATTERS, Shelf
from perfledger.reports.site.unit_page import unit_page
from perfledger.reports.site.wording import TEXTS
from perfledger.reports.words import Words
from perfledger.templates import source_of, templates_of

PACKAGE = "perfledger.reports.site"
MARK = '<meta name="generator" content="perfledger site">'
"""Stands in every page; a folder whose `index.html` has it may be built over."""
STYLE = "style.css"

WordsOf = Callable[[Scheme | None], Words]
"""The words under a scheme, or of the site itself."""


def site(editions: Sequence[Edition], words_of: WordsOf) -> Iterator[tuple[str, str]]:
    """The files: path in the folder, text. Nothing is kept of a page once it is given."""
    yield STYLE, source_of(PACKAGE, STYLE)
    words = words_of(None)
    shelves = [Shelf(one, words_of(one.book.scheme)) for one in editions]
    yield "index.html", _index(shelves, words)
    for shelf in shelves:
        yield from _edition(shelf)


def _render(template: str, words: Words, **given: Any) -> str:
    def told(key: str, **values: object) -> str:
        return words.tell(attrs.evolve(TEXTS[key], values=values))

    return (
        templates_of(PACKAGE)
        .get_template(template)
        .render(mark=MARK, lang=words.lang, t=told, **given)
    )


def _index(shelves: Sequence[Shelf], words: Words) -> str:
    foot = list(shelves[0].edition.foot.lines(words)[:2])
    foot += [shelf.edition.foot.lines(shelf.words)[2] for shelf in shelves]
    editions = [
        {
            "title": shelf.words.scheme_title(shelf.book.scheme.key),
            "year": shelf.book.year,
            "href": f"{shelf.folder}/index.html",
            "units": len(shelf.book.enrolled),
            "groups": [
                (shelf.group_title(group), f"{shelf.folder}/{shelf.class_href(group)}")
                for group in shelf.groups[:_LISTED]
            ],
            "more": max(0, len(shelf.groups) - _LISTED),
        }
        for shelf in shelves
    ]
    return _render(
        "index.html.j2", words, editions=editions, foot=foot, root="", nav=[], here="", title=""
    )


_LISTED = 12  # groups on the front page

_NAV = (
    ("index.html", say("Overview")),
    ("corrections.html", say("Corrections")),
    ("worklist.html", say("Worklist")),
    ("documents.html", say("Documents")),
    ("scheme.html", say("Scheme by article")),
    (MATTERS, say("Matters of the classes")),
)


def _edition(shelf: Shelf) -> Iterator[tuple[str, str]]:
    words, book = shelf.words, shelf.book
    foot = shelf.edition.foot.lines(words)
    nav = [(href, words.tell(text)) for href, text in _NAV]
    scheme = words.scheme_title(book.scheme.key)

    def page(name: str, template: str, title: str, view: dict[str, Any]) -> tuple[str, str]:
        text = _render(
            template, words, page=view, title=title, scheme=scheme, year=book.year,
            foot=foot, nav=nav, here=name, root="../",
        )  # fmt: skip
        return f"{shelf.folder}/{name}", text

    titles = dict(nav)
    plain: list[tuple[str, str, Callable[[Shelf], dict[str, Any]]]] = [
        ("index.html", "overview.html.j2", overview_page),
        ("corrections.html", "corrections.html.j2", corrections_page),
        ("worklist.html", "worklist.html.j2", worklist_page),
        ("scheme.html", "scheme.html.j2", scheme_page),
        (MATTERS, "matters.html.j2", matters_page),
    ]
    for name, template, view in plain:
        yield page(name, template, titles[name], view(shelf))
    for group in shelf.groups:
        view_of = class_page(group, shelf)
        yield page(shelf.class_href(group), "class.html.j2", shelf.group_title(group), view_of)
    for number, found in enumerate(shelf.document_pages, 1):
        name = numbered("documents", number)
        view_of = documents_page(found, number, shelf)
        yield page(name, "documents.html.j2", titles["documents.html"], view_of)
    for unit in shelf.units:
        yield page(shelf.hrefs[unit], "unit.html.j2", shelf.name_of(unit), unit_page(unit, shelf))
        if unit in book.enrolled:
            book.settle(unit)
