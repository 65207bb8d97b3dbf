"""PDF files of the portal's own print pages, made by WeasyPrint where it, its libraries and a Korean font are there.

A plain installation has none of these: then the pages offer no PDF, and browsers print them as they are.
"""

import hashlib
import logging
import subprocess
from functools import cache
from pathlib import Path

from django.contrib.staticfiles import finders
from django.core.cache import cache as store
from django.http import HttpResponse
from django.shortcuts import render as render_page
from django.utils.cache import get_conditional_response
from django.utils.http import content_disposition_header

STYLE = "css/print.css"
KEPT = 24 * 60 * 60  # seconds


@cache
def _weasyprint():
    """The module, or None where it or one of its libraries (Pango) is missing."""
    try:
        import weasyprint
    except (ImportError, OSError):
        return None
    # It warns about each rule meant for browsers only.
    logging.getLogger("weasyprint").setLevel(logging.ERROR)
    return weasyprint


@cache
def _has_korean_font():
    """Whether the system has a font for Korean; without one a PDF would show empty boxes."""
    try:
        found = subprocess.run(["fc-list", ":lang=ko", "family"], capture_output=True, timeout=30, check=False)  # noqa: S607
    except (OSError, subprocess.SubprocessError):
        return False
    return bool(found.stdout.strip())


def available():
    """Whether PDF files can be made here."""
    return _weasyprint() is not None and _has_korean_font()


def render(html):
    """The PDF (bytes) of an HTML document in the style of print.css. Nothing else is read, neither from the network nor from the disk."""
    weasyprint = _weasyprint()

    class Nowhere(weasyprint.urls.URLFetcher):
        def fetch(self, url, headers=None):
            raise ValueError(f"A print fetches nothing: {url}")

    style = weasyprint.CSS(string=_style(), url_fetcher=Nowhere())
    return weasyprint.HTML(string=html, url_fetcher=Nowhere()).write_pdf(stylesheets=[style], pdf_tags=True)


@cache
def _style():
    return Path(finders.find(STYLE)).read_text(encoding="utf-8")


def respond(request, html, filename, page_url):
    """The PDF of a public HTML document as a response, made once per content; 404 with a way to the page where none can be made."""
    if not available():
        return render_page(request, "print/no_pdf.html", {"page_url": page_url}, status=404)
    digest = hashlib.sha256((_style() + html).encode()).hexdigest()[:32]
    etag = f'"{digest}"'
    response = get_conditional_response(request, etag=etag)
    if response is None:
        made = store.get_or_set(f"pdf:{digest}", lambda: render(html), KEPT)
        response = HttpResponse(made, content_type="application/pdf")
        response["Content-Disposition"] = content_disposition_header(False, filename)
    response["ETag"] = etag
    response["Cache-Control"] = "no-cache"
    return response
