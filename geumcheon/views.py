"""Pages of the top room."""

from django.shortcuts import render


def home(request):
    return render(request, "home.html")


def csrf_failure(request, reason=""):
    return render(request, "403.html", status=403)
