"""A report as one HTML file: no script, no request, the same on screen and on paper."""

import base64
import hashlib

from perfledger.reports.document import Document
from perfledger.templates import source_of, templates_of

PACKAGE = "perfledger.reports"


def page(document: Document) -> str:
    """The page. Its policy allows its own style by its digest, and nothing else."""
    style = source_of(PACKAGE, "page.css")
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    template = templates_of(PACKAGE).get_template("page.html.j2")
    return template.render(document=document, style=style, policy=policy)
