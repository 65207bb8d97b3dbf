"""Activity payments (활동비) and expenses (실비) as lists to pay by; each row's formula beside its product in whole won."""

from councils import payment_sheets
from geumcheon.lib import periods

COLUMNS = (
    ("연번", 5), ("날짜", 15), ("사업", 24), ("점검단", 16), ("무엇에", 22), ("산출식", 26), (payment_sheets.AMOUNT, 12), ("지급일", 15),
    ("서명", 14),
)  # fmt: skip
EXPENSE_COLUMNS = (
    ("연번", 5), ("날짜", 15), ("회의·점검단", 24), ("누구에게", 18), ("무엇에", 22), ("산출식", 26), (payment_sheets.AMOUNT, 12),
    ("지급일", 15), ("서명", 14),
)  # fmt: skip


def write(target, payments):
    """Write a QuerySet of ActivityPayment as XLSX, A4 across, by day, to a path or binary file. One query."""
    found = payments.select_related("team__project").order_by("on", "pk")
    rows = [
        {
            "연번": no,
            "날짜": periods.day_text(payment.on),
            "사업": f"{payment.team.project.number}. {payment.team.project.name}",
            "점검단": payment.team.name,
            "무엇에": payment.description,
            "산출식": payment.formula,
            payment_sheets.AMOUNT: payment.amount_krw,
            "지급일": periods.day_text(payment.paid_on) if payment.paid_on else "",
            "서명": "",
        }
        for no, payment in enumerate(found, 1)
    ]
    payment_sheets.write_list(target, "활동비 지급 명세서", [], COLUMNS, rows, count=f"{len(rows)}건", across=True)


def write_expenses(target, payments):
    """Write a QuerySet of ExpensePayment as XLSX, A4 across, by day, to a path or binary file. One query."""
    found = payments.select_related("meeting__kind", "team").order_by("on", "pk")
    rows = [
        {
            "연번": no,
            "날짜": periods.day_text(payment.on),
            "회의·점검단": str(payment.meeting or payment.team),
            "누구에게": payment.paid_to,
            "무엇에": payment.description,
            "산출식": payment.formula,
            payment_sheets.AMOUNT: payment.amount_krw,
            "지급일": periods.day_text(payment.paid_on) if payment.paid_on else "",
            "서명": "",
        }
        for no, payment in enumerate(found, 1)
    ]
    payment_sheets.write_list(
        target, "실비 지급 명세서", [], EXPENSE_COLUMNS, rows, count=f"{len(rows)}건", across=True
    )
