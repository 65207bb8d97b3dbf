"""A resident's check: by text, by an identity provider, by a paper code. The number never leaves the request that brings it."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from geumcheon.accounts.models import Dong
from geumcheon.accounts.request_parts import client_ip
from geumcheon.accounts.resident_forms import BelongingForm, CodeForm, NumberForm, PaperForm
from geumcheon.accounts.verification import actions, challenges, current, identity, texts

SESSION = "verify"  # {"challenge": pk, "basis": …, "dong": pk or None}
NEXT = "verify_next"
FORM = ["GET", "HEAD", "POST"]


def _belonging(cleaned):
    return {"basis": cleaned["basis"], "dong": cleaned["dong"].pk if cleaned["dong"] else None}


def _done(request, row):
    request.session.pop(SESSION, None)
    messages.success(request, f"주민 확인을 마쳤습니다({row.get_level_display()}). 제안하고 공감할 수 있습니다.")
    return redirect(request.session.pop(NEXT, None) or "my:page")


def _remember_next(request):
    """Where the person came from (`?next=`): an endorsement that needed the check goes on there."""
    target = request.GET.get("next", "")
    if target and url_has_allowed_host_and_scheme(target, {request.get_host()}, request.is_secure()):
        request.session[NEXT] = target


def _kept(request):
    """What the first step left: (challenge pk, basis, Dong or None); None without a first step."""
    kept = request.session.get(SESSION)
    if not kept or "challenge" not in kept:
        return None
    return kept["challenge"], kept["basis"], Dong.objects.filter(pk=kept["dong"]).first() if kept["dong"] else None


@sensitive_post_parameters("number")
@never_cache
@login_required
@require_http_methods(FORM)
def start(request):
    """The ways to be checked, and the form of the first: relation to the district and number."""
    _remember_next(request)
    held = current(request.user)
    initial = {"basis": held.basis, "dong": held.dong} if held else {}
    form = NumberForm(request.POST or None, initial=initial) if texts.available() else None
    if form is not None and form.is_valid():
        try:
            challenge = challenges.start_text(form.cleaned_data["number"], user=request.user, ip=client_ip(request))
        except ValidationError as error:
            form.add_error("number", error)
        else:
            request.session[SESSION] = {"challenge": challenge.pk, **_belonging(form.cleaned_data)}
            return redirect("my:verify_code")
    context = {"form": form, "held": held, "identity": identity.available()}
    return render(request, "residents/verify.html", context)


@sensitive_post_parameters("code")
@never_cache
@login_required
@require_http_methods(FORM)
def code(request):
    """The code of the text message."""
    kept = _kept(request)
    if kept is None:
        return redirect("my:verify")
    form = CodeForm(request.POST or None)
    if form.is_valid():
        try:
            challenges.confirm_text(kept[0], form.cleaned_data["code"], user=request.user)
        except ValidationError as error:
            form.add_error("code", error)
        else:
            return _verify(request, kept)
    return render(request, "residents/verify_code.html", {"form": form, "minutes": 5})


def _verify(request, kept, move=False):
    challenge, basis, dong = kept
    try:
        row = actions.verify_by_text(user=request.user, challenge_id=challenge, basis=basis, dong=dong, move=move)
    except actions.Taken:
        return redirect("my:verify_move")
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect("my:verify")
    return _done(request, row)


@never_cache
@login_required
@require_http_methods(FORM)
def move(request):
    """Another account holds the number just proved: keep it there, or move it here."""
    kept = _kept(request)
    if kept is None or not challenges.is_proved(kept[0], user=request.user):
        return redirect("my:verify")
    if request.method == "POST":
        return _verify(request, kept, move=True)
    return render(request, "residents/verify_move.html")


@sensitive_post_parameters("code")
@never_cache
@login_required
@require_http_methods(FORM)
def paper(request):
    """The one-time code of the counter."""
    form = PaperForm(request.POST or None)
    if form.is_valid():
        try:
            row = actions.redeem_paper_code(user=request.user, code=form.cleaned_data["code"])
        except ValidationError as error:
            form.add_error("code", error)
        else:
            return _done(request, row)
    return render(
        request,
        "residents/form.html",
        {"form": form, "title": "창구에서 받은 코드 쓰기", "button": "확인하기", "up": "verify"},
    )


# --- identity provider --------------------------------------------------------------------------------------------


@never_cache
@login_required
@require_http_methods(FORM)
def identity_start(request):
    """Relation to the district, then off to the identity provider. 404 while none is set."""
    if not identity.available():
        raise Http404
    form = BelongingForm(request.POST or None)
    if form.is_valid():
        try:
            address, state = identity.begin()
        except identity.IdentityFailed:
            form.add_error(None, "본인확인 기관에 이어지지 않습니다. 잠시 뒤에 다시 해 주세요.")
        else:
            request.session[identity.SESSION] = {
                **state, **_belonging(form.cleaned_data), "move": request.POST.get("move") == "on"
            }  # fmt: skip
            # A link, not a redirect: browsers stop a form whose answer leads to another host (form-action).
            return render(request, "residents/verify_identity_go.html", {"address": address})
    context = {"form": form, "taken": request.GET.get("taken") == "1"}
    return render(request, "residents/verify_identity.html", context)


@never_cache
@login_required
@require_safe
def identity_callback(request):
    """Back from the identity provider. Its answer is checked, its `ci` hashed; nothing else of it is read."""
    kept = request.session.pop(identity.SESSION, None)
    if not identity.available():
        raise Http404
    try:
        ci = identity.finish(kept, request.GET)
        dong = Dong.objects.filter(pk=kept["dong"]).first() if kept["dong"] else None
        row = actions.verify_by_identity(user=request.user, ci=ci, basis=kept["basis"], dong=dong, move=kept["move"])
    except identity.IdentityFailed:
        messages.error(request, "본인확인을 마치지 못했습니다. 다시 해 주세요.")
        return redirect("my:verify")
    except actions.Taken as error:
        messages.error(request, error.messages[0])
        return redirect("/my/verify/identity/?taken=1")
    return _done(request, row)
