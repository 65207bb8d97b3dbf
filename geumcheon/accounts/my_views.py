"""The own page: name, address, check, what was done, own data, leaving."""

from allauth.socialaccount.models import SocialAccount
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from geumcheon.accounts import address_actions, leaving, slots
from geumcheon.accounts.models import AddressProof, User, Verification
from geumcheon.accounts.resident_forms import EmailForm, LeaveForm, NicknameForm
from geumcheon.accounts.rules import is_blocked, is_secretariat
from geumcheon.accounts.verification import current, limits
from geumcheon.lib import clock

FORM = ["GET", "HEAD", "POST"]


@never_cache
@login_required
@require_safe
def page(request):
    """Where a person stands and what the person did, told by every app."""
    user = request.user
    held = current(user)
    past = None if held else Verification.objects.filter(user=user).select_related("dong").first()
    context = {
        "held": held,
        "renew_from": held and (held.expires_on - clock.today()).days <= 30,
        "past": past,
        "blocked": is_blocked(user),
        "pending": AddressProof.objects.filter(user=user, expires_at__gt=clock.now()).first(),
        "providers": list(SocialAccount.objects.filter(user=user).values_list("provider", flat=True)),
        "sections": slots.my_page.collect(user),
        "may_leave": leaving.may_leave(user),
        "is_secretariat": is_secretariat(user),
    }  # fmt: skip
    return render(request, "residents/my.html", context)


@never_cache
@login_required
@require_http_methods(FORM)
def name(request):
    """The name shown beside what the person writes."""
    form = NicknameForm(request.POST or None, initial={"name": request.user.name})
    if form.is_valid():
        User.objects.filter(pk=request.user.pk).update(name=form.cleaned_data["name"])
        messages.success(request, "별명을 바꿨습니다.")
        return redirect("my:page")
    return render(request, "residents/form.html", {"form": form, "title": "별명 바꾸기", "button": "바꾸기"})


@sensitive_post_parameters("password")
@never_cache
@login_required
@require_http_methods(FORM)
def email(request):
    """A new mail address; it counts when the link sent there was used. The answer is the same for a known address."""
    form = EmailForm(request.user, request.POST or None)
    if form.is_valid():
        allowed, again = limits.count("address-change", request.user.pk, 5)
        if allowed:
            address_actions.change_address(user=request.user, email=form.cleaned_data["email"])
            messages.success(request, "적은 주소로 링크를 보냈습니다. 그 링크를 누르면 주소가 바뀝니다.")
            return redirect("my:page")
        form.add_error(None, f"여러 번 바꿨습니다. {limits.when(again)}부터 다시 해 주세요.")
    return render(request, "residents/form.html", {"form": form, "title": "전자우편 바꾸기", "button": "링크 보내기"})


@never_cache
@login_required
@require_safe
def data(request):
    """Everything the portal holds about the person, as a file."""
    response = JsonResponse(leaving.own_data(request.user), json_dumps_params={"ensure_ascii": False, "indent": 2})
    response["Content-Disposition"] = 'attachment; filename="my-data.json"'
    return response


@sensitive_post_parameters("password")
@never_cache
@login_required
@require_http_methods(FORM)
def leave(request):
    """What stays and what goes, the question, and the end."""
    if not leaving.may_leave(request.user):
        raise PermissionDenied
    form = LeaveForm(request.user, request.POST or None)
    if request.method == "POST":
        allowed, again = limits.count("leave", request.user.pk, 10)
        if not allowed:
            form.add_error(None, f"여러 번 틀렸습니다. {limits.when(again)}부터 다시 해 주세요.")
        elif form.is_valid():
            leaving.leave(user=request.user)
            logout(request)
            messages.success(request, "탈퇴했습니다. 그동안 함께해 주셔서 고맙습니다.")
            return redirect("home")
    return render(request, "residents/leave.html", {"form": form, **leaving.words()})
