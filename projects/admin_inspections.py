"""Admin of who watches over projects, what they saw and found, and of the publicity log."""

from itertools import pairwise

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Count, F, OuterRef, Subquery
from django.http import HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.html import format_html

from geumcheon.accounts.admin_base import RoleModelAdmin, RoleStackedInline, RoleTabularInline
from geumcheon.lib import clock, periods
from geumcheon.lib.admin_parts import FOLDED, History, PortalFields, Rows, Sections, admin_url, is_list, per_row
from geumcheon.lib.formsets import RowFormSet
from projects import inspection_actions as actions
from projects.admin_rows import OwnFilter, OwnRowsFilter
from projects.inspection_forms import FindingForm, FixedProject, PhotoForm, PublicityForm, VisitForm, move_form
from projects.models import (
    Finding,
    FindingState,
    InspectionTeam,
    Project,
    Publicity,
    TeamMember,
    Visit,
    VisitPhoto,
)

NO_NAMES = "공개되는 글입니다. 사람 이름이나 연락처는 적지 마세요."


# --- teams ---
class MemberFormSet(RowFormSet):
    def clean(self):
        """One person is in a team once at a time."""
        super().clean()
        rows = [form.instance for form in self.forms if self._is_kept(form) and form.instance.person_id]
        rows.sort(key=lambda row: (row.person_id, row.starts_on))
        for earlier, later in pairwise(rows):
            same = earlier.person_id == later.person_id
            if same and periods.covers(earlier.starts_on, earlier.ends_before, later.starts_on):
                raise ValidationError("같은 사람의 기간이 겹칩니다. 앞선 기간을 먼저 끝내 주세요.")


class MemberInline(Rows, RoleTabularInline):
    model = TeamMember
    formset = MemberFormSet
    fields = ["person", "starts_on", "ends_before"]
    autocomplete_fields = ["person"]

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("person")


class TeamOwnFilter(OwnFilter):
    path = "project"


@admin.register(InspectionTeam)
class InspectionTeamAdmin(FixedProject, Sections, History, PortalFields, RoleModelAdmin):
    """주민감독관, 모니터링단, 서포터즈 of a project."""

    fieldsets = [
        (
            "점검단",
            {
                "fields": ["project", ("kind", "name"), "source"],
                "description": "단원의 이름은 협치추진단만 봅니다. 누리집에는 사람 수만 나옵니다.",
            },
        )
    ]
    inlines = [MemberInline]
    list_display = ["name", "kind", "project", "member_count", "visit_count", "open_count"]
    list_filter = [TeamOwnFilter, "kind", "project__plan"]
    list_select_related = ["project__plan"]
    list_per_page = 50
    search_fields = ["name", "project__name"]
    ordering = ["-project__plan__year", "project__number", "name"]

    def get_queryset(self, request):
        teams = super().get_queryset(request)
        if not is_list(request):
            return teams.select_related("project__plan")
        unfinished = Finding.objects.filter(visit__team=OuterRef("pk")).exclude(state=FindingState.DONE)
        unfinished = unfinished.order_by().values("visit__team").annotate(n=Count("pk")).values("n")
        people = Count("person", distinct=True, filter=periods.covering(clock.today()))
        return teams.annotate(
            member_rows=per_row(TeamMember, "team", people),
            visit_rows=per_row(Visit, "team"),
            open_rows=Subquery(unfinished),
        )

    def view_on_site(self, obj):
        if not Project.objects.published().filter(pk=obj.project_id).exists():
            return None
        return reverse("projects:team", args=[obj.project.plan.year, obj.project.number, obj.pk])

    @admin.display(description="지금 단원", ordering="member_rows")
    def member_count(self, team):
        return f"{team.member_rows or 0}명"

    @admin.display(description="점검", ordering="visit_rows")
    def visit_count(self, team):
        return f"{team.visit_rows or 0}회"

    @admin.display(description="조치 안 한 지적", ordering="open_rows")
    def open_count(self, team):
        return f"{team.open_rows or 0}건"


# --- visits ---
class PhotoInline(Rows, RoleTabularInline):
    model = VisitPhoto
    form = PhotoForm
    fields = ["file", "alt"]
    max_num = 20

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("visit__team__project__plan")


class FindingInline(Rows, RoleStackedInline):
    """New findings are told here; each goes its way on its own page."""

    template = FOLDED
    model = Finding
    form = FindingForm
    fields = ["text", "state"]
    readonly_fields = ["state"]
    can_delete = False
    show_change_link = True
    rule_texts = {"text": NO_NAMES}

    def has_change_permission(self, request, obj=None):
        return False

    def row_label(self, finding):
        return f"{finding.get_state_display()} · {finding}"


class VisitOwnFilter(OwnFilter):
    path = "team__project"


@admin.register(Visit)
class VisitAdmin(Sections, History, PortalFields, RoleModelAdmin):
    """서면 and 현장 점검 with their photos and what was found."""

    form = VisitForm
    fieldsets = [
        (
            "점검",
            {
                "fields": ["team", ("on", "way"), ("place", "people"), "text"],
                "description": (
                    "사진은 올리면 줄이고 위치와 기종 정보를 지웁니다. 얼굴이 알아보이는 사진은 동의를 받은 것만 올립니다. "
                    "저장하면 모두 공개됩니다."
                ),
            },
        )
    ]
    inlines = [PhotoInline, FindingInline]
    rule_texts = {"text": NO_NAMES}
    list_display = ["team", "project", "on", "way", "place", "people", "photo_count", "finding_count"]
    list_filter = [VisitOwnFilter, "way", "on", "team__project__plan"]
    list_select_related = ["team__project__plan"]
    list_per_page = 50
    search_fields = ["team__name", "team__project__name", "place", "text"]
    autocomplete_fields = ["team"]

    def get_queryset(self, request):
        visits = super().get_queryset(request)
        if is_list(request):
            return visits.annotate(photo_rows=per_row(VisitPhoto, "visit"), finding_rows=per_row(Finding, "visit"))
        return visits.select_related("team__project__plan")

    def get_readonly_fields(self, request, obj=None):
        return [*super().get_readonly_fields(request, obj), *(["team"] if obj else [])]

    def save_formset(self, request, form, formset, change):
        photos = [row.file for row in self._deleted(formset) if isinstance(row, VisitPhoto)]
        super().save_formset(request, form, formset, change)
        actions.drop_files(photos)

    def _deleted(self, formset):
        return [row_form.instance for row_form in formset.deleted_forms if row_form.instance.pk]

    def save_related(self, request, form, formsets, change):
        super().save_related(request, form, formsets, change)
        actions.visit_saved(visit=form.instance)

    def delete_model(self, request, obj):
        actions.delete_visits(visits=[obj])

    def delete_queryset(self, request, queryset):
        actions.delete_visits(visits=list(queryset.select_related("team__project")))

    @admin.display(description="사업", ordering="team__project__number")
    def project(self, visit):
        return visit.team.project

    @admin.display(description="사진", ordering="photo_rows")
    def photo_count(self, visit):
        return visit.photo_rows or 0

    @admin.display(description="지적", ordering="finding_rows")
    def finding_count(self, visit):
        return visit.finding_rows or 0


# --- findings ---
class FindingOwnFilter(OwnFilter):
    path = "visit__team__project"


class OverdueFilter(admin.SimpleListFilter):
    title = "기한"
    parameter_name = "overdue"

    def lookups(self, request, model_admin):
        return [("1", "기한이 지남")]

    def queryset(self, request, queryset):
        if self.value() is None:
            return queryset
        late = actions.overdue_findings(request.user, clock.today())
        return queryset.filter(pk__in=late.values("pk")) if self.value() == "1" else queryset.none()


@admin.register(Finding)
class FindingAdmin(History, PortalFields, RoleModelAdmin):
    """What was found wrong. It goes its way by buttons that call move_finding, never by a field."""

    form = FindingForm
    change_form_template = "admin/projects/finding/change_form.html"
    fieldsets = [
        (
            "지적",
            {
                "fields": ["visit", "text"],
                "description": "지적 → 부서 통보 → 시정요구 → 조치로 나아갑니다. 위쪽 단추로 바꿉니다(계획 L653).",
            },
        ),
        (
            "처리",
            {"fields": [("state", "department"), ("notified_on", "demanded_on", "due_on"), ("acted_on", "action")]},
        ),
    ]
    readonly_fields = ["state", "department", "notified_on", "demanded_on", "due_on", "acted_on", "action"]
    rule_texts = {"text": NO_NAMES}
    list_display = ["what", "project", "team", "state", "department", "due_on", "acted_on"]
    list_filter = [FindingOwnFilter, "state", OverdueFilter, "visit__team__project__plan"]
    list_select_related = ["visit__team__project__plan", "department"]
    list_per_page = 50
    search_fields = ["text", "action", "visit__team__name", "visit__team__project__name"]
    autocomplete_fields = ["visit"]
    ordering = [F("due_on").asc(nulls_last=True), "-pk"]

    def get_object(self, request, object_id, from_field=None):
        """Locked while it is saved: a move meanwhile comes before or after, never in between."""
        found = super().get_object(request, object_id, from_field)
        if found is None or request.method != "POST":
            return found
        rows = Finding.objects.select_for_update(of=("self",)).select_related("visit__team__project__plan")
        return rows.filter(pk=found.pk).first()

    def get_readonly_fields(self, request, obj=None):
        return [*super().get_readonly_fields(request, obj), *(["visit"] if obj else [])]

    @admin.display(description="지적한 것", ordering="text")
    def what(self, finding):
        return str(finding)

    @admin.display(description="사업", ordering="visit__team__project__number")
    def project(self, finding):
        return finding.visit.team.project

    @admin.display(description="점검단", ordering="visit__team__name")
    def team(self, finding):
        return finding.visit.team

    # --- its way ---
    def get_urls(self):
        move = self.admin_site.admin_view(self.move_view)
        return [path("<int:pk>/move/<slug:to>/", move, name="projects_finding_move"), *super().get_urls()]

    def render_change_form(self, request, context, **kwargs):
        finding = context.get("original")
        context["moves"] = actions.moves(request.user, finding) if finding is not None else []
        return super().render_change_form(request, context, **kwargs)

    def move_view(self, request, pk, to):
        """Ask for the days of the next step (GET), then take it (POST)."""
        finding = super().get_object(request, str(pk))
        if finding is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, str(pk))
        if to not in actions.FIELDS_OF or not actions.may_move(request.user, finding, to):
            raise PermissionDenied
        to, back = FindingState(to), HttpResponseRedirect(admin_url(Finding, "change", finding.pk))
        if request.method != "POST" and to not in actions.moves(request.user, finding):
            return back
        form = move_form(finding, to, request.POST if request.method == "POST" else None)
        if form.is_valid() and self._move(request, finding, to, form):
            return back
        context = {
            **self.admin_site.each_context(request),
            "title": f"‘{to.label}’(으)로 바꾸기",
            "opts": self.opts,
            "finding": finding,
            "to": to,
            "form": form,
            "mails": to != FindingState.DONE,
        }
        return TemplateResponse(request, "admin/projects/finding/move.html", context)

    def _move(self, request, finding, to, form):
        """Whether the step was taken, or had been; refusals stand at the form's fields."""
        try:
            moved = actions.move_finding(finding=finding, by=request.user, to=to, **form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error)
            return False
        if not moved:
            self.message_user(request, f"다른 사람이 이미 ‘{to.label}’(으)로 바꾸었습니다.", messages.WARNING)
            return True
        self.log_change(request, finding, f"상태: {to.label}")
        self.message_user(request, f"‘{to.label}’(으)로 바꾸었습니다.", messages.SUCCESS)
        finding.refresh_from_db()
        if to != FindingState.DONE and not actions.officers_of(finding.department).exists():
            self.message_user(
                request, f"{finding.department}에 배정된 담당자가 없어 알림 편지는 보내지 못했습니다.", messages.WARNING
            )
        return True


# --- publicity ---
@admin.register(Publicity)
class PublicityAdmin(FixedProject, History, PortalFields, RoleModelAdmin):
    """The log of publicity: officers write that of the own department's projects."""

    form = PublicityForm
    fieldsets = [
        (
            "홍보",
            {
                "fields": ["project", ("channel", "on"), "title", "link", "file", "kept"],
                "description": "주소나 파일 하나는 있어야 합니다. 둘 다 공개됩니다. 사람 이름이나 연락처가 든 파일은 붙이지 마세요.",
            },
        )
    ]
    readonly_fields = ["kept"]
    list_display = ["title", "channel", "project", "on", "has_link", "has_file"]
    list_filter = [OwnRowsFilter, "channel", "on", "project__plan", ("project", admin.RelatedOnlyFieldListFilter)]
    list_select_related = ["project__plan"]
    list_per_page = 50
    search_fields = ["title", "project__name", "link"]
    date_hierarchy = "on"

    def save_model(self, request, obj, form, change):
        if not self._ask(request, "change" if change else "add", obj):
            raise PermissionDenied
        actions.save_publicity(publicity=obj, by=request.user)

    def delete_model(self, request, obj):
        actions.delete_publicity(pieces=[obj])

    def delete_queryset(self, request, queryset):
        actions.delete_publicity(pieces=queryset.select_related("project"))

    @admin.display(description="주소", boolean=True)
    def has_link(self, piece):
        return bool(piece.link)

    @admin.display(description="파일", boolean=True)
    def has_file(self, piece):
        return bool(piece.file)

    @admin.display(description="붙인 파일")
    def kept(self, piece):
        if not piece.pk or not piece.file:
            return "없음"
        if piece.project.plan.status == "draft":
            return "붙어 있음(계획을 공개하면 볼 수 있습니다)"
        url = reverse("projects:publicity_file", args=[piece.project.plan.year, piece.project.number, piece.pk])
        return format_html('<a href="{}">파일 보기</a>', url)
