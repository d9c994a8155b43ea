"""A report as PDF, from the same page as its HTML, by WeasyPrint (an extra that may be absent)."""

from typing import Any

from perfledger.domain.errors import Message, say
from perfledger.reports.document import Document
from perfledger.reports.page import PACKAGE, page
from perfledger.templates import source_of


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
    style = weasyprint.CSS(string=source_of(PACKAGE, "pdf.css"), url_fetcher=fetcher)
    written = html.write_pdf(stylesheets=[style])
    assert isinstance(written, bytes)
    return written


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
