"""What registered people are told, by mail or text message: once per person and happening, through the outbox.

Call these inside the transaction of the change, under the event's lock. Who left no contact is told by the office.
"""

from django.conf import settings
from django.urls import reverse
from django.utils.crypto import salted_hmac

from forums import event_words
from forums.models import SeatState, Way
from geumcheon.accounts.actions import queue
from geumcheon.accounts.models import OutboxMessage

PREFIX = "[금천구 협치 포털] "
SALT = "forums.event-registration"
CONFIRMED, WAITING, MOVED_UP, CANCELLED, SURVEY = "confirmed", "waiting", "moved-up", "event-cancelled", "survey"


def token_of(registration):
    """The secret of a person's own address. It is computed, not kept: each message carries it, the row only its hash."""
    value = f"{registration.pk}:{registration.event_id}:{registration.created_at.isoformat()}"
    return salted_hmac(SALT, value, algorithm="sha256").hexdigest()[:40]


def own_url(registration):
    """The full address of the person's own page."""
    return settings.SITE_URL + reverse("event_own", args=[token_of(registration)])


def event_key(registration, what):
    """The outbox's name of what happened; everything about one registration starts alike."""
    return f"registration:{registration.pk}:{what}"


def _facts(event, registration):
    """When, where and, for who has a seat, the online address."""
    lines = [f"때: {event_words.when(event)}"]
    if place := event_words.where(event):
        lines.append(f"곳: {place}")
    if registration.state == SeatState.SEATED and event.way != Way.PLACE and event.online_link:
        lines.append(f"온라인 주소: {event.online_link}")
    return lines


def _send(registration, event, what, subject, lead, facts=True):
    if not registration.contact:
        return
    lines = [lead, "", *(_facts(event, registration) if facts else []), "", f"내 신청: {own_url(registration)}"]
    by_mail = "@" in registration.contact
    queue(
        event=event_key(registration, what),
        recipient=registration.contact,
        subject=(PREFIX + subject)[:200],
        body="\n".join(lines),
        channel=OutboxMessage.Channel.MAIL if by_mail else OutboxMessage.Channel.TEXT,
    )


def tell_registered(registration, event):
    """Confirm a seat, or the place in the waiting line."""
    if registration.state == SeatState.SEATED:
        lead = f"‘{event.title}’ 신청을 받았습니다."
        _send(registration, event, CONFIRMED, f"신청을 받았습니다: {event.title}", lead)
    else:
        lead = f"‘{event.title}’은(는) 자리가 차서 대기로 받았습니다. 자리가 나면 차례로 알려 드립니다."
        _send(registration, event, WAITING, f"대기로 받았습니다: {event.title}", lead)


def tell_moved_up(registration, event):
    """Tell that a seat came free; the message holds the time and place of now."""
    lead = f"자리가 나서 ‘{event.title}’에 오실 수 있습니다. 못 오시면 내 신청에서 취소해 주세요."
    _send(registration, event, MOVED_UP, f"자리가 났습니다: {event.title}", lead)


def tell_changed(registrations, event):
    """Tell that time, place, way or link changed, once per version of the calendar entry."""
    lead = f"‘{event.title}’의 때나 곳이 바뀌었습니다. 바뀐 내용을 확인해 주세요."
    for row in registrations:
        _send(row, event, f"changed:{event.sequence}", f"바뀌었습니다: {event.title}", lead)


def tell_cancelled(registrations, event):
    """Tell that the event will not be held, with the reason."""
    lead = f"‘{event.title}’({event_words.when(event)})이(가) 취소되었습니다.\n까닭: {event.cancel_reason}"
    for row in registrations:
        _send(row, event, CANCELLED, f"취소되었습니다: {event.title}", lead, facts=False)


def tell_reminder(registrations, event):
    """Tell who has a seat that the event is near; once for each day it was set to."""
    lead = f"‘{event.title}’이(가) 곧 열립니다. 못 오시면 내 신청에서 취소해 주세요."
    what = f"reminder:{event.starts_at:%Y%m%d}"
    for row in registrations:
        _send(row, event, what, f"곧 열립니다: {event.title}", lead)


def tell_survey(registrations, event):
    """Tell who came where to answer the survey: on the own page, so that no code stands in a message."""
    lead = (
        f"‘{event.title}’에 와 주셔서 고맙습니다. 설문에 한 번 답할 수 있습니다. 아래 내 신청에서 ‘설문에 답하기’를 눌러 주세요.\n"
        "누가 무엇을 답했는지는 저장하지 않습니다."
    )
    for row in registrations:
        _send(row, event, SURVEY, f"설문에 답해 주세요: {event.title}", lead, facts=False)


def forget(registrations):
    """Destroy the messages about registrations, whatever became of them."""
    for row in registrations:
        OutboxMessage.objects.filter(event__startswith=f"registration:{row.pk}:").delete()
