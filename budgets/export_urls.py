"""Addresses of the budget's files; budgets.urls includes them under its own name."""

from django.urls import path

from budgets import export_views
from geumcheon.lib import converters

converters.register()

urlpatterns = [
    path("budget/<year:year>/sheet.xlsx", export_views.sheet, name="sheet"),
]
