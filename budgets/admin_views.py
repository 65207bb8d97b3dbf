"""Views of the budget admin besides the stock ones."""

from django.core.exceptions import PermissionDenied
from django.shortcuts import render
from django.template.loader import render_to_string

from budgets import formula as formulas
from budgets.admin_forms import FormulaCheckForm

TEMPLATE = "admin/budgets/formula_check.html"


def formula_check(request):
    """A fragment: factors, units, product and difference of a calculation that is being typed. Changes nothing.

    GET or POST with formula and amount_krw (`amount` is understood too); in the rows of a form the names carry a prefix
    (`lines-3-formula`).
    """
    if not request.user.has_perm("budgets.view_budgetline"):
        raise PermissionDenied
    form = FormulaCheckForm(_named(request.POST if request.method == "POST" else request.GET))
    form.is_valid()
    check = formulas.check(form.cleaned_data.get("formula"), form.cleaned_data.get("amount_krw"))
    return render(request, TEMPLATE, _context(check) | {"errors": form.errors})


def stored_check(line):
    """The same fragment (safe text) for a line as it is stored or as it was just refused."""
    return render_to_string(TEMPLATE, _context(formulas.check(line.formula, line.amount_krw)) | {"line": line})


def _context(check):
    return {"check": check, "factors": [_parts(factor) for factor in check.formula.factors] if check.formula else []}


def _parts(factor):
    """(label, number as written, unit) of a factor: `투입율15%` -> ("투입율", "15", "%")."""
    number = factor.text.removeprefix(factor.label).strip().removesuffix(factor.unit).strip()
    return factor.label, number, factor.unit


def _named(data):
    """The formula and the amount among fields called `formula` or `prefix-formula`."""
    names = {"formula": "formula", "amount_krw": "amount_krw", "amount": "amount_krw"}
    return {names[key.rpartition("-")[2]]: value for key, value in data.items() if key.rpartition("-")[2] in names}
