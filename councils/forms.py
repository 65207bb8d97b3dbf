"""What visitors may ask of the meeting log."""

from django.db.models import Q

from councils.models import Body, Meeting, MeetingKind
from geumcheon.lib.filters import FilterForm, pick_number, pick_row, search_word


class MeetingFilter(FilterForm):
    """GET filters of the log."""

    year = pick_number("연도")
    month = pick_number("월", [(n, f"{n}월") for n in range(1, 13)])
    kind = pick_row("종류", MeetingKind.objects.all())
    body = pick_row("기구", Body.objects.all())
    q = search_word()

    def __init__(self, data, **kwargs):
        super().__init__(data, **kwargs)
        years = Meeting.objects.order_by("-year").values_list("year", flat=True).distinct()
        self.fields["year"].choices = [("", "전체"), *((year, f"{year}년") for year in years)]

    def apply(self, meetings):
        """The meetings that the valid filters leave."""
        self.is_valid()
        wanted = self.cleaned_data
        if wanted.get("year"):
            meetings = meetings.filter(year=wanted["year"])
        if wanted.get("month"):
            meetings = meetings.filter(starts_on__month=wanted["month"])
        if wanted.get("kind"):
            meetings = meetings.filter(kind=wanted["kind"])
        if wanted.get("body"):
            meetings = meetings.filter(bodies=wanted["body"])
        if wanted.get("q"):
            q = wanted["q"]
            meetings = meetings.filter(
                Q(agenda__icontains=q)
                | Q(counterpart__icontains=q)
                | Q(place__icontains=q)
                | Q(session_label__icontains=q)
            )
        return meetings
