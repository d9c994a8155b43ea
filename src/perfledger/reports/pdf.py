"""A report as PDF, from the same page as its HTML, by WeasyPrint (an extra that may be absent)."""

from collections.abc import Iterator
from typing import Any

from perfledger.domain.errors import Message, say
from perfledger.reports.document import Document
from perfledger.reports.page import PACKAGE, page
from perfledger.templates import source_of

WIDEST = 30
"""Half-width characters that a column of a large table takes at most."""


class NoPdf(Exception):
    """PDF cannot be written on this machine; `message` says how it can."""

    def __init__(self, message: Message) -> None:
        super().__init__(str(message))
        self.message = message


def pdf(document: Document) -> bytes:
    """The PDF; raises `NoPdf` where WeasyPrint or what it needs is not installed."""
    weasyprint = load()
    fetcher = weasyprint.urls.URLFetcher(allowed_protocols=())  # a page names nothing to fetch
    html = weasyprint.HTML(string=page(document), url_fetcher=fetcher)
    text = source_of(PACKAGE, "pdf.css") + "".join(_widths(document))
    style = weasyprint.CSS(string=text, url_fetcher=fetcher)
    written = html.write_pdf(stylesheets=[style])
    assert isinstance(written, bytes)
    return written


def _widths(document: Document) -> Iterator[str]:
    """The widths of the columns of large tables, in proportion to those on a worksheet."""
    for place, sheet in enumerate(document.sheets, 1):
        if not sheet.table.large:
            continue
        widths = [min(column.width, WIDEST) for column in sheet.table.columns]
        for column, width in enumerate(widths, 1):
            share = round(100 * width / sum(widths), 2)
            yield f"section:nth-of-type({place}) col:nth-child({column}) {{ width: {share}% }}\n"


def load() -> Any:
    """WeasyPrint; raises `NoPdf`."""
    try:
        import weasyprint  # type: ignore[import-untyped]  # ships no marker of its types
        import weasyprint.urls  # type: ignore[import-untyped]  # the same
    except ModuleNotFoundError:
        raise NoPdf(
            say("PDF needs WeasyPrint, which is not installed: pip install 'perfledger[pdf]'")
        ) from None
    except OSError as error:  # it is there, and Pango, a library of the system, is not
        raise NoPdf(
            say(
                "WeasyPrint is installed, but not what it needs (Pango: apt-get install"
                " libpango-1.0-0 libpangoft2-1.0-0): {reason}",
                reason=str(error).splitlines()[0],
            )
        ) from None
    return weasyprint
