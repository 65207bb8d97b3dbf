"""The form of a proposal: the call's own limits and questions, photos each with words for who cannot see them."""

from django import forms
from django.core.exceptions import ValidationError

from forums.models import Answer
from forums.proposal_actions import MAX_PHOTOS
from forums.texts import PlainField
from geumcheon.accounts.models import Dong
from geumcheon.lib import uploads
from geumcheon.lib.form_fields import WonField

TITLE_LIMIT, BODY_LIMIT, PLACE_LIMIT, ANSWER_LIMIT, ALT_LIMIT = 80, 4_000, 120, 1_000, 120
MOST_KRW = 1_000_000_000_000


class PhotoField(forms.FileField):
    """One picture, made anew without place, device and time. Cleans to a ContentFile or None."""

    widget = forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp"})

    def clean(self, data, initial=None):
        return uploads.clean_photo(data) if data else None


class ProposalForm(forms.Form):
    """What a proposer writes. Author, stage, state and every amount but the requested one are no fields: sent or not, they count for nothing."""

    title = PlainField(
        label="제목", limit=TITLE_LIMIT, line=True, help_text="무엇을 바라는지 한 줄로 적어 주세요.",
        error_messages={"required": "제목을 적어 주세요."},
    )  # fmt: skip
    body = PlainField(
        label="내용", limit=BODY_LIMIT, help_text="무엇이 불편하고 어떻게 바꾸고 싶은지 적어 주세요. 이름, 전화번호 같은 개인정보는 쓰지 마세요.",
        widget=forms.Textarea(attrs={"rows": 8}), error_messages={"required": "내용을 적어 주세요."},
    )  # fmt: skip
    place = PlainField(
        label="장소", limit=PLACE_LIMIT, line=True, required=False, help_text="예: 독산동 금천초등학교 앞 골목"
    )
    dong = forms.ModelChoiceField(Dong.objects.all(), label="동", required=False, empty_label="금천구 전체")
    requested_krw = WonField(
        label="신청 금액(원)", required=False, max_value=MOST_KRW,
        help_text="모르면 비워 두세요. 부서가 검토하며 다시 셈합니다. 예: 50,000,000",
        error_messages={"max_value": "금액이 너무 큽니다."},
    )  # fmt: skip

    def __init__(self, *args, call, proposal=None, **kwargs):
        self.call, self.proposal = call, proposal
        if proposal is not None:
            kwargs.setdefault("initial", self._initial(proposal))
        super().__init__(*args, **kwargs)
        if call.min_krw is not None or call.max_krw is not None:
            self.fields["requested_krw"].help_text = f"{_limits(call)} 모르면 비워 두세요. 예: 50,000,000"
        self.questions = list(call.questions.all())
        for question in self.questions:
            self.fields[f"question_{question.pk}"] = PlainField(
                label=question.text, limit=ANSWER_LIMIT, required=question.required,
                widget=forms.Textarea(attrs={"rows": 3}), error_messages={"required": "이 질문에는 꼭 답해 주세요."},
            )  # fmt: skip
        self.kept = list(proposal.photos.all()) if proposal is not None else []
        for photo in self.kept:
            self.fields[f"remove_{photo.pk}"] = forms.BooleanField(label=f"사진 지우기: {photo.alt}", required=False)
        for n in range(1, MAX_PHOTOS - len(self.kept) + 1):
            self.fields[f"photo_{n}"] = PhotoField(label=f"사진 {n}", required=False)
            self.fields[f"alt_{n}"] = PlainField(
                label=f"사진 {n} 설명", limit=ALT_LIMIT, line=True, required=False,
                help_text="사진을 올리면 꼭 적어 주세요. 보지 못하는 사람에게 읽어 줍니다.",
            )  # fmt: skip

    @staticmethod
    def _initial(proposal):
        values = {name: getattr(proposal, name) for name in ("title", "body", "place", "dong", "requested_krw")}
        answers = Answer.objects.filter(proposal=proposal)
        return values | {f"question_{answer.question_id}": answer.text for answer in answers}

    def clean_requested_krw(self):
        won, call = self.cleaned_data["requested_krw"], self.call
        if won is not None and ((call.min_krw or 0) > won or (call.max_krw is not None and won > call.max_krw)):
            raise ValidationError(_limits(call))
        return won

    def clean(self):
        data = super().clean()
        for n in self._slots():
            photo, alt = data.get(f"photo_{n}"), data.get(f"alt_{n}")
            if f"photo_{n}" in self.errors or f"alt_{n}" in self.errors:
                continue
            if photo and not alt:
                self.add_error(f"alt_{n}", "사진에 무엇이 보이는지 적어 주세요.")
            if alt and not photo:
                self.add_error(f"photo_{n}", "설명을 적은 사진을 골라 주세요.")
        if self.errors and any(data.get(f"photo_{n}") for n in self._slots()):
            self.add_error(None, "고른 사진은 남지 않으니 사진을 다시 골라 주세요.")
        return data

    def _slots(self):
        return range(1, MAX_PHOTOS - len(self.kept) + 1)

    @property
    def values(self):
        """The cleaned values as forums.proposal_actions takes them."""
        data = self.cleaned_data
        names = ("title", "body", "place", "dong", "requested_krw")
        photos = [(data[f"photo_{n}"], data[f"alt_{n}"]) for n in self._slots() if data.get(f"photo_{n}")]
        return {name: data[name] for name in names} | {
            "answers": {question.pk: data[f"question_{question.pk}"] for question in self.questions},
            "photos": photos,
            "removed": [photo.pk for photo in self.kept if data[f"remove_{photo.pk}"]],
        }


def _limits(call):
    """The limits of a call's amounts as a sentence, in won as the field takes them."""
    least = f"{call.min_krw:,}원부터 " if call.min_krw is not None else ""
    most = f"{call.max_krw:,}원까지 " if call.max_krw is not None else ""
    return f"{least}{most}신청할 수 있습니다."
