"""Names of indicators against names of KPIs: the longest match, after nothing but words that say “the hotline's”."""

from __future__ import annotations

import re
import unicodedata

from kpi.catalogue import Catalogue
from kpi.model import Kpi

FILLERS = (
    *("政务服务便民热线", "政务服务", "便民热线", "公共服务", "受理渠道畅通", "应答情况", "分中心", "话务员"),
    *("市级", "区级", "省级", "本级", "全市", "全区", "全年", "年度", "群众", "市民", "公众", "保障", "热线", "平台"),
    *("话务", "中心", "政府", "政务", "便民", "电话", "工单", "座席", "坐席", "人员", "人工", "12345", "运行"),
    *("市", "区", "对", "的"),
)
"""Words that may stand before a KPI's name without changing what it counts."""

MONEY_NAMES = ("预算执行率", "资金到位率", "合同付款进度")
"""Indicators of money that is spent, received or paid to date."""

STOCK_NAMES = ("人员数量", "座席个数", "座席数", "座席资源", "在岗人数", "平台数量")
"""Words of a level that is not added up over the year."""

_FILLER = re.compile(f"(?:{'|'.join(FILLERS)})*")
_DROPPED = re.compile(r"[\s“”\"'‘’·、,。;:\-—_]|\([^()]*\)")
_NUMBERED = re.compile(r"^\d{1,2}[.、](?!\d)")


def bare(name: str) -> str:
    """A name without numbering, spaces, punctuation and what stands in brackets."""
    return _DROPPED.sub("", _NUMBERED.sub("", unicodedata.normalize("NFKC", name).strip()))


def kpi_named(name: str, catalogue: Catalogue) -> Kpi | None:
    """The KPI an indicator's name means, None where no name of the catalogue fits without doubt.

    “市级12345平台回访率” is 回访率; “投诉举报类工单质检率” is not 质检率, for it counts only some of the orders.
    """
    wanted = bare(name)
    known = [(bare(alias), kpi) for kpi in catalogue for alias in (kpi.name, *kpi.aliases)]
    for alias, kpi in sorted(known, key=lambda item: len(item[0]), reverse=True):
        if wanted.endswith(alias):
            return kpi if _FILLER.fullmatch(wanted.removesuffix(alias)) else None
    return None


def money_named(name: str) -> bool:
    """True for 预算执行率, 资金到位率 and 合同付款进度."""
    return bare(name).endswith(MONEY_NAMES)


def names_a_stock(name: str) -> bool:
    """True where the name itself says that a level is meant."""
    return any(word in bare(name) for word in STOCK_NAMES)
