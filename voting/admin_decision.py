"""Admin pages after publishing: the joint meeting's decision, and the projects of the next plan made from it."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.views.decorators.cache import never_cache

from geumcheon.lib.admin_parts import admin_url
from voting import decisions, next_plan
from voting.decision_forms import DecisionForm, GroupsForm, PlanForm
from voting.models import Round, VoteDecision


class DecisionPages:
    """The two pages of a round's admin. `_one` finds the round and asks who may."""

    def get_urls(self):
        view = self.admin_site.admin_view
        return [
            path("<int:pk>/decide/", view(never_cache(self.decide_view)), name="voting_round_decide"),
            path("<int:pk>/projects/", view(never_cache(self.projects_view)), name="voting_round_projects"),
            *super().get_urls(),
        ]

    def _back(self, request, round_, text, level):
        self.message_user(request, text, level)
        return HttpResponseRedirect(admin_url(Round, "change", round_.pk))

    def _page(self, request, name, title, round_, **context):
        context |= {**self.admin_site.each_context(request), "title": title, "opts": self.opts, "round": round_}
        return TemplateResponse(request, f"admin/voting/round/{name}.html", context)

    def decide_view(self, request, pk):
        """Every option with its result; POST stores what the meeting decided about all of them."""
        round_ = self._one(request, pk)
        refused = decisions.refusal(round_)
        if refused:
            return self._back(request, round_, refused, messages.ERROR)
        form = DecisionForm(request.POST if request.method == "POST" else None, round=round_)
        if request.method == "POST" and form.is_valid():
            try:
                made = decisions.decide(
                    round=round_, meeting=form.cleaned_data["meeting"], rows=form.rows(),
                    seen=form.cleaned_data["seen"], by=request.user,
                )  # fmt: skip
            except decisions.StaleDecision as error:
                form.add_error(None, error)
                form.renew()
            except ValidationError as error:
                form.add_error(None, error)
            else:
                chosen = sum(decision.outcome == decisions.SELECTED for decision in made)
                self.message_user(
                    request, f"결정을 저장했습니다: {len(made)}개 가운데 {chosen}개 선정.", messages.SUCCESS
                )
                return HttpResponseRedirect(reverse("admin:voting_round_projects", args=[round_.pk]))
        weights = next((paper for paper in form.papers if paper.has_combined), None)
        return self._page(request, "decide", "합동회의 결정", round_, form=form, weights=weights)

    def projects_view(self, request, pk):
        """What will be made, with its groups (GET); POST makes it, once."""
        round_ = self._one(request, pk)
        refused = next_plan.refusal(round_)
        if refused:
            return self._back(request, round_, refused, messages.ERROR)
        choice = PlanForm(request.POST if request.method == "POST" else request.GET, round=round_)
        try:
            plan = choice.chosen()
        except ValidationError as error:
            return self._back(request, round_, " ".join(error.messages), messages.ERROR)
        form = GroupsForm(request.POST if request.method == "POST" else None, round=round_, plan=plan) if plan else None
        if request.method == "POST" and form is not None and form.is_valid():
            try:
                made = next_plan.make_projects(
                    round=round_, plan=plan, groups=form.groups(), seen=form.cleaned_data["seen"], by=request.user
                )
            except ValidationError as error:
                form.add_error(None, error)
            else:
                words = f"{plan}에 사업 {len(made)}개를 담았습니다." if made else "새로 만들 사업이 없습니다."
                return self._back(request, round_, words, messages.SUCCESS if made else messages.WARNING)
        return self._page(
            request,
            "projects",
            "다음 계획의 사업 만들기",
            round_,
            form=form,
            plan=plan,
            choice=choice,
            **_decided(round_),
        )


def _decided(round_):
    """{"done", "dropped"}: decisions that have their project, and those that make none."""
    rows = VoteDecision.objects.filter(option__contest__round=round_).select_related("option__contest", "project__plan")
    rows = list(rows.order_by("option__contest__order", "option__number"))
    return {
        "done": [row for row in rows if row.project_id],
        "dropped": [row for row in rows if row.outcome == decisions.DROPPED],
    }
