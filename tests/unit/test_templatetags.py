"""Wording of figures, dates and deadlines, and the geometry of the charts, at their edges."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django import forms
from django.core.paginator import Paginator
from django.template import Context, Template
from django.test import RequestFactory
from hypothesis import given
from hypothesis import strategies as st

from apps.portals.base.templatetags import gf, gf_charts

NOW = datetime(2026, 11, 22, 6, 32, tzinfo=UTC)  # 14:32 in Shanghai, a Sunday


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (Decimal("77.49"), "77.49"),
        (Decimal("79.995"), "80.00"),
        (Decimal("79.9949"), "79.99"),
        (Decimal(80), "80.00"),
        (0, "0.00"),
        ("3.5", "3.50"),
        (None, "—"),
        ("", "—"),
    ],
)
def test_score(value: Decimal | int | str | None, text: str) -> None:
    assert gf.score(value) == text


@pytest.mark.parametrize("write", [gf.score, gf.figure, gf.as_given])
def test_binary_fractions_are_refused(write: object) -> None:
    assert callable(write)
    with pytest.raises(TypeError):
        write(77.49)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (Decimal("2163.040"), "2,163.04"),
        (Decimal("1E+3"), "1,000"),
        (6400, "6,400"),
        (Decimal("0.420"), "0.42"),
    ],
)
def test_figure(value: Decimal | int, text: str) -> None:
    assert gf.figure(value) == text


def test_as_given_keeps_the_decimals_of_the_source() -> None:
    assert gf.as_given(Decimal("0.420")) == "0.420"
    assert gf.as_given(None) == "—"


@pytest.mark.parametrize(
    ("value", "text"),
    [(Decimal("0.50"), "+0.5"), (Decimal("-1.40"), "−1.4"), (Decimal("0.00"), "0"), (None, "—")],
)
def test_signed(value: Decimal | None, text: str) -> None:
    assert gf.signed(value) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (Decimal("-0.4"), "−0.40"),
        (Decimal("-0.36"), "−0.36"),
        (Decimal("1.005"), "+1.01"),
        (0, "0.00"),
        (None, "—"),
    ],
)
def test_a_difference_in_a_column_has_two_decimals(value: Decimal | int | None, text: str) -> None:
    assert gf.signed_score(value) == text


@pytest.mark.parametrize(
    ("difference", "full", "tone"),
    [
        (Decimal("-0.29"), Decimal(3), ""),
        (Decimal("-0.30"), Decimal(3), "warn"),
        (Decimal("-0.89"), Decimal(3), "warn"),
        (Decimal("-0.90"), Decimal(3), "bad"),
        (Decimal("0.90"), Decimal(3), "up"),
        (Decimal("0.29"), Decimal(3), ""),
        (None, Decimal(3), ""),
        (Decimal(1), Decimal(0), ""),
    ],
)
def test_difference_tone(difference: Decimal | None, full: Decimal, tone: str) -> None:
    assert gf.difference_tone(difference, full) == tone


@pytest.mark.parametrize(
    ("size", "text"),
    [
        (0, "0 字节"),
        (1023, "1023 字节"),
        (1024, "1 KB"),
        (1_843_200, "1.8 MB"),
        (52_428_800, "50 MB"),
        (2_147_483_648, "2 GB"),
        (None, "—"),
    ],
)
def test_file_size(size: int | None, text: str) -> None:
    assert gf.file_size(size) == text


def test_dates_are_those_of_shanghai(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gf, "shown_at", lambda: datetime(2026, 12, 31, 15, 59, tzinfo=UTC))
    late = datetime(2026, 12, 13, 17, 0, tzinfo=UTC)
    assert gf.cn_date(late) == "2026 年 12 月 14 日"
    assert gf.cn_datetime(late) == "2026 年 12 月 14 日（周一）01:00"
    assert gf.short_datetime(late) == "2026-12-14 01:00"
    assert gf.cn_day(date(2026, 11, 30)) == "11 月 30 日（周一）"
    assert gf.cn_day(date(2027, 1, 4)) == "2027 年 1 月 4 日（周一）"
    assert gf.iso(late) == "2026-12-14T01:00:00+08:00"
    assert gf.iso(date(2026, 12, 14)) == "2026-12-14"
    assert [write(None) for write in (gf.cn_date, gf.cn_day, gf.cn_datetime, gf.short_datetime)] == ["—"] * 4
    assert gf.iso(None) == ""


@pytest.mark.parametrize(
    ("left", "text", "state"),
    [
        (timedelta(days=8, hours=2, minutes=5), "还剩 8 天 2 小时", "later"),
        (timedelta(days=7, seconds=1), "还剩 7 天", "later"),
        (timedelta(days=7), "还剩 7 天", "soon"),
        (timedelta(days=1, seconds=1), "还剩 1 天", "soon"),
        (timedelta(hours=24), "还剩 1 天", "urgent"),
        (timedelta(hours=3, minutes=20), "还剩 3 小时 20 分", "urgent"),
        (timedelta(minutes=5), "还剩 5 分钟", "urgent"),
        (timedelta(), "已超期 0 分钟", "over"),
        (timedelta(days=-2, hours=-1), "已超期 2 天 1 小时", "over"),
    ],
)
def test_deadline_of_a_moment(left: timedelta, text: str, state: str) -> None:
    assert gf.deadline_text(NOW + left, NOW) == text
    assert gf.deadline_state(NOW + left, NOW) == state


@pytest.mark.parametrize(
    ("due", "text", "state"),
    [
        (date(2026, 11, 21), "已超期 1 天", "over"),
        (date(2026, 11, 22), "今天截止", "urgent"),
        (date(2026, 11, 25), "还剩 3 天", "soon"),
        (date(2026, 12, 22), "还剩 30 天", "later"),
    ],
)
def test_deadline_of_a_day_lasts_until_its_end(due: date, text: str, state: str) -> None:
    assert gf.deadline_text(due, NOW) == text
    assert gf.deadline_state(due, NOW) == state


def test_due_moment_names_the_year_only_when_it_is_another() -> None:
    assert gf.due_words(datetime(2026, 11, 30, 9, tzinfo=UTC), NOW) == "11 月 30 日（周一）17:00"
    assert gf.due_words(datetime(2026, 12, 31, 16, tzinfo=UTC), NOW) == "2027 年 1 月 1 日（周五）00:00"


def test_no_deadline() -> None:
    assert gf.deadline_text(None, NOW) == "—"
    assert gf.deadline_state(None, NOW) == ""


@pytest.mark.parametrize(
    ("number", "text"),
    [
        ("13800001234", "138****1234"),
        ("0512-66668888", "0512-66****88"),
        ("110", "***"),
        ("", "—"),
        (None, "—"),
    ],
)
def test_mask_phone(number: str | None, text: str) -> None:
    assert gf.mask_phone(number) == text


@given(st.text(alphabet="0123456789-", min_size=7, max_size=16))
def test_a_masked_number_never_shows_all_its_digits(number: str) -> None:
    digits = number.replace("-", "")
    if digits:
        assert gf.mask_phone(number).replace("-", "") != digits


def test_small_words() -> None:
    assert (gf.initial("沈卫东"), gf.initial("  "), gf.initial(None)) == ("沈", "·", "·")
    assert (gf.file_kind("表.XLSX"), gf.file_kind("无扩展名"), gf.file_kind("x.jsonl5")) == (
        "xlsx",
        "file",
        "json",
    )


def test_icon_is_decoration_unless_named() -> None:
    assert 'aria-hidden="true"' in gf.icon("check")
    named = gf.icon("check", "st-ok", '符合"><script>')
    assert 'role="img"' in named
    assert "<script>" not in named


class ExampleForm(forms.Form):
    name = forms.CharField(label="名称", help_text="与执照一致")
    amount = forms.DecimalField(widget=forms.NumberInput(attrs={"class": "wide"}))
    kind = forms.ChoiceField(choices=[("1", "甲")], widget=forms.RadioSelect)
    boxes = forms.MultipleChoiceField(choices=[("1", "甲")], widget=forms.CheckboxSelectMultiple)
    agreed = forms.BooleanField()
    paper = forms.FileField()
    place = forms.ChoiceField(choices=[("1", "甲")])
    note = forms.CharField(widget=forms.Textarea)
    token = forms.CharField(widget=forms.HiddenInput)

    def clean(self) -> None:
        raise forms.ValidationError("整张表有误")


def test_field_kinds() -> None:
    kinds = {field.name: gf.field_kind(field) for field in ExampleForm()}
    assert kinds == {
        "name": "text",
        "amount": "text",
        "kind": "choices",
        "boxes": "choices",
        "agreed": "checkbox",
        "paper": "file",
        "place": "select",
        "note": "textarea",
        "token": "hidden",
    }


def test_widget_carries_class_and_description() -> None:
    form = ExampleForm({})
    form.is_valid()
    html = gf.widget(form["name"])
    assert 'class="form-control"' in html
    assert 'aria-invalid="true"' in html
    assert 'aria-describedby="id_name_helptext id_name_error"' in html
    assert 'class="form-control wide"' in gf.widget(form["amount"])
    assert 'inputmode="decimal"' in gf.widget(form["amount"])


def test_error_lines_lead_to_an_element_that_exists() -> None:
    form = ExampleForm({})
    form.is_valid()
    lines = gf.error_lines(form)
    assert lines[0] == {"target": "", "text": "整张表有误"}
    page = "".join(str(field) for field in form)
    for line in lines[1:]:
        assert f'id="{line["target"]}"' in page
    assert gf.error_lines(ExampleForm()) == []
    assert gf.error_lines(None) == []
    assert gf.error_lines({"": ["总的"], "tel": ["不对", "太短"]}) == [
        {"target": "", "text": "总的"},
        {"target": "id_tel", "text": "不对"},
        {"target": "id_tel", "text": "太短"},
    ]
    assert len(gf.error_lines([form, form])) == 2 * len(lines)


def test_page_numbers_and_addresses_keep_the_filters() -> None:
    page = Paginator(range(400), 20).page(10)
    shown = gf.paging(page)
    assert shown.numbers == [1, None, 8, 9, 10, 11, 12, None, 20]
    assert (shown.first_row, shown.last_row, shown.total) == (181, 200, 400)
    request = RequestFactory().get("/", {"q": "昆山&", "page": "10"})
    assert gf.page_url(Context({"request": request}), "page", 12, -1) == "?q=%E6%98%86%E5%B1%B1%26&page=11"


@pytest.mark.parametrize(
    ("number", "pages", "numbers"),
    [
        (1, 1, [1]),
        (1, 4, [1, 2, 3, 4]),
        (1, 5, [1, 2, 3, 4, 5]),
        (1, 6, [1, 2, 3, None, 6]),
        (4, 7, [1, 2, 3, 4, 5, 6, 7]),
        (20, 20, [1, None, 18, 19, 20]),
    ],
)
def test_paging_of_plain_figures(number: int, pages: int, numbers: list[int | None]) -> None:
    assert gf.paging(None, number, pages, 99).numbers == numbers
    assert gf.paging(None, number, pages, 99).total == 99


def test_paging_of_nothing() -> None:
    assert gf.paging(Paginator([], 20).page(1)).first_row is None


def test_cotton_escapes_what_people_typed() -> None:
    template = Template(
        '{% cotton card title="{{ evil }}" %}{{ evil }}{% endcotton %}{% cotton stat :value="evil" / %}'
    )
    html = template.render(Context({"evil": '"><script>alert(1)</script>'}))
    assert "<script>" not in html


# ---------------------------------------------------------------- charts


def test_score_band_marks_the_present_level() -> None:
    band = gf_charts.score_band(Decimal("77.49"), Decimal("87.49"))
    assert (band.current, band.open_width) == (Decimal("55.0"), Decimal("20.0"))
    assert [tick.at for tick in band.marks] == [Decimal("20.0"), Decimal("40.0"), Decimal("60.0")]
    assert [level.label for level in band.levels if level.on] == ["2A"]


@pytest.mark.parametrize(
    ("total", "levels"),
    [
        ("59.99", []),
        ("60", ["1A"]),
        ("69.99", ["1A"]),
        ("70", ["2A"]),
        ("79.99", ["2A"]),
        ("80", ["3A"]),
        ("100", ["3A"]),
    ],
)
def test_score_band_levels_at_the_thresholds(total: str, levels: list[str]) -> None:
    band = gf_charts.score_band(Decimal(total))
    assert [level.label for level in band.levels if level.on] == levels


def test_score_band_below_fifty_starts_at_zero() -> None:
    band = gf_charts.score_band(Decimal(30))
    assert band.current == Decimal("30.0")
    assert band.marks[0].at == Decimal("60.0")


@given(st.decimals(0, 100, places=2), st.decimals(0, 100, places=2))
def test_score_band_stays_inside(current: Decimal, more: Decimal) -> None:
    band = gf_charts.score_band(current, min(current + more, Decimal(100)))
    assert 0 <= band.current <= 100
    assert 0 <= band.open_from + band.open_width <= 100


def test_dumbbell_without_figures_has_no_marks() -> None:
    empty = gf_charts.dumbbell()
    assert (empty.own, empty.district, empty.expert, empty.dots, empty.wide) == (None, None, None, [], False)


def test_dumbbell_places_marks_and_warns_of_a_wide_spread() -> None:
    full = gf_charts.dumbbell(Decimal(100), Decimal(80), Decimal(60), [Decimal("74.6"), Decimal("84.2")])
    assert (full.own, full.district, full.expert) == (Decimal("96.000"), full.gate, Decimal("4.000"))
    assert (full.span_from, full.span_to) == (full.expert, full.own)
    assert full.wide
    assert not gf_charts.dumbbell(experts=[Decimal(80), Decimal(85)]).wide


def test_scale_in_both_directions() -> None:
    lower = gf_charts.benchmark_scale(Decimal("0.42"), Decimal("0.30"), Decimal("0.36"))
    assert (lower.lower_is_better, lower.value) == (True, Decimal("55.0"))
    higher = gf_charts.benchmark_scale(Decimal(50), Decimal(90), Decimal(70))
    assert (higher.lower_is_better, higher.value) == (False, Decimal("55.0"))


def test_scale_clamps_and_turns_the_label_inwards() -> None:
    assert gf_charts.benchmark_scale(Decimal("0.42"), Decimal("0.30"), Decimal(9)).anchor == "start"
    best = gf_charts.benchmark_scale(Decimal("0.42"), Decimal("0.30"), Decimal(0))
    assert (best.value, best.anchor) == (Decimal("99.0"), "end")
    assert gf_charts.benchmark_scale(Decimal(1), Decimal(1), Decimal(1)).value is None
    assert gf_charts.benchmark_scale(Decimal(1), Decimal(2)).value is None


def test_tiles_shade_by_share_of_the_largest() -> None:
    tiles = gf_charts.shaded_tiles([{"code": "a", "name": "甲", "count": n} for n in (0, 6, 50, 99, 118)])
    assert [tile.shade for tile in tiles] == [1, 1, 3, 5, 5]
    assert [tile.shade for tile in gf_charts.shaded_tiles([{"code": "a", "name": "甲", "count": 0}])] == [1]
