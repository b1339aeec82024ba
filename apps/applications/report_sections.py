"""The written sections of 附件2 评价报告 (F-02); its tables come from the sheet, the requirements and the evidence."""

from __future__ import annotations

from dataclasses import dataclass

SECTION_LIMIT = 5000


@dataclass(frozen=True, slots=True)
class ReportSection:
    """One section: its number and title as printed, and what to write about."""

    code: str
    number: str
    title: str
    prompt: str
    required: bool = True


REPORT_SECTIONS: tuple[ReportSection, ...] = (
    ReportSection("overview", "一", "企业基本情况", "企业概况、主要产品和工艺、产能与近年经营情况。"),
    ReportSection("infrastructure", "二（一）", "基础设施", "厂房建筑、照明、设备设施和计量器具配备情况。"),
    ReportSection("management", "二（二）", "管理体系", "质量、环境、职业健康安全和能源管理体系，社会责任。"),
    ReportSection("resources", "二（三）", "能源与资源投入", "能源结构与节能、用水、原材料和采购情况。"),
    ReportSection("products", "二（四）", "产品", "生态设计、有害物质限制、产品碳足迹和能效。"),
    ReportSection("emissions", "二（五）", "环境排放", "废气、废水、固体废物、噪声和温室气体的治理与排放。"),
    ReportSection(
        "performance", "二（六）", "绩效", "用地集约化、原料无害化、生产洁净化、废物资源化、能源低碳化。"
    ),
    ReportSection("conclusion", "三", "自评结论", "自评得分、对应等级和主要亮点。"),
    ReportSection("next_steps", "四", "下一步工作", "重点工作、重大项目和时间安排。"),
)
BY_CODE: dict[str, ReportSection] = {section.code: section for section in REPORT_SECTIONS}
