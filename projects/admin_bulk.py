"""Actions on many projects or rows of projects, with a preview (geumcheon.lib.bulk)."""

from django import forms

from geumcheon.accounts.models import Dong
from geumcheon.lib import bulk
from projects import actions
from projects.models import Combine, PlanStatus


def closed_note(projects, what):
    """Sentences about projects of closed plans among the chosen: they may be corrected, and whoever does is told."""
    years = sorted({p.plan.year for p in projects if p.plan.status == PlanStatus.CLOSED})
    if not years:
        return []
    told = ", ".join(f"{year}년" for year in years)
    return [
        f"{told} 계획은 마감되었습니다. 문서와 다르게 옮긴 {what}을 바로잡을 때만 바꿔 주세요. 바꾼 것은 기록에 남습니다."
    ]


class ProjectRowBulk(bulk.BulkAction):
    """Rows that hang on projects: locked and counted as edits of their projects, one question about permission a project."""

    what = "줄"

    def rows(self, queryset):
        return queryset.select_related("project__plan")

    def lock(self, pks):
        ids = self.opts.model._base_manager.filter(pk__in=pks).values_list("project_id", flat=True)
        actions.lock_projects(project_ids=set(ids))

    def title(self, row):
        return f"[사업 {row.project.number}] {row}"

    def permission_key(self, row):
        return row.project_id

    def denied(self, row):
        return "고칠 권한이 없습니다. 담당자는 주무부서인 사업의 줄만 고칩니다."

    def notes(self, rows):
        return closed_note({row.project for row in rows}, self.what)

    def write(self, *, rows, data, user):
        actions.save_rows(rows=rows)


class FieldBulk(ProjectRowBulk):
    """One field of all rows gets the value chosen in the form's field of that name."""

    field = ""

    def change(self, row, data):
        setattr(row, self.field, data[self.field])
        bulk.check(row, self.field)


class CombineForm(forms.Form):
    combine = forms.ChoiceField(label="합치는 법", choices=Combine)


class CombineBulk(FieldBulk):
    field = "combine"
    name = "combine_selected"
    label = "합치는 법 바꾸기"
    done = "합치는 법을 바꾸었습니다"
    what = "성과지표"
    hint = "잰 값 여럿을 하나의 성과로 만드는 법입니다. 예: 회의 횟수는 합, 만족도는 평균, 동마다 세는 목표는 단위마다."
    form_class = CombineForm

    def show(self, row):
        return f"{row.get_combine_display()} (목표 {row.target_text})"


class DongForm(forms.Form):
    dongs = forms.ModelMultipleChoiceField(
        label="더할 동", queryset=Dong.objects.all(), widget=forms.CheckboxSelectMultiple
    )


class DongBulk(bulk.BulkAction):
    name = "add_dongs_selected"
    label = "동 더하기"
    done = "동을 더했습니다"
    hint = "사업이 열리는 동을 더합니다. 이미 있는 동은 그대로 두고, 빼는 것은 사업 화면에서 합니다."
    form_class = DongForm

    def rows(self, queryset):
        return queryset.select_related("plan").prefetch_related("dongs")

    def lock(self, pks):
        actions.lock_projects(project_ids=pks)

    def show(self, row):
        names = [dong.name for dong in row.dongs.all()]
        return ", ".join([*names, *(n for n in getattr(row, "added", []) if n not in names)]) or "동 없음"

    def change(self, row, data):
        row.added = [dong.name for dong in data["dongs"]]

    def notes(self, rows):
        return closed_note(rows, "동")

    def denied(self, row):
        return "고칠 권한이 없습니다. 담당자는 주무부서인 사업만 고칩니다."

    def write(self, *, rows, data, user):
        actions.add_dongs(project_ids=[row.pk for row in rows], dongs=data["dongs"], user=user)
