"""What must be true of the parameters, checked by `manage.py verify`."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import F
from django.db.models.functions import TruncDate

from apps.core.moment import SHANGHAI
from apps.parameters.models import ParameterValue
from apps.parameters.selectors import values_on
from apps.parameters.states import IN_FORCE
from apps.policy.parameter_spec import ParameterErrors
from apps.policy.parameters import SPECS, Parameters


def problems() -> Iterator[str]:
    """Yield a sentence for every value that could not be in force: unknown, unreadable, contradictory, retroactive."""
    rows = ParameterValue.objects.filter(state=IN_FORCE)
    for key in sorted(set(rows.values_list("key", flat=True)) - set(SPECS)):
        yield f"参数 {key} 已不存在，其批准的值不再生效。"
    for day in rows.order_by("effective_from").values_list("effective_from", flat=True).distinct():
        try:
            Parameters.from_values(values_on(on=day))
        except ParameterErrors as error:
            yield f"{day} 生效的参数有误：{error}。"
    approved = rows.annotate(approved_on=TruncDate("approved_at", tzinfo=SHANGHAI))
    for row in approved.filter(effective_from__lt=F("approved_on")):
        yield f"参数 {row.key} 的生效日期 {row.effective_from} 早于批准日期。"
