"""Rounds revised, numbers, benchmark values and the lists of province and nation, over HTTP."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from tests.api.callers import caller
from tests.portals import scenes
from tests.unit.staging import built_once, played

stage = built_once(scenes.build)
scene = played()


def _round(today: Any, **other: object) -> dict[str, object]:
    opens = today + timedelta(days=200)
    return {
        "code": "2027A",
        "name": "2027 年第一批绿色工厂申报",
        "year": 2027,
        "levels": [1, 2],
        "opens_at": f"{opens}T09:00:00+08:00",
        "closes_at": f"{opens + timedelta(days=30)}T17:00:00+08:00",
        **other,
    }


def test_a_round_is_revised_until_it_is_announced(scene: scenes.Scene) -> None:
    handler, today = caller(scene.city.handler), scene.clock.now().on
    made = handler.post("rounds/", _round(today), expect=201)["public_id"]
    place = f"rounds/{made}/revise/"
    handler.post(place, _round(today, levels=[9]), expect=400)
    handler.post(place, _round(today, levels=[]), expect=422)
    handler.post("rounds/nothing/revise/", _round(today), expect=404)
    caller(scene.district.handler).post(place, _round(today), expect=403)
    handler.post(place, _round(today, name="2027 年首批绿色工厂申报"), expect=204)
    assert handler.get(f"rounds/{made}/")["round"]["name"] == "2027 年首批绿色工厂申报"
    caller(scene.city.signer).post(f"rounds/{made}/open/", {}, expect=204)
    handler.post(place, _round(today), expect=409)


def test_numbers_are_listed_begun_and_voided_within_the_bureau(scene: scenes.Scene) -> None:
    district, city, year = (
        caller(scene.district.handler),
        caller(scene.city.handler),
        scene.clock.now().on.year,
    )
    district.get("number-series/", expect=400)
    district.post("number-series/", {"word": "", "start": 1}, expect=422)
    begun = district.post("number-series/", {"word": "昆工信示", "start": 7}, expect=201)["public_id"]
    district.post("number-series/", {"word": "昆工信示", "start": 7}, expect=422)
    caller(scene.enterprise).get("number-series/", expect=403, year=year)
    mine = district.get("number-series/", year=year)["results"]
    assert next(row["following"] for row in mine if row["public_id"] == begun) == f"昆工信示〔{year}〕7号"
    assert begun not in {row["public_id"] for row in city.get("number-series/", year=year)["results"]}
    city.get(f"number-series/{begun}/numbers/", expect=404)
    assert district.get(f"number-series/{begun}/numbers/")["total"] == 0
    district.post("numbers/nothing/void/", {"reason": "打印错误"}, expect=404)


def test_benchmark_values_come_with_their_source(scene: scenes.Scene) -> None:
    handler = caller(scene.city.handler)
    known = handler.get("benchmarks/", page_size=1)["results"][0]
    kind = {"先进值": "advanced", "平均值": "average", "准入值": "entry", "约束值": "limit"}
    row = {name: known[name] for name in ("metric", "industry_code", "unit")}
    row |= {
        "kind": kind.get(known["kind_label"], "average"),
        "value": "0.125",
        "source": "示例行业公告",
        "period": "2025",
        "approved_by": "市局",
    }
    if known["subject"]:
        row["subject"] = known["subject"]
    handler.post("benchmarks/", {"rows": []}, expect=400)
    refused = handler.post("benchmarks/", {"rows": [{**row, "metric": "没有"}]}, expect=422)
    assert "rows[0]" in str(refused)
    caller(scene.district.handler).post("benchmarks/", {"rows": [row]}, expect=403)
    caller(scene.city.leader).post("benchmarks/", {"rows": [row]}, expect=403)
    assert handler.post("benchmarks/", {"rows": [row]}) == {"recorded": 1}
    assert handler.post("benchmarks/", {"rows": [row]}) == {"recorded": 0}
    found = handler.get("benchmarks/", metric=row["metric"], page_size=200)["results"]
    assert "示例行业公告" in {value["source"] for value in found}


def test_a_list_is_imported_and_its_strange_lines_are_settled(scene: scenes.Scene) -> None:
    handler = caller(scene.city.handler)
    sent = {
        "kind": "provincial",
        "title": "2026 年度江苏省绿色工厂名单",
        "document_no": "苏工信绿〔2026〕99号",
        "published_on": (scene.clock.now().on - timedelta(days=1)).isoformat(),
        "rows": [{"name": "苏州某某某制造有限公司"}, {"name": "苏州另一家制造有限公司"}],
    }
    handler.post("external-lists/", {**sent, "rows": []}, expect=422)
    handler.post("external-lists/", {**sent, "rows": [{"name": "甲", "uscd": "x"}]}, expect=400)
    caller(scene.district.handler).post("external-lists/", sent, expect=403)
    found = handler.post("external-lists/", sent, expect=201)
    assert (found["applied"], found["unmatched"], found["already"]) == (0, 2, False)
    assert handler.post("external-lists/", sent, expect=201)["already"]
    assert handler.get("external-lists/")["results"][0]["counts"]["unmatched"] == 2
    lines = handler.get(f"external-lists/{found['public_id']}/lines/")["results"]
    assert [line["printed_name"] for line in lines] == ["苏州某某某制造有限公司", "苏州另一家制造有限公司"]
    assert handler.get("external-lists/waiting/")["total"] == 2
    match, dismiss = (f"external-list-lines/{line['public_id']}" for line in lines)
    handler.post(f"{match}/match/", {"enterprise": "nothing"}, expect=404)
    mine = caller(scene.enterprise).get("enterprises/mine/")["public_id"]
    assert handler.post(f"{match}/match/", {"enterprise": mine}) == {"state": "applied"}
    handler.post(f"{match}/match/", {"enterprise": mine}, expect=409)
    handler.post(f"{dismiss}/dismiss/", {"note": ""}, expect=422)
    handler.post(f"{dismiss}/dismiss/", {"note": "注册地不在本市。"}, expect=204)
    assert handler.get("external-lists/waiting/")["total"] == 0
    handler.get("external-lists/nothing/lines/", expect=404)
