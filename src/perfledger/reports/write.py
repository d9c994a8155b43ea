"""The forms in which a report is written, by the file's suffix."""

from perfledger.domain.errors import say
from perfledger.reports.csv_file import csv_file
from perfledger.reports.document import Document
from perfledger.reports.page import page
from perfledger.reports.words import Words

SUFFIXES = (".xlsx", ".html", ".pdf", ".csv")


def written(document: Document, suffix: str, words: Words) -> bytes:
    """The report's bytes; the same report gives the same. Raises `NoPdf`."""
    if suffix == ".xlsx":
        from perfledger.reports.workbook import workbook

        return workbook(
            document, words.tell(say("page {number} of {pages}", number="&P", pages="&N"))
        )
    if suffix == ".pdf":
        from perfledger.reports.pdf import pdf

        return pdf(document)
    return page(document).encode() if suffix == ".html" else csv_file(document)
