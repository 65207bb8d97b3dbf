"""The forms of the call and the log: one sheet made of small forms, all shown again with everything typed when one refuses."""

from dataclasses import dataclass

from django import forms
from django.core.exceptions import ValidationError

from councils import slots
from councils.log_fields import MarkedForm, day_field, hour_field, people_field, rows_of, text_field
from councils.log_files import FileSheet
from councils.meeting_actions import Item, Record
from councils.meeting_rules import may_log_for
from councils.models import AgendaKind, Body, MeetingKind, Outcome, Requested
from councils.roll import Roll

MAX_ROWS = 40


class HeadForm(MarkedForm):
    """What, who, when and where. The bodies offered are the user's own and those the meeting already has."""

    kind = forms.ModelChoiceField(MeetingKind.objects.all(), label="회의 종류", empty_label="골라 주세요")
    bodies = forms.ModelMultipleChoiceField(
        Body.objects.none(),
        label="어느 기구의 회의인가요",
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "어느 기구의 회의인지 골라 주세요."},
    )
    starts_on = day_field("날짜")
    ends_on = day_field("마지막 날(여러 날이면)", required=False)
    starts_at = hour_field("시작 시각")
    ends_at = hour_field("끝난 시각")
    place = forms.CharField(label="장소", required=False, max_length=120)
    online_link = forms.URLField(
        label="온라인 주소", required=False, max_length=200, assume_scheme="https", help_text="위원에게만 보입니다."
    )
    session_label = forms.CharField(label="회차", required=False, max_length=30, help_text="예: 3차")
    agenda = text_field("주요 내용", 2, help_text="회의 목록에 보일 한두 줄")
    requested_by = forms.ChoiceField(
        label="누가 열자고 했나요", required=False, choices=[("", "임시회가 아님"), *Requested.choices]
    )

    def __init__(self, *args, user, meeting=None, **kwargs):
        super().__init__(*args, **kwargs)
        allowed = may_log_for(user)
        bodies = Body.objects.all()
        if allowed is not None:
            known = {body.pk for body in meeting.bodies.all()} if meeting else set()
            bodies = bodies.filter(pk__in=allowed | known)
        self.fields["bodies"].queryset = bodies
        self.fields["bodies"].choices = [(body.pk, str(body)) for body in bodies]

    def clean(self):
        data = super().clean()
        first, last = data.get("starts_on"), data.get("ends_on")
        start, end = data.get("starts_at"), data.get("ends_at")
        if first and last and last <= first:
            self.add_error("ends_on", "마지막 날은 첫날보다 뒤여야 합니다. 하루면 비워 두세요.")
        if start and end and not last and end <= start:
            self.add_error("ends_at", "끝난 시각은 시작 시각보다 뒤여야 합니다.")
        kind = data.get("kind")
        if kind and kind.extraordinary and not data.get("requested_by"):
            self.add_error("requested_by", "임시회는 누가 열자고 했는지 골라 주세요.")
        if kind and not kind.extraordinary:
            data["requested_by"] = ""
        return data


class MinutesForm(MarkedForm):
    """The text of the minutes."""

    minutes = text_field(
        "회의록", 8, help_text="말한 사람은 이름 대신 직이나 자리로 적습니다. 예: 위원장, 주거 분야 위원"
    )


class GuestForm(MarkedForm):
    """People present who are no members, by group and number. A row without both is left out."""

    group = forms.CharField(label="누구", required=False, max_length=60)
    count = people_field("인원")

    def clean(self):
        data = super().clean()
        if data.get("group") and not data.get("count") and "count" not in self.errors:
            self.add_error("count", "한 사람 이상을 적어 주세요.")
        if data.get("count") and not data.get("group") and "group" not in self.errors:
            self.add_error("group", "누구인지 적어 주세요. 예: 관련 부서 직원")
        return data


class CallItemForm(MarkedForm):
    """An agenda item of a call: its kind and title."""

    kind = forms.ChoiceField(label="안건 종류", choices=AgendaKind.choices, initial=AgendaKind.DISCUSSION)
    title = forms.CharField(label="안건 제목", required=False, max_length=200)
    remove = forms.BooleanField(label="이 안건 지우기", required=False)
    typed = ()

    def item(self):
        """The Item, or None for an empty row."""
        data = self.cleaned_data
        return Item(data["kind"], data["title"]) if data["title"] and not data["remove"] else None


class ItemForm(CallItemForm):
    """An agenda item of a log, with its discussion and decision."""

    text = text_field("논의한 내용", 3)
    outcome = forms.ChoiceField(label="의결 결과", required=False, choices=[("", "의결하지 않음"), *Outcome.choices])
    unanimous = forms.BooleanField(label="만장일치", required=False)
    votes_for = people_field("찬성")
    votes_against = people_field("반대")
    abstaining = people_field("기권")
    decision = text_field("의결 내용", 2)
    VOTES = ("votes_for", "votes_against", "abstaining")

    def clean(self):
        data = super().clean()
        if data.get("remove"):
            return data
        voted = [name for name in self.VOTES if data.get(name) is not None]
        decided = voted or data.get("unanimous") or data.get("decision")
        if (
            not data.get("title")
            and "title" not in self.errors
            and (data.get("text") or data.get("outcome") or decided)
        ):
            self.add_error("title", "안건의 제목을 적어 주세요.")
        if decided and not data.get("outcome"):
            self.add_error("outcome", "의결 결과를 골라 주세요.")
        if voted and data.get("unanimous"):
            self.add_error("unanimous", "만장일치면 표 수를 적지 않습니다. 하나만 남겨 주세요.")
        return data

    def item(self):
        item = super().item()
        if item is None:
            return None
        data = self.cleaned_data
        item.text, item.parts = data["text"], self.parts
        if data["outcome"]:
            item.decision = {"text": data["decision"], **{n: data[n] for n in ("outcome", "unanimous", *self.VOTES)}}
        return item


GuestRows, CallItemRows, ItemRows = (rows_of(form, MAX_ROWS) for form in (GuestForm, CallItemForm, ItemForm))


@dataclass
class Blank:
    """Rows an empty sheet starts with."""

    guests: int = 3
    items: int = 1


def initial_of(meeting):
    """What the head of a sheet shows for a meeting that is kept."""
    names = [name for name in HeadForm.base_fields if name != "bodies"]
    values = {name: getattr(meeting, f"{name}_id" if name == "kind" else name) for name in names}
    return {**values, "bodies": [body.pk for body in meeting.bodies.all()], "minutes": meeting.minutes}


def _items_of(meeting):
    rows = []
    for item in meeting.items.select_related("decision") if meeting else ():
        decision = getattr(item, "decision", None)
        row = {"kind": item.kind, "title": item.title, "text": item.text}
        if decision:
            row |= {n: getattr(decision, n) for n in ("outcome", "unanimous", *ItemForm.VOTES)}
            row["decision"] = decision.text
        rows.append(row)
    return rows


class Sheet:
    """The whole form of a call or a log. `data` None: as it is kept; `checked=False`: typed, but not judged yet."""

    item_rows, with_log = ItemRows, True

    def __init__(self, *, user, meeting=None, data=None, files=None, initial=None, checked=True):
        self.meeting, self.data, self.problems = meeting, data, []
        initial = {**(initial_of(meeting) if meeting else {}), **(initial or {})}
        self.head = HeadForm(data, user=user, meeting=meeting, initial=initial)
        self.minutes = MinutesForm(data, initial=initial) if self.with_log else None
        self.version = data.get("version", "") if data is not None else (meeting.edit_version if meeting else "")
        self.items = self._item_rows(data)
        self.guests = self._guest_rows(data) if self.with_log else None
        self.parts = slots.meeting_form.collect(meeting, data, "part") if self.with_log else []
        self.files = self._file_sheet(user, data, files)
        if data is not None and not checked:
            self._do_not_judge()
        self.roll = Roll.of(self)

    def _item_rows(self, data):
        rows = _items_of(self.meeting)
        start = rows + [{"kind": AgendaKind.DISCUSSION}] * (0 if rows else Blank.items)
        formset = self.item_rows(data, prefix="items", initial=start)
        kept = list(self.meeting.items.all()) if self.meeting else []
        if self.with_log:
            for index, form in enumerate(formset.forms):
                subject = kept[index] if index < len(kept) else None
                form.parts = slots.item_form.collect(subject, data, form.prefix)
        return formset

    def spare_item(self):
        """The empty agenda item that the script copies."""
        form = self.items.empty_form
        form.parts = slots.item_form.collect(None, None, form.prefix) if self.with_log else []
        return form

    def _guest_rows(self, data):
        rows = list(self.meeting.guests.values("group", "count")) if self.meeting else []
        return GuestRows(data, prefix="guests", initial=rows + [{}] * max(1, Blank.guests - len(rows)))

    def _file_sheet(self, user, data, files):
        return FileSheet(user=user, meeting=self.meeting, data=data, files=files)

    def _forms(self):
        """Every small form, for checking and for what is wrong."""
        item_parts = [part for form in self.items.forms for part in getattr(form, "parts", [])]
        forms_ = [self.head, self.minutes, self.items, self.guests, *item_parts, *self.parts, *self.files.formsets]
        return [form for form in forms_ if form is not None]

    def _do_not_judge(self):
        """Show what was typed without its errors: the form is on its way (a row added, the roll read again)."""
        for form in self._forms():
            if isinstance(form, forms.BaseFormSet):
                for row in form.forms:
                    row._errors = {}
                form._errors, form._non_form_errors = [{} for _ in form.forms], form.error_class()
            else:
                form._errors = {}

    def is_valid(self):
        checks = [form.is_valid() for form in self._forms()]
        self.problems += [error for form in self._formsets() for error in form.non_form_errors()]
        if self.data is not None and self.roll.stale:
            self.problems.append(self.roll.stale)
        return all(checks) and not self.problems

    def _formsets(self):
        return [form for form in self._forms() if isinstance(form, forms.BaseFormSet)]

    def refuse(self, error):
        """Put an action's ValidationError where it belongs: at its field, or on top."""
        messages = error.message_dict if hasattr(error, "error_dict") else {None: error.messages}
        for name, texts in messages.items():
            if name in self.head.fields and hasattr(self.head, "cleaned_data"):
                self.head.add_error(name, texts)
            else:
                self.problems += texts

    def errors(self):
        """[(label, anchor or "", text)] of everything that is wrong, for the summary on top."""
        lines = [("", "", problem) for problem in self.problems]
        for form in self._forms():
            rows = form.forms if isinstance(form, forms.BaseFormSet) else [form]
            for row in rows:
                if not hasattr(row, "errors") or not row.errors:
                    continue
                for name, texts in row.errors.items():
                    bound = row[name] if name in row.fields else None
                    label, anchor = (bound.label, bound.auto_id) if bound is not None else ("", "")
                    lines += [(label, anchor, text) for text in texts]
        return lines

    def record(self):
        """The Record of a valid sheet."""
        data = dict(self.head.cleaned_data)
        bodies = list(data.pop("bodies"))
        items = [item for form in self.items.forms if (item := form.item())]
        record = Record(data, bodies=bodies, items=items, parts=[*self.parts, self.files])
        record.requesters = self.roll.asking if data["requested_by"] == Requested.MEMBERS else []
        if self.with_log:
            data["minutes"] = self.minutes.cleaned_data["minutes"]
            record.present = self.roll.present or None
            rows = [form.cleaned_data for form in self.guests.forms]
            record.guests = [(row["group"], row["count"]) for row in rows if row.get("group")]
        return record

    def version_number(self):
        """The version the form was opened with; ValidationError for something that is no number."""
        text = str(self.version)
        if not text.isascii() or not text.isdecimal() or len(text) > 9:
            raise ValidationError("양식이 깨져 있습니다. 쪽을 새로 열어 주세요.")
        return int(text)


class CallSheet(Sheet):
    """The form of a call: no attendance, no minutes, agenda titles only."""

    item_rows, with_log = CallItemRows, False
