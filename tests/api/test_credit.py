"""An explanation of a credit result over HTTP: with its paper, before it is believed."""

from __future__ import annotations

from django.core.files.uploadedfile import SimpleUploadedFile

from tests.api.callers import caller
from tests.unit.evidence.samples import pdf
from tests.unit.review import scenes


def test_an_explanation_of_a_credit_result_comes_with_its_paper(scene: scenes.Flow) -> None:
    case = scene.in_credit()
    scene.credit(result="explanation", matters="有一条行政处罚。")
    firm, handler = caller(scene.enterprise), caller(scene.city.handler)
    (asked,) = firm.get(f"applications/{case}/credit-inquiries/")["results"]
    address = f"credit-inquiries/{asked['public_id']}/explain/"
    result = {
        "platform": "信用中国",
        "checked_on": f"{scene.clock.now().on}",
        "report_no": "XY-9",
        "result": "explained",
        "matters": "说明已采信。",
    }
    handler.post(f"applications/{case}/credit-checks/", result, expect=422)
    firm.send(address, {"statement": " ", "file": SimpleUploadedFile("证明.pdf", b"none")}, expect=422)
    caller(scene.neighbour).post(address, {"statement": "已整改。"}, expect=404)
    handler.post(address, {"statement": "已整改。"}, expect=403)
    firm.send(address, {"statement": "已整改。", "file": SimpleUploadedFile("证明.pdf", pdf())}, expect=204)
    (told,) = handler.get(f"applications/{case}/credit-inquiries/")["results"]
    assert [file["name"] for file in told["files"]] == ["证明.pdf"]
    handler.post(f"applications/{case}/credit-checks/", result, expect=201)
    firm.post(address, {"statement": "再补充。"}, expect=409)
