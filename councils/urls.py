from django.urls import path

from councils import views
from geumcheon.lib import converters

converters.register()
app_name = "councils"

urlpatterns = [
    path("council/", views.index, name="index"),
    path("council/library/", views.library, name="library"),
    path("council/<key:pk>/", views.body, name="body"),
    path("meetings/", views.meetings, name="meetings"),
    path("meetings/<year:year>/<number:no>/", views.meeting, name="meeting"),
]
