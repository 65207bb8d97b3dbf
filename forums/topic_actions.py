"""What people do with topics: follow one after agreeing to the mails, leave one or all, also by the link in a mail."""

from django.conf import settings
from django.core import signing
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.urls import reverse

from forums import topics
from forums.models import TopicFollow
from geumcheon.accounts.models import MessageState, OutboxMessage
from geumcheon.lib import clock

SALT = "forums.leave-topics"
DIGEST = "digest:"  # how the outbox's names of the weekly mails begin
NO_CONSENT = "편지를 받는 데 동의해야 소식을 보낼 수 있습니다."
NO_TOPIC = "고를 수 없는 주제입니다. 목록에서 골라 주세요."


@transaction.atomic
def follow(*, by, key, consent):
    """Have a person get the weekly mail about a topic. Returns (TopicFollow, whether it is new); twice is once, with the first date.

    consent: whether they ticked that they agree. Raises ValidationError at the field, PermissionDenied without a proved address.
    """
    if not by.has_perm("forums.follow_topic"):
        raise PermissionDenied("전자우편 주소를 확인하면 소식을 받을 수 있습니다.")
    found = topics.find(key)
    if found is None:
        raise ValidationError({"topic": NO_TOPIC})
    if not consent:
        raise ValidationError({"consent": NO_CONSENT})
    kind, topic = found
    return TopicFollow.objects.get_or_create(user=by, **{kind: topic}, defaults={"consented_at": clock.now()})


@transaction.atomic
def unfollow(*, user_id, key=""):
    """End the mails about one topic, or without a key about all. Returns how many ended; twice is once.

    With the last topic a mail that is written but not sent goes too.
    """
    rows = TopicFollow.objects.filter(user=user_id)
    ended = rows.filter(pk__in=[row.pk for row in rows if key in ("", row.key)]).delete()[0]
    if not rows.all().exists():  # anew: the rows above are read
        written = OutboxMessage.objects.filter(user=user_id, event__startswith=DIGEST)
        written.exclude(state=MessageState.SENT).delete()
    return ended


def leave_url(user, key=""):
    """The full address of the page that ends the mails about a topic, or about all; it asks for no sign-in and does not expire."""
    token = signing.dumps([user.pk, key], salt=SALT)
    return settings.SITE_URL + reverse("topic_leave", args=[token])


def read_leave(token):
    """(user key, topic key or "") of an address; raises signing.BadSignature."""
    user_id, key = signing.loads(token, salt=SALT)
    return user_id, key
