"""Who may what with plans and projects: the secretariat everything, an officer the own department's projects."""

import rules

from geumcheon.accounts.rules import add_model_perms, is_officer, is_secretariat
from projects.models import Finding, FindingState, Measurement, Partner, Project, Side


@rules.predicate
def is_own_department(user, obj=None):
    """Whether the officer's department leads the project (or the project of this row). Without a row: some project may be."""
    if obj is None:
        return True
    project = getattr(obj, "project", None) or obj
    if isinstance(obj, Measurement):
        project = obj.indicator.project
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
    "plan", "plansection", "planstep", "projectgroup", "pastproject", "feedback", "feedbackanswer", "projectbody", "projectalias", "projectmeeting",
):  # fmt: skip
    add_model_perms("projects", _name)
add_model_perms("projects", "project", write=may_edit_project, add=is_secretariat, delete=is_secretariat)
for _name in ("projectpart", "projecttable", "partner", "stage", "indicator"):
    add_model_perms("projects", _name, write=may_edit_project)
add_model_perms("projects", "indicatorrollup", write=rules.always_deny)


@rules.predicate
def is_open_measurement(user, obj=None):
    """Whether a typed value may still be edited; a confirmed one is returned first."""
    return obj is None or obj.state != Measurement.State.CONFIRMED


@rules.predicate
def is_in_open_plan(user, obj=None):
    """Whether the plan of a typed value is not closed: what is handed over after the end, the secretariat enters alone."""
    return obj is None or not obj.indicator.project.plan.is_closed


add_model_perms("projects", "indicatorsource")
add_model_perms("projects", "indicatorresult", write=rules.always_deny)
add_model_perms(
    "projects",
    "measurement",
    view=may_edit_project,
    write=is_open_measurement & (is_secretariat | (is_officer & is_own_department & is_in_open_plan)),
)
rules.add_perm("projects.confirm_measurement", is_secretariat)


@rules.predicate
def is_new_finding(user, obj=None):
    """Whether a finding has not been told to a department yet: later it stays as a record."""
    return not isinstance(obj, Finding) or obj.state == FindingState.FOUND


@rules.predicate
def leads_project_of(user, finding=None):
    """Whether the officer's department leads the project that was inspected. Without a finding: some may be."""
    if finding is None:
        return True
    return is_own_department.test(user, finding.visit.team.project)


for _name in ("inspectionteam", "visit", "visitphoto"):
    add_model_perms("projects", _name)
add_model_perms("projects", "teammember", view=is_secretariat)  # names
add_model_perms("projects", "finding", delete=is_secretariat & is_new_finding)
rules.add_perm("projects.move_finding", is_secretariat)
rules.add_perm("projects.act_on_finding", is_secretariat | (is_officer & leads_project_of))
add_model_perms("projects", "publicity", write=may_edit_project)
