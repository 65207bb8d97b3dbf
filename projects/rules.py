"""Who may what with plans and projects: the secretariat everything, an officer the own department's projects."""

import rules

from geumcheon.accounts.rules import add_model_perms, is_officer, is_secretariat
from projects.models import Partner, Project, Side


@rules.predicate
def is_own_department(user, obj=None):
    """Whether the officer's department leads the project (or the project of this row). Without a row: some project may be."""
    if obj is None:
        return True
    project = getattr(obj, "project", None) or obj
    departments = user.department_ids()
    if not departments:
        return False
    return project.partners.filter(side=Side.LEAD, department_id__in=departments).exists()


def own_projects(user):
    """QuerySet of the projects whose rows the user may write: an officer those the own departments lead, the secretariat all."""
    projects = Project.objects.select_related("plan")
    if user.is_superuser or not is_officer(user):
        return projects
    led = Partner.objects.filter(side=Side.LEAD, department_id__in=user.department_ids())
    return projects.filter(pk__in=led.values("project_id"))


may_edit_project = is_secretariat | (is_officer & is_own_department)

for _name in (
    "plan", "plansection", "planstep", "projectgroup", "pastproject", "feedback", "feedbackanswer", "projectbody", "projectalias",
):  # fmt: skip
    add_model_perms("projects", _name)
add_model_perms("projects", "project", write=may_edit_project, add=is_secretariat, delete=is_secretariat)
for _name in ("projectpart", "projecttable", "partner", "stage", "indicator"):
    add_model_perms("projects", _name, write=may_edit_project)
add_model_perms("projects", "indicatorrollup", write=rules.always_deny)
