"""Forms of the joint meeting's decision: every option with its result beside it, and the groups of the projects to be."""

from django import forms
from django.core.exceptions import ValidationError

from councils.models import Meeting
from geumcheon.lib.form_fields import LinesField, WonField
from projects.models import Plan, ProjectGroup
from voting import decisions, next_plan, result_display
from voting.decisions import DROPPED, SELECTED, Row
from voting.models import VoteDecision

REASON_LIMIT = 2_000
JOINT = "합동회의"


class MeetingField(forms.ModelChoiceField):
    """The meetings that can have decided, the joint ones (several bodies, or the kind of that name) on top."""

    def __init__(self, **kwargs):
        super().__init__(Meeting.objects.none(), empty_label="회의를 골라 주세요", **kwargs)

    def offer(self, found):
        """Let the meetings of a queryset be chosen."""
        rows = list(found)
        self.queryset = Meeting.objects.filter(pk__in=[row.pk for row in rows])
        joint = [row for row in rows if row.kind.name == JOINT or len(row.bodies.all()) > 1]
        groups = [(JOINT, joint), ("그 밖의 회의", [row for row in rows if row not in joint])]
        named = [(name, [(row.pk, self._label(row)) for row in part]) for name, part in groups if part]
        self.choices = self.widget.choices = [("", self.empty_label), *named]

    @staticmethod
    def _label(row):
        bodies = ", ".join(body.name for body in row.bodies.all())
        return f"{row.starts_on:%Y-%m-%d} {row.kind}{f' ({bodies})' if bodies else ''}"


class DecisionForm(forms.Form):
    """What a meeting decided about all options of a published round.

    Filled with what is stored; before anything is stored, with what the round's own rule selects and the options' costs.
    """

    use_required_attribute = False
    seen = forms.CharField(widget=forms.HiddenInput, required=False)
    meeting = MeetingField(
        label="결정한 회의", error_messages={"required": "결정한 합동회의를 골라 주세요.", "invalid_choice": "목록에 있는 회의를 골라 주세요."},
        help_text="투표가 끝난 뒤 열려 회의록을 게시한 회의만 나옵니다.",
    )  # fmt: skip

    def __init__(self, data=None, *, round, **kwargs):
        super().__init__(data, label_suffix="", **kwargs)
        self.round, self.papers = round, result_display.papers(round)
        stored = {d.option_id: d for d in VoteDecision.objects.filter(option__contest__round=round)}
        self.fields["seen"].initial = decisions.token(round)
        self.fields["meeting"].initial = next(iter(stored.values())).meeting_id if stored else None
        self.fields["meeting"].offer(decisions.meetings(round))
        self.fields["meeting"].widget.attrs["aria-describedby"] = "id_meeting_helptext"
        for line in self._lines():
            self._add(line, stored.get(line.option.pk))

    def _lines(self):
        return [line for paper in self.papers for line in paper.lines]

    def _add(self, line, stored):
        """The three fields of an option; every label names it, for who hears the form."""
        option, pk = line.option, line.option.pk
        chosen = stored.outcome if stored else (SELECTED if line.chosen else DROPPED)
        name = f"{option.number}번 {option.title}"
        self.fields[f"outcome-{pk}"] = forms.ChoiceField(
            label="결정", choices=VoteDecision.Outcome.choices, widget=forms.RadioSelect, required=False, initial=chosen,
            error_messages={"invalid_choice": "선정했는지 골라 주세요."},
        )  # fmt: skip
        self.fields[f"amount-{pk}"] = WonField(
            label="확정 금액(원)", required=False, min_value=0, max_value=10**13,
            initial=stored.final_krw if stored else option.cost_krw,
            widget=forms.TextInput(attrs={"aria-label": f"{name} 확정 금액(원)"}),
        )  # fmt: skip
        self.fields[f"reason-{pk}"] = LinesField(
            label="공개 사유", required=False, max_length=REASON_LIMIT, initial=stored.reason if stored else "",
            widget=forms.Textarea(attrs={"rows": 2, "aria-label": f"{name} 공개 사유"}),
        )  # fmt: skip

    def rows_of_papers(self):
        """[(Paper, [(Line, {"outcome", "amount", "reason"}: bound fields)])] for the page."""
        return [
            (paper, [(line, {name: self[f"{name}-{line.option.pk}"] for name in ("outcome", "amount", "reason")}) for line in paper.lines])
            for paper in self.papers
        ]  # fmt: skip

    def rows(self):
        """[Row] as typed."""
        data = self.cleaned_data
        return [
            Row(
                line.option,
                data.get(f"outcome-{line.option.pk}", ""),
                data.get(f"amount-{line.option.pk}"),
                data.get(f"reason-{line.option.pk}", ""),
            )
            for line in self._lines()
        ]

    def clean(self):
        cleaned = super().clean()
        ranks = {line.option.pk: line.combined_rank or line.rank for line in self._lines()}
        for pk, errors in decisions.wrong(self.rows(), ranks).items():
            for field, text in errors.items():
                name = f"{'amount' if field == 'final_krw' else field}-{pk}"
                if name not in self.errors:
                    self.add_error(name, text)
        meeting = cleaned.get("meeting")
        if meeting and (text := decisions.meeting_wrong(self.round, meeting)):
            self.add_error("meeting", text)
        return cleaned

    def renew(self):
        """Let a form refused as stale be sent again over what is stored now; what was typed stays."""
        self.data = self.data.copy()
        self.data["seen"] = decisions.token(self.round)


class GroupsForm(forms.Form):
    """The group of every project to be in one plan; the paper's is chosen already."""

    use_required_attribute = False
    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, data=None, *, round, plan, **kwargs):
        super().__init__(data, label_suffix="", **kwargs)
        self.round, self.plan = round, plan
        self.lines = next_plan.lines(round, plan)
        self.fields["seen"].initial = decisions.token(round)
        groups = ProjectGroup.objects.filter(plan=plan).order_by("order", "pk")
        for line in self.lines:
            if line.project is None:
                option = line.option
                self.fields[f"group-{option.pk}"] = forms.ModelChoiceField(
                    groups, label=f"{option.number}번 {option.title} 사업 구분", required=False, initial=line.group,
                    empty_label="골라 주세요", error_messages={"invalid_choice": "이 계획의 구분을 골라 주세요."},
                )  # fmt: skip

    def shown(self):
        """[(Line, bound field of its group or None)] for the page."""
        return [(line, self[name] if (name := f"group-{line.option.pk}") in self.fields else None) for line in self.lines]  # fmt: skip

    def clean(self):
        cleaned = super().clean()
        for name in self.fields:
            if name.startswith("group-") and name not in self.errors and cleaned.get(name) is None:
                self.add_error(name, "사업 구분을 골라 주세요.")
        return cleaned

    def groups(self):
        """{option key: ProjectGroup} as chosen."""
        return {int(name.removeprefix("group-")): group for name, group in self.cleaned_data.items() if name.startswith("group-")}  # fmt: skip


class PlanField(forms.ModelChoiceField):
    def label_from_instance(self, plan):
        return f"{plan.year}년 {plan.title}"


class PlanForm(forms.Form):
    """Which plan takes the projects, by GET."""

    plan = PlanField(Plan.objects.none(), label="사업을 더할 계획", empty_label=None)

    def __init__(self, data=None, *, round, **kwargs):
        super().__init__(data, label_suffix="", **kwargs)
        self.plans = next_plan.plans(round)
        self.fields["plan"].queryset = self.plans

    def chosen(self):
        """The Plan: as asked, else the earliest there is; None without any. Raises ValidationError for one that takes none."""
        if "plan" in self.data:
            if not self.is_valid():
                raise ValidationError("작성 중인 계획 가운데에서 골라 주세요.")
            return self.cleaned_data["plan"]
        return self.plans.first()
