"""The admin site: stock Django, the portal's skin and Korean words. Its landing page says what needs attention."""

from functools import wraps

from allauth.account.decorators import secure_admin_login
from django.contrib import admin
from django.core.exceptions import BadRequest
from django.db import DataError
from django.shortcuts import redirect

from budgets.reconciliation import reconcile
from geumcheon import attention, dashboard
from geumcheon.accounts.rules import is_officer

# Rooms and their lists in the order of the work; what is not named comes after, by name.
ORDER = {
    "projects": [
        "Plan", "Project", "Partner", "Stage", "Indicator", "Measurement", "IndicatorSource", "InspectionTeam", "Visit", "Finding",
        "Publicity", "Feedback", "PastProject", "IndicatorRollup",
    ],
    "budgets": [
        "BudgetLine", "BudgetVersion", "StatedFigure", "ActivityPayment", "ExpensePayment", "RateLine", "BudgetGroup", "BudgetItem",
        "BudgetRollup",
    ],
    "councils": [
        "Notice", "Meeting", "Body", "Membership", "Person", "Recruitment", "StandIn", "Allowance", "AllowanceRate", "RewardEntry",
        "RewardRule", "RewardRound", "Document", "MeetingKind",
    ],
    "forums": ["Call", "Proposal", "Review", "Comment", "Event", "Story", "Channel", "Stage", "EventKind"],
    "voting": ["Round", "Contest", "Option", "Objection", "VoteDecision"],
    "accounts": ["User", "Department", "Dong", "OutboxMessage", "ExportJob"],
}  # fmt: skip


class PortalAdminSite(admin.AdminSite):
    site_header = "금천구 협치 포털 관리"
    site_title = "협치 포털 관리"
    index_title = "한 해의 모습과 살필 것"
    index_template = "admin/index.html"
    site_url = "/"
    enable_nav_sidebar = True

    def index(self, request, extra_context=None):
        """The landing page: where the year stands, numbers by state, what needs attention for this user, then every list."""
        user = request.user
        whole = user.is_superuser or not is_officer(user)
        plans, exports = attention.plans(), attention.exports(user)
        findings = {plan.pk: reconcile(plan) for plan in plans} if whole else {}
        context = {
            "attention": attention.for_user(user, plans, findings),
            "dashboard": dashboard.build(user, plans, findings, exports),
            "exports": exports,
        }
        return super().index(request, context | (extra_context or {}))

    def get_app_list(self, request, app_label=None):
        apps = super().get_app_list(request, app_label)
        for app in apps:
            app["models"].sort(key=lambda model: _place(ORDER.get(app["app_label"], []), model["object_name"]))
        return sorted(apps, key=lambda app: _place(list(ORDER), app["app_label"]))

    def login(self, request, extra_context=None):
        """One sign-in for the whole portal, with its rate limits; somebody without access is told so, not asked again."""
        return secure_admin_login(super().login)(request, extra_context)

    def password_change(self, request, extra_context=None):
        """One password page for the whole portal, as with the sign-in."""
        return redirect("account_change_password")

    def admin_view(self, view, cacheable=False):
        return super().admin_view(readable_address(view), cacheable)


def readable_address(view):
    """Answer 400 to addresses and selections no database can read (NUL, numbers of 20 digits) instead of an error page."""

    @wraps(view)
    def inner(request, *args, **kwargs):
        values = [value for values in request.GET.lists() for value in (values[0], *values[1])]
        if any("\x00" in value for value in values) or not all(map(_is_key, request.POST.getlist("_selected_action"))):
            raise BadRequest("unreadable address or selection")
        try:
            return view(request, *args, **kwargs)
        except (OverflowError, DataError) as error:
            if request.method == "GET":
                raise BadRequest("number out of range") from error
            raise

    return inner


def _place(names, name):
    return names.index(name) if name in names else len(names)


def _is_key(text):
    return text.isascii() and text.isdecimal() and len(text) < 19
