"""실비 of meetings on the council's lists to pay by."""

from django.urls import reverse

from budgets.models import ExpensePayment
from councils.payment_sheets import Expense


def of_meetings(meetings):
    """[Expense] of a QuerySet of meetings, by day and number. One query."""
    rows = ExpensePayment.objects.filter(meeting__in=meetings).select_related("meeting__kind")
    return [
        Expense(
            row.meeting,
            row.paid_to,
            row.description,
            row.formula,
            row.amount_krw,
            row.paid_on,
            reverse("admin:budgets_expensepayment_change", args=[row.pk]),
        )
        for row in rows.order_by("meeting__starts_on", "meeting__year", "meeting__no", "pk")
    ]
