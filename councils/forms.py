"""What visitors may ask of the meeting log."""

from django import forms
from django.db.models import Q

from councils.models import Body, Meeting, MeetingKind

BAD_CHOICE = {"invalid_choice": "목록에 있는 값을 골라 주세요."}


class MeetingFilter(forms.Form):
    """GET filters of the log. A bad value is marked and does not filter; the good ones still do."""

    year = forms.TypedChoiceField(label="연도", required=False, coerce=int, empty_value=None, error_messages=BAD_CHOICE)
    month = forms.TypedChoiceField(
        label="월",
        required=False,
        coerce=int,
        empty_value=None,
        choices=[("", "전체"), *((n, f"{n}월") for n in range(1, 13))],
        error_messages=BAD_CHOICE,
    )
    kind = forms.ModelChoiceField(
        MeetingKind.objects.all(),
        label="종류",
        required=False,
        empty_label="전체",
        to_field_name="name",
        error_messages=BAD_CHOICE,
    )
    body = forms.ModelChoiceField(
        Body.objects.all(),
        label="기구",
        required=False,
        empty_label="전체",
        to_field_name="name",
        error_messages=BAD_CHOICE,
    )
    q = forms.CharField(
        label="찾을 말",
        required=False,
        max_length=60,
        widget=forms.TextInput(attrs={"type": "search"}),
        error_messages={"max_length": "60자까지 찾을 수 있습니다."},
    )

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

    @property
    def in_use(self):
        """Whether any valid filter is set."""
        return any(self.cleaned_data.values())
