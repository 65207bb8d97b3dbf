"""소식 받기: the topics somebody follows, and the page behind the link of a mail that ends them."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core import signing
from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from forums import topic_actions
from forums import topics as words
from forums.models import TopicFollow
from forums.topic_forms import TopicForm

FORM = ["GET", "HEAD", "POST"]


@never_cache
@login_required
@require_http_methods(FORM)
def topics(request):
    """What I follow, what is mailed and how often, and the form of one more; `?topic=` chooses it beforehand."""
    follows = words.follows_of(request.user)
    keys = {row.key for row in follows}
    may_follow = request.user.has_perm("forums.follow_topic")
    form = None
    if may_follow:
        asked = request.GET.get("topic", "")
        form = TopicForm(request.POST or None, followed=keys, initial={"topic": asked})
        if form.is_valid() and _follow(request, form):
            return redirect("topics")
    for row in follows:
        row.name, row.address = words.name(row.kind, row.topic), words.address(row.kind, row.topic)
    status = 403 if request.method == "POST" and not may_follow else 200
    return render(request, "forums/topics.html", {"follows": follows, "form": form}, status=status)


def _follow(request, form):
    """Whether it was done; what is refused stands at the form's fields."""
    data = form.cleaned_data
    try:
        row, new = topic_actions.follow(by=request.user, key=data["topic"], consent=data["consent"])
    except ValidationError as error:
        form.add_error(None, error)
        return False
    name = words.name(row.kind, row.topic)
    if new:
        messages.success(request, f"‘{name}’의 소식을 전자우편으로 보내 드립니다.")
    else:
        messages.info(request, f"‘{name}’의 소식은 이미 받고 있습니다.")
    return True


@require_POST
@login_required
def remove(request, pk):
    """No more mails about one of my topics."""
    row = get_object_or_404(TopicFollow, pk=pk, user=request.user)
    topic_actions.unfollow(user_id=request.user.pk, key=row.key)
    messages.success(request, f"‘{words.name(row.kind, row.topic)}’의 소식을 더 보내지 않습니다.")
    return redirect("topics")


@never_cache
@csrf_exempt  # the signature in the address is the right to it, and mail programs send no cookie (RFC 8058)
@require_http_methods(FORM)
def leave(request, token):
    """End the mails about one topic or all, without signing in. A mail program that opens the address changes nothing."""
    try:
        user_id, key = topic_actions.read_leave(token)
    except signing.BadSignature:
        return render(request, "forums/topic_leave_wrong.html", status=410)
    if request.method == "POST":
        topic_actions.unfollow(user_id=user_id, key=key)
    rows = TopicFollow.objects.filter(user=user_id).select_related("project__plan", "dong", "body")
    left = [words.name(row.kind, row.topic) for row in rows if key in ("", row.key)]
    return render(request, "forums/topic_leave.html", {"left": left, "one": bool(key)})
