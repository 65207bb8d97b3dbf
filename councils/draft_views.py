"""The endpoint that a form being filled in posts to, so that a closed tab or a lost line costs nothing."""

import json
import re

from django.core.exceptions import ValidationError
from django.http import Http404, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from councils import form_drafts
from councils.models import Meeting

NEW = ("new-call", "new-log")
OF_MEETING = re.compile(r"(?:call|log|correct)-([1-9][0-9]{0,8})")


def _check_key(user, key):
    """404 for a form that is none, or of a meeting whose draft the user may not read."""
    found = OF_MEETING.fullmatch(key)
    if not found:
        if key not in NEW:
            raise Http404
        return
    if not user.has_perm("councils.read_draft", get_object_or_404(Meeting, pk=found[1])):
        raise Http404


@never_cache
@require_POST
def draft(request, key, check=_check_key):
    """Keep ({"user", "values"}) or drop ({"user", "drop": true}) the own draft of a form; JSON answers, 401 signed out.

    check(user, key) raises Http404 for a form that is none, or not this person's; apps on the right bring their own.
    """
    try:
        sent = json.loads(request.body[: form_drafts.MAX_BYTES * 4])
    except ValueError:
        sent = None
    if not isinstance(sent, dict):
        return JsonResponse({"error": "적은 것을 읽을 수 없습니다."}, status=400)
    if not request.user.is_authenticated or str(sent.get("user")) != str(request.user.pk):
        return JsonResponse({"error": "로그인이 끝났습니다.", "sign_in": reverse("account_login")}, status=401)
    check(request.user, key)
    if sent.get("drop"):
        form_drafts.drop(request.user, key)
        return JsonResponse({"dropped": True})
    try:
        kept = form_drafts.keep(user=request.user, key=key, values=sent.get("values"))
    except ValidationError as error:
        return JsonResponse({"error": " ".join(error.messages)}, status=413)
    return JsonResponse({"saved_at": f"{timezone.localtime(kept.saved_at):%H:%M}"})


@never_cache
@require_GET
def draft_token(request):
    """A fresh form token and who is signed in: the token a page was opened with ends with a new sign-in."""
    return JsonResponse({"csrf": get_token(request), "user": str(request.user.pk or "")})
