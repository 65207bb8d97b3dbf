"""Actions on many budget lines, with a preview (geumcheon.lib.bulk)."""

from django import forms
from django.core.exceptions import ValidationError

from budgets.models import BudgetItem, Funding
from geumcheon.lib.money import won
from projects.admin_bulk import FieldBulk, ProjectRowBulk


class LineBulk(ProjectRowBulk):
    what = "예산 줄"

    def rows(self, queryset):
        return queryset.select_related("project__plan", "version", "item__group")


class ItemForm(forms.Form):
    item = forms.ModelChoiceField(
        label="옮길 통계목",
        queryset=BudgetItem.objects.select_related("group"),
        help_text="편성목과 성격(경상·자본)은 통계목을 따라갑니다.",
    )

    def __init__(self, data=None, years=()):
        super().__init__(data)
        field = self.fields["item"]
        field.queryset = field.queryset.filter(fiscal_year__in=years)
        field.label_from_instance = _item_text


def _item_text(item):
    return f"{item.group.name} › {item.name} ({item.nature})"


class ItemBulk(LineBulk):
    name = "move_item_selected"
    label = "통계목 옮기기"
    done = "통계목을 옮겼습니다"
    hint = "회계연도가 같은 통계목으로만 옮깁니다. 금액과 산출식은 그대로이고, 합계와 예산서는 바로 다시 셉니다."

    def form(self, data=None, rows=()):
        return ItemForm(data, years={row.project.plan.year for row in rows})

    def show(self, row):
        return f"{_item_text(row.item)} {won(row.amount_krw)}"

    def change(self, row, data):
        item = data["item"]
        if item.fiscal_year != row.project.plan.year:
            raise ValidationError(
                f"{item.fiscal_year} 회계연도의 통계목은 {row.project.plan.year}년 계획에 쓸 수 없습니다."
            )
        row.item = item
        row.clean()


class FundingForm(forms.Form):
    funding = forms.ChoiceField(label="재원", choices=Funding)


class FundingBulk(LineBulk, FieldBulk):
    field = "funding"
    name = "funding_selected"
    label = "재원 바꾸기"
    done = "재원을 바꾸었습니다"
    hint = "시비와 구비 합계가 달라집니다. 총사업비는 그대로입니다."
    form_class = FundingForm

    def show(self, row):
        return f"{row.get_funding_display()} {won(row.amount_krw)}"


class SourceForm(forms.Form):
    source = forms.CharField(label="출처", max_length=200, help_text="문서에서 이 줄이 있는 곳. 예: 산출내역 · L901")


class SourceBulk(LineBulk, FieldBulk):
    field = "source"
    name = "source_selected"
    label = "출처 바꾸기"
    done = "출처를 바꾸었습니다"
    hint = "옮겨 적은 값에는 문서의 자리를 적습니다."
    form_class = SourceForm

    def show(self, row):
        return row.source or "출처 없음"
