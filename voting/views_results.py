"""Results of a published round: page, print (공고문), files, objections. Before publishing there is nothing here for anybody."""

from django.core.exceptions import ValidationError
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from geumcheon.lib import clock
from voting import actions, bundles, display, paper_count, result_display, result_sheet
from voting.forms import ObjectionForm

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
WORDS = {
    "manifest.json": "확정한 문서(투표지·규칙)", "checkpoints.json": "확인점", "results.json": "결과(JSON)", "results.csv": "결과(CSV)",
    "results.xlsx": "결과(엑셀)", "files.json": "파일 지문과 서명", "verify_round.py": "세어 보는 프로그램(파이썬)",
}  # fmt: skip
ORDER = (
    "results.xlsx",
    "results.csv",
    "results.json",
    "verify_round.py",
    "manifest.json",
    "checkpoints.json",
    "files.json",
)


def _published(request, slug):
    round = display.dress(display.round_or_404(request.user, slug))
    if not round.is_published:
        raise Http404("아직 결과를 게시하지 않았습니다.")
    return round


def _context(round):
    papers = result_display.papers(round)
    return {
        "round": round,
        "papers": papers,
        # Who took paper and left it void, or took it home, voted too.
        "voters": max((paper.ballots for paper in papers), default=0)
        if round.from_totals
        else round.tally.results["voters"],
        "paper_told": paper_count.told(round),
        "turnout": result_display.turnout(round),
        "today": clock.today(),
    }


@require_safe
def results(request, slug):
    """Ranks, turnout, what if, the joint meeting's decision and everything to count it again."""
    round = _published(request, slug)
    context = _context(round) | {"files": _files(round), "objections": round.objections.exclude(answer="")}
    return render(request, "voting/results.html", context)


@require_safe
def announcement(request, slug):
    """The announcement (공고문) on A4."""
    round = _published(request, slug)
    return render(
        request, "voting/announcement.html", _context(round) | {"back_url": round.get_absolute_url() + "results/"}
    )


@require_safe
def sheet(request, slug):
    """The results with scores and the joint meeting's decision as a spreadsheet."""
    round = _published(request, slug)
    response = HttpResponse(result_sheet.workbook(round), content_type=XLSX)
    response["Content-Disposition"] = f'attachment; filename="{round.slug}-results.xlsx"'
    return response


# --- files ----------------------------------------------------------------------------------------------------------


def _files(round):
    """[{"name", "label", "size"}] of the published files; [] for a round of totals, or where the files are away."""
    if round.from_totals:
        return []
    paths = bundles.paths_of(round)
    names = sorted(paths, key=lambda n: (ORDER.index(n) if n in ORDER else 3.5, n))
    return [{"name": name, "label": _label(name, round), "size": paths[name].stat().st_size} for name in names]


def _label(name, round):
    if name in WORDS:
        return WORDS[name]
    title = next((c.title for c in round.contests.all() if name.removeprefix("ballots-").split(".")[0] == c.ref), "")
    return (
        f"{title} – Pabulib 파일"
        if name.endswith(".pb")
        else f"{title} – 모든 표(CSV)"
        if name.endswith(".csv")
        else name
    )


@require_safe
def file(request, slug, name):
    """One published file, as it was written at publishing. Only names that stand in the folder: no path leads out."""
    round = _published(request, slug)
    if round.from_totals:
        raise Http404("합계만 남은 투표라 파일이 없습니다.")
    path = bundles.paths_of(round).get(name)
    if path is None:
        raise Http404("파일이 없습니다.")
    return FileResponse(path.open("rb"), as_attachment=True, filename=f"{round.slug}-{name}")


# --- objections -----------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
def objection(request, slug):
    """An objection while the period runs."""
    round = _published(request, slug)
    form = ObjectionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.object_to(round=round, text=form.cleaned_data["text"], contact=form.cleaned_data["contact"])
        except ValidationError as error:
            form.add_error(None, error)
        else:
            return redirect(f"{request.path}?sent=1")
    context = {"round": round, "form": form, "sent": "sent" in request.GET}
    return render(request, "voting/objection.html", context)
