"""What `manage.py check --deploy` says about the vote."""

from django.conf import settings
from django.core import checks

SHARED = ("RedisCache", "PyMemcacheCache", "PyLibMCCache", "DatabaseCache")


@checks.register(checks.Tags.caches, deploy=True)
def shared_cache(app_configs=None, **kwargs):
    """Codes by text are limited per number in the cache: without a shared one every process counts for itself."""
    if settings.CACHES["default"]["BACKEND"].endswith(SHARED):
        return []
    words = "문자 인증번호의 횟수를 프로세스마다 따로 셉니다: 함께 쓰는 캐시가 없습니다."
    return [checks.Warning(words, hint="REDIS_URL을 정해 주세요. 투표 자체는 캐시 없이도 됩니다.", id="voting.W001")]
