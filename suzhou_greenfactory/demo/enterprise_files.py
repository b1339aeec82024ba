"""The enterprise file of two companies: three years of figures, certificates with scans, one about to expire."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal

from django.core.files.uploadedfile import SimpleUploadedFile

from apps.accounts.selectors import actor_by_username
from apps.applications import services as applications
from apps.core.actor import Actor
from apps.scoring import selectors as scoring
from suzhou_greenfactory.demo.acts import Acts
from suzhou_greenfactory.demo.cast import Company
from suzhou_greenfactory.demo.props import SCHEME
from suzhou_greenfactory.demo.stage import Life

#: Lives whose company keeps a file: one that is still filling in, one that holds a title.
KEEPERS = ("draft", "awarded_3a")
_DAY, _YEARS = -3, 3
#: What a factory of 10 000 万元 output uses in the newest year; older years use more for less.
_FIGURES = {
    "output_value": Decimal(10_000),
    "energy_tce": Decimal(1_500),
    "product_qty": Decimal(6_400),
    "water_intake_m3": Decimal(26_000),
    "co2_t": Decimal(4_100),
}
_GROWTH, _SAVING = Decimal("0.94"), Decimal("1.05")
_CARRIERS = (("电力", "420", "万kWh"), ("气田天然气", "60", "万m³"))
#: (kind, number, issuer, days until it ends; None: 长期)
_HOLDINGS: tuple[tuple[str, str, str, int | None], ...] = (
    ("energy", "EnMS-示例-{serial:04d}", "示例认证有限公司", 16),
    ("environment", "EMS-示例-{serial:04d}", "示例认证有限公司", 412),
    ("pollution_permit", "9132示例{serial:04d}P", "属地生态环境主管部门", 1_230),
    ("cleaner_production", "QJSC-示例-{serial:04d}", "属地生态环境主管部门", None),
)


def keep_files(acts: Acts, companies: Iterable[Company]) -> Life:
    """Let the first company of each keeping life fill in its file on one day shortly before the present."""
    yield acts.stage.at(_DAY, 15)
    chosen: dict[str, Company] = {}
    for company in companies:
        if company.life in KEEPERS:
            chosen.setdefault(company.life, company)
    for company in chosen.values():
        with acts.stage.acting(Actor.system()):
            actor = actor_by_username(username=company.username)
        _years(acts, company, actor)
        _certificates(acts, company, actor)


def _years(acts: Acts, company: Company, actor: Actor) -> None:
    newest = acts.stage.clock.now().on.year - 1
    scale = Decimal(company.output_wan) / _FIGURES["output_value"]
    with acts.stage.acting(actor):
        scheme = next(row for row in scoring.schemes(actor=actor) if row.code == SCHEME)
        spec = scoring.scheme_spec(actor=actor, scheme_id=scheme.id)
        asked = {entry.code for entry in spec.inputs()}
        for ago in reversed(range(_YEARS)):
            values = {
                code: str((figure * scale * _drift(code, ago)).quantize(Decimal("0.01")))
                for code, figure in _FIGURES.items()
                if code in asked
            }
            applications.save_year(
                actor=actor,
                clock=acts.stage.clock,
                year=newest - ago,
                version=0,
                spec=spec,
                entries=applications.YearEntries(
                    values=values,
                    energy=[
                        {"carrier": carrier, "amount": amount, "unit": unit}
                        for carrier, amount, unit in _CARRIERS
                    ],
                ),
            )


def _drift(code: str, ago: int) -> Decimal:
    """Return how an older year compares with the newest: less was made, and more used for it."""
    return (_GROWTH if code in {"output_value", "product_qty"} else _SAVING) ** ago


def _certificates(acts: Acts, company: Company, actor: Actor) -> None:
    today: date = acts.stage.clock.now().on
    for kind, number, issuer, days in _HOLDINGS:
        acts.stage.pause()
        with acts.stage.acting(actor):
            applications.save_holding(
                actor=actor,
                clock=acts.stage.clock,
                data=applications.HoldingData(
                    kind=kind,
                    number=number.format(serial=company.serial),
                    issuer=issuer,
                    valid_from=today - timedelta(days=700),
                    valid_until=None if days is None else today + timedelta(days=days),
                    upload=SimpleUploadedFile(
                        "证书扫描件（示例）.pdf", acts.evidence_of(company), "application/pdf"
                    ),
                ),
            )
