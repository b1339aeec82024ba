"""Who appears in the demo world: fictitious enterprises over all districts, bureaus, experts. Names are invented."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from stdnum.cn import uscc as credit_code

from apps.accounts.uscc import body_check_digit

_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
#: Registering authority used in the made-up credit codes of each district.
_AREA = {
    "320582": "320582",
    "320581": "320581",
    "320585": "320585",
    "320583": "320583",
    "320509": "320509",
    "320506": "320506",
    "320507": "320507",
    "320508": "320508",
    "SIP": "320594",
    "320505": "320505",
}
#: District → (how its enterprises begin, invented place names).
_PLACES: dict[str, tuple[str, tuple[str, ...]]] = {
    "320583": ("昆山", ("锦溪", "玉峰", "淀湖", "阳澄", "周庄桥", "千灯", "亭林", "巴解")),
    "320582": ("张家港", ("沙洲", "暨阳", "香山", "凤凰", "双山", "塘桥河")),
    "320581": ("常熟", ("虞麓", "琴川", "尚湖", "沙家浜", "辛峰", "古里")),
    "320585": ("太仓", ("浏家港", "娄东", "弇山", "沙溪河", "双凤桥", "璜泾")),
    "320509": ("吴江", ("盛湖", "松陵", "震泽", "同里桥", "莺湖", "垂虹")),
    "320506": ("吴中", ("胥江", "木渎", "光福", "太湖湾", "甪直", "石湖")),
    "320507": ("相城", ("阳澄湖", "陆慕", "渭塘", "望亭", "黄埭", "元和")),
    "320508": ("姑苏", ("平江", "山塘", "桃花坞", "胥门", "沧浪", "葑门")),
    "SIP": ("苏州园区", ("独墅湖", "金鸡湖", "月亮湾", "斜塘", "唯亭", "胜浦")),
    "320505": ("苏州高新区", ("浒墅", "枫桥", "狮山", "通安", "大阳山", "镇湖")),
}
#: (four-digit class, line of business in the name, products, output 万元 from, to)
_TRADES: tuple[tuple[str, str, str, int, int], ...] = (
    ("2651", "高分子材料", "改性工程塑料、功能母粒", 18000, 90000),
    ("3982", "电子电路", "多层印制电路板", 25000, 160000),
    ("3311", "金属结构", "装配式钢结构件", 12000, 60000),
    ("1713", "印染", "涤棉机织面料染整", 9000, 42000),
    ("3562", "半导体装备", "晶圆清洗与湿法设备", 8000, 70000),
    ("2710", "生物制药", "化学药品原料药", 15000, 88000),
    ("3670", "汽车零部件", "新能源汽车热管理部件", 20000, 140000),
    ("3831", "线缆", "高端装备用特种线缆", 16000, 95000),
    ("3813", "输配电设备", "智能配电柜、环网柜", 11000, 76000),
    ("2641", "涂料", "水性工业涂料", 9000, 48000),
    ("3484", "精密机械", "精密传动部件", 7000, 39000),
    ("3974", "显示器件", "车载显示模组", 30000, 180000),
    ("1391", "淀粉制品", "变性淀粉", 8000, 30000),
    ("2239", "纸制品", "环保包装纸制品", 7000, 33000),
    ("3360", "表面处理", "精密零件表面处理", 5000, 21000),
    ("2922", "塑料制品", "可降解薄膜", 6000, 35000),
)
_SURNAMES = "陈周沈陆顾钱朱徐吴潘汤倪蒋邹俞谭"
_GIVEN = ("敏", "洁", "志远", "晓岚", "建国", "文静", "立群", "海燕", "思源", "明轩", "雨桐", "浩然")


@dataclass(frozen=True, slots=True)
class Company:
    """One fictitious enterprise and the total its first sheet should have."""

    serial: int
    district: str
    name: str
    uscc: str
    industry_code: str
    products: str
    output_wan: int
    land_m2: int
    address: str
    legal: str
    contact: str
    phone: str
    life: str
    target: Decimal

    @property
    def username(self) -> str:
        """Account of its responsible person."""
        return f"qy{self.serial:03d}"


def made_up_credit_code(district: str, serial: int) -> str:
    """Return a valid 统一社会信用代码 that belongs to nobody we know: 91 + area + MA + running number + checks."""
    digits = ""
    number = serial * 7919 + 31**4
    while number:
        number, rest = divmod(number, 31)
        digits = _ALPHABET[rest] + digits
    subject = f"MA{digits[-6:].rjust(6, '0')}"
    body = f"91{_AREA[district]}{subject}{body_check_digit(subject)}"
    return body + str(credit_code.calc_check_digit(body))


def _company(serial: int, life: str, target: str, district: str) -> Company:
    town, places = _PLACES[district]
    place = places[serial % len(places)]
    code, line, products, low, high = _TRADES[serial % len(_TRADES)]
    output = low + (serial * 6151) % (high - low)
    surname = _SURNAMES[serial % len(_SURNAMES)]
    other = _SURNAMES[(serial * 5 + 3) % len(_SURNAMES)]
    return Company(
        serial=serial,
        district=district,
        name=f"{town}{place}{line}有限公司",
        uscc=made_up_credit_code(district, serial),
        industry_code=code,
        products=products,
        output_wan=output,
        land_m2=max(12000, output // 2 + 4000),
        address=f"{town}{place}路 {100 + serial * 7} 号（虚构）",
        legal=surname + _GIVEN[serial % len(_GIVEN)],
        contact=other + _GIVEN[(serial * 3 + 1) % len(_GIVEN)],
        phone=f"138{serial:08d}",
        life=life,
        target=Decimal(target),
    )


#: Life → how many enterprises live it, and the totals they aim at in turn. `world.py` leads each life.
LIVES: tuple[tuple[str, int, tuple[str, ...]], ...] = (
    ("registered", 2, ("75",)),
    ("registration_returned", 1, ("75",)),
    ("confirmed", 2, ("75",)),
    ("draft", 4, ("77", "84", "66", "90")),
    ("submitted", 4, ("83", "74", "86", "68")),
    ("supplementing", 2, ("82", "73")),
    ("withdrawn", 1, ("71",)),
    ("lapsed", 1, ("72",)),
    ("rejected", 1, ("70",)),
    ("scoring", 4, ("85", "83", "76", "88")),
    ("to_sign", 2, ("84", "81")),
    ("district_proposed", 1, ("74",)),
    ("awarded_1a", 2, ("64", "67")),
    ("awarded_2a", 4, ("73", "76", "78", "72")),
    ("filed", 2, ("75", "66")),
    ("refused_district", 1, ("55",)),
    ("conversion_offered", 1, ("76",)),
    ("converted", 1, ("75",)),
    ("not_recommended", 1, ("57",)),
    ("recommended", 3, ("84", "87", "82")),
    ("expert_review", 3, ("86", "83", "89")),
    ("panel_refused", 1, ("82",)),
    ("credit_check", 2, ("85", "88")),
    ("credit_refused", 1, ("84",)),
    ("on_notice", 3, ("86", "84", "90")),
    ("objection", 1, ("83",)),
    ("confirmable", 2, ("87", "85")),
    ("awarded_3a", 6, ("84", "86", "88", "83", "91", "85")),
    ("rechecking", 1, ("85",)),
    ("rectifying", 2, ("84", "83")),
    ("cancelled", 1, ("82",)),
    ("provincial", 3, ("92",)),
    ("national", 2, ("94",)),
)


def companies() -> list[Company]:
    """Return every enterprise in a fixed order, districts in turn."""
    districts = list(_PLACES)
    found: list[Company] = []
    serial = 0
    for life, count, targets in LIVES:
        for n in range(count):
            serial += 1
            found.append(
                _company(serial, life, targets[n % len(targets)], districts[(serial * 3) % len(districts)])
            )
    return found


#: (user name, name, position) of the city's staff by duty.
CITY_STAFF = (
    ("sj_jingban", "沈卫东", "节能与综合利用处 经办", ("handler",)),
    ("sj_zhengxin", "汤晓明", "节能与综合利用处 征信核查", ("credit",)),
    ("sj_chuzhang", "朱明华", "节能与综合利用处 处长", ("signer",)),
    ("sj_fabu", "邹雨桐", "办公室 公示发布", ("publisher",)),
    ("sj_lingdao", "高建平", "局领导", ("leader",)),
)
#: Districts' staff (kind, position, duties): user names end in the district's code.
DISTRICT_STAFF = (
    ("jingban", "节能科 经办", ("handler",)),
    ("kezhang", "节能科 科长", ("signer",)),
)
#: District → the names of its staff in the same order: two bureaus never share a colleague.
DISTRICT_NAMES = {
    "320505": ("沈文静", "汤建国"),
    "320506": ("蒋洁", "徐明轩"),
    "320507": ("陈思源", "邹立群"),
    "320508": ("潘雨桐", "吴海燕"),
    "320509": ("倪敏", "朱浩然"),
    "320581": ("周海燕", "钱志远"),
    "320582": ("俞晓岚", "沈立群"),
    "320583": ("顾晓岚", "陆志远"),
    "320585": ("谭文静", "倪建国"),
    "SIP": ("徐思源", "周明轩"),
}
#: (name, title, employer, fields, industries)
EXPERTS = (
    ("谭立群", "正高级工程师", "苏州示例节能研究院", ("能源",), ("26", "27")),
    ("俞海燕", "教授", "江南示例大学", ("环境",), ("26", "17")),
    ("蒋思源", "高级工程师", "苏州示例机械工程学会", ("装备",), ("34", "35", "36")),
    ("倪文静", "高级工程师", "苏州示例电子信息协会", ("电子",), ("39", "38")),
    ("潘浩然", "研究员", "苏州示例材料研究所", ("材料",), ("26", "29", "33")),
    ("徐建国", "高级工程师", "苏州示例清洁生产中心", ("清洁生产",), ("17", "33")),
    ("钱明轩", "正高级工程师", "苏州示例电力设计院", ("电气",), ("38", "36")),
    ("吴雨桐", "副教授", "江南示例大学", ("管理体系",), ("39", "35")),
    ("陈立新", "高级工程师", "苏州示例计量测试院", ("计量",), ("39", "40")),
)
ADMINISTRATORS = (
    ("xitong", "系统管理员甲", "system_admin"),
    ("anquan", "安全管理员乙", "security_admin"),
    ("shenji", "审计管理员丙", "auditor"),
)
