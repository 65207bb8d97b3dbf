"""Nightly and weekly work of the forums room: ids in, may run twice."""

from datetime import date

from celery import shared_task

from forums import digest, digest_news, event_actions, proposal_actions, survey_actions
from forums.models import Event, Proposal, Survey
from geumcheon.accounts.models import User
from geumcheon.lib import clock


@shared_task
def close_windows():
    """End every proposal whose window of endorsements is over; each on its own, so that one failure leaves the others done."""
    for key in proposal_actions.overdue(clock.today()).values_list("pk", flat=True):
        close_window.delay(key)
    proposal_actions.destroy_old_drafts()


@shared_task
def close_window(proposal_id):
    """End one proposal's window. Twice is once."""
    proposal = Proposal.objects.filter(pk=proposal_id).first()
    if proposal is not None:
        proposal_actions.close_window(proposal=proposal)


@shared_task
def remind_events():
    """Remind who has a seat of the events of tomorrow; each event on its own. A missed run is made up for until it begins."""
    for key in event_actions.to_remind().values_list("pk", flat=True):
        remind_event.delay(key)


@shared_task
def remind_event(event_id):
    """Remind the people of one event. Twice is once."""
    event = Event.objects.filter(pk=event_id).first()
    if event is not None:
        event_actions.remind(event=event)


@shared_task
def forget_event_contacts():
    """Destroy names and contacts of events that ended 30 days ago; each event on its own."""
    for key in event_actions.to_forget().values_list("pk", flat=True):
        forget_contacts_of.delay(key)


@shared_task
def forget_contacts_of(event_id):
    """Destroy names and contacts of one event. Twice is once."""
    event = Event.objects.filter(pk=event_id).first()
    if event is not None:
        event_actions.forget_contacts(event=event)


@shared_task
def close_surveys():
    """End every survey whose last day is over; each on its own."""
    for key in survey_actions.overdue().values_list("pk", flat=True):
        close_survey.delay(key)


@shared_task
def close_survey(survey_id):
    """End one survey that is overdue. Twice is once."""
    survey = Survey.objects.filter(pk=survey_id).first()
    if survey is not None:
        survey_actions.close(survey=survey)


@shared_task
def send_digests():
    """Mail the last whole week's news to who follows a topic that had some; each person on their own."""
    monday = digest_news.monday_before(clock.today())
    for key in digest.receivers(monday):
        send_digest.delay(key, monday.isoformat())


@shared_task
def send_digest(user_id, monday):
    """Mail one person the news of the week from a Monday (`2027-03-01`). Twice is once."""
    user = User.objects.filter(pk=user_id).first()
    if user is not None:
        digest.send(user=user, monday=date.fromisoformat(monday))
