"""反映问题: what anybody tells about a factory that holds a title, with its papers (R-42)."""

from __future__ import annotations

from typing import ClassVar

import pgtrigger
from django.db import models
from django.db.models import CheckConstraint, F, Q, UniqueConstraint

from apps.core.models import ScopedModel
from apps.core.personal import Personal
from apps.core.scoping import Scope
from apps.monitoring import states


class IncidentReport(ScopedModel):
    """举报线索: told on the public site in real name or not; the bureau handles it, or says why it does not.

    Never in the enterprise's sight: who tells must not fear to. Name and contact are encrypted.
    """

    PERSON, UNIT, ANONYMOUS = "person", "unit", "anonymous"
    PARTIES: ClassVar[list[tuple[str, str]]] = [
        (PERSON, "个人（实名）"),
        (UNIT, "单位"),
        (ANONYMOUS, "匿名"),
    ]
    title = models.ForeignKey("titles.Title", models.PROTECT, related_name="+")
    enterprise = models.ForeignKey("accounts.Enterprise", models.PROTECT, related_name="+")
    district = models.ForeignKey("accounts.District", models.PROTECT, related_name="+")
    receipt_no = models.CharField("回执号", max_length=30, unique=True)
    query_code = models.CharField("查询码", max_length=12)
    state = models.CharField("状态", max_length=12, choices=states.INCIDENT_LIFE.choices)
    party = models.CharField("实名情况", max_length=12, choices=PARTIES)
    person_sealed = models.TextField("姓名或单位（加密）")
    contact_sealed = models.TextField("联系方式（加密）")
    matter = models.TextField("反映的问题")
    filed_at = models.DateTimeField("提出时间")
    answer = models.TextField("办理说明", blank=True)
    handled_by = models.ForeignKey("accounts.User", models.PROTECT, null=True, related_name="+")
    handled_at = models.DateTimeField("办结时间", null=True)
    recheck = models.ForeignKey("monitoring.Recheck", models.PROTECT, null=True, related_name="+")

    scope = Scope(district="district_id")

    personal: ClassVar[dict[str, Personal]] = {
        "person_sealed": Personal("核实举报线索", "办结后 10 年", "属地、市局经办", masked=True),
        "contact_sealed": Personal("核实和答复举报线索", "办结后 10 年", "属地、市局经办", masked=True),
        "matter": Personal("核实举报线索", "办结后 10 年", "属地、市局经办"),
    }

    class Meta:
        verbose_name = "举报线索"
        constraints = [
            CheckConstraint(
                condition=Q(state__in=list(states.INCIDENT_LIFE.states)), name="incident_state_known"
            ),
            CheckConstraint(
                condition=Q(state=states.INCIDENT_FILED, handled_by=None)
                | ~Q(state=states.INCIDENT_FILED) & Q(handled_by__isnull=False) & ~Q(answer=""),
                name="incident_handled_is_answered",
            ),
            CheckConstraint(
                condition=Q(state=states.TO_RECHECK, recheck__isnull=False)
                | ~Q(state=states.TO_RECHECK) & Q(recheck=None),
                name="incident_recheck_iff_so_handled",
            ),
        ]
        indexes = [models.Index(F("district"), F("state"), F("id").desc(), name="incident_queue_idx")]

    def __str__(self) -> str:
        return f"举报线索 {self.receipt_no}"


class IncidentPaper(ScopedModel):
    """A photo or paper that came with a report; kept outside the web root, read by the bureau alone."""

    report = models.ForeignKey(IncidentReport, models.PROTECT, related_name="papers")
    position = models.PositiveSmallIntegerField("序号")
    display_name = models.CharField("文件名", max_length=120)
    content_type = models.CharField("媒体类型", max_length=100)
    size = models.PositiveBigIntegerField("字节数")
    digest = models.CharField("SHA-256", max_length=64)
    stored_name = models.CharField("存储名", max_length=80, unique=True)
    scan_state = models.CharField("检查", max_length=10)
    received_at = models.DateTimeField("收到时间")

    scope = Scope(district="report__district_id")

    personal: ClassVar[dict[str, Personal]] = {
        "display_name": Personal("核实举报线索", "办结后 10 年", "属地、市局经办"),
        "stored_name": Personal("核实举报线索（材料原件）", "办结后 10 年", "属地、市局经办"),
    }

    class Meta:
        verbose_name = "举报材料"
        constraints = [
            UniqueConstraint(fields=["report", "position"], name="incident_paper_once"),
            CheckConstraint(condition=Q(digest__regex=r"^[0-9a-f]{64}$"), name="incident_paper_digest"),
        ]
        triggers = [
            pgtrigger.Protect(name="incident_paper_kept", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return self.display_name
