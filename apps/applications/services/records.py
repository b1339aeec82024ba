"""Keeping the enterprise file (一企一档): yearly figures, energy by carrier, certificates; and using it in a draft."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError, transaction

from apps.applications.energy import energy_factors
from apps.applications.models import Application, Holding, YearRecord
from apps.applications.models.records import FIRST_YEAR, LAST_YEAR
from apps.applications.services.expiry import forget_expiry, watch_expiry
from apps.applications.services.figures import save_measurements
from apps.applications.services.library import library_document
from apps.audit import services as audit
from apps.core.actor import Actor, Role
from apps.core.errors import Conflict, Forbidden, Invalid, NotVisible, WrongStep
from apps.core.moment import Clock
from apps.core.text import clean_text
from apps.policy.evaluation.coal import CoalCalculation, Quantity, standard_coal
from apps.policy.evaluation.decimals import NotANumber, plain, to_decimal
from apps.policy.evaluation.sanity import ENERGY_TOTAL
from apps.policy.evaluation.spec import SchemeSpec
from apps.scoring import selectors as scoring
from apps.scoring import services as scoring_services

_NUMBER, _ISSUER, _COVERAGE = 60, 80, 200
_STORED = Decimal("0.000001")


@dataclass(frozen=True, slots=True)
class YearEntries:
    """What a year's page sends.

    `values`: input code → number as typed, "" removes it. `units`: placeholder (产品单位 …) → unit. `energy`: the
    whole table of carriers {"carrier", "amount", "unit"}. `adopt_energy`: put what they come to into 综合能耗.
    """

    values: Mapping[str, Any]
    units: Mapping[str, str] = field(default_factory=dict)
    energy: Sequence[Mapping[str, Any]] = ()
    adopt_energy: bool = False


@dataclass(frozen=True, slots=True)
class HoldingData:
    """What is entered about a certificate or permit; no `valid_until` means 长期.

    `upload` is a new scan; without one `file` names the scan in the library ("" for none).
    """

    kind: str
    number: str
    issuer: str = ""
    coverage: str = ""
    valid_from: date | None = None
    valid_until: date | None = None
    file: str = ""
    upload: UploadedFile[Any] | None = None


@dataclass(frozen=True, slots=True)
class SavedYear:
    """A year after a save: its version and, where carriers were given, what they come to."""

    version: int
    coal: CoalCalculation | None


@dataclass(frozen=True, slots=True)
class TakenOver:
    """What a draft took from the file: the codes, and the sheet after it."""

    codes: tuple[str, ...]
    sheet: scoring_services.SavedSheet


def coal_of(energy: Sequence[Mapping[str, Any]]) -> CoalCalculation | None:
    """Convert energy carriers to standard coal, None when nothing is given.

    Args:
        energy: rows {"carrier", "amount", "unit"}; rows without an amount are left out.

    Raises:
        Invalid: unknown or repeated carrier, a unit that does not fit, no number, a negative one; keyed
            "energy.<carrier>".
    """
    errors: dict[str, list[str]] = {}
    quantities: dict[str, Quantity] = {}
    for row in energy:
        carrier, amount = str(row.get("carrier", "")), str(row.get("amount") or "").strip()
        if not amount:
            continue
        key = f"energy.{carrier}"
        if carrier in quantities:
            errors[key] = [f"{carrier}填写了两次，请合并为一行。"]
            continue
        try:
            quantities[carrier] = Quantity(to_decimal(amount), str(row.get("unit") or ""))
            standard_coal({carrier: quantities[carrier]}, energy_factors())
        except KeyError:
            errors[key] = ["没有这种能源的折标系数，请另行折算后填入综合能耗。"]
        except NotANumber as error:
            errors[key] = [f"{carrier}用量：{error}。"]
        except ValueError as error:
            errors[key] = [f"{error}。"]
    if errors:
        raise Invalid(errors)
    return standard_coal(quantities, energy_factors()) if quantities else None


@transaction.atomic
def save_year(
    *,
    actor: Actor,
    clock: Clock,
    year: int,
    version: int,
    spec: SchemeSpec,
    entries: YearEntries,
) -> SavedYear:
    """Save the figures of one year of the enterprise file.

    Args:
        actor: a member of the enterprise.
        clock: when.
        year: the calendar year the figures belong to; not a year to come.
        version: version the page was showing, 0 for a new year.
        spec: the scheme whose figures are asked for; figures of others stay as they are.
        entries: what was filled in.

    Raises:
        Forbidden: not a member of an enterprise.
        Invalid: a year that cannot be, or entries that cannot be taken; keyed by code or "energy.<carrier>".
        Conflict: somebody saved this year after *version*.
    """
    enterprise_id = _enterprise(actor)
    moment = clock.now()
    if not FIRST_YEAR <= year <= min(moment.on.year, LAST_YEAR):
        raise Invalid.of("year", f"年度应在 {FIRST_YEAR} 至 {moment.on.year} 之间（填写 {year}）。")
    values, coal = entries.values, coal_of(entries.energy)
    if coal is not None and entries.adopt_energy:
        values = {**values, ENERGY_TOTAL: coal.tce}
    row = YearRecord.objects.visible_to(actor).select_for_update(of=("self",)).filter(year=year).first()
    if row is None:
        row = YearRecord(enterprise_id=enterprise_id, year=year, version=0, changed_at=moment.at)
    figures = scoring_services.merged_figures(row.figures, spec, values, {}, entries.units, str(year))
    carriers = [
        {"carrier": str(one["carrier"]), "amount": plain(to_decimal(one["amount"])), "unit": one["unit"]}
        for one in entries.energy
        if str(one.get("amount") or "").strip()
    ]
    before = {"figures": row.figures, "energy": row.energy}
    after = {"figures": figures, "energy": carriers}
    if before != after:
        if row.version != version:
            raise Conflict(
                f"{year} 年度数据已被本企业其他人员修改，请核对后再保存。", current={"version": row.version}
            )
        row.figures, row.energy = figures, carriers
        row.energy_tce = None if coal is None else coal.tce.quantize(_STORED)
        row.version += 1
        row.changed_at, row.changed_by_id = moment.at, actor.user_id
        row.save()
        audit.record(
            actor=actor, event="record.year.save", subject=row, moment=moment, before=before, after=after
        )
    return SavedYear(row.version, coal)


@transaction.atomic
def save_holding(
    *,
    actor: Actor,
    clock: Clock,
    data: HoldingData,
    public_id: str | None = None,
) -> str:
    """Enter a certificate or permit, or change the one named *public_id*; returns its public id.

    Raises:
        Forbidden: not a member of an enterprise.
        NotVisible: no such entry.
        Invalid: unknown kind, no number, dates the wrong way round, or the same certificate a second time.
    """
    enterprise_id = _enterprise(actor)
    moment = clock.now()
    errors: dict[str, list[str]] = {}
    if data.kind not in dict(Holding.KINDS):
        errors["kind"] = ["请选择证照类别。"]
    written = clean_text(data.number, field="number", label="证照编号", limit=_NUMBER)
    if not written:
        errors["number"] = ["请填写证照编号。"]
    if data.valid_from and data.valid_until and data.valid_until < data.valid_from:
        errors["valid_until"] = [f"截止日期早于起始日期（{data.valid_from:%Y-%m-%d}），请核对。"]
    if errors:
        raise Invalid(errors)
    row = Holding(enterprise_id=enterprise_id, version=0)
    if public_id is not None:
        found = (
            Holding.objects.visible_to(actor)
            .select_for_update(of=("self",))
            .filter(public_id=public_id)
            .first()
        )
        if found is None:
            raise NotVisible
        row = found
    before = _told(row) if row.version else None
    row.kind, row.number = data.kind, written
    row.issuer = clean_text(data.issuer, field="issuer", label="发证机构", limit=_ISSUER)
    row.coverage = clean_text(data.coverage, field="coverage", label="范围", limit=_COVERAGE)
    row.valid_from, row.valid_until = data.valid_from, data.valid_until
    scan = library_document(actor=actor, clock=clock, upload=data.upload, file=data.file, field="scan")
    row.file_public_id, row.file_name = scan.public_id, scan.name
    row.version += 1
    row.changed_at, row.changed_by_id = moment.at, actor.user_id
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as error:
        if "holding_once" not in str(error):
            raise
        raise Invalid.of("number", "同一类别下已有这个编号的证照。") from error
    audit.record(
        actor=actor,
        event="record.holding.save",
        subject=row,
        moment=moment,
        before=before,
        after=_told(row),
    )
    watch_expiry(row, moment)
    return row.public_id


@transaction.atomic
def remove_holding(*, actor: Actor, clock: Clock, public_id: str) -> None:
    """Take a certificate out of the file; the audit trail keeps what it said.

    Raises:
        NotVisible: no such entry.
    """
    row = (
        Holding.objects.visible_to(actor).select_for_update(of=("self",)).filter(public_id=public_id).first()
    )
    if row is None:
        raise NotVisible
    moment = clock.now()
    audit.record(actor=actor, event="record.holding.remove", subject=row, moment=moment, before=_told(row))
    forget_expiry(row, moment)
    row.delete()


@transaction.atomic
def take_from_file(
    *, actor: Actor, clock: Clock, public_id: str, year: int, version: int, codes: Collection[str]
) -> TakenOver:
    """Put figures of the file into a draft's self-evaluation: those named, as the file has them.

    Raises:
        NotVisible: not this enterprise's application, or the file has no such year.
        Forbidden, WrongStep, RuleBroken, Invalid, Conflict: from `save_measurements`.
    """
    record = YearRecord.objects.visible_to(actor).filter(year=year).first()
    if record is None:
        raise NotVisible("企业档案里没有这个年度的数据。")
    stored = record.figures.get("values", {})
    taken = {code: stored[code] for code in codes if code in stored}
    if not taken:
        raise Invalid.of("codes", "请至少选择一项要带入的数据。")
    sheet = save_measurements(
        actor=actor,
        clock=clock,
        public_id=public_id,
        version=version,
        values=taken,
        units={key: unit for key, unit in record.figures.get("units", {}).items() if unit},
        period=str(year),
    )
    return TakenOver(tuple(taken), sheet)


@transaction.atomic
def keep_in_file(*, actor: Actor, clock: Clock, public_id: str) -> int:
    """Put the figures of an application's self-evaluation into the file, for the year they belong to; returns it.

    Raises:
        NotVisible: not this enterprise's application.
        WrongStep: no self-evaluation, or it does not say which year its figures belong to.
    """
    case = Application.objects.visible_to(actor).filter(public_id=public_id).first()
    if case is None or actor.role is not Role.ENTERPRISE:
        raise NotVisible
    sheet = scoring.current_sheet(actor=actor, application_id=case.pk, kind="self")
    if sheet is None:
        raise WrongStep("请先选择评价体系，再填写自评表。")
    view = scoring.sheet_view(actor=actor, public_id=sheet.public_id)
    if not view.period.isdecimal():
        raise WrongStep("请先在年度数据里填写数据年度，再存入企业档案。")
    year = int(view.period)
    held = YearRecord.objects.visible_to(actor).filter(year=year).values_list("version", "energy").first()
    save_year(
        actor=actor,
        clock=clock,
        year=year,
        version=held[0] if held else 0,
        spec=scoring.scheme_spec(actor=actor, scheme_id=sheet.scheme_id),
        entries=YearEntries(
            values={entry.code: entry.value for entry in view.inputs if entry.value},
            units=view.units,
            energy=held[1] if held else (),
        ),
    )
    return year


def _enterprise(actor: Actor) -> int:
    if actor.role is not Role.ENTERPRISE or actor.enterprise_id is None:
        raise Forbidden("企业档案由企业自己维护。")
    return actor.enterprise_id


def _told(row: Holding) -> dict[str, Any]:
    return {
        "kind": row.kind,
        "number": row.number,
        "issuer": row.issuer,
        "coverage": row.coverage,
        "valid_from": row.valid_from,
        "valid_until": row.valid_until,
        "file": row.file_public_id,
    }
