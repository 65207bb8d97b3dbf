"""How sign-in with Kakao, Naver or an OpenID Connect provider behaves here."""

from functools import wraps

from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from django.http import Http404
from django.shortcuts import redirect


class SocialAdapter(DefaultSocialAccountAdapter):
    """Keeps of the provider's answer nothing but its number for the person; never joins accounts by address."""

    def is_open_for_signup(self, request, sociallogin):
        return True

    def pre_social_login(self, request, sociallogin):
        """Addresses, names, pictures and ages are dropped before anything is saved or put into the session."""
        sociallogin.account.extra_data = {}
        sociallogin.token = None
        sociallogin.email_addresses = []
        if sociallogin.state.get("process") == "connect":
            raise ImmediateHttpResponse(redirect("my:page"))
        if not sociallogin.is_existing:
            sociallogin.user.email = sociallogin.user.username = ""

    def populate_user(self, request, sociallogin, data):
        return sociallogin.user

    def can_authenticate_by_email(self, login, email):
        return False


def off_without_keys(view):
    """404 where the settings hold no key of the provider."""

    @wraps(view)
    def wrapped(request, *args, **kwargs):
        from allauth.socialaccount.models import SocialApp

        try:
            return view(request, *args, **kwargs)
        except SocialApp.DoesNotExist:
            raise Http404 from None

    return wrapped
