"""Pages of an import: choose a file, look at what it would do, apply it. In the admin's frame, for who may write the list."""

from functools import wraps

from django import forms
from django.contrib import admin, messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import content_disposition_header
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from geumcheon.accounts import import_jobs
from geumcheon.lib import exports, imports

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class UploadForm(forms.Form):
    file = forms.FileField(
        label="파일",
        widget=forms.FileInput(attrs={"accept": ".xlsx,.csv"}),
        error_messages={"required": "파일을 골라 주세요.", "empty": "빈 파일입니다."},
    )


def _importing(view):
    """Hand the importer of `kind` to a view; 404 for an unknown kind, 403 for who may not."""

    @wraps(view)
    @never_cache
    @login_required
    def inner(request, kind):
        importer = import_jobs.KINDS.get(kind)
        if importer is None:
            raise Http404("없는 종류입니다.")
        if not importer.may(request.user):
            raise PermissionDenied
        return view(request, importer)

    return inner


def _page(request, template, importer, title, status=200, **context):
    context |= {**admin.site.each_context(request), "importer": importer, "title": title}
    return render(request, template, context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@_importing
def upload(request, importer):
    """Choose a file; its preview is the next page. A file that cannot be read leaves this page usable."""
    form = UploadForm(request.POST or None, request.FILES or None)
    if request.method == "POST":
        form = UploadForm(request.POST, request.FILES)
        if form.is_valid():
            try:
                job = import_jobs.start(importer=importer, upload=form.cleaned_data["file"], user=request.user)
            except ValidationError as error:
                form.add_error("file", error.messages)
            else:
                return redirect("imports:job", job.token)
    limits = {"rows": imports.MAX_ROWS, "megabytes": imports.MAX_BYTES // 1048576}
    return _page(request, "imports/upload.html", importer, f"{importer.label} 들여오기", form=form, limits=limits)


@require_safe
@_importing
def template(request, importer):
    """A file to fill in: the headings and one row that says in words what belongs there."""
    response = HttpResponse(content_type=XLSX)
    response["Content-Disposition"] = content_disposition_header(True, f"{importer.label} 서식.xlsx")
    exports.write_xlsx(response, importer.label, importer.headings(), [importer.example()])
    return response


def _job_or_404(request, token):
    job, importer = import_jobs.find(token, request.user)
    if job is None:
        raise Http404("없거나 보관 기간이 지난 파일입니다.")
    return job, importer


@never_cache
@login_required
@require_safe
def job(request, token):
    """What each row would do, errors first, and the button; after applying only the result."""
    job, importer = _job_or_404(request, token)
    counts = imports.counts(job.rows)
    wrong = [row for row in job.rows if row["errors"]]
    fine = [row for row in job.rows if not row["errors"]]
    for row in job.rows:
        row["shown"] = [row["cells"].get(column.key, "") for column in importer.columns]
    return _page(
        request,
        "imports/job.html",
        importer,
        f"{importer.label} 들여오기: {job.filename}",
        job=job,
        counts=counts,
        wrong=wrong,
        rows=wrong + fine,
        changes=counts[imports.ADDED] + counts[imports.CHANGED],
        after=importer.after(),
    )


@never_cache
@login_required
@require_POST
def apply(request, token):
    """Write it all, or say why nothing was written."""
    job, importer = _job_or_404(request, token)
    try:
        if import_jobs.apply(job=job, importer=importer):
            messages.success(request, "반영했습니다.")
        else:
            messages.error(request, "그사이 바뀐 것이 있어 아무것도 반영하지 않았습니다. 오류를 확인해 주세요.")
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    return redirect("imports:job", token)
