"""Every address of the portal."""

from django.contrib import admin
from django.urls import include, path

from geumcheon import views

urlpatterns = [
    path("", views.home, name="home"),
    path("", include("councils.urls")),
    path("", include("projects.urls")),
    path("", include("budgets.urls")),
    path("admin/", admin.site.urls),
    path("accounts/", include("allauth.account.urls")),
]
