"""The file of indicator sources is whole: every indicator of the plan says where its number comes from."""

from geumcheon.lib.loading import LoadError
from projects.models import Indicator


def check_complete(path, plan):
    """Refuse a file that leaves indicators of the plan without a source; a plan without the file keeps what was set up. Raises LoadError."""
    if not path.exists():
        return
    indicators = Indicator.objects.filter(project__plan=plan)
    left_out = indicators.filter(evidence_source=None).order_by("project__number", "order")
    names = [f"{number}번 사업 {order}번째" for number, order in left_out.values_list("project__number", "order")]
    if names:
        message = f"성과지표 {indicators.count()}개 가운데 {', '.join(names)}의 근거가 없습니다."
        raise LoadError(path, message, field="order")
