"""Signing up by mail or with a provider, and the page of a mailed link."""

from allauth.account.utils import perform_login
from allauth.socialaccount.internal.flows.signup import clear_pending_signup, get_pending_signup
from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import ValidationError
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from geumcheon.accounts import address_actions
from geumcheon.accounts.request_parts import client_ip, is_trapped
from geumcheon.accounts.resident_forms import ChosenPasswordForm, SignUpForm, SocialSignUpForm
from geumcheon.accounts.verification import limits

SESSION = "sign_up"  # the AddressProof this browser made; 0 stands for a known address, so that both leave a cookie


@sensitive_post_parameters("password1", "password2")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def sign_up(request):
    """The form of an account. It answers the same whether the address is known or not."""
    if request.user.is_authenticated:
        return redirect("my:page")
    form = SignUpForm(request.POST or None)
    if form.is_valid():
        try:
            limits.check_address("sign-up", client_ip(request))
        except ValidationError as error:
            form.add_error(None, error)
        else:
            if not is_trapped(request):
                cleaned = form.cleaned_data
                proof = address_actions.sign_up(
                    email=cleaned["email"], name=cleaned["name"], password=cleaned["password1"]
                )
                request.session[SESSION] = proof.pk if proof else 0
            return redirect("account_signup_done")
    return render(request, "residents/sign_up.html", {"form": form})


@never_cache
def sign_up_done(request):
    """What to do next, the same for everybody."""
    return render(request, "residents/sign_up_done.html", {"days": address_actions.LIFETIME.days})


def _gone(request):
    return render(request, "residents/address_gone.html", status=410)


@sensitive_post_parameters("password")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def address(request, token):
    """The page of a mailed link. Opening it changes nothing (mail programs look ahead); its button does."""
    proof = address_actions.find(token)
    if proof is None:
        return _gone(request)
    return _changed(request, proof) if proof.user_id else _signed_up(request, proof)


def _signed_up(request, proof):
    same_browser = request.session.get(SESSION) == proof.pk
    form = None if same_browser else ChosenPasswordForm(request.POST or None)
    if request.method == "POST" and (same_browser or form.is_valid()):
        if not same_browser:
            try:
                address_actions.check_own(proof, form.cleaned_data["password"])
            except ValidationError as error:
                form.add_error("password", error)
                return render(request, "residents/address.html", {"form": form, "proof": proof})
        try:
            user = address_actions.finish_sign_up(proof=proof)
        except ValidationError:
            return _gone(request)
        request.session.pop(SESSION, None)
        messages.success(request, "가입을 마쳤습니다. 이제 주민 확인을 하면 제안하고 공감할 수 있습니다.")
        return perform_login(request, user, redirect_url="/my/")
    return render(request, "residents/address.html", {"form": form, "proof": proof})


def _changed(request, proof):
    if not request.user.is_authenticated:
        return redirect_to_login(request.get_full_path())
    if request.user.pk != proof.user_id:
        return _gone(request)
    if request.method == "POST":
        try:
            address_actions.finish_change(proof=proof, by=request.user)
        except ValidationError:
            return _gone(request)
        messages.success(request, "전자우편 주소를 확인했습니다.")
        return redirect("my:page")
    return render(request, "residents/address_change.html", {"proof": proof})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def social_sign_up(request):
    """The same questions for somebody whom Kakao, Naver or an OpenID Connect provider has just named."""
    if request.user.is_authenticated:
        return redirect("my:page")
    sociallogin = get_pending_signup(request)
    if sociallogin is None:
        return redirect("account_login")
    form = SocialSignUpForm(request.POST or None)
    if form.is_valid():
        try:
            user = address_actions.sign_up_social(
                sociallogin=sociallogin, name=form.cleaned_data["name"], email=form.cleaned_data["email"]
            )
        except ValidationError as error:  # the same person finished in another window
            form.add_error(None, error)
        else:
            clear_pending_signup(request)
            messages.success(request, "가입했습니다. 편지의 링크를 눌러 전자우편 주소를 확인해 주세요.")
            return perform_login(request, user, redirect_url="/my/")
    return render(request, "residents/social_sign_up.html", {"form": form, "provider": sociallogin.provider})
