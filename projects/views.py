from django.shortcuts import render


def latest(request, **kwargs):
    return render(request, "base.html")


def past(request, **kwargs):
    return render(request, "base.html")


def project_list(request, **kwargs):
    return render(request, "base.html")


def detail(request, **kwargs):
    return render(request, "base.html")


def plan(request, **kwargs):
    return render(request, "base.html")
