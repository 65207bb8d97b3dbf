"""Forms of comments and reports. A hidden trap and a signed time of opening keep simple robots out; people notice neither."""

from datetime import timedelta

from django import forms
from django.core import signing

from forums import comment_rules, limits
from forums.comment_actions import COMMENT_LIMIT, REASON_LIMIT
from forums.models import Stance
from forums.moderation_actions import DECISIONS, PUBLIC_REASON
from forums.texts import PlainField
from geumcheon.accounts.models import Department

MIN_SECONDS = 2  # nobody reads, types and sends in less
SIGNER = signing.TimestampSigner(salt="forums.comment-form")
TOO_FAST = "너무 빨리 보내셨습니다. 잠시 뒤에 다시 눌러 주세요."
TOO_OLD = "오래 열어 둔 화면입니다. 쓴 글은 그대로 있으니 다시 눌러 주세요."
TRAPPED = "사람에게는 보이지 않는 칸이 채워져 있습니다. 화면을 새로 열고 다시 써 주세요."


class GuardedForm(forms.Form):
    """Base of what residents send: `started` says when the page was made for this person, `website` stays empty."""

    website = forms.CharField(label="비워 두는 칸", required=False)
    started = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.user = user
        self.fresh = SIGNER.sign(str(user.pk))
        self.fields["started"].initial = self.fresh

    @property
    def stamp(self):
        """What the page carries: the time it carried before while that is good, so that a second press does not wait anew."""
        return self.data["started"] if self.is_bound and not self._stamp_problem() else self.fresh

    def _stamp_problem(self):
        try:
            value = SIGNER.unsign(self.data.get("started", ""), max_age=limits.DAY)
        except signing.BadSignature:
            return TOO_OLD
        return "" if value == str(self.user.pk) else TOO_OLD

    def _is_too_fast(self):
        try:
            SIGNER.unsign(self.data.get("started", ""), max_age=timedelta(seconds=MIN_SECONDS))
        except signing.SignatureExpired:
            return False
        return True

    def clean(self):
        data = super().clean()
        if self.data.get("website"):
            self.add_error(None, TRAPPED)
        elif problem := self._stamp_problem() or (TOO_FAST if self._is_too_fast() else ""):
            self.add_error(None, problem)
        return data


TEXT_ERRORS = {"required": "내용을 적어 주세요."}


class AnswerForm(GuardedForm):
    """An answer; an officer of several departments says for which one."""

    text = PlainField(label="답글", limit=COMMENT_LIMIT, error_messages=TEXT_ERRORS)
    office = forms.ModelChoiceField(
        Department.objects.none(),
        label="답하는 부서",
        empty_label="골라 주세요",
        error_messages={
            "required": "어느 부서로 답하는지 골라 주세요.",
            "invalid_choice": "배정된 부서만 고를 수 있습니다.",
        },
    )
    field_order = ["office", "stance", "text"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        offices = comment_rules.offices_of(self.user)
        if comment_rules.is_officer(self.user) and len(offices) > 1:
            self.fields["office"].queryset = offices
        else:
            del self.fields["office"]


class CommentForm(AnswerForm):
    """A comment; residents may say for, against or question."""

    stance = forms.ChoiceField(
        label="뜻",
        required=False,
        choices=[("", "고르지 않음"), *Stance.choices],
        widget=forms.RadioSelect,
        error_messages={"invalid_choice": "찬성, 반대, 질문 가운데 골라 주세요."},
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["text"].label = "댓글"
        if comment_rules.speaks_for_office(self.user):
            self.fields["text"].label = "답변"
            del self.fields["stance"]


class EditForm(forms.Form):
    text = PlainField(label="댓글", limit=COMMENT_LIMIT, error_messages=TEXT_ERRORS)


class ReportForm(GuardedForm):
    reason = PlainField(
        label="까닭",
        limit=REASON_LIMIT,
        line=True,
        help_text="무엇이 문제인지 적어 주세요. 협치추진단만 봅니다.",
        error_messages={"required": "까닭을 적어 주세요."},
    )


class DecisionForm(forms.Form):
    """One decision on the ticked rows of the moderation queue."""

    decision = forms.ChoiceField(
        label="처리",
        choices=list(DECISIONS.items()),
        widget=forms.RadioSelect,
        error_messages={"required": "무엇을 할지 골라 주세요.", "invalid_choice": "무엇을 할지 골라 주세요."},
    )
    reason = PlainField(
        label="가리는 까닭",
        limit=PUBLIC_REASON,
        line=True,
        required=False,
        help_text="글 대신 모두에게 보입니다. 개인정보나 가린 말을 옮겨 적지 마세요.",
    )

    def clean(self):
        data = super().clean()
        if data.get("decision") == "hide" and "reason" in data and not data["reason"]:
            self.add_error("reason", "가리는 까닭을 적어 주세요. 글 대신 이 까닭이 보입니다.")
        return data
