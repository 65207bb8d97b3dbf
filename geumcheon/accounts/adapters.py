"""How allauth behaves here."""

import hashlib

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse

from geumcheon.accounts import actions
from geumcheon.accounts.backends import PortalBackend

SUBJECT_PREFIX = "[금천구 협치 포털] "


class AccountAdapter(DefaultAccountAdapter):
    """Own sign-up, plain Korean messages, mail through the outbox, links with the portal's own address."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        # One sentence for both: it must not tell whether such an account exists.
        "username_password_mismatch": "아이디(전자우편)나 비밀번호가 맞지 않습니다.",
        "email_password_mismatch": "아이디(전자우편)나 비밀번호가 맞지 않습니다.",
        "too_many_login_attempts": "여러 번 틀려 잠시 막았습니다. 5분 뒤에 다시 해 주세요.",
        "enter_current_password": "지금 쓰는 비밀번호가 맞지 않습니다.",
        "invalid_password_reset": "더 쓸 수 없는 링크입니다.",
    }

    def is_open_for_signup(self, request):
        """allauth's own form stays closed: residents use the portal's (signup_views), which tells nobody who has an account."""
        return False

    def pre_login(self, request, user, **kwargs):
        """allauth hands over people with the right password whom the backend refused; only the inactive page is for them."""
        if not PortalBackend().user_can_authenticate(user):
            return self.respond_user_inactive(request, user)
        return super().pre_login(request, user, **kwargs)

    def get_password_change_redirect_url(self, request):
        return reverse("home")

    def get_reset_password_from_key_url(self, key):
        """From SITE_URL, never from the request's Host header: the link goes into a mail."""
        path = reverse("account_reset_password_from_key", kwargs={"uidb36": "UID", "key": "KEY"})
        return settings.SITE_URL + path.replace("UID-KEY", key)

    def send_mail(self, template_prefix, email, context):
        """Put allauth's mail into the outbox; the same text to the same address goes once."""
        body = render_to_string(f"{template_prefix}_message.txt", context).strip()
        subject = render_to_string(f"{template_prefix}_subject.txt", context)
        digest = hashlib.sha256(body.encode()).hexdigest()[:40]
        actions.queue(
            event=f"{template_prefix.rsplit('/', 1)[-1]}:{digest}",
            recipient=email,
            subject=SUBJECT_PREFIX + subject,
            body=body,
            user=context.get("user"),
        )
