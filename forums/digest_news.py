"""What was new in a week, with the topics each piece belongs to: public things alone, none of them in two weeks."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import Min, Prefetch
from django.utils import timezone

from councils.models import Meeting, Notice
from forums import event_pages
from forums.models import Event, EventState, Proposal, ProposalState, Story
from forums.topics import key_of
from geumcheon.accounts.models import Dong
from projects.models import Project

WEEK = timedelta(days=7)


@dataclass(frozen=True)
class News:
    """One new thing: what it is, its title, path, the day it became public, and the keys of its topics."""

    kind: str
    title: str
    path: str
    day: date
    topics: frozenset


def monday_before(day):
    """The Monday of the last whole week before a day: of Monday 8 June, and of every day up to the 14th, it is 1 June."""
    return day - timedelta(days=day.weekday()) - WEEK


def of_week(monday):
    """[News] of the seven days from a Monday, oldest first. The number of queries does not grow with the rows."""
    found = [*_stories(monday), *_events(monday), *_proposals(monday), *_meetings(monday), *_notices(monday)]
    return sorted(found, key=lambda news: news.day)


def _moments(field, monday):
    """A condition of a moment that lies in the week."""
    first, after = (timezone.make_aware(datetime.combine(day, time.min)) for day in (monday, monday + WEEK))
    return {f"{field}__gte": first, f"{field}__lt": after}


def _days(field, monday):
    return {f"{field}__gte": monday, f"{field}__lt": monday + WEEK}


def _projects():
    """Projects that can be followed, with their bodies: who follows a body hears of its projects, as its page shows them."""
    return Project.objects.published().prefetch_related("project_bodies")


def _topics(projects=(), dongs=(), bodies=()):
    """The keys of what a row is about; bodies by key."""
    keys = {key_of("dong", dong.pk) for dong in dongs if dong} | {key_of("body", pk) for pk in bodies}
    for project in projects:
        keys.add(key_of("project", project.pk))
        keys |= {key_of("body", link.body_id) for link in project.project_bodies.all()}
    return frozenset(keys)


def _day(moment):
    return timezone.localtime(moment).date()


def _stories(monday):
    meetings = Prefetch("meetings", Meeting.objects.published().prefetch_related("bodies"))
    rows = Story.objects.filter(**_days("published_on", monday))
    for row in rows.prefetch_related(Prefetch("projects", _projects()), "dongs", meetings).order_by("pk"):
        bodies = [body.pk for meeting in row.meetings.all() for body in meeting.bodies.all()]
        topics = _topics(row.projects.all(), row.dongs.all(), bodies)
        yield News("협치이야기", row.title, row.get_absolute_url(), row.published_on, topics)


def _events(monday):
    """Events first announced in the week, so that a change of an announced one is no news; not those called off since."""
    shown = Event.history.filter(state=EventState.ANNOUNCED).order_by().values("id").annotate(first=Min("history_date"))
    first = dict(shown.filter(**_moments("first", monday)).values_list("id", "first"))
    rows = event_pages.listed().filter(pk__in=first, state__in=[EventState.ANNOUNCED, EventState.CLOSED])
    for row in rows.select_related("project", "dong").prefetch_related("project__project_bodies").order_by("pk"):
        topics = _topics([row.project] if row.project else [], [row.dong])
        yield News("공론장·행사", row.title, row.get_absolute_url(), _day(first[row.pk]), topics)


def _proposals(monday):
    rows = Proposal.objects.public().exclude(state=ProposalState.WITHDRAWN).filter(call__published=True)
    rows = rows.filter(**_moments("submitted_at", monday)).select_related("project", "dong")
    for row in rows.prefetch_related("project__project_bodies", "bodies").order_by("pk"):
        projects = [row.project] if row.project else []
        topics = _topics(projects, [row.dong], [body.pk for body in row.bodies.all()])
        yield News("제안", row.title, row.get_absolute_url(), _day(row.submitted_at), topics)


def _meetings(monday):
    rows = Meeting.objects.published().filter(**_moments("published_at", monday)).select_related("kind")
    item_projects = Prefetch("items__project_items__project", _projects())
    for row in rows.prefetch_related("bodies", Prefetch("projects", _projects()), item_projects).order_by("pk"):
        named = [link.project for item in row.items.all() for link in item.project_items.all() if link.project]
        topics = _topics([*row.projects.all(), *named], bodies=[body.pk for body in row.bodies.all()])
        head = " ".join(filter(None, (row.kind.name, row.session_label)))
        title = f"{head} ({row.starts_on:%Y. %-m. %-d.})"
        yield News("회의록", title, row.get_absolute_url(), _day(row.published_at), topics)


def _notices(monday):
    """A notice that names no dong is for the whole district, as on the dongs' pages."""
    whole = None
    for row in Notice.objects.filter(**_days("published_on", monday)).prefetch_related("dongs").order_by("pk"):
        dongs = list(row.dongs.all())
        if not dongs:
            dongs = whole = whole if whole is not None else list(Dong.objects.all())
        yield News("공지", row.title, row.get_absolute_url(), row.published_on, _topics(dongs=dongs))
