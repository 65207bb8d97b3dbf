from django.urls import include, path

from budgets import print_views, views
from geumcheon.lib import converters
from projects.views import latest

converters.register()
app_name = "budgets"

urlpatterns = [
    path("", include("budgets.export_urls")),
    path("budget/", latest, {"name": "budgets:overview"}, name="latest"),
    path("budget/<year:year>/", views.overview, name="overview"),
    path("budget/<year:year>/print/", print_views.page, name="print"),
    path("budget/<year:year>/print.pdf", print_views.pdf_file, name="pdf"),
    path("budget/<year:year>/lines/", views.lines, name="lines"),
    path("budget/<year:year>/<number:number>/<number:order>/", views.line, name="line"),
    path("reconciliation/", latest, {"name": "budgets:reconciliation"}, name="reconciliation_latest"),
    path("reconciliation/<year:year>/", views.reconciliation, name="reconciliation"),
]
