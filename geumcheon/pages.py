"""Statement pages: accessibility, personal data, terms. Every time on them is read from the setting that holds it."""

from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.shortcuts import render

from councils import form_drafts
from forums import event_actions, proposal_actions
from geumcheon.accounts import address_actions, exports, import_jobs, outbox
from geumcheon.accounts.models import Department
from geumcheon.accounts.verification import actions as verification
from geumcheon.accounts.verification import challenges

# The plan names it as the lead department (주무부서) of the plan and of the council: project 1, 민·관 협력체계.
OFFICE = "마을자치과"
# The longest time allauth counts failed sign-ins for (its LOGIN_ATTEMPTS_TIMEOUT).
SIGN_IN_COUNT = timedelta(minutes=5)
LAW = "개인정보 보호법 제15조"


@dataclass(frozen=True)
class Kept:
    """One kind of data the portal keeps: what, what for, on which basis, how long, and how it is destroyed."""

    what: str
    items: str
    purpose: str
    basis: str
    period: str
    end: str


def kept():
    """Everything the portal keeps about people, with the times of the settings and constants."""
    return [
        Kept(
            "계정",
            "아이디, 화면에 보일 이름(별명), 전자우편, 역할, 부서 배정, 되돌릴 수 없게 바꾼 비밀번호, 약관에 동의한 때, 글쓰기를 멈춘 까닭과 기간, 만든 때와 마지막 로그인. 카카오·네이버로 로그인하면 그쪽의 회원 번호",
            "로그인하고 맡은 일만 고치게 하려고",
            f"{LAW}: 주민은 동의, 위원과 담당자는 맡은 공무의 수행",
            "계정을 쓰는 동안",
            "주민은 내 활동에서 탈퇴하면 바로 지웁니다. 낸 글은 ‘탈퇴한 주민’의 이름으로 남습니다. 위원과 담당자는 협치추진단이 계정을 멈추고, 한 일의 기록이 없는 계정은 지웁니다.",
        ),
        Kept(
            "마치지 않은 가입",
            "전자우편, 별명, 되돌릴 수 없게 바꾼 비밀번호, 약관에 동의한 때",
            "편지의 링크로 주소가 맞는지 확인하려고",
            f"{LAW}: 동의",
            f"링크를 누를 때까지, 길어야 {days(address_actions.LIFETIME)}",
            "가입을 마치면 바로, 아니면 기간이 지난 밤에 저절로 지웁니다.",
        ),
        Kept(
            "주민 확인",
            "확인한 단계와 방법, 금천구와의 관계, 동, 확인한 때와 끝나는 날, 휴대전화 번호나 본인확인 값(CI)을 되돌릴 수 없게 바꾼 열쇠. 번호와 CI는 저장하지 않습니다. 창구에서는 신분증을 본 담당자",
            "한 사람이 한 계정으로 제안하고 공감하게 하려고",
            f"{LAW}: 동의",
            f"확인한 날부터 {settings.VERIFICATION_DAYS}일, 끝난 뒤 {days(verification.KEEP_ENDED)}",
            "탈퇴하면 바로, 아니면 기간이 지난 밤에 저절로 지웁니다.",
        ),
        Kept(
            "문자 확인 번호",
            "번호의 열쇠, 확인 번호의 해시, 보낸 때와 적어 본 횟수",
            "확인 번호를 견주고 거듭 보내는 것을 막으려고",
            f"{LAW}: 요청한 서비스의 제공, 정당한 이익(보안)",
            f"보낸 때부터 {days(challenges.KEEP)}",
            "기간이 지난 밤에 저절로 지웁니다.",
        ),
        Kept(
            "제안, 댓글, 공감",
            "제안과 댓글의 글과 사진, 올린 사람의 별명, 공감한 사람을 한 번만 세는 열쇠, 신고와 그 처리, 소식을 받는 제안",
            "제안을 함께 검토하고 공감을 한 사람에 한 번씩 세며 결과를 알리려고",
            f"{LAW}: 맡은 공무의 수행, 요청한 서비스의 제공",
            f"올린 제안과 댓글은 계획의 기록으로 남고, 올리지 않은 것은 {proposal_actions.DRAFT_DAYS}일",
            "탈퇴하면 이름을 떼고 공감의 열쇠를 알아볼 수 없는 값으로 바꾸거나 지웁니다. 올리지 않은 것은 기간이 지난 밤에 지웁니다.",
        ),
        Kept(
            "소식을 받는 주제",
            "고른 사업과 동, 기구, 주제마다 동의한 때. 편지는 계정의 전자우편으로 갑니다.",
            "고른 주제의 새 소식을 한 주에 한 번 전자우편으로 알리려고",
            f"{LAW}: 동의",
            "그만 받을 때까지",
            "편지의 링크나 소식 받기에서 그만 받거나 탈퇴하면 바로 지웁니다.",
        ),
        Kept(
            "협치이야기 사진",
            "사진에 찍힌 모습, 동의한 내용을 적은 글. 찍은 곳과 기기의 정보는 올릴 때 지웁니다.",
            "협치 활동을 글과 사진으로 알리려고",
            f"{LAW}: 동의",
            "이야기를 싣는 동안",
            "동의를 거두면 협치추진단이 사진을 지우고, 파일도 바로 지웁니다.",
        ),
        Kept(
            "공론장·행사 신청",
            "이름, 전자우편이나 휴대전화 번호, 신청한 때와 온 때, 한 연락처로 한 번만 신청하게 하는 열쇠, 자리 번호",
            "자리를 정하고 바뀐 것을 알리며 온 사람을 세려고",
            f"{LAW}: 동의",
            f"행사가 끝난 뒤 {days(event_actions.KEEP_CONTACTS)}",
            "취소하면 이름과 연락처를 바로, 아니면 기간이 지난 밤에 알린 편지와 함께 저절로 지웁니다. 온 사람의 수만 남습니다.",
        ),
        Kept(
            "행사 설문의 답",
            "고른 것과 적은 글. 이름, 때, 부호는 함께 두지 않습니다. 아직 쓰지 않은 부호는 되돌릴 수 없게 바꾼 열쇠로만 둡니다.",
            "행사가 어떠했는지 알고 만족도 지표를 계산하려고",
            f"{LAW}: 맡은 공무의 수행",
            "부호는 쓰거나 마감할 때까지, 답은 계획을 보관하는 동안",
            "부호는 쓰는 순간 또는 마감할 때 지웁니다. 답은 누구의 것인지 알 수 없습니다.",
        ),
        Kept(
            "주민투표의 명부와 참여",
            "휴대전화 번호나 명부 번호를 되돌릴 수 없게 바꾼 열쇠, 자격, 동, 출생연도대, 투표한 방법. 누가 무엇을 골랐는지와 투표한 때는 저장하지 않습니다.",
            "한 사람이 한 번만 투표하게 하려고",
            f"{LAW}: 맡은 공무의 수행, 요청한 서비스의 제공",
            "이의 신청 기간이 끝날 때까지",
            "이의 신청 기간이 끝나면 명부와 열쇠를 만드는 비밀값을 지웁니다. 참여한 수만 남습니다.",
        ),
        Kept(
            "위원 명부",
            "이름, 알림을 받을 전자우편, 기구와 자리, 위촉일과 임기, 맡은 직, 그만둔 날과 까닭, 이름 공개에 동의한 날",
            "회의를 알리고 정족수와 임기를 세며 수당을 주려고",
            f"{LAW}: 맡은 공무의 수행. 이름 공개는 동의",
            f"마지막 임기가 끝난 날부터 {settings.MEMBER_RETENTION_DAYS:,}일",
            "기간이 지난 밤에 이름, 전자우편, 계정 연결을 저절로 지웁니다. 자리와 임기의 기록은 이름 없이 남습니다.",
        ),
        Kept(
            "위원 지원자",
            "이름, 전자우편, 추천한 곳, 심사 점수",
            "위원을 심사해 위촉하려고",
            f"{LAW}: 맡은 공무의 수행",
            f"위촉일부터 {settings.CANDIDATE_RETENTION_DAYS:,}일",
            "기간이 지난 밤에 이름과 전자우편을 저절로 지웁니다.",
        ),
        Kept(
            "회의 회신과 참석",
            "위원이 참석한 회의, 회신과 남긴 말, 자료를 연 때, 받을 수당과 지급일",
            "정족수와 의결을 밝히고 수당을 주려고",
            f"{LAW}: 맡은 공무의 수행",
            "위원 명부와 같음",
            "이름이 지워지면 수로만 남습니다. 누리집에는 처음부터 인원만 보입니다.",
        ),
        Kept(
            "쓰던 글",
            "회의를 적는 양식에 쓰고 아직 저장하지 않은 글. 같은 글이 쓰는 사람의 기기에도 남습니다.",
            "연결이 끊기거나 창을 닫아도 적던 것을 잃지 않게 하려고",
            f"{LAW}: 요청한 서비스의 제공",
            f"저장하거나 제출할 때까지, 길어야 {days(form_drafts.KEEP)}",
            "저장하면 바로, 아니면 기간이 지난 밤에 저절로 지웁니다.",
        ),
        Kept(
            "들여온 명부 파일",
            "올린 표의 행(이름, 전자우편, 임기)",
            "반영하기 전에 미리 보여 주려고",
            f"{LAW}: 맡은 공무의 수행",
            f"반영할 때까지, 길어야 {duration(import_jobs.LIFETIME.total_seconds())}",
            "반영하면 바로, 아니면 기간이 지난 밤에 행을 비웁니다.",
        ),
        Kept(
            "보낸 편지함",
            "받는 전자우편, 제목, 내용, 보낸 결과",
            "초대와 알림을 한 번만 보내고 실패하면 다시 보내려고",
            f"{LAW}: 맡은 공무의 수행",
            f"만든 때부터 {days(outbox.KEEP)}",
            "기간이 지난 밤에 저절로 지웁니다. 받은 사람만 쓰는 링크는 보낸 바로 뒤에 내용에서 지웁니다.",
        ),
        Kept(
            "로그인 세션",
            f"세션 쿠키({settings.SESSION_COOKIE_NAME})와 그 번호에 이어진 계정",
            "로그인한 상태를 이어 가려고",
            f"{LAW}: 요청한 서비스의 제공",
            f"로그인한 때부터 {duration(settings.SESSION_COOKIE_AGE)}",
            "로그아웃하면 바로, 아니면 기간이 지난 밤에 저절로 지웁니다. ‘로그인 유지’를 켜지 않으면 쿠키는 브라우저를 닫을 때 사라집니다.",
        ),
        Kept(
            "보안 쿠키",
            f"무작위 값({settings.CSRF_COOKIE_NAME}). 누구인지는 담지 않습니다.",
            "다른 누리집이 대신 양식을 보내지 못하게 하려고",
            f"{LAW}: 요청한 서비스의 제공",
            duration(settings.CSRF_COOKIE_AGE),
            "기간이 지나면 브라우저가 지웁니다. 서버에는 남지 않습니다.",
        ),
        Kept(
            "안내 쿠키",
            "방금 한 일의 안내 문구(messages)",
            "다음 화면에 한 번 보여 주려고",
            f"{LAW}: 요청한 서비스의 제공",
            "보여 줄 때까지",
            "보여 준 바로 뒤에 지웁니다.",
        ),
        Kept(
            "로그인 시도",
            "접속 주소와 입력한 아이디로 센 횟수",
            "비밀번호를 거듭 넣어 보는 것을 막으려고",
            f"{LAW}: 정당한 이익(보안)",
            f"길어야 {duration(SIGN_IN_COUNT.total_seconds())}",
            "임시 기억에서 저절로 사라집니다.",
        ),
        Kept(
            "내려받기 작업",
            "만든 사람(로그인했을 때만), 고른 조건, 만든 파일",
            "오래 걸리는 파일을 만들어 건네려고",
            f"{LAW}: 요청한 서비스의 제공",
            f"만든 때부터 {days(exports.LIFETIME)}",
            "기간이 지난 밤에 파일과 함께 저절로 지웁니다.",
        ),
        Kept(
            "변경 기록",
            "관리 화면에서 누가, 언제, 무엇을 어떻게 고쳤는지",
            "계획과 예산, 회의 기록이 어떻게 바뀌었는지 밝히려고",
            f"{LAW}: 맡은 공무의 수행",
            "정해 두지 않았습니다",
            "포털이 저절로 지우지 않습니다.",
        ),
        Kept(
            "서버 기록",
            "접속 주소, 때, 연 주소, 오류 내용",
            "장애와 공격을 알아보려고",
            f"{LAW}: 정당한 이익(보안)",
            "운영하는 곳이 정한 기간",
            "운영하는 곳의 서버 설정에 따라 지웁니다.",
        ),
    ]


def days(span):
    """timedelta(days=90) -> `90일`."""
    return f"{span.days}일"


def duration(seconds):
    """Seconds in the largest unit that divides them: 43200 -> `12시간`, 31449600 -> `364일`."""
    for size, unit in ((86_400, "일"), (3_600, "시간"), (60, "분")):
        if seconds >= size and seconds % size == 0:
            return f"{int(seconds // size)}{unit}"
    return f"{int(seconds)}초"


def _statement(request, template, **context):
    office = Department.objects.filter(name=OFFICE).first()
    return render(request, template, {"office": OFFICE, "phone": office.phone if office else "", **context})


def accessibility(request):
    """What was tested, what is known not to be perfect, how to tell us."""
    return _statement(request, "pages/accessibility.html")


def privacy(request):
    """What is kept about people and what is not."""
    return _statement(request, "pages/privacy.html", kept=kept(), link_days=duration(settings.PASSWORD_RESET_TIMEOUT))


def terms(request):
    """The rules of use."""
    return _statement(request, "pages/terms.html")
