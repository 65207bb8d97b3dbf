"""Forms of the hall: a table with notes, a vote with its items."""

from django import forms
from django.core.exceptions import ValidationError

from forums.event_forms import MOST_PEOPLE, ActionForm
from forums.models import HallTable, Method, Priority
from forums.texts import PlainField

SPARE_ROWS = 5
MOST_KRW = 10**14
NUMBER = {"invalid": "수를 적어 주세요.", "min_value": "0보다 작을 수 없습니다.", "max_value": "너무 큰 수입니다."}


class HallForm(ActionForm):
    """A form of one row that knows which version of it was read."""

    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def carry(self, version):
        """Let what is sent next replace this version."""
        self.data = self.data.copy()
        self.data["version"] = version


class TableForm(HallForm):
    number = forms.IntegerField(label="테이블 번호", min_value=1, max_value=999, error_messages={**NUMBER, "required": "번호를 적어 주세요."})  # fmt: skip
    topic = PlainField(label="이야기한 것", limit=120, line=True, required=False)
    people = forms.IntegerField(label="앉은 사람 수", required=False, min_value=0, max_value=999, error_messages=NUMBER)
    notes = PlainField(
        label="진행자 기록", limit=5000, required=False,
        help_text="나온 이야기와 까닭을 적습니다. 말한 사람의 이름은 적지 않습니다.",
        widget=forms.Textarea(attrs={"rows": 8}),
    )  # fmt: skip
    published = forms.BooleanField(label="행사 쪽에 공개", required=False)

    @staticmethod
    def start(table):
        """The values of a table."""
        names = ("number", "topic", "people", "notes", "published", "version")
        return {name: getattr(table, name) for name in names}


class PriorityForm(HallForm):
    title = PlainField(label="무엇의 우선순위인가", limit=120, line=True, error_messages={"required": "이름을 적어 주세요."})  # fmt: skip
    method = forms.ChoiceField(
        label="방법", required=False, choices=[("", "적지 않음"), *Method.choices],
        error_messages={"invalid_choice": "목록에서 골라 주세요."},
    )  # fmt: skip
    tiers = PlainField(
        label="층", limit=200, required=False, widget=forms.Textarea(attrs={"rows": 3}),
        help_text="상위·하위처럼 나누어 세면 위에서부터 한 줄에 하나씩 적습니다. 나누지 않으면 비웁니다.",
    )  # fmt: skip
    note = PlainField(label="참고", limit=300, line=True, required=False)
    published = forms.BooleanField(label="행사 쪽에 공개", required=False)

    @staticmethod
    def start(priority):
        """The values of a vote."""
        return {name: getattr(priority, name) for name in ("title", "method", "tiers", "note", "published", "version")}

    def clean_tiers(self):
        tiers = [line.strip() for line in self.cleaned_data["tiers"].splitlines() if line.strip()]
        if any(len(tier) > 20 for tier in tiers):
            raise ValidationError("층의 이름은 20자까지 적습니다.")
        if len(set(tiers)) < len(tiers):
            raise ValidationError("같은 층이 두 번 있습니다.")
        return "\n".join(tiers)


class ItemForm(forms.Form):
    """One line of a vote."""

    use_required_attribute = False
    pk = forms.IntegerField(required=False, widget=forms.HiddenInput)
    title = PlainField(label="안", limit=120, line=True, required=False)
    tier = PlainField(label="층", limit=20, line=True, required=False)
    votes = forms.IntegerField(label="득표", required=False, min_value=0, max_value=MOST_PEOPLE, error_messages=NUMBER)
    amount_krw = forms.IntegerField(
        label="금액(원)", required=False, min_value=0, max_value=MOST_KRW, error_messages=NUMBER
    )


ItemFormSet = forms.formset_factory(ItemForm, extra=SPARE_ROWS, max_num=70, absolute_max=100)


def item_forms(data, priority):
    """The lines of a vote: those it has and some spare ones. The stored `Priority` may be None."""
    # What was sent is compared with nothing: a line left as it was is a line all the same.
    items = priority.items.all() if isinstance(priority, Priority) and data is None else []
    start = [{name: getattr(item, name) for name in ("pk", "title", "tier", "votes", "amount_krw")} for item in items]
    return ItemFormSet(data, initial=start, prefix="items", form_kwargs={"label_suffix": ""})


def next_number(event):
    """The number of the next table."""
    return (HallTable.objects.filter(event=event).order_by("-number").values_list("number", flat=True).first() or 0) + 1
