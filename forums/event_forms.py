"""Forms of events: registering, the event itself, closing, cancelling, people at the door."""

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q

from councils.models import Body, Meeting, MeetingState
from forums.event_actions import FIELDS
from forums.event_seats import CONTACT_LIMIT, NAME_LIMIT, clean_contact
from forums.models import PUBLIC_STATES, Event, Proposal
from forums.texts import PlainField, clean_line
from geumcheon.accounts.rules import is_secretariat
from projects.rules import own_projects

REASON_LIMIT = 200
MOST_PEOPLE = 100_000


class ActionForm(forms.Form):
    """A form whose action may refuse: the refusals stand at the fields, nothing typed is lost."""

    use_required_attribute = False

    def __init__(self, *args, **kwargs):
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)

    def refuse(self, error):
        refuse(self, error)


def refuse(form, error):
    """Put an action's ValidationError at the fields it names, or above the form."""
    if not hasattr(error, "error_dict"):
        form.add_error(None, error)
        return
    for name, errors in error.error_dict.items():
        form.add_error(name if name in form.fields else None, errors)


class RegisterForm(ActionForm):
    """What a resident writes to register."""

    name = PlainField(
        label="이름", limit=NAME_LIMIT, line=True, error_messages={"required": "이름을 적어 주세요."},
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )  # fmt: skip
    contact = PlainField(
        label="전자우편 또는 휴대전화", limit=CONTACT_LIMIT, line=True,
        help_text="확인과 바뀐 소식을 여기로 보냅니다. 예: name@example.org, 010-0000-0000",
        error_messages={"required": "전자우편이나 휴대전화 번호를 적어 주세요."},
        widget=forms.TextInput(attrs={"autocomplete": "email"}),
    )  # fmt: skip
    agree = forms.BooleanField(
        label="이름과 연락처를 이 행사에만 쓰고 끝난 뒤 30일에 없애는 데 동의합니다.",
        error_messages={"required": "동의해야 신청할 수 있습니다."},
    )

    def clean_contact(self):
        return clean_contact(self.cleaned_data["contact"])


class SeatForm(ActionForm):
    """What the office writes for somebody: without a phone, or at the door."""

    name = PlainField(label="이름", limit=NAME_LIMIT, line=True, error_messages={"required": "이름을 적어 주세요."})
    contact = PlainField(
        label="전자우편 또는 휴대전화", limit=CONTACT_LIMIT, line=True, required=False,
        help_text="없으면 비워 둡니다. 바뀐 소식은 직접 알려 주세요.",
    )  # fmt: skip
    arrived = forms.BooleanField(label="지금 와 있습니다(현장 접수, 바로 확인)", required=False)


class MomentInput(forms.DateTimeInput):
    """A day and hour with the browser's own calendar."""

    input_type = "datetime-local"

    def __init__(self):
        super().__init__(format="%Y-%m-%dT%H:%M")


class EventForm(forms.ModelForm):
    """An event as the office writes it. State and counts are no fields."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    online_link = forms.URLField(
        label="온라인 주소", required=False, max_length=200, assume_scheme="https", help_text="신청한 사람에게만 보입니다.",
        error_messages={"invalid": "https://로 시작하는 주소를 적어 주세요."},
    )  # fmt: skip
    use_required_attribute = False

    class Meta:
        model = Event
        fields = FIELDS
        widgets = dict.fromkeys(("starts_at", "ends_at", "register_from", "register_until"), MomentInput)
        error_messages = {
            "title": {"required": "이름을 적어 주세요."},
            "kind": {"required": "종류를 골라 주세요."},
            "year": {"required": "연도를 적어 주세요."},
        }

    def __init__(self, *args, by, **kwargs):
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        self.fields["version"].initial = self.instance.version
        self.fields["project"].queryset = own_projects(by).order_by("-plan__year", "number")
        if not is_secretariat(by):
            self.fields["project"].required = True
            self.fields["project"].error_messages["required"] = "맡은 사업을 골라 주세요."
        self.fields["proposal"].queryset = Proposal.objects.filter(state__in=PUBLIC_STATES).order_by(
            "-call__year", "title"
        )
        own = Q(pk=self.instance.meeting_id) if self.instance.meeting_id else Q(pk__in=[])
        meetings = Meeting.objects.filter(own | ~Q(state=MeetingState.CANCELLED)).select_related("kind")
        self.fields["meeting"].queryset = meetings.order_by("-starts_on")
        self.fields["meeting"].help_text = "이미 있는 회의 기록에 이을 때만 고릅니다. 마칠 때 새로 만들 수 있습니다."
        for name in ("capacity", "hours"):
            self.fields[name].widget.attrs["min"] = 0

    def clean(self):
        cleaned = super().clean()
        for name in ("title", "when_text", "place"):  # they stand in subjects of mails
            if name in cleaned:
                cleaned[name] = clean_line(cleaned[name], self.fields[name].max_length)
        return cleaned

    def values(self):
        """What create and edit take."""
        return {name: self.cleaned_data[name] for name in FIELDS}

    def refuse(self, error):
        refuse(self, error)


class CancelForm(ActionForm):
    reason = PlainField(
        label="취소하는 까닭", limit=REASON_LIMIT, line=True, help_text="공개되고, 신청한 사람에게 알립니다.",
        error_messages={"required": "취소하는 까닭을 적어 주세요."},
    )  # fmt: skip


class HeadcountForm(ActionForm):
    """How many people came, where nobody was checked in one by one."""

    headcount = forms.IntegerField(
        label="온 사람 수", required=False, min_value=0, max_value=MOST_PEOPLE,
        help_text="한 사람씩 확인하지 않은 행사에만 적습니다.", error_messages={"invalid": "수를 적어 주세요."},
    )  # fmt: skip


class MeetingOfDay(forms.ModelChoiceField):
    def label_from_instance(self, meeting):
        return f"{meeting.starts_on:%Y-%m-%d} {meeting.kind} {meeting.place}".strip()


class CloseForm(HeadcountForm):
    """Ending an event with its record: a meeting of that day, or a new one for the bodies that are ticked."""

    meeting = MeetingOfDay(
        Meeting.objects.none(), label="이미 있는 회의 기록", required=False, empty_label="없음",
        error_messages={"invalid_choice": "목록에 있는 회의를 골라 주세요."},
    )  # fmt: skip
    bodies = forms.ModelMultipleChoiceField(
        Body.objects.none(), label="새 회의 기록을 시작할 기구", required=False, widget=forms.CheckboxSelectMultiple,
        help_text="고르면 참석 인원까지 적힌 회의 기록이 ‘작성 중’으로 생깁니다.",
        error_messages={"invalid_choice": "목록에 있는 기구를 골라 주세요."},
    )  # fmt: skip

    def __init__(self, *args, event, by, day, **kwargs):
        super().__init__(*args, **kwargs)
        if event.meeting_id:
            del self.fields["meeting"], self.fields["bodies"]
            return
        held = Meeting.objects.exclude(state=MeetingState.CANCELLED).filter(starts_on=day)
        self.fields["meeting"].queryset = held.select_related("kind").order_by("no")
        self.fields["bodies"].queryset = Body.objects.real().order_by("pk")
        if event.kind.meeting_kind_id is None or not is_secretariat(by):
            del self.fields["bodies"]

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("meeting") and cleaned.get("bodies"):
            raise ValidationError({"bodies": "회의 기록을 고르거나 새로 시작하거나, 둘 가운데 하나만 합니다."})
        return cleaned
