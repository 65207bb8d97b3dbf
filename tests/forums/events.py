"""Events for tests, with people who registered."""

import contextlib
from datetime import timedelta

import time_machine

from councils.models import MeetingKind
from forums import event_actions
from forums.models import Event, EventKind, EventState, Survey, SurveyState
from geumcheon.accounts.models import OutboxMessage
from geumcheon.lib import clock


def a_kind(name="시험 공론장", meeting="공론장", training=False):
    """A kind of event whose record is a meeting of the kind `meeting` (None: no record)."""
    kind = MeetingKind.objects.get_or_create(name=meeting)[0] if meeting else None
    return EventKind.objects.get_or_create(name=name, defaults={"meeting_kind": kind, "training": training})[0]


def an_event(title="골목 공론장", state=EventState.ANNOUNCED, days=7, kind=None, **fields):
    """An event that begins in so many days and lasts two hours."""
    starts_at = clock.now() + timedelta(days=days)
    fields = {
        "starts_at": starts_at, "ends_at": starts_at + timedelta(hours=2), "year": starts_at.year, "place": "구청 대강당", **fields,
    }  # fmt: skip
    return Event.objects.create(title=title, kind=kind or a_kind(), state=state, **fields)


def registered(event, count, start=1):
    """So many people in line order, each with a mail address."""
    return [
        event_actions.register(event=event, name=f"주민 {n}", contact=f"p{n}@example.org")
        for n in range(start, start + count)
    ]


def at_the_end_of(event):
    """The moment the event is over, as a context."""
    moment = event.ends_at or event.starts_at
    return time_machine.travel(moment + timedelta(minutes=1), tick=True)


def closed_event(by, came=0, headcount=None, **fields):
    """An event that was held: `came` people checked in, then closed."""
    event = an_event(**fields)
    rows = registered(event, came)
    with at_the_end_of(event):
        for row in rows:
            event_actions.check_in(registration=row, by=by)
        return event_actions.close(event=event, by=by, headcount=headcount)


def told(what=""):
    """[(recipient, what)] of the messages about registrations, in the order they were made."""
    rows = OutboxMessage.objects.filter(event__startswith="registration:").order_by("pk")
    found = [(m.recipient, m.event.split(":", 2)[2]) for m in rows]
    return [pair for pair in found if pair[1].startswith(what)]


@contextlib.contextmanager
def nothing_new():
    """No message about a registration is made inside."""
    before = len(told())
    yield
    assert len(told()) == before


def an_open_survey(event, questions=(("satisfaction", "만족하셨습니까?", ""),), days=7):
    """A survey that takes answers, by rows alone: (kind, words, choices) of each question, all to be answered."""
    now = clock.now()
    survey = Survey.objects.create(
        event=event, opens_at=now, closes_at=now + timedelta(days=days), state=SurveyState.OPEN
    )
    for order, (kind, text, choices) in enumerate(questions, 1):
        survey.questions.create(order=order, kind=kind, text=text, choices=choices)
    return survey


def some_events(count=1):
    """So many rows of each model the admin shows, each with a survey that takes answers."""
    for n in range(count):
        an_open_survey(an_event(f"시험 행사 {n}", kind=a_kind(f"시험 종류 {n}")))
