"""Headers and footers of the Word templates: the watermark of drafts, page numbers, the content check."""

from __future__ import annotations

from docx.oxml.ns import nsdecls

from apps.documents.word.runs import paragraph, run
from apps.documents.word.sheets import Sheet


def watermark() -> list[str]:
    """Return the header: the watermark 草稿 across the page while the paper is a draft."""
    shape = (
        '<w:r><w:pict><v:shape xmlns:v="urn:schemas-microsoft-com:vml" '
        'xmlns:o="urn:schemas-microsoft-com:office:office" '
        'id="draft" o:spt="136" type="#_x0000_t136" style="position:absolute;margin-left:0;margin-top:0;width:330pt;'
        "height:150pt;rotation:332;z-index:-251658752;mso-position-horizontal:center;"
        "mso-position-horizontal-relative:margin;mso-position-vertical:center;"
        'mso-position-vertical-relative:margin" fillcolor="#d9d9d9" stroked="f">'
        '<v:textpath style="font-family:&quot;黑体&quot;;font-size:1pt" string="草稿"/></v:shape></w:pict></w:r>'
    )
    declared = nsdecls("w", "r")
    return [
        part.replace("<w:p>", f"<w:p {declared}>", 1)
        for part in (
            paragraph("文书小字", run("{%p if paper.draft %}")),
            paragraph("文书小字", shape),
            paragraph("文书小字", run("{%p endif %}")),
            paragraph("文书小字", ""),
        )
    ]


def foot(sheet: Sheet, number: str, *, even: bool) -> list[str]:
    """Return the footer: the page number (outside, one character in, for 公文), the running number, the check."""
    field = (
        '<w:fldSimple w:instr=" PAGE "><w:r><w:rPr><w:sz w:val="28"/></w:rPr><w:t>1</w:t></w:r></w:fldSimple>'
    )
    dash = '<w:r><w:rPr><w:sz w:val="28"/></w:rPr><w:t xml:space="preserve">{}</w:t></w:r>'
    page = dash.format("— ") + field + dash.format(" —")
    if sheet.official:
        # 单页码居右空一字，双页码居左空一字（GB/T 9704—2012，7.5）
        side = "left" if even else "right"
        place = f'<w:ind w:{side}="280" w:{side}Chars="100"/><w:jc w:val="{side}"/>'
    else:
        page, place = page.replace('w:val="28"', 'w:val="18"'), '<w:jc w:val="center"/>'
    declared = nsdecls("w", "r")
    text = "内容校验码 {{ check }}{% if paper.layout_note %}　{{ paper.layout_note }}{% endif %}"
    text += f"　{number}" if number else ""
    return [
        part.replace("<w:p>", f"<w:p {declared}>", 1)
        for part in (paragraph("页脚校验", page, place), paragraph("页脚校验", run(text)))
    ]
