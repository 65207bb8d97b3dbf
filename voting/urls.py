from django.urls import path

from geumcheon.lib import converters
from voting import views, views_board, views_booth, views_kiosk, views_paper, views_results

converters.register()
app_name = "voting"

urlpatterns = [
    path("", views.rounds, name="rounds"),
    path("check/identity/", views_booth.identity_callback, name="identity_callback"),
    path("<slug:slug>/", views.round_page, name="round"),
    path("<slug:slug>/vote/", views_booth.vote, name="vote"),
    path("<slug:slug>/vote/end/", views_booth.vote_end, name="vote_end"),
    path("<slug:slug>/counter/", views_kiosk.counter, name="counter"),
    path("<slug:slug>/kiosk/", views_kiosk.kiosk, name="kiosk"),
    path("<slug:slug>/kiosk/end/", views_kiosk.kiosk_end, name="kiosk_end"),
    path("<slug:slug>/paper/", views_paper.desk, name="paper"),
    path("<slug:slug>/paper/hand/", views_paper.hand, name="paper_hand"),
    path("<slug:slug>/paper/<number:order>/new/", views_paper.new_batch, name="paper_new"),
    path("<slug:slug>/paper/<number:order>/count/", views_paper.count, name="paper_count"),
    path("<slug:slug>/paper/<number:order>/<number:number>/", views_paper.batch, name="paper_batch"),
    path("<slug:slug>/paper/<number:order>/<number:number>/enter/", views_paper.enter, name="paper_enter"),
    path("<slug:slug>/paper/<number:order>/<number:number>/<number:sheet>/", views_paper.settle, name="paper_settle"),
    path("<slug:slug>/board/", views_board.board, name="board"),
    path("<slug:slug>/board/checkpoints.json", views_board.checkpoints, name="checkpoints"),
    path("<slug:slug>/board/<number:order>.json", views_board.rows, name="board_rows"),
    path("<slug:slug>/results/", views_results.results, name="results"),
    path("<slug:slug>/results/print/", views_results.announcement, name="announcement"),
    path("<slug:slug>/results/sheet.xlsx", views_results.sheet, name="result_sheet"),
    path("<slug:slug>/results/files/<str:name>", views_results.file, name="result_file"),
    path("<slug:slug>/objection/", views_results.objection, name="objection"),
]
