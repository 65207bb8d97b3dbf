"""Admin of votes: set-up with its check list, the moves of a round by buttons that call actions. No ballot and no count is shown here."""

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models
from django.http import Http404, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path
from django.views.decorators.cache import never_cache

from geumcheon.accounts.admin_base import RoleModelAdmin, RoleStackedInline, RoleTabularInline
from geumcheon.lib.admin_parts import FOLDED, History, PortalFields, ReadOnlyAdmin, Rows, Sections, admin_url
from voting import actions, decisions, destroy, freeze, next_plan, rules
from voting.admin_decision import DecisionPages
from voting.admin_forms import AnswerForm, NamedAutocomplete, RoundForm, ShareForm, VoidForm, moment_field
from voting.models import CommitteeScore, Contest, KeyHolder, Objection, Option, Round, RoundState, VoteDecision

# {move in the address: (button, what cannot be undone, action)}
MOVES = {
    RoundState.FROZEN: ("확정하기", "확정하면 상태 말고는 아무것도 바꿀 수 없습니다.", actions.freeze),
    RoundState.OPEN: ("투표 열기", "여는 때가 되면 저절로 열립니다. 지금 열 수도 있습니다.", actions.open_round),
    RoundState.CLOSED: ("마감하기", "닫는 때가 지나면 저절로 마감합니다. 마지막으로 섞고 확인점을 만듭니다.", actions.close_round),
    RoundState.PUBLISHED: ("결과 게시하기", "게시하면 누구나 결과와 표 파일을 봅니다.", actions.publish),
}  # fmt: skip


SKIN = {"all": ["admin_skin/vote.css"]}


class Linked:
    """Choices of a project or proposal by typing, whose empty box says so."""

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        if db_field.name in self.get_autocomplete_fields(request):
            kwargs["widget"] = NamedAutocomplete(db_field, self.admin_site)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)


class KeyHolderInline(Rows, RoleTabularInline):
    model = KeyHolder
    fields = ["number", "office", "proved_at"]
    readonly_fields = ["proved_at"]
    max_num = freeze.HOLDERS
    description = "세 직위가 조각을 하나씩 가지며 둘이 모이면 열립니다. 조각은 round_keys 명령으로 만듭니다."


class ContestInline(Rows, RoleStackedInline):
    template = FOLDED
    model = Contest
    fields = [("order", "title"), ("min_picks", "max_picks", "seats"), ("budget_krw", "origin")]
    show_change_link = True
    description = "선택지는 투표용지마다 제 쪽에서 적습니다(‘이 줄만 따로 열기’)."

    def row_label(self, contest):
        return f"{contest.order}. {contest.title} · {contest.picks_label} 고르기"


@admin.register(Round)
class RoundAdmin(DecisionPages, Sections, History, PortalFields, RoleModelAdmin):
    """A vote. Before freezing it is typed, afterwards only its state moves."""

    form = RoundForm
    change_form_template = "admin/voting/round/change_form.html"
    fieldsets = [
        ("투표", {"fields": ["title", "slug", "purpose", "plan", "is_rehearsal", "state"]}),
        ("기간", {"fields": [("opens_at", "closes_at"), "objection_until"]}),
        (
            "누가",
            {"fields": ["level", "bases", ("min_birth_year", "max_birth_year"), "channels_meet", "has_paper"]},
        ),
        (
            "어떻게 정하나",
            {
                "fields": [
                    "funding_rule",
                    "share_step_krw",
                    ("tie_1", "tie_2", "tie_3", "tie_4"),
                    ("vote_weight", "committee_weight"),
                ]
            },
        ),
        ("봉인과 섞기", {"fields": ["sealed", ("mix_every_minutes", "mix_min_voters")]}),
    ]
    readonly_fields = ["state"]
    inlines = [KeyHolderInline, ContestInline]
    list_display = ["title", "state", "opens_at", "closes_at", "level", "is_rehearsal"]
    list_filter = ["state", "is_rehearsal", "level"]
    search_fields = ["title", "slug"]

    def get_readonly_fields(self, request, obj=None):
        """Rehearsal or real is chosen once."""
        told = [] if obj is None or obj.is_draft else ["bases_told", "ladder_told"]
        return [*super().get_readonly_fields(request, obj), *(["is_rehearsal"] if obj else []), *told]

    def get_fieldsets(self, request, obj=None):
        """After freezing what was chosen is told in words."""
        shown = super().get_fieldsets(request, obj)
        if obj is None or obj.is_draft:
            return shown
        words = {"bases": "bases_told", ("tie_1", "tie_2", "tie_3", "tie_4"): "ladder_told"}
        return [(name, {**options, "fields": [words.get(f, f) for f in options["fields"]]}) for name, options in shown]

    @admin.display(description="투표할 수 있는 사람")
    def bases_told(self, round_):
        return round_.bases_label

    @admin.display(description="동점일 때 순서")
    def ladder_told(self, round_):
        return " → ".join(round_.ladder_labels)

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        """Days and hours by the browser's own calendar and clock: they work by keyboard and on a phone."""
        if isinstance(db_field, models.DateTimeField):
            kwargs |= moment_field(db_field.verbose_name)
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def save_form(self, request, form, change):
        """What can be told before inlines are saved: a draft is saved under the round's lock, so that it is not frozen meanwhile."""
        if change and not actions.lock_round(form.instance).is_draft:
            raise PermissionDenied
        return super().save_form(request, form, change)

    def render_change_form(self, request, context, **kwargs):
        round_ = context.get("original")
        may = rules.may_prepare(request.user)
        if round_ is not None:
            context |= {
                "may_decide": may and not decisions.refusal(round_),
                "may_make": may and not next_plan.refusal(round_),
            }
        if round_ is not None and not round_.from_totals:
            context |= {
                "missing": freeze.missing(round_) if round_.is_draft else [],
                "moves": [(s, MOVES[s][0]) for s in MOVES if may and s in Round.MOVES[round_.state]],
                "may_void": may and RoundState.VOID in Round.MOVES[round_.state],
                "may_destroy": may and not destroy.refusal(round_),
                "may_prove": may and round_.is_draft and round_.public_key,
                "checkpoints": round_.checkpoints.order_by("-number")[:20],
                "events": round_.events.select_related("by")[:50],
            }
        return super().render_change_form(request, context, **kwargs)

    # --- moves ---
    def get_urls(self):
        view = self.admin_site.admin_view
        return [
            path("<int:pk>/move/<slug:state>/", view(self.move_view), name="voting_round_move"),
            path("<int:pk>/void/", view(self.void_view), name="voting_round_void"),
            path("<int:pk>/prove/", view(never_cache(self.prove_view)), name="voting_round_prove"),
            path("<int:pk>/destroy/", view(self.destroy_view), name="voting_round_destroy"),
            *super().get_urls(),
        ]

    def _one(self, request, pk):
        round_ = self.get_object(request, str(pk))
        if round_ is None:
            raise Http404("없는 투표입니다.")
        if not rules.may_prepare(request.user):
            raise PermissionDenied
        return round_

    def _act(self, request, round_, words, text, call, form=None):
        """Ask (GET), then do (POST): none of these can be taken back."""
        if request.method == "POST" and (form is None or form.is_valid()):
            try:
                call()
            except ValidationError as error:
                if form is None:
                    self.message_user(request, " ".join(error.messages), messages.ERROR)
                    return HttpResponseRedirect(admin_url(Round, "change", round_.pk))
                form.add_error(None, error.messages)
            else:
                self.message_user(request, f"{words}: 마쳤습니다.", messages.SUCCESS)
                return HttpResponseRedirect(admin_url(Round, "change", round_.pk))
        context = {**self.admin_site.each_context(request), "title": words, "opts": self.opts, "round": round_}
        return TemplateResponse(request, "admin/voting/round/act.html", context | {"text": text, "form": form})

    def move_view(self, request, pk, state):
        round_ = self._one(request, pk)
        if state not in MOVES:
            raise Http404("없는 상태입니다.")
        words, text, action = MOVES[RoundState(state)]
        return self._act(request, round_, words, text, lambda: action(round=round_, by=request.user))

    def void_view(self, request, pk):
        round_, form = self._one(request, pk), VoidForm(request.POST or None)
        return self._act(
            request,
            round_,
            "무효로 하기",
            "규칙을 바꾸려면 무효로 하고 새 투표를 만듭니다. 되돌릴 수 없습니다.",
            lambda: actions.void(round=round_, reason=form.cleaned_data["reason"], by=request.user),
            form,
        )

    def prove_view(self, request, pk):
        round_, form = self._one(request, pk), ShareForm(request.POST or None)
        return self._act(
            request,
            round_,
            "열쇠 조각 확인",
            "보관자가 제 조각을 적습니다. 조각은 견주기만 하고 저장하지 않습니다.",
            lambda: actions.prove(round=round_, share=form.cleaned_data["share"], by=request.user),
            form,
        )

    def destroy_view(self, request, pk):
        round_ = self._one(request, pk)
        text = "명부, 비밀값, 이의 신청 연락처를 없앱니다. 되돌릴 수 없습니다."
        return self._act(request, round_, "명부 파기", text, lambda: destroy.destroy(round=round_, by=request.user))


class OptionInline(Linked, Rows, RoleStackedInline):
    template = FOLDED
    model = Option
    fields = [("number", "title"), ("project", "proposal"), ("cost_krw", "decided_on", "department")]
    autocomplete_fields = ["project", "proposal"]
    show_change_link = True


@admin.register(Contest)
class ContestAdmin(History, PortalFields, RoleModelAdmin):
    """A paper with its options."""

    class Media:
        css = SKIN

    fields = [
        ("round", "order"), "title", "description", ("min_picks", "max_picks"), ("seats", "budget_krw"), "origin",
    ]  # fmt: skip
    inlines = [OptionInline]
    list_display = ["title", "round", "order", "min_picks", "max_picks"]
    list_select_related = ["round"]
    list_filter = [("round", admin.RelatedOnlyFieldListFilter)]
    search_fields = ["title", "round__title"]

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("round")


class CommitteeScoreInline(Rows, RoleTabularInline):
    model = CommitteeScore
    fields = ["score"]


@admin.register(Option)
class OptionAdmin(History, PortalFields, RoleModelAdmin):
    """An option with its text and the committee's score."""

    class Media:
        css = SKIN

    fields = [
        ("contest", "number"), "title", "description", ("cost_krw", "decided_on"), ("department", "body"), ("project", "proposal"),
    ]  # fmt: skip
    inlines = [CommitteeScoreInline]
    list_display = ["title", "number", "contest", "cost_krw"]
    list_select_related = ["contest__round"]
    list_filter = [("contest__round", admin.RelatedOnlyFieldListFilter)]
    search_fields = ["title", "contest__title"]

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("contest__round")


@admin.register(Objection)
class ObjectionAdmin(PortalFields, ReadOnlyAdmin, RoleModelAdmin):
    """An objection is read here and answered once, by a form of its own."""

    change_form_template = "admin/voting/objection/change_form.html"
    fields = ["round", "text", "contact", "state", "answer", "received_at"]
    list_display = ["__str__", "state", "received_at"]
    list_select_related = ["round"]
    list_filter = ["state", ("round", admin.RelatedOnlyFieldListFilter)]
    search_fields = ["text"]

    def get_urls(self):
        view = self.admin_site.admin_view(self.answer_view)
        return [path("<int:pk>/answer/", view, name="voting_objection_answer"), *super().get_urls()]

    def answer_view(self, request, pk):
        objection = self.get_object(request, str(pk))
        if objection is None:
            raise Http404("없는 이의 신청입니다.")
        if not rules.may_prepare(request.user):
            raise PermissionDenied
        form = AnswerForm(request.POST or None)
        if request.method == "POST" and form.is_valid():
            try:
                actions.answer_objection(objection=objection, by=request.user, **form.cleaned_data)
            except ValidationError as error:
                form.add_error(None, error.messages)
            else:
                self.message_user(request, "답했습니다.", messages.SUCCESS)
                return HttpResponseRedirect(admin_url(Objection, "change", pk))
        context = {**self.admin_site.each_context(request), "title": "이의 신청 답변", "opts": self.opts, "form": form}
        return TemplateResponse(request, "admin/voting/round/act.html", context | {"text": objection.text})


@admin.register(VoteDecision)
class VoteDecisionAdmin(History, PortalFields, ReadOnlyAdmin, RoleModelAdmin):
    """What the joint meeting decided; written by the decision's own action, read here."""

    fields = ["option", "meeting", "outcome", "final_krw", "reason", "project"]
    list_display = ["option", "outcome", "final_krw", "meeting", "project"]
    list_select_related = ["option", "meeting__kind", "project"]
    list_filter = ["outcome"]
    search_fields = ["option__title", "reason"]
