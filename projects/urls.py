from django.urls import include, path

from geumcheon.lib import converters
from projects import print_views, result_views, views

converters.register()
app_name = "projects"

urlpatterns = [
    path("projects/", views.latest, {"name": "projects:list"}, name="latest"),
    path("projects/past/", views.past, name="past"),
    path("projects/<year:year>/", views.project_list, name="list"),
    path("projects/<year:year>/<number:number>/", views.detail, name="detail"),
    path("projects/<year:year>/<number:number>/print/", print_views.page, name="print"),
    path("projects/<year:year>/<number:number>/print.pdf", print_views.pdf_file, name="pdf"),
    path("projects/<year:year>/<number:number>/indicators/<number:order>/", result_views.indicator, name="indicator"),
    path(
        "projects/<year:year>/<number:number>/indicators/<number:order>/files/<key:pk>/",
        result_views.measurement_file,
        name="measurement_file",
    ),
    path("projects/<year:year>/<number:number>/", include("projects.inspection_urls")),
    path("results/", views.latest, {"name": "projects:results"}, name="results_latest"),
    path("results/<year:year>/", result_views.results, name="results"),
    path("plan/", views.latest, {"name": "projects:plan"}, name="plan_latest"),
    path("plan/<year:year>/", views.plan, name="plan"),
]
