"""The A4 print of a project: a page made for the printer, and the same as a PDF."""

from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.views.decorators.http import require_safe

from geumcheon.lib import clock, pdf
from projects import slots
from projects.views import project_context, published_project


def _context(year, number):
    project = published_project(year, number)
    sections = slots.project_print.collect(project)
    return project_context(project) | {
        "sections": sections,
        "facts": [fact for section in sections for fact in section.get("facts", ())],
        "today": clock.today(),
        "back_url": project.get_absolute_url(),
        "pdf_url": reverse("projects:pdf", args=[year, number]) if pdf.available() else "",
    }


@require_safe
def page(request, year, number):
    """Everything of the project's page as a document."""
    return render(request, "print/project.html", _context(year, number))


@require_safe
def pdf_file(request, year, number):
    """The document as a PDF; 404 with a way to the page where none can be made."""
    html = render_to_string("print/project.html", _context(year, number) | {"for_pdf": True})
    name = f"{year}년 협치 사업 {number}.pdf"
    return pdf.respond(request, html, name, reverse("projects:print", args=[year, number]))
