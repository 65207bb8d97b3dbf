"""RSS feeds of notices and meetings; a reader that asks again with its ETag or date gets 304."""

import re
from datetime import datetime, time
from functools import wraps

from django.contrib.syndication.views import Feed
from django.db.models import Max
from django.urls import reverse
from django.utils import timezone
from django.utils.feedgenerator import Rss201rev2Feed
from django.utils.html import escape
from django.utils.http import http_date
from django.views.decorators.http import conditional_page, require_safe

from councils.models import Meeting, Notice
from councils.notices import paragraphs, period_text
from geumcheon.lib import clock

NEWEST = 30
NOON = time(12)

# XML has no sign for these, not even escaped.
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


def plain(text):
    """Text that XML can carry."""
    return _CONTROLS.sub("", text)


def noon(day):
    """Noon of a day in Seoul: a notice has a day, a feed wants a moment, and noon stays that day for most readers."""
    return datetime.combine(day, NOON, tzinfo=timezone.get_default_timezone())


def start(day):
    """The first moment of a day in Seoul."""
    return datetime.combine(day, time.min, tzinfo=timezone.get_default_timezone())


class Rss(Rss201rev2Feed):
    """RSS 2.0. An empty feed carries the start of the day: the present second would make each answer a new one."""

    def latest_post_date(self):
        return super().latest_post_date() if self.items else start(clock.today())


class NoticesFeed(Feed):
    """The newest visible notices."""

    feed_type = Rss
    title = "금천구 협치 포털 공지사항"
    description = "주민투표, 제안 공모, 위원 모집, 공론장과 결과 발표 소식"
    language = "ko"

    def link(self):
        return reverse("councils:notices")

    def feed_url(self):
        return reverse("councils:notices_feed")

    def items(self):
        return Notice.objects.visible(clock.today())[:NEWEST]

    def item_title(self, notice):
        return plain(f"[{notice.get_kind_display()}] {notice.title}")

    def item_description(self, notice):
        """HTML, as readers expect: the period and the text, escaped."""
        parts = [f"기간: {period_text(notice)}"] if period_text(notice) else []
        return plain("".join(f"<p>{part}</p>" for part in [*parts, *paragraphs(notice.text)]))

    def item_pubdate(self, notice):
        return noon(notice.published_on)

    def changed_at(self):
        """When the feed last said something else: a change of a row, or the start of the day one became visible."""
        newest = Notice.objects.visible(clock.today()).aggregate(newest=Max("published_on"))["newest"]
        day = newest and start(newest)
        written = Notice.history.aggregate(newest=Max("history_date"))["newest"]
        return max((moment for moment in (day, written) if moment), default=None)


class MeetingsFeed(Feed):
    """The newest meetings of the log."""

    feed_type = Rss
    title = "금천구 협치 포털 회의 기록"
    description = "금천구협치회의와 분과, 공론장의 회의 기록"
    language = "ko"

    def link(self):
        return reverse("councils:meetings")

    def feed_url(self):
        return reverse("councils:meetings_feed")

    def items(self):
        return Meeting.objects.published().select_related("kind").prefetch_related("bodies")[:NEWEST]

    def item_title(self, meeting):
        head = " ".join(filter(None, (meeting.kind.name, meeting.session_label)))
        first = meeting.agenda.strip().splitlines()
        return plain(f"[{head}] {first[0]}" if first else head)

    def item_description(self, meeting):
        bodies = ", ".join(body.name for body in meeting.bodies.all())
        people = f"참석 {meeting.attendees}명" if meeting.attendees is not None else ""
        facts = " · ".join(filter(None, (bodies or meeting.counterpart, meeting.place, people)))
        return plain(
            "".join(f"<p>{escape(part)}</p>" for part in (facts, *meeting.agenda.splitlines()) if part.strip())
        )

    def item_pubdate(self, meeting):
        return noon(meeting.starts_on)

    def changed_at(self):
        return Meeting.history.aggregate(newest=Max("history_date"))["newest"]


def conditional(feed):
    """The view of a feed with ETag and Last-Modified.

    Last-Modified is when a row was last written, not the newest item's noon, which may lie ahead and misses corrections.
    """

    @require_safe
    @conditional_page
    @wraps(feed.__call__)
    def view(request):
        changed_at = feed.changed_at()
        response = feed(request)
        del response.headers["Last-Modified"]
        if changed_at:
            response.headers["Last-Modified"] = http_date(changed_at.timestamp())
        response.headers["Cache-Control"] = "public, no-cache"
        return response

    return view


notices_feed = conditional(NoticesFeed())
meetings_feed = conditional(MeetingsFeed())
