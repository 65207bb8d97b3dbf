"""Admin of recruitment: criteria, candidates, scores and ranking on one page; the way to the appointment by buttons."""

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path

from councils import recruitment_actions as actions
from councils.admin_members import SeatField, add_errors
from councils.models import (
    RECRUITMENT_MOVES,
    BodySeat,
    Candidate,
    CandidateScore,
    CandidateState,
    Criterion,
    Recruitment,
    RecruitmentState,
)
from geumcheon.accounts.admin_base import RoleModelAdmin, RoleStackedInline, RoleTabularInline
from geumcheon.lib.admin_parts import FOLDED, History, PortalFields, Rows, Sections, admin_url, is_list, per_row

PREPARED = (RecruitmentState.DRAFT, RecruitmentState.OPEN)
CLOSED = (RecruitmentState.APPOINTED, RecruitmentState.CANCELLED)
WORDS = {
    RecruitmentState.OPEN: "모집 시작하기",
    RecruitmentState.SCREENING: "서면심사로 넘어가기",
    RecruitmentState.CANCELLED: "모집 취소하기",
}


class RecruitmentForm(forms.ModelForm):
    seat = SeatField(BodySeat.objects.select_related("body").order_by("body__order", "body_id", "order"), label="자리")

    class Meta:
        model = Recruitment
        fields = ()

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if "seat" in self.fields and self.instance.state not in PREPARED:
            self.fields["seat"].disabled = True  # candidates applied for this seat


class CriterionInline(Rows, RoleTabularInline):
    model = Criterion
    fields = ["order", "name", "max_points"]
    description = "서면심사를 시작하면 바꿀 수 없습니다."

    def _open(self, obj):
        return obj is None or obj.state in PREPARED

    def has_add_permission(self, request, obj):
        return super().has_add_permission(request, obj) and self._open(obj)

    def has_change_permission(self, request, obj=None):
        return super().has_change_permission(request, obj) and self._open(obj)

    def has_delete_permission(self, request, obj=None):
        return super().has_delete_permission(request, obj) and self._open(obj)


class CandidateInline(Rows, RoleStackedInline):
    model = Candidate
    template = FOLDED
    fields = [("name", "email", "person"), ("channel", "recommended_by"), ("state", "reason")]
    autocomplete_fields = ["person"]
    description = "이름과 주소는 위촉한 뒤 정해진 기간이 지나면 지웁니다."

    def row_label(self, row):
        return f"{row.name} · {row.get_channel_display()} · {row.get_state_display()}"

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("person")

    def _open(self, obj):
        return obj is None or obj.state not in CLOSED

    def has_add_permission(self, request, obj):
        return super().has_add_permission(request, obj) and self._open(obj)

    def has_change_permission(self, request, obj=None):
        return super().has_change_permission(request, obj) and self._open(obj)

    def has_delete_permission(self, request, obj=None):
        return super().has_delete_permission(request, obj) and self._open(obj)


class ScoreForm(forms.Form):
    """One reviewer's points: a field for each candidate and criterion; an empty one is no score."""

    reviewer = forms.IntegerField(label="심사위원 번호", min_value=1, max_value=99)

    def __init__(self, recruitment, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.criteria = list(recruitment.criteria.all())
        self.candidates = list(recruitment.candidates.exclude(state=CandidateState.WITHDRAWN))
        self.names = {f"points-{a.pk}-{c.pk}": (a.pk, c.pk) for a in self.candidates for c in self.criteria}
        for candidate in self.candidates:
            for criterion in self.criteria:
                field = forms.IntegerField(required=False, min_value=0, max_value=criterion.max_points)
                field.widget.attrs["aria-label"] = f"{candidate.name} {criterion.name}"
                self.fields[f"points-{candidate.pk}-{criterion.pk}"] = field

    def grid(self):
        """[(candidate, [bound fields])] in the order of the criteria."""
        return [(a, [self[f"points-{a.pk}-{c.pk}"] for c in self.criteria]) for a in self.candidates]

    def points(self):
        return {key: self.cleaned_data[name] for name, key in self.names.items()}


def _score_form(recruitment, reviewer):
    """The form of a reviewer with the points given so far."""
    given = CandidateScore.objects.filter(candidate__recruitment=recruitment, reviewer=reviewer)
    initial = {f"points-{s.candidate_id}-{s.criterion_id}": s.points for s in given}
    return ScoreForm(recruitment, initial={"reviewer": reviewer, **initial})


def _reviewers(recruitment):
    scores = CandidateScore.objects.filter(candidate__recruitment=recruitment)
    return sorted(set(scores.values_list("reviewer", flat=True)))


@admin.register(Recruitment)
class RecruitmentAdmin(Sections, History, PortalFields, RoleModelAdmin):
    """A call for members of one kind of seat. Its state moves by buttons that call actions, never by a field."""

    form = RecruitmentForm
    change_form_template = "councils/members/recruitment.html"
    fieldsets = [
        (
            "모집",
            {
                "fields": [
                    "title",
                    "seat",
                    ("places", "state"),
                    ("opens_on", "closes_before"),
                    ("term_starts_on", "term_ends_before"),
                    "notice",
                ],
                "description": "준비 → 모집 → 서면심사 → 위촉으로 나아갑니다. 위쪽 단추로 바꿉니다.",
            },
        )
    ]
    readonly_fields = ["state"]
    inlines = [CriterionInline, CandidateInline]
    list_display = [
        "title",
        "body_name",
        "seat_label",
        "places",
        "candidate_count",
        "opens_on",
        "closes_before",
        "state",
    ]
    list_filter = ["state", ("seat__body", admin.RelatedOnlyFieldListFilter)]
    list_select_related = ["seat__body"]
    search_fields = ["title", "seat__label", "seat__body__name"]

    # --- what is shown ---
    def get_queryset(self, request):
        rows = super().get_queryset(request).select_related("seat__body")
        return rows.annotate(candidate_rows=per_row(Candidate, "recruitment")) if is_list(request) else rows

    @admin.display(description="기구", ordering="seat__body__order")
    def body_name(self, recruitment):
        return recruitment.seat.body.name

    @admin.display(description="자리", ordering="seat__order")
    def seat_label(self, recruitment):
        return recruitment.seat.label

    @admin.display(description="지원자", ordering="candidate_rows")
    def candidate_count(self, recruitment):
        return recruitment.candidate_rows or 0

    def render_change_form(self, request, context, **kwargs):
        recruitment = context.get("original")
        if recruitment is not None:
            screening = recruitment.state == RecruitmentState.SCREENING
            reviewers = _reviewers(recruitment)
            may = self.has_change_permission(request, recruitment)
            context |= {
                "ranking": actions.ranking(recruitment) if reviewers else [],
                "reviewers": reviewers,
                "score_form": _score_form(recruitment, max(reviewers, default=0) + 1) if screening and may else None,
                "may_appoint": screening and may,
                "moves": [(s, WORDS[s]) for s in WORDS if may and s in RECRUITMENT_MOVES[recruitment.state]],
            }
        return super().render_change_form(request, context, **kwargs)

    # --- who may ---
    def has_change_permission(self, request, obj=None):
        """What was appointed or cancelled stays as it was."""
        return super().has_change_permission(request, obj) and (obj is None or obj.state not in CLOSED)

    def has_delete_permission(self, request, obj=None):
        return super().has_delete_permission(request, obj) and (obj is None or obj.state == RecruitmentState.DRAFT)

    # --- moves ---
    def get_urls(self):
        view = self.admin_site.admin_view
        return [
            path("<int:pk>/move/<slug:state>/", view(self.move_view), name="councils_recruitment_move"),
            path("<int:pk>/scores/", view(self.scores_view), name="councils_recruitment_scores"),
            path("<int:pk>/appoint/", view(self.appoint_view), name="councils_recruitment_appoint"),
            *super().get_urls(),
        ]

    def _one(self, request, pk):
        recruitment = self.get_object(request, str(pk))
        if recruitment is None:
            raise Http404("없는 모집입니다.")
        if not super().has_change_permission(request, recruitment):
            raise PermissionDenied
        return recruitment

    def _page(self, request, template, recruitment, title, **context):
        context |= {**self.admin_site.each_context(request), "title": title, "opts": self.opts}
        return TemplateResponse(request, template, context | {"recruitment": recruitment})

    def _back(self, recruitment):
        return HttpResponseRedirect(admin_url(Recruitment, "change", recruitment.pk))

    def move_view(self, request, pk, state):
        """Ask (GET), then move (POST): no move can be taken back."""
        recruitment = self._one(request, pk)
        if state not in WORDS:
            raise Http404("없는 상태입니다.")
        if request.method == "POST":
            try:
                moved = actions.move_recruitment(recruitment=recruitment, state=state)
            except ValidationError as error:
                self.message_user(request, " ".join(error.messages), messages.ERROR)
            else:
                self.log_change(request, moved, f"상태: {moved.get_state_display()}")
                self.message_user(request, f"상태: {moved.get_state_display()}", messages.SUCCESS)
            return self._back(recruitment)
        words = WORDS[RecruitmentState(state)]
        return self._page(request, "councils/members/move.html", recruitment, words, state=RecruitmentState(state))

    def scores_view(self, request, pk):
        """One reviewer's points on a page of their own; what is wrong shows at its cell."""
        recruitment = self._one(request, pk)
        if recruitment.state != RecruitmentState.SCREENING:
            self.message_user(request, "점수는 ‘서면심사’ 상태에서 적습니다.", messages.WARNING)
            return self._back(recruitment)
        number = request.GET.get("reviewer", "1")
        form = _score_form(recruitment, int(number) if number.isdecimal() and len(number) < 3 else 1)
        if request.method == "POST":
            form = ScoreForm(recruitment, request.POST)
            if form.is_valid() and self._score(request, recruitment, form):
                return self._back(recruitment)
        return self._page(request, "councils/members/scores.html", recruitment, "심사 점수", score_form=form)

    def _score(self, request, recruitment, form):
        reviewer = form.cleaned_data["reviewer"]
        try:
            actions.score(recruitment=recruitment, reviewer=reviewer, points=form.points())
        except ValidationError as error:
            add_errors(form, error)
            return False
        self.message_user(request, f"{reviewer}번 심사위원의 점수를 저장했습니다.", messages.SUCCESS)
        return True

    def appoint_view(self, request, pk):
        """Everybody who would be appointed, with each refusal (GET); then all at once (POST)."""
        recruitment = self._one(request, pk)
        if request.method == "POST":
            try:
                made = actions.appoint_recruitment(recruitment=recruitment)
            except ValidationError:
                self.message_user(request, "위촉하지 않았습니다. 아래에서 까닭을 확인해 주세요.", messages.ERROR)
            else:
                self.log_change(request, recruitment, f"위촉: {len(made)}명")
                self.message_user(request, f"{len(made)}명을 위촉했습니다.", messages.SUCCESS)
                return self._back(recruitment)
        found = actions.preview(recruitment)
        return self._page(request, "councils/members/appoint.html", recruitment, "위촉하기", preview=found)
