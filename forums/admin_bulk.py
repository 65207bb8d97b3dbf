"""Many proposals moved on at once, with a preview (geumcheon.lib.bulk): all or nothing, stale rows named."""

from django import forms
from django.core.exceptions import ValidationError

from councils.models import Body, Meeting
from forums import candidates, review_actions
from forums.desk_forms import BODY_LIMIT, NO_NAMES, MeetingChoice, day_field, meetings
from forums.models import Outcome
from forums.texts import PlainField
from geumcheon.lib import bulk, clock


class MoveForm(forms.Form):
    """The decision for all chosen proposals."""

    outcome = forms.ChoiceField(label="결과", choices=[("", "골라 주세요"), *Outcome.choices])
    amount = forms.ChoiceField(label="금액", choices=[("last", "앞 단계의 금액 그대로"), ("none", "적지 않음")])
    body = forms.ModelChoiceField(Body.objects.all(), label="정한 기구", required=False)
    meeting = MeetingChoice(Meeting.objects.none(), label="회의", required=False)
    on = day_field("정한 날", required=False)
    reason = PlainField(limit=BODY_LIMIT, label="공개하는 이유", required=False, help_text=NO_NAMES)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, label_suffix="", **kwargs)
        self.fields["meeting"].queryset = meetings()


class MoveBulk(bulk.BulkAction):
    """One outcome for many proposals. A stage with criteria is reviewed one by one."""

    name = "move_selected"
    label = "여러 제안을 다음 단계로"
    done = "검토를 적고 다음 단계로 옮겼습니다"
    permission = "review"
    hint = "고른 제안마다 검토가 한 줄씩 남습니다. 하나라도 옮길 수 없으면 아무것도 옮기지 않습니다. 검토 기준이 있는 단계는 한 건씩 합니다."
    form_class = MoveForm
    now, then = "지금 단계", "옮긴 뒤"

    def rows(self, queryset):
        return queryset.select_related("stage__channel", "call", "department").prefetch_related(*candidates.SETTLED)

    def title(self, row):
        return f"{row.call.year}-{row.number}. {row.title}"

    def show(self, row):
        return f"{row.stage.name} · {row.get_state_display()}"

    def decision(self, row, data):
        """Keyword arguments of review_actions for one row."""
        amount = candidates.final_amount(row) if data["amount"] == "last" and row.stage.amount_label else None
        share = candidates.final_share(row) if amount is not None else None
        on = data["on"] or (data["meeting"].starts_on if data["meeting"] else clock.today())
        return {
            "outcome": data["outcome"], "amount_krw": None if share else amount, "share": share, "body": data["body"],
            "meeting": data["meeting"], "on": on, "reason": data["reason"],
        }  # fmt: skip

    def change(self, row, data):
        if row.stage.criteria.exists():
            raise ValidationError("검토 기준이 있는 단계라 한 건씩 검토합니다.")
        review_actions.foresee(row, by=self.request.user, **self.decision(row, data))

    def write(self, *, rows, data, user):
        for row in rows:
            # `row` was moved in memory by the preview: the decision is about the row as it is stored.
            stored = self.fetch([row.pk])[0]
            review_actions.review(
                proposal=stored, by=user, stage=stored.stage_id, version=stored.version, **self.decision(stored, data)
            )

    def denied(self, row):
        return "이 단계를 검토할 수 있는 사람이 아닙니다."
