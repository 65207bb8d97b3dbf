"""Forms of the review desk."""

from django import forms
from django.core.exceptions import ValidationError

from councils.models import Body, Meeting
from forums import desk, review_actions
from forums.field_actions import MOST_PHOTOS
from forums.models import AmountShare, Answered, Call, Channel, Decider, Proposal, ProposalState, Stage
from forums.texts import PlainField
from geumcheon.accounts.models import Department
from geumcheon.lib import clock, uploads
from geumcheon.lib.filters import FilterForm, pick, pick_number, pick_row, search_word
from geumcheon.lib.form_fields import WonField, limit_days
from projects.models import PlanStatus, Project, ProjectGroup

REASON_LIMIT = 2_000
BODY_LIMIT = 5_000
NO_NAMES = "공개됩니다. 사람 이름이나 연락처는 적지 마세요."
MEETINGS = 60  # newest published meetings to choose from


def day_field(label, **kwargs):
    """A day with the browser's own calendar."""
    widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    return limit_days(forms.DateField(label=label, widget=widget, **kwargs))


def meetings(bodies=None):
    """The newest published meetings, of some bodies or of all."""
    rows = Meeting.objects.published().select_related("kind").prefetch_related("bodies")
    rows = rows.filter(bodies__in=bodies).distinct() if bodies is not None else rows
    newest = rows.order_by("-starts_on", "-pk").values_list("pk", flat=True)[:MEETINGS]
    return (
        Meeting.objects.filter(pk__in=list(newest))
        .select_related("kind")
        .prefetch_related("bodies")
        .order_by("-starts_on")
    )


class MeetingChoice(forms.ModelChoiceField):
    def label_from_instance(self, meeting):
        bodies = ", ".join(body.name for body in meeting.bodies.all())
        return f"{meeting.starts_on:%Y-%m-%d} {meeting.kind}{f' ({bodies})' if bodies else ''}"


class DeskFilter(FilterForm):
    """GET filters of the queue."""

    show = pick("무엇을", desk.SHOW)
    year = pick_number("계획 연도")
    channel = pick_row("제안 경로", Channel.objects.all())
    stage = pick("단계", [])
    department = pick_row("맡은 부서", Department.objects.none())
    q = search_word()

    def __init__(self, data, user, **kwargs):
        super().__init__(data, **kwargs)
        self.user = user
        self.fields["show"].choices = [("", "정할 것"), *desk.SHOW]
        years = Call.objects.order_by("-year").values_list("year", flat=True).distinct()
        self.fields["year"].choices = [("", "전체"), *((y, f"{y}년") for y in years)]
        names = Stage.objects.order_by("name").values_list("name", flat=True).distinct()
        self.fields["stage"].choices = [("", "전체"), *((n, n) for n in names)]
        known = Department.objects.filter(proposals__isnull=False).distinct()
        self.fields["department"].queryset = (
            known if user.has_perm("forums.run_desk") else known.filter(pk__in=user.department_ids())
        )

    def apply(self, rows):
        """[desk.Line] of the rows the valid filters leave."""
        self.is_valid()
        wanted = self.cleaned_data
        for key, path in (
            ("year", "call__year"),
            ("channel", "call__channel"),
            ("stage", "stage__name"),
            ("department", "department"),
        ):
            if wanted.get(key):
                rows = rows.filter(**{path: wanted[key]})
        if wanted.get("q"):
            rows = rows.filter(title__icontains=wanted["q"])
        show = wanted.get("show")
        if show == desk.GATHERING:
            return desk.lines(desk.gathering(rows))
        if show == desk.CONFIRMED:
            return desk.lines(desk.confirmed(rows))
        if show == desk.ALL:
            return desk.lines(rows)
        return desk.lines(desk.waiting(rows, self.user), late_only=show == desk.LATE)


class SeenForm(forms.Form):
    """A form that carries which stage and version of the proposal it was filled in for."""

    seen_stage = forms.IntegerField(widget=forms.HiddenInput, required=False)
    seen_version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    use_required_attribute = False

    def __init__(self, data, proposal, **kwargs):
        kwargs.setdefault("label_suffix", "")
        super().__init__(data, initial={"seen_stage": proposal.stage_id, "seen_version": proposal.version}, **kwargs)
        self.proposal = proposal

    @property
    def seen(self):
        """{"stage", "version"} for an action; a form without them saw nothing that could be current."""
        return {
            "stage": self.cleaned_data.get("seen_stage") or 0,
            "version": self.cleaned_data.get("seen_version") or 0,
        }

    def renew(self):
        """Let a refused form be sent again for the proposal as it is now; what was typed stays."""
        self.data = self.data.copy()
        self.data["seen_stage"], self.data["seen_version"] = str(self.proposal.stage_id), str(self.proposal.version)

    def refuse(self, error):
        """Put an action's refusal at this form's fields."""
        if not hasattr(error, "error_dict"):
            self.add_error(None, error)
            return
        for name, found in error.error_dict.items():
            self.add_error(
                name if name in self.fields else None, ValidationError([m for e in found for m in e.messages])
            )


class ReasonForm(SeenForm):
    """A reason that is shown in public."""

    reason = PlainField(
        limit=300, line=True, label="까닭", help_text=NO_NAMES, error_messages={"required": "까닭을 적어 주세요."}
    )


class ReviewForm(SeenForm):
    """The decision on a stage: what it asks depends on the stage (amount, criteria, meeting, next department)."""

    outcome = forms.ChoiceField(
        label="결과", widget=forms.RadioSelect, error_messages={"required": "결과를 골라 주세요."}
    )
    amount_krw = WonField(label="금액(원)", required=False)
    share = forms.ModelChoiceField(AmountShare.objects.all(), label="함께 쓰는 금액", required=False, empty_label="따로 씀",
                                   help_text="여러 제안이 금액 하나를 함께 쓸 때만 고릅니다.")  # fmt: skip
    department = forms.ModelChoiceField(Department.objects.all(), label="맡을 부서", required=False)
    body = forms.ModelChoiceField(Body.objects.all(), label="정한 기구", required=False)
    meeting = MeetingChoice(Meeting.objects.none(), label="회의", required=False)
    on = day_field("정한 날", required=False)
    reason = PlainField(
        limit=REASON_LIMIT, label="공개하는 이유", required=False,
        help_text=f"받아들이지 않거나 조건을 달 때는 꼭 적습니다. {NO_NAMES}",
    )  # fmt: skip

    def __init__(self, data, proposal, user, stage=None, **kwargs):
        super().__init__(data, proposal, **kwargs)
        self.user, stage = user, stage or proposal.stage
        self.ways = review_actions.outcomes(stage)
        self.fields["outcome"].choices = [
            (w.outcome, f"{w.get_outcome_display()} → {w.to.name if w.to else '끝'}") for w in self.ways
        ]
        self.fields["on"].initial = clock.today
        self.criteria = list(stage.criteria.order_by("order", "pk"))
        for criterion in self.criteria:
            self._ask(criterion)
        self.fields["amount_krw"].label = f"{stage.amount_label or '금액'} (원)"
        for name in self._unasked(stage):
            del self.fields[name]
        if "meeting" in self.fields:
            self.fields["meeting"].queryset = meetings()
        self.order_fields(["seen_stage", "seen_version", *(n for c in self.criteria for n in (f"answer_{c.pk}", f"note_{c.pk}")), "outcome",
                           "amount_krw", "share", "department", "body", "meeting", "on", "reason"])  # fmt: skip

    def _ask(self, criterion):
        choices = [("", "골라 주세요"), *Answered.choices]
        self.fields[f"answer_{criterion.pk}"] = forms.ChoiceField(
            label=criterion.name,
            choices=choices,
            required=False,
            error_messages={"invalid_choice": "목록에서 골라 주세요."},
        )
        self.fields[f"note_{criterion.pk}"] = PlainField(
            limit=300, line=True, label=f"{criterion.name} 의견", required=False
        )

    def _unasked(self, stage):
        """Names of the fields this stage has no use for."""
        gone = [] if stage.amount_label else ["amount_krw", "share"]
        if stage.amount_label and not AmountShare.objects.exists():
            gone.append("share")
        if stage.decider != Decider.BODY:
            gone += ["body"] if stage.decider != Decider.SECRETARIAT else ["body", "meeting"]
            if stage.decider in (Decider.DEPARTMENT, Decider.NOBODY):
                gone.append("meeting")
        to_department = any(way.to and way.to.decider == Decider.DEPARTMENT for way in self.ways)
        if stage.decider == Decider.DEPARTMENT or not to_department:
            gone.append("department")
        return gone

    def clean(self):
        cleaned = super().clean()
        self.answers = {}
        for criterion in self.criteria:
            answer = cleaned.get(f"answer_{criterion.pk}")
            if answer:
                self.answers[criterion.pk] = (answer, cleaned.get(f"note_{criterion.pk}") or "")
            elif f"answer_{criterion.pk}" not in self.errors:
                self.add_error(f"answer_{criterion.pk}", "답을 골라 주세요.")
        return cleaned

    def decision(self):
        """Keyword arguments of review_actions.review."""
        names = ("outcome", "amount_krw", "share", "department", "body", "meeting", "on", "reason")
        return {n: self.cleaned_data[n] for n in names if n in self.fields} | {"answers": self.answers} | self.seen


class TransferForm(ReasonForm):
    """이관 to another department."""

    department = forms.ModelChoiceField(
        Department.objects.all(), label="받을 부서", error_messages={"required": "부서를 골라 주세요."}
    )
    field_order = ["department", "reason"]


class OthersChoice(forms.ModelMultipleChoiceField):
    def label_from_instance(self, proposal):
        return f"{proposal.number}. {proposal.title}"


class MergeForm(ReasonForm):
    """Open proposals of the same channel to put into this one."""

    sources = OthersChoice(Proposal.objects.none(), label="이 제안에 합칠 제안", widget=forms.CheckboxSelectMultiple,
                           error_messages={"required": "합칠 제안을 골라 주세요."})  # fmt: skip
    field_order = ["sources", "reason"]

    def __init__(self, data, proposal, **kwargs):
        super().__init__(data, proposal, **kwargs)
        same = Proposal.objects.filter(call__channel=proposal.call.channel_id, state=ProposalState.OPEN)
        self.fields["sources"].queryset = same.exclude(pk=proposal.pk).order_by("call", "number")


class SplitForm(ReasonForm):
    """The titles of the parts, each with its text."""

    PARTS = range(1, 4)

    def __init__(self, data, proposal, **kwargs):
        super().__init__(data, proposal, **kwargs)
        for n in self.PARTS:
            self.fields[f"title_{n}"] = PlainField(limit=80, line=True, label=f"{n}번째 제안의 제목", required=n < 3)
            self.fields[f"body_{n}"] = PlainField(limit=BODY_LIMIT, label=f"{n}번째 제안의 내용", required=False)
        self.order_fields([name for n in self.PARTS for name in (f"title_{n}", f"body_{n}")] + ["reason"])

    def clean(self):
        cleaned = super().clean()
        self.parts = [
            (cleaned[f"title_{n}"], cleaned.get(f"body_{n}") or "") for n in self.PARTS if cleaned.get(f"title_{n}")
        ]
        return cleaned


class FieldCheckForm(forms.Form):
    """A visit: day, people, what was found, photos with what they show."""

    on = day_field("날짜")
    people = forms.IntegerField(label="참석 인원(명)", required=False, min_value=1, max_value=999)
    meeting = MeetingChoice(Meeting.objects.none(), label="이 확인을 한 회의", required=False)
    findings = PlainField(limit=BODY_LIMIT, label="확인한 것", help_text=NO_NAMES)
    PHOTOS = range(1, 4)
    use_required_attribute = False

    def __init__(self, data=None, files=None, check=None, **kwargs):
        self.check_record = check
        initial = {"on": clock.today()}
        if check is not None:
            initial = {"on": check.on, "people": check.people, "meeting": check.meeting_id, "findings": check.findings}
        super().__init__(data, files, initial=initial, label_suffix="", **kwargs)
        self.fields["meeting"].queryset = meetings()
        self.kept = list(check.photos.all()) if check is not None else []
        for photo in self.kept:
            self.fields[f"drop_{photo.pk}"] = forms.BooleanField(label=f"사진 지우기: {photo.alt}", required=False)
        for n in self.PHOTOS:
            self.fields[f"photo_{n}"] = forms.FileField(
                label=f"사진 {n}", required=False, widget=forms.FileInput(attrs={"accept": "image/*"})
            )
            self.fields[f"alt_{n}"] = PlainField(
                limit=120,
                line=True,
                label=f"사진 {n} 설명",
                required=False,
                help_text="보지 못하는 사람에게 읽어 줄 말",
            )

    def clean(self):
        cleaned = super().clean()
        self.photos = []
        for n in self.PHOTOS:
            upload, alt = cleaned.get(f"photo_{n}"), cleaned.get(f"alt_{n}") or ""
            if not upload:
                continue
            if not alt:
                self.add_error(f"alt_{n}", "사진 설명을 적어 주세요. 사진 파일도 다시 골라 주세요.")
                continue
            try:
                self.photos.append((uploads.clean_photo(upload), alt))
            except ValidationError as error:
                self.add_error(f"photo_{n}", error)
        if len(self.kept) + len(self.photos) > MOST_PHOTOS:
            self.add_error(None, f"사진은 {MOST_PHOTOS}장까지 붙일 수 있습니다.")
        return cleaned

    def values(self):
        """Keyword arguments of field_actions.field_check."""
        drop = [photo.pk for photo in self.kept if self.cleaned_data.get(f"drop_{photo.pk}")]
        names = ("on", "people", "meeting", "findings")
        return {n: self.cleaned_data[n] for n in names} | {
            "photos": self.photos,
            "drop": drop,
            "check": self.check_record,
        }

    def refuse(self, error):
        SeenForm.refuse(self, error)


class GroupChoice(forms.ModelChoiceField):
    def label_from_instance(self, group):
        return f"{group.plan.year}년 계획 · {group.name}"


class ProjectChoice(forms.ModelChoiceField):
    def label_from_instance(self, project):
        return f"{project.plan.year}년 {project}"


class ProjectForm(SeenForm):
    """An existing project, or a group of a draft plan in which a new one is made."""

    project = ProjectChoice(Project.objects.none(), label="있는 사업", required=False, empty_label="새로 만듭니다")
    group = GroupChoice(ProjectGroup.objects.none(), label="새 사업을 둘 곳", required=False, empty_label="만들지 않습니다",
                        help_text="준비 중인 계획의 구분만 고를 수 있습니다.")  # fmt: skip
    name = PlainField(
        limit=120, line=True, label="새 사업의 이름", required=False, help_text="비우면 제안의 제목을 씁니다."
    )

    def __init__(self, data, proposal, **kwargs):
        super().__init__(data, proposal, **kwargs)
        year = proposal.call.year
        projects = Project.objects.filter(plan__year__gte=year - 1).select_related("plan")
        self.fields["project"].queryset = projects.order_by("-plan__year", "number")
        groups = ProjectGroup.objects.filter(plan__status=PlanStatus.DRAFT).select_related("plan")
        self.fields["group"].queryset = groups.order_by("-plan__year", "order")
