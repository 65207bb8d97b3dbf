"""The counter: the secretariat sees an identity card and verifies an account, or prints a one-time code."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from geumcheon.accounts.models import Verification
from geumcheon.accounts.resident_forms import CounterForm
from geumcheon.accounts.rules import is_secretariat
from geumcheon.accounts.verification import actions


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def counter(request):
    """One form for both: with a mail address it verifies that account, without one it shows a paper code once."""
    if not is_secretariat(request.user):
        raise PermissionDenied
    form = CounterForm(request.POST or None)
    if form.is_valid():
        try:
            return _write(request, form)
        except ValidationError as error:
            form.add_error(None, error)
    recent = Verification.objects.filter(verified_by__isnull=False).select_related("user", "dong", "verified_by")[:10]
    return render(request, "residents/counter.html", {"form": form, "recent": recent})


def _write(request, form):
    cleaned = form.cleaned_data
    values = {
        "by": request.user,
        "basis": cleaned["basis"],
        "dong": cleaned["dong"],
        "roll_number": cleaned["roll_number"],
    }
    if cleaned["email"]:
        actions.verify_at_counter(user=form.account, **values)
        messages.success(request, f"{form.account} 님을 확인했습니다.")
        return redirect("my:counter")
    row, code = actions.make_paper_code(**values)
    return render(request, "residents/paper_code.html", {"row": row, "code": code})
