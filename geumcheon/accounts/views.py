"""Pages of the accounts room that allauth does not have."""

from allauth.account.utils import perform_login
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponseNotAllowed
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from geumcheon.accounts import actions, tokens
from geumcheon.accounts.forms import FirstPasswordForm


def _gone(request):
    return render(request, "accounts/invitation_gone.html", status=410)


@sensitive_post_parameters("new_password1", "new_password2")
@never_cache
def invitation(request, uid, token):
    """An invited person sets the first password and is signed in; 410 for a link that was used or is too old."""
    if request.method not in ("GET", "HEAD", "POST"):
        return HttpResponseNotAllowed(["GET", "POST"])
    user = tokens.invited_user(uid, token)
    if user is None:
        return _gone(request)
    form = FirstPasswordForm(user, request.POST or None)
    if form.is_valid():
        try:
            user = actions.set_first_password(user=user, token=token, password=form.cleaned_data["new_password1"])
        except ValidationError:  # the same link was used in another window meanwhile
            return _gone(request)
        messages.success(request, "비밀번호를 정했습니다.")
        return perform_login(request, user)
    return render(request, "accounts/invitation.html", {"form": form, "invited": user})
