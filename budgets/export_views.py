"""The city's budget sheet as a download."""

from io import BytesIO

from django.http import FileResponse, Http404
from django.shortcuts import get_object_or_404, redirect
from django.utils.cache import get_conditional_response
from django.utils.http import http_date
from django.views.decorators.http import require_safe

from budgets import exporters
from geumcheon.accounts import exports
from geumcheon.accounts.rules import is_office
from projects.models import Plan

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@require_safe
def sheet(request, year):
    """The sheet of a year's plan: at once, or with more than LONG lines by a task whose page follows. Drafts are for the office."""
    plans = Plan.objects.all() if is_office(request.user) else Plan.objects.published()
    plan = get_object_or_404(plans, year=year)
    try:
        data = exporters.collect(plan)
    except exporters.NoBudget as error:
        raise Http404(str(error)) from None
    if data.line_count > exporters.LONG:
        # The ETag is part of what is asked for: unchanged rows lead to the file that is already made.
        params = {"etag": data.etag, "plan": plan.pk}
        user = request.user if request.user.is_authenticated else None
        return redirect("exports:job", exports.export_for(kind="budget_sheet", params=params, user=user).token)
    changed = int(data.changed_at.timestamp()) if data.changed_at else None
    response = get_conditional_response(request, etag=data.etag, last_modified=changed)
    if response is None:
        file = BytesIO()
        exporters.write_budget_sheet(plan, file, data=data)
        file.seek(0)
        response = FileResponse(file, as_attachment=True, filename=exporters.sheet_filename(plan), content_type=XLSX)
    response["ETag"] = data.etag
    if changed:
        response["Last-Modified"] = http_date(changed)
    # Kept by the browser, asked about every time; a draft is never kept by a cache between.
    response["Cache-Control"] = "no-cache" if plan.status != "draft" else "private, no-cache"
    return response
