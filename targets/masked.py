"""Names and numbers of persons are taken out of every text before anything else sees it."""

from __future__ import annotations

import re

NAME_MASK = "***"
PHONE_MASK = "********"

_SURNAMES = (
    "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜戚谢邹喻柏水窦章云苏潘葛奚范彭郎鲁韦昌马苗凤花方俞任袁柳"
    "鲍史唐费廉岑薛雷贺倪汤滕殷罗毕郝安常乐于傅皮卞齐康伍余顾孟黄穆萧尹姚邵汪祁毛禹狄米贝明臧计成戴宋庞熊纪舒屈项祝董梁杜"
    "阮蓝闵席季麻强贾路江童颜郭梅盛林钟徐邱骆高夏蔡田樊胡凌霍虞万支柯管卢莫房裘解应宗丁宣邓单洪包左石崔吉龚程邢裴陆荣翁"
    "荀羊惠甄曲封储靳段焦谷车侯全班仰秋仲伊宫宁栾甘厉戎祖武符刘景詹束龙叶幸司黎白蒲从卓蔺池乔胥闻莘翟谭申冉桑桂牛边燕温"
    "柴瞿阎连艾容向古易廖耿匡寇广东欧聂关荆游竺权盖肖晏聂岳覃涂辛"
)
_DOUBLE = "欧阳|司马|上官|诸葛|东方|皇甫|尉迟|公孙|慕容|令狐|司徒|夏侯"
_ROLE = "(?:联系人|负责人|经办人|填报人|填表人|制表人|审核人|承办人)"
_PHONE = (
    r"(?<![\d.])(?:(?:\+?86[- ]?)?1[3-9]\d[- ]?\d{4}[- ]?\d{4}"  # mobile
    r"|\(?0\d{2,3}\)?[-—– ]?\d{7,8}(?:[-—转]\d{1,6})?)"  # land line with area code
    r"(?!\d|[.,]\d|\s*(?:万|亿|元))"
)
_CONTACT_FIELD = re.compile(
    rf"(?:项目|单位|部门|科室|财务|主管|法定代表人)*(?:{_ROLE}|联系电话|联系方式|手机|手机号码|电话|电话号码)(?:姓名|\(?签(?:字|名)\)?)?"
    r"(?:[/及、和与(]*(?:联系)?(?:电话|方式|手机)\)?)*[:：]?"
)
_STARS = re.compile(r"[*＊×xX\s,，、/;；()（）-]*[*＊][*＊×xX\s,，、/;；()（）-]*")
_RULES: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(rf"({_ROLE}[^:：\n]{{0,8}}[:：]\s*)(?![*\s])[^，,。;；、\n\t|]{{1,16}}"), rf"\1{NAME_MASK}"),
    (
        re.compile(rf"({_ROLE}\s*)[{_SURNAMES}][一-龥]{{1,2}}(?=\s*[,，、(（]?\s*(?:电话|手机|联系|1[3-9]\d|0\d))"),
        rf"\1{NAME_MASK}",
    ),
    (
        re.compile(
            rf"(?:(?<![一-龥])|(?<=[由请找向和与及是]))(?:{_DOUBLE}|[{_SURNAMES}])[一-龥]{{1,2}}(?=[\s,，、:：(（]*(?:电话|手机)?[:：\s]*{_PHONE})"
        ),
        NAME_MASK,
    ),
    (
        re.compile(r"((?:联系|办公|固定)?(?:电话|方式|手机|座机|传真)(?:号码)?\s*[:：]\s*)\(?\d[\d\-— ]{6,}\d"),
        rf"\1{PHONE_MASK}",
    ),
    (re.compile(_PHONE), PHONE_MASK),
    (re.compile(r"(?<!\d)[1-9]\d{5}(?:19|20)\d{9}[\dXx](?!\d)"), PHONE_MASK),  # identity card
    (re.compile(r"[\w.+-]{1,64}@[\w-]{1,64}(?:\.[\w-]{1,64})+"), PHONE_MASK),
)


def masked(text: str) -> tuple[str, bool]:
    """The text without names of contacts, phone numbers, identity numbers and mail addresses; True where one was.

    Hotline numbers (12345, 12329) and amounts stay.
    """
    result = text
    for pattern, mask in _RULES:
        result = pattern.sub(mask, result)
    return result, result != text


def is_contact_field(label: str) -> bool:
    """True for a form's label whose value is a person: 项目负责人/联系电话, 联系人及方式, 填报人 …"""
    plain = "".join(label.split()).replace("／", "/").replace("（", "(").replace("）", ")").replace("：", ":")
    return _CONTACT_FIELD.fullmatch(plain) is not None


def masked_contact(value: str) -> tuple[str, bool]:
    """The value of a contact field, wholly masked; one that was masked before stays as it is."""
    if not value.strip() or _STARS.fullmatch(value):
        return value, False
    return f"{NAME_MASK} {PHONE_MASK}" if re.search(r"\d", value) else NAME_MASK, True
