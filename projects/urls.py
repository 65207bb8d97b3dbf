from django.urls import path

from geumcheon.lib import converters
from projects import views

converters.register()
app_name = "projects"

urlpatterns = [
    path("projects/", views.latest, {"name": "projects:list"}, name="latest"),
    path("projects/past/", views.past, name="past"),
    path("projects/<year:year>/", views.project_list, name="list"),
    path("projects/<year:year>/<number:number>/", views.detail, name="detail"),
    path("plan/", views.latest, {"name": "projects:plan"}, name="plan_latest"),
    path("plan/<year:year>/", views.plan, name="plan"),
]
