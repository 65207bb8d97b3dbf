"""The catalogue page, the files, and the machine-readable catalogue. Open to everybody and to pages of other sites."""

from functools import wraps

from django.http import Http404, HttpResponse, JsonResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils.cache import get_conditional_response
from django.views.decorators.http import require_GET, require_http_methods, require_safe

from geumcheon.lib import clock
from geumcheon.opendata import bundle, catalog, fingerprint
from geumcheon.opendata.datasets import DATASETS
from geumcheon.opendata.files import FORMATS

CONTENT_TYPES = {"json": "application/json", "csv": "text/csv; charset=utf-8"}


def open_to_all(view):
    """Let pages of any site read the answer (CORS). A page that sends If-None-Match asks first with OPTIONS."""

    @wraps(view)
    def wrapper(request, *args, **kwargs):
        if request.method == "OPTIONS":
            response = HttpResponse(status=204)
            response["Access-Control-Allow-Methods"] = "GET, HEAD, OPTIONS"
            response["Access-Control-Allow-Headers"] = "If-None-Match"
            response["Access-Control-Max-Age"] = "86400"
        else:
            response = view(request, *args, **kwargs)
        response["Access-Control-Allow-Origin"] = "*"
        response["Access-Control-Expose-Headers"] = "ETag, Content-Disposition"
        return response

    return require_http_methods(["GET", "HEAD", "OPTIONS"])(wrapper)


@require_safe
def catalogue(request):
    """Every list with its description, columns, row count, first rows and links."""
    context = {"entries": catalog.entries(), "read_at": clock.now(), "description": catalog.DESCRIPTION}
    return render(request, "open_data/catalogue.html", context)


@open_to_all
def download(request, name, suffix):
    """One list as a streamed file; 304 where the client's ETag still holds."""
    dataset = DATASETS.get(name)
    if dataset is None:
        raise Http404("없는 목록입니다.")
    # The digest is taken before the rows are read: a change in between makes the file newer than its tag, never older.
    etag = f'"{fingerprint.of(dataset)[name]}.{suffix}"'
    response = get_conditional_response(request, etag=etag)
    if response is None:
        pieces = () if request.method == "HEAD" else FORMATS[suffix](dataset)
        response = StreamingHttpResponse(pieces, content_type=CONTENT_TYPES[suffix])
        response["Content-Disposition"] = f'attachment; filename="{name}.{suffix}"'
    response["ETag"] = etag
    response["Cache-Control"] = "public, no-cache"  # keep it, and ask each time whether it still holds
    return response


@open_to_all
def dcat(request):
    """The DCAT catalogue."""
    return JsonResponse(
        catalog.dcat(request.build_absolute_uri),
        content_type="application/ld+json",
        json_dumps_params={"ensure_ascii": False, "indent": 1},
    )


@require_GET
def everything(request):
    """All lists in one zip: the page of the job that makes it."""
    return redirect("exports:job", bundle.job().token)
