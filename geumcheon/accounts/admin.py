"""Admin of users, departments, dongs, the outbox and export jobs."""

from allauth.account.admin import EmailAddress
from allauth.socialaccount.admin import SocialAccount, SocialApp, SocialToken
from django.contrib import admin, messages
from django.contrib.auth.admin import Group
from django.core.exceptions import ValidationError
from django.db.models import Count, Prefetch, Q
from django.http import HttpResponseNotAllowed, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import path, reverse

from geumcheon.accounts import actions, outbox
from geumcheon.accounts.admin_base import RoleModelAdmin, RoleStackedInline, RoleTabularInline
from geumcheon.accounts.forms import AssignmentFormSet, UserAddForm, UserForm
from geumcheon.accounts.models import (
    Department,
    DepartmentAlias,
    DepartmentAssignment,
    Dong,
    ExportJob,
    MessageState,
    OutboxMessage,
    User,
    Verification,
)
from geumcheon.accounts.verification import actions as verification_actions
from geumcheon.lib import clock, periods
from geumcheon.lib.admin_parts import FOLDED, PortalFields, Rows

# Roles are the portal's own and an address stands on its user: neither table of these packages is used.
admin.site.unregister([Group, EmailAddress, SocialAccount, SocialApp, SocialToken])


class AssignmentInline(Rows, RoleStackedInline):
    model = DepartmentAssignment
    template = FOLDED
    formset = AssignmentFormSet
    fields = [("department", "starts_on", "ends_before")]
    verbose_name_plural = "부서 배정"
    description = "역할이 ‘부서 담당자’인 사람만 배정합니다. 종료일부터는 그 부서의 사업을 고칠 수 없습니다."

    def row_label(self, row):
        until = f" ~ {periods.last_day(row.ends_before)}" if row.ends_before else "부터"
        return f"{row.department} · {row.starts_on}{until}"

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("department")


@admin.register(User)
class UserAdmin(PortalFields, RoleModelAdmin):
    """People are added without a password and invited by mail; nobody changes the own role; traces keep a user alive."""

    change_form_template = "accounts/admin_user_change.html"
    form = UserForm
    inlines = [AssignmentInline]
    list_display = ["login_name", "name", "role", "departments_now", "is_active", "has_password", "last_login"]
    list_filter = ["role", "is_active", ("assignments__department", admin.RelatedOnlyFieldListFilter)]
    search_fields = ["username", "name", "email"]
    actions = ["invite_selected"]
    fieldsets = [
        (None, {"fields": ["username", "name", "email"]}),
        ("권한", {"fields": ["role", "is_active", "blocked_until", "blocked_reason"]}),
        ("기록", {"fields": ["has_password", "last_login", "date_joined"]}),
    ]
    add_fieldsets = [(None, {"fields": ["username", "name", "email", "role"]})]

    # --- what is shown ---
    def get_queryset(self, request):
        now = DepartmentAssignment.objects.filter(periods.covering(clock.today())).select_related("department")
        return super().get_queryset(request).prefetch_related(Prefetch("assignments", now, to_attr="current"))

    @admin.display(description="아이디", ordering="username")
    def login_name(self, user):
        return user.username

    @admin.display(description="지금 부서")
    def departments_now(self, user):
        return ", ".join(assignment.department.name for assignment in user.current)

    @admin.display(description="비밀번호 정함", boolean=True)
    def has_password(self, user):
        return user.has_usable_password()

    def get_form(self, request, obj=None, **kwargs):
        return super().get_form(request, obj, **({"form": UserAddForm} if obj is None else {}) | kwargs)

    def get_fieldsets(self, request, obj=None):
        return self.fieldsets if obj else self.add_fieldsets

    def get_readonly_fields(self, request, obj=None):
        """Nobody raises the own role or locks oneself out."""
        fixed = ["has_password", "last_login", "date_joined"]
        return (
            [*fixed, "role", "is_active", "blocked_until", "blocked_reason"]
            if obj and obj.pk == request.user.pk
            else fixed
        )

    # --- who may ---
    def has_change_permission(self, request, obj=None):
        """A superuser's account is changed by superusers only: a new mail address would hand it over."""
        if obj is not None and obj.is_superuser and not request.user.is_superuser:
            return False
        return super().has_change_permission(request, obj)

    def has_delete_permission(self, request, obj=None):
        """Accounts made by mistake may go; whoever did something is deactivated."""
        if not super().has_delete_permission(request, obj):
            return False
        if obj is None:
            return True
        return obj.pk != request.user.pk and not obj.is_superuser and not actions.has_traces(obj)

    # --- writes ---
    def get_object(self, request, object_id, from_field=None):
        """Lock the user while saving: assignments are checked against each other (saving runs in a transaction)."""
        found = super().get_object(request, object_id, from_field)
        if found is not None and request.method == "POST":
            User.objects.select_for_update().get(pk=found.pk)
        return found

    def save_model(self, request, obj, form, change):
        if not change:
            obj.set_unusable_password()
        super().save_model(request, obj, form, change)

    def save_related(self, request, form, formsets, change):
        super().save_related(request, form, formsets, change)
        if not change:
            self._invite(request, form.instance)

    def _invite(self, request, user):
        """Invite and say how it went. Returns whether an invitation is on its way."""
        try:
            actions.invite(user=user, by=request.user)
        except ValidationError as error:
            self.message_user(request, f"{user}: {' '.join(error.messages)}", messages.ERROR)
            return False
        self.log_change(request, user, "초대 편지를 보냈습니다.")
        self.message_user(request, f"{user} 님에게 초대 편지를 보냅니다({user.email}).", messages.SUCCESS)
        return True

    @admin.action(description="초대 편지 보내기", permissions=["change"])
    def invite_selected(self, request, queryset):
        for user in queryset:
            self._invite(request, user)

    def get_urls(self):
        invite = path("<int:pk>/invite/", self.admin_site.admin_view(self.invite_view), name="accounts_user_invite")
        return [invite, *super().get_urls()]

    def invite_view(self, request, pk):
        """The button on a user's page."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        user = get_object_or_404(User, pk=pk)
        self._invite(request, user)
        return HttpResponseRedirect(reverse("admin:accounts_user_change", args=[pk]))


class AliasInline(Rows, RoleTabularInline):
    model = DepartmentAlias


@admin.register(Department)
class DepartmentAdmin(PortalFields, RoleModelAdmin):
    inlines = [AliasInline]
    list_display = ["name", "other_names", "officers_now"]
    search_fields = ["name", "aliases__name"]

    def get_queryset(self, request):
        now = periods.covering(clock.today(), "assignments__starts_on", "assignments__ends_before")
        officers = Count("assignments__user", filter=now & Q(assignments__isnull=False), distinct=True)
        return super().get_queryset(request).prefetch_related("aliases").annotate(officers=officers)

    @admin.display(description="다른 이름")
    def other_names(self, department):
        return ", ".join(alias.name for alias in department.aliases.all())

    @admin.display(description="지금 담당자(명)", ordering="officers")
    def officers_now(self, department):
        return department.officers


@admin.register(Dong)
class DongAdmin(PortalFields, RoleModelAdmin):
    list_display = ["name", "order"]
    search_fields = ["name"]


@admin.register(OutboxMessage)
class OutboxMessageAdmin(PortalFields, RoleModelAdmin):
    """What went out to whom. Nobody writes here; what failed can be sent again."""

    list_display = ["subject", "recipient", "state", "attempts", "error", "created_at"]
    list_filter = ["state", "channel"]
    search_fields = ["recipient", "subject", "event", "user__username", "user__name"]
    date_hierarchy = "created_at"
    actions = ["send_again"]
    fields = [
        *("subject", "recipient", "user", "channel", "text", "state", "attempts", "error"),
        *("event", "created_at", "sent_at"),
    ]
    readonly_fields = ["text"]

    @admin.display(description="내용")
    def text(self, message):
        return outbox.without_own_links(message.body)

    @admin.action(description="다시 보내기", permissions=["view"])
    def send_again(self, request, queryset):
        chosen = queryset.exclude(state=MessageState.SENT)
        for message in chosen:
            actions.send_again(message=message, by=request.user)
        self.message_user(request, f"{len(chosen)}건을 다시 보냅니다. 이미 보낸 것은 그대로 둡니다.", messages.SUCCESS)


@admin.register(ExportJob)
class ExportJobAdmin(PortalFields, RoleModelAdmin):
    """Files that tasks made; read only."""

    list_display = ["kind", "filename", "user", "state", "progress", "created_at", "finished_at", "expires_at"]
    list_select_related = ["user"]
    list_filter = ["state", "kind"]
    search_fields = ["filename", "user__username"]
    fields = [
        *("kind", "params", "user", "state", "progress", "filename", "error"),
        *("created_at", "finished_at", "expires_at"),
    ]


@admin.register(Verification)
class VerificationAdmin(PortalFields, RoleModelAdmin):
    """Who was checked how and until when; read only, and without the key. A wrong one can be ended."""

    list_display = ["user", "level", "basis", "dong", "method", "verified_at", "expires_on", "ended_at", "ended_why"]
    list_select_related = ["user", "dong"]
    list_filter = ["level", "basis", "method", "ended_why"]
    search_fields = ["user__username", "user__name", "user__email"]
    actions = ["end_selected"]
    fields = [
        *("user", "level", "basis", "dong", "method", "verified_at"),
        *("verified_by", "expires_on", "ended_at", "ended_why"),
    ]

    @admin.action(description="확인 끝내기", permissions=["view"])
    def end_selected(self, request, queryset):
        for row in queryset:
            verification_actions.end(verification=row, by=request.user)
            self.log_change(request, row, "확인을 끝냈습니다.")
        self.message_user(request, f"{len(queryset)}건을 끝냈습니다.", messages.SUCCESS)
