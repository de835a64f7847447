"""Columns that say who called, where they live or how to reach them have no place in the figures: they are refused."""

from __future__ import annotations

import re
from collections.abc import Mapping

from ingest.config_nodes import At
from ingest.mapping import RowMapping, TextField

KEPT_AS_WRITTEN = ("queue", "channel", "department", "category", "team", "shift")
"""Fields whose texts are kept, so that figures can be told apart by them. Seats are numbers or names of staff."""

_CALLER = (
    "来电|来话|致电|拨打|反映|诉求|投诉|举报|申请|求助|咨询|建议|报修|报案|报警|当事|联系|联络|用户|客户|市民|群众|"
    "居民|业主"
)
_STAFF = "座席|坐席|话务员|客服|受理人?|经办人?|承办人?|办理人?|接线员?|接听人?|值班员?|员工|工作人员"
_PERSONAL = re.compile(
    rf"(?:{_CALLER})(?:人员?|者)(?:的?(?:信息|名称|称呼))?$"
    rf"|(?:{_CALLER})(?:名称|称呼|名字|号码?|手机|电话)"
    rf"|(?<!{')(?<!'.join(sorted(_STAFF.replace('?', '').split('|')))})(?:的)?姓名"
    r"|(?:主叫|回拨|手机|联系)号码?|手机|联系方式|微信号|电子邮[箱件]|邮箱"
    r"|(?<!是否)(?:电话|座机|固话)(?:号码?)?\d*$"
    r"|身份证|证件号|护照|户籍|社保号|车牌"
    r"|(?<!ip)(?<!网络)地址|住址|门牌|住所"
    r"|(?:caller|customer|client|citizen|contact)[ _-]?(?:id|name|no|num|number|phone|tel)?$"
    r"|(?:phone|mobile|telephone|tel)(?:[ _.-]?(?:no|num|number))?\.?$"
    r"|(?<!ip)(?<!ip[ _-])address$|id[ _-]?card|passport"
)


def is_personal(header: str) -> bool:
    """Whether a column of this header is about the caller as a person."""
    return _PERSONAL.search(re.sub(r"\s+", " ", header).strip().lower()) is not None


def check_personal(mapping: RowMapping, places: Mapping[str, At]) -> None:
    """Notes mapped texts that would keep a caller's name, number or address."""
    for name, field in mapping.fields:
        if not isinstance(field, TextField) or name not in KEPT_AS_WRITTEN or name not in places:
            continue
        cell = field.cell
        bare = [cell.sql] if re.fullmatch(r"[\w.\"`\[\]]+", cell.sql) else []
        for header in (*cell.names, *(one.strip('"`[]').rpartition(".")[2] for one in bare)):
            if is_personal(header):
                places[name].problem(
                    f"列 ‘{header}’ 看来是来电人的姓名、电话、证件或地址。{name} 的内容会按原样存进数据库,"
                    "而本系统不保存来电人的个人信息。请改用部门、类别、渠道、队列一类的列,或去掉这一项"
                )
