"""Proving a mail address by a link: of a sign-up, and of a changed address. Nobody learns here whether an address is known."""

import hashlib
import secrets
from datetime import timedelta

from django.conf import settings
from django.contrib.auth.hashers import check_password, make_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.template.loader import render_to_string
from django.urls import reverse

from geumcheon.accounts import actions
from geumcheon.accounts.models import AddressProof, Role, User
from geumcheon.accounts.verification import limits
from geumcheon.lib import clock

LIFETIME = timedelta(days=7)  # what nobody proves is destroyed then
MAILS_PER_HOUR = 3
GONE = "이 링크는 더 쓸 수 없습니다."
PREFIX = "[금천구 협치 포털] "


def _hash(token):
    return hashlib.sha256(token.encode()).hexdigest()


def known(email):
    """The account that has this address, or None."""
    return User.objects.filter(email__iexact=email).first()


def new_username():
    """A login name nobody types: people sign in with their address."""
    return f"r-{secrets.token_hex(6)}"


def _mail(template, subject, *, email, token, user=None, **context):
    path = reverse("account_address", args=[token])
    actions.queue(
        event=f"{template}:{_hash(token)[:40]}",
        recipient=email,
        subject=PREFIX + subject,
        body=render_to_string(
            f"residents/mail/{template}.txt",
            {
                "url": settings.SITE_URL + path,
                "days": LIFETIME.days,
                "login_url": settings.SITE_URL + reverse("account_login"),
                "reset_url": settings.SITE_URL + reverse("account_reset_password"),
                **context,
            },
        ),
        user=user,
    )


def _prove_or_tell(*, email, template, subject, **values):
    """Mail the link to a new address, or a note to a known one. Returns the AddressProof or None; both look the same outside."""
    token, now = secrets.token_urlsafe(32), clock.now()
    if not limits.count("address-mail", email, MAILS_PER_HOUR)[0]:
        return None  # nobody is flooded because a stranger types the address
    if known(email) is not None:
        _mail("known", "이미 계정이 있습니다", email=email, token=token)
        return None
    proof = AddressProof(email=email, token_hash=_hash(token), created_at=now, expires_at=now + LIFETIME, **values)
    proof.full_clean()
    proof.save()
    _mail(template, subject, email=email, token=token, user=values.get("user"), name=values.get("name", ""))
    return proof


@transaction.atomic
def sign_up(*, email, name, password):
    """Take a sign-up; the account is made when the mailed link is used. Returns the AddressProof, None for a known address.

    The password is hashed in both cases, so that both take as long.
    """
    hashed = make_password(password)
    return _prove_or_tell(
        email=email.lower(), template="sign_up", subject="가입을 마쳐 주세요", name=name, password=hashed,
        consented_at=clock.now(),
    )  # fmt: skip


@transaction.atomic
def change_address(*, user, email):
    """Mail a link to a user's new address; it counts when the link was used. Returns the AddressProof or None, which look the same."""
    AddressProof.objects.filter(user=user).delete()
    return _prove_or_tell(email=email.lower(), template="change_address", subject="새 전자우편 주소 확인", user=user)


def find(token):
    """The AddressProof of a mailed token that still works, or None."""
    return (
        AddressProof.objects.filter(token_hash=_hash(token), expires_at__gt=clock.now()).select_related("user").first()
    )


def _locked(proof):
    limits.one_at_a_time(f"address:{proof.email}")  # two links of one address would wait for each other's rows
    found = AddressProof.objects.select_for_update().filter(pk=proof.pk, expires_at__gt=clock.now()).first()
    if found is None or known(found.email) is not None:
        raise ValidationError(GONE)
    return found


def check_own(proof, password):
    """Whoever opens the link from another browser than the form's says the chosen password: else a stranger who typed this
    address first would own the account. Raises ValidationError."""
    allowed, again = limits.count("sign-up-password", proof.pk, 10)
    if not allowed:
        raise ValidationError(f"여러 번 틀렸습니다. {limits.when(again)}부터 다시 해 주세요.")
    if not check_password(password, proof.password):
        raise ValidationError("가입할 때 정한 비밀번호와 다릅니다.")


@transaction.atomic
def finish_sign_up(*, proof):
    """Make the account of a proved address, once. Returns the User. Raises ValidationError for a link that was used or is too old."""
    proof = _locked(proof)
    user = User(
        username=new_username(), email=proof.email, name=proof.name, role=Role.RESIDENT, password=proof.password,
        email_proved=True, consented_at=proof.consented_at,
    )  # fmt: skip
    _save(user)
    AddressProof.objects.filter(email=proof.email, user__isnull=True).delete()
    return user


@transaction.atomic
def finish_change(*, proof, by):
    """Put the proved address on its account and tell the old one. Raises ValidationError for a used or foreign link."""
    proof = _locked(proof)
    if proof.user_id != by.pk:
        raise ValidationError(GONE)
    user = User.objects.select_for_update().get(pk=by.pk)
    old, user.email, user.email_proved = user.email, proof.email, True
    _save(user)
    if old:
        body = render_to_string("residents/mail/changed.txt", {"user": user})
        actions.queue(
            event=f"address_changed:{proof.pk}",
            recipient=old,
            subject=f"{PREFIX}전자우편 주소를 바꿨습니다",
            body=body,
            user=user,
        )
    AddressProof.objects.filter(user=user).delete()
    return user


def _save(user):
    user.full_clean(exclude=["password"])
    try:
        with transaction.atomic():
            user.save()
    except IntegrityError:  # the same address was proved in another window meanwhile
        raise ValidationError(GONE) from None


@transaction.atomic
def sign_up_social(*, sociallogin, name, email):
    """Make the account of somebody a provider named. The address counts when its own link was used. Returns the User."""
    user = User(
        username=new_username(), email="", name=name, role=Role.RESIDENT, email_proved=False, consented_at=clock.now()
    )
    user.set_unusable_password()
    user.full_clean(exclude=["password"])
    user.save()
    account = sociallogin.account
    account.user, account.extra_data = user, {}
    try:
        with transaction.atomic():
            account.save()
    except IntegrityError:
        raise ValidationError("이미 가입했습니다. 다시 로그인해 주세요.") from None
    change_address(user=user, email=email)
    return user


def destroy_unproved():
    """Delete sign-ups and changes that nobody proved within seven days. Returns how many."""
    return AddressProof.objects.filter(expires_at__lte=clock.now()).delete()[0]
