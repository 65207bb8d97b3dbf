"""The page of an export job: progress, then the link; and the file itself."""

from django.core.files.storage import default_storage
from django.http import FileResponse, Http404
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from geumcheon.accounts import exports
from geumcheon.accounts.models import ExportState

STOP_POLLING = 286  # htmx: this answer is the last one


def _find_or_404(request, token):
    job = exports.find(token, request.user)
    if job is None:
        raise Http404("없거나 보관 기간이 지난 파일입니다.")
    return job


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def job(request, token):
    """Progress and link; the same view answers htmx with the part that changes. POST tries a failed job again, as a new one."""
    export = _find_or_404(request, token)
    if request.method == "POST":
        return redirect("exports:job", exports.retry(job=export).token)
    if export.state == ExportState.DONE and not default_storage.exists(export.file.name):
        export = exports.lost(job=export)
    stuck = exports.is_stuck(export)
    working = export.state in (ExportState.WAITING, ExportState.RUNNING) and not stuck
    context = {
        "job": export,
        "label": exports.label_of(export.kind),
        "working": working,
        "failed": export.state == ExportState.FAILED or stuck,
        "error": exports.TOO_LONG if stuck else export.error,
    }
    if request.htmx:
        return render(request, "exports/_job.html", context, status=200 if working else STOP_POLLING)
    return render(request, "exports/job.html", context)


@never_cache
@require_safe
def download(request, token):
    """The finished file as an attachment."""
    export = _find_or_404(request, token)
    if export.state != ExportState.DONE:
        raise Http404("아직 만들지 않은 파일입니다.")
    if not default_storage.exists(export.file.name):
        return redirect("exports:job", token)
    response = FileResponse(export.file.open("rb"), as_attachment=True, filename=export.filename)
    response["X-Content-Type-Options"] = "nosniff"
    return response
