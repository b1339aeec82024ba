"""文件交换: questions go out as CSV files in one folder, answers come in as CSV files in another.

The folders are `outgoing`, `incoming` and `done` under `GF_CREDIT_FOLDER`; whoever runs the exchange with the credit
platform moves the files. A file is written under a temporary name and renamed, so that nobody meets half of it.
"""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Sequence
from pathlib import Path

from django.conf import settings

from apps.publicity.credit_service.contract import CreditQuestion, ResultFile, ServiceProblem

HEADING = ("查询编号", "申报编号", "企业名称", "统一社会信用代码", "查询请求日期")
#: A result line has about 200 bytes; 5,000 of them are a megabyte.
_LARGEST = 8 * 1024 * 1024
_DIGEST_SHOWN = 12


class FileDrop:
    """The exchange by files."""

    def __init__(self) -> None:
        self._root = Path(settings.GF_CREDIT_FOLDER)

    def send(self, questions: Sequence[CreditQuestion]) -> str:
        """Write one request file; the same questions always have the same name and content."""
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\r\n")
        writer.writerow(HEADING)
        for one in questions:
            writer.writerow(
                (
                    one.query_no,
                    one.application_no,
                    one.enterprise_name,
                    one.uscc,
                    one.asked_on.isoformat(),
                )
            )
        content = text.getvalue().encode("utf-8-sig")
        name = (
            f"credit-query-{questions[0].asked_on:%Y%m%d}-"
            f"{hashlib.sha256(content).hexdigest()[:_DIGEST_SHOWN]}.csv"
        )
        try:
            folder = self._folder("outgoing")
            waiting = folder / f".{name}.part"
            waiting.write_bytes(content)
            waiting.replace(folder / name)
        except OSError as error:
            raise ServiceProblem("征信查询文件夹不能写入，未发出查询，请联系系统管理员。") from error
        return name

    def fetch(self) -> Sequence[ResultFile]:
        """Return the CSV files of the incoming folder by name; hidden ones are still being written."""
        try:
            waiting = sorted(self._folder("incoming").glob("[!.]*.csv"))
            too_large = [path.name for path in waiting if path.stat().st_size > _LARGEST]
            if too_large:
                raise ServiceProblem(f"征信结果文件 {too_large[0]} 超过 8 MB，请拆分后再放入。")
            return [ResultFile(path.name, path.read_bytes()) for path in waiting]
        except OSError as error:
            raise ServiceProblem("征信结果文件夹不能读取，请联系系统管理员。") from error

    def done(self, name: str) -> None:
        """Move a result file to the folder of those that were read."""
        source = self._folder("incoming") / Path(name).name
        if source.is_file():
            source.replace(self._folder("done") / source.name)

    def _folder(self, name: str) -> Path:
        folder = self._root / name
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return folder
