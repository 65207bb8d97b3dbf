"""The search index follows what is published at once; whatever else changed, the next search finds (views.search)."""

from councils.meeting_actions import meeting_saved
from councils.models import MeetingState
from geumcheon.tasks import refresh_search


def after_meeting(meeting):
    """Filler of councils.meeting_actions.meeting_saved: a published or corrected record can be found. Drafts change nothing."""
    if meeting.state == MeetingState.PUBLISHED:
        refresh_search.delay_on_commit()


meeting_saved.fill(after_meeting)
