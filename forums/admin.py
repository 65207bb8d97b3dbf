"""Admin of the forums room: ladders and calls are rows to edit; proposals, reviews and comments are read here, written at the desk."""

from django.contrib import admin
from django.urls import reverse
from django.utils.html import format_html

from forums.admin_bulk import MoveBulk
from forums.admin_events import EventAdmin, EventKindAdmin  # noqa: F401 - registers them
from forums.admin_stories import StoryAdmin  # noqa: F401 - registers it
from forums.models import (
    AmountShare,
    Answer,
    Call,
    Channel,
    Comment,
    Criterion,
    Endorsement,
    Move,
    Proposal,
    Question,
    Review,
    ReviewAnswer,
    Stage,
)
from geumcheon.accounts.admin_base import RoleModelAdmin, RoleStackedInline, RoleTabularInline
from geumcheon.lib import bulk
from geumcheon.lib.admin_parts import FOLDED, History, PortalFields, Rows, Sections, is_list, per_row
from geumcheon.lib.money import thousand_won

DAYS = "마지막 날의 다음 날을 적습니다. 5월 28일까지면 5월 29일."


# --- ladders ------------------------------------------------------------------------------------------------------
class StageInline(Rows, RoleStackedInline):
    template = FOLDED
    model = Stage
    show_change_link = True
    fields = [("order", "code", "name"), ("decider", "amount_label", "days_due"), ("endorsable", "is_ballot"), "source"]
    description = "허용하는 결과와 검토 기준은 단계의 화면에서 고칩니다."


@admin.register(Channel)
class ChannelAdmin(Sections, PortalFields, RoleModelAdmin):
    """A way proposals come in, with its ladder."""

    fieldsets = [
        (
            "제안 경로",
            {
                "fields": [("code", "name", "order"), "description", "source"],
                "description": "단계는 해마다 달라질 수 있어 모두 줄로 적습니다. 제안이 있는 단계는 지울 수 없습니다.",
            },
        )
    ]
    inlines = [StageInline]
    list_display = ["name", "code", "stage_count", "call_count", "order"]
    search_fields = ["name", "code"]

    def get_queryset(self, request):
        rows = super().get_queryset(request)
        if not is_list(request):
            return rows
        return rows.annotate(stage_rows=per_row(Stage, "channel"), call_rows=per_row(Call, "channel"))

    @admin.display(description="단계", ordering="stage_rows")
    def stage_count(self, channel):
        return channel.stage_rows or 0

    @admin.display(description="공모", ordering="call_rows")
    def call_count(self, channel):
        return channel.call_rows or 0


class MoveInline(Rows, RoleTabularInline):
    model = Move
    fk_name = "stage"
    fields = ["outcome", "to"]
    description = "여기 없는 결과는 고를 수 없습니다. 다음 단계가 비어 있으면 거기서 끝납니다."

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        if db_field.name == "to":
            kwargs["queryset"] = Stage.objects.select_related("channel")
        return super().formfield_for_foreignkey(db_field, request, **kwargs)


class CriterionInline(Rows, RoleTabularInline):
    model = Criterion
    fields = ["order", "name", "source"]
    description = "검토하는 사람은 모든 기준에 답합니다."


@admin.register(Stage)
class StageAdmin(Sections, PortalFields, RoleModelAdmin):
    """One rung of a ladder: what it decides and where it leads."""

    fieldsets = [
        (
            "단계",
            {
                "fields": [
                    ("channel", "order", "code"), "name", ("decider", "amount_label", "days_due"), ("endorsable", "is_ballot"), "source",
                ]
            },
        )
    ]  # fmt: skip
    rule_texts = {
        "amount_label": "신청 → 부서조정 → 심사 → 투표 상정 → 확정 → 의결 → 협의조정 → 최종의 순서로 보입니다.",
        "decider": "부서가 정하는 단계는 맡은 부서의 담당자가, 기구가 정하는 단계는 그 기구의 게시한 회의를 적어 협치추진단이 검토합니다.",
    }
    inlines = [MoveInline, CriterionInline]
    list_display = ["name", "channel", "order", "decider", "amount_label", "days_due", "endorsable", "is_ballot"]
    list_filter = ["channel", "decider", "is_ballot"]
    list_select_related = ["channel"]
    search_fields = ["name", "code"]


# --- calls --------------------------------------------------------------------------------------------------------
class QuestionInline(Rows, RoleTabularInline):
    model = Question
    fields = ["order", "text", "required"]


@admin.register(Call)
class CallAdmin(Sections, History, PortalFields, RoleModelAdmin):
    """A call for proposals: when, who, how much, what it asks."""

    fieldsets = [
        (
            "공모",
            {"fields": [("channel", "year"), "title", "text", ("starts_on", "ends_before"), "published", "source"]},
        ),
        ("누가, 얼마나", {"fields": ["who", ("min_krw", "max_krw")]}),
        ("공감", {"fields": [("endorsements_needed", "endorsement_days")]}),
    ]
    rule_texts = {
        "ends_before": DAYS,
        "who": "문자로 확인한 사람은 본인 번호를 가진 사람입니다. 거주·직장·학교·단체 가운데 하나로 제안합니다.",
        "endorsement_days": "올린 날부터 셉니다. 기준을 채우면 다음 단계로 넘어가고, 못 채우면 끝납니다.",
    }
    inlines = [QuestionInline]
    list_display = ["title", "year", "channel", "starts_on", "ends_before", "published", "proposal_count"]
    list_filter = ["year", "channel", "published"]
    list_select_related = ["channel"]
    search_fields = ["title", "text"]

    def get_queryset(self, request):
        rows = super().get_queryset(request)
        return rows.annotate(proposal_rows=per_row(Proposal, "call")) if is_list(request) else rows

    @admin.display(description="제안", ordering="proposal_rows")
    def proposal_count(self, call):
        return call.proposal_rows or 0

    def view_on_site(self, obj):
        return obj.get_absolute_url() if obj.published else None


# --- proposals and their reviews ----------------------------------------------------------------------------------
class ReviewInline(Rows, RoleTabularInline):
    model = Review
    fields = ["stage", "outcome", "amount_krw", "share", "department", "body", "meeting", "on", "state", "reason"]
    readonly_fields = fields
    can_delete = False

    def get_queryset(self, request):
        return (
            super()
            .get_queryset(request)
            .select_related("stage__channel", "share", "department", "body", "meeting__kind", "proposal")
        )


class AnswerInline(Rows, RoleTabularInline):
    model = Answer
    fields = ["question", "text"]
    readonly_fields = fields
    can_delete = False


@admin.register(Proposal)
class ProposalAdmin(Sections, History, PortalFields, RoleModelAdmin):
    """Proposals, to read and to move on together. Each is reviewed at the desk."""

    fieldsets = [
        (
            "제안",
            {
                "fields": [
                    "at_desk", ("call", "number"), "title", "body", ("place", "dong"), "requested_krw", ("stage", "state", "entered_on"),
                    ("department", "departments_text"), "project", ("submitted_at", "endorse_before"), "source",
                ],
                "description": "제안은 여기서 읽고, 검토와 이관, 합치기는 검토 화면에서 합니다.",
            },
        )
    ]  # fmt: skip
    readonly_fields = ["at_desk"]
    inlines = [ReviewInline, AnswerInline]
    list_display = ["title", "call", "number", "stage", "state", "department", "requested", "entered_on", "support"]
    list_filter = [
        "state",
        "call__year",
        "call__channel",
        "stage__name",
        ("department", admin.RelatedOnlyFieldListFilter),
    ]
    list_select_related = ["call", "stage__channel", "department"]
    list_per_page = 50
    search_fields = ["title", "aliases__name"]
    actions = [bulk.action(MoveBulk)]

    def has_review_permission(self, request, obj=None):
        return request.user.has_perm("forums.review_proposal", obj)

    def get_queryset(self, request):
        """Drafts are their writers' alone."""
        rows = super().get_queryset(request).exclude(state="draft")
        return rows.annotate(support_rows=per_row(Endorsement, "proposal")) if is_list(request) else rows

    def history_querysets(self, obj):
        return [*super().history_querysets(obj), Review.history.filter(proposal=obj)]

    @admin.display(description="검토 화면")
    def at_desk(self, proposal):
        return (
            format_html('<a href="{}">검토하러 가기</a>', reverse("desk_proposal", args=[proposal.pk]))
            if proposal.pk
            else "–"
        )

    @admin.display(description="신청", ordering="requested_krw")
    def requested(self, proposal):
        return thousand_won(proposal.requested_krw)

    @admin.display(description="공감", ordering="support_rows")
    def support(self, proposal):
        return proposal.support_rows or 0

    def view_on_site(self, obj):
        return obj.get_absolute_url() if obj.state != "hidden" else None


class SaidInline(Rows, RoleTabularInline):
    model = ReviewAnswer
    fields = ["criterion", "answer", "note"]
    readonly_fields = fields
    can_delete = False


@admin.register(Review)
class ReviewAdmin(Sections, History, PortalFields, RoleModelAdmin):
    """Reviews, to read. They are given and taken back at the desk."""

    fields = [
        "proposal", ("stage", "outcome", "state"), ("amount_krw", "share"), ("department", "body", "body_text"), ("meeting", "on"),
        "reason", ("withdrawn_on", "withdrawn_reason"), "by", "source",
    ]  # fmt: skip
    inlines = [SaidInline]
    list_display = ["proposal", "stage", "outcome", "amount", "on", "department", "body", "state"]
    list_filter = ["state", "outcome", "stage__channel", "proposal__call__year"]
    list_select_related = ["proposal", "stage__channel", "department", "body", "share"]
    list_per_page = 50
    search_fields = ["proposal__title", "reason"]

    @admin.display(description="금액")
    def amount(self, review):
        if review.share_id:
            return f"{thousand_won(review.share.amount_krw)}(함께)"
        return thousand_won(review.amount_krw)


@admin.register(AmountShare)
class AmountShareAdmin(PortalFields, RoleModelAdmin):
    """One amount that several proposals share; it is chosen in their reviews."""

    fields = ["label", "amount_krw", "source"]
    list_display = ["label", "amount_krw", "review_count"]
    search_fields = ["label"]

    def get_queryset(self, request):
        rows = super().get_queryset(request)
        return rows.annotate(review_rows=per_row(Review, "share")) if is_list(request) else rows

    @admin.display(description="검토", ordering="review_rows")
    def review_count(self, share):
        return share.review_rows or 0


@admin.register(Comment)
class CommentAdmin(PortalFields, RoleModelAdmin):
    """Comments, to read. They are moderated in their own queue."""

    fields = ["proposal", "parent", "author", ("office", "is_secretariat"), "stance", "text", ("state", "hidden_reason"), "moderated_by", "created_at"]  # fmt: skip
    list_display = ["__str__", "proposal", "author", "stance", "state", "created_at"]
    list_filter = ["state", "stance"]
    list_select_related = ["proposal", "author"]
    list_per_page = 50
    search_fields = ["text", "proposal__title"]
