"""Readings and changes that are refused or doubted, and how an indicator is bound, in English.

A slot called ``own…`` holds what somebody wrote or what a file is called: it is quoted as it stands.
"""

from __future__ import annotations

_FILES = {
    "{own} 第 {n} 行: {text}": "{own}, row {n}: {text}",
    "{own} 第 {n} 行“{own2}”: {text}": "{own}, row {n} “{own2}”: {text}",
    "目标表里没有“{own}”。请按目标表的三级指标名称填写,或用指标代码。": (
        "The sheet has no “{own}”. Write the indicator's name (level 3) as in the sheet, or its code."
    ),
    "{own} 里没有找到表头。第一行请写: 指标、日期、数值或文字、说明、填报人。": (
        "No head was found in {own}. The first row should read “指标、日期、数值或文字、说明、填报人”."
    ),
    "有 {n} 个指标叫“{own}”,请写成“项目名/指标名”,或用指标代码({own2})。": (
        "{n} indicators are called “{own}”: write “project/indicator”, or a code ({own2})."
    ),
    "没有填写。请写明是哪个指标。": "Empty. Write which indicator it is.",
    "没有填写。请填数值,或文字结论(如“达标”“已完成”)。": (
        "Empty. Write a figure, or a conclusion in words (such as “达标” or “已完成”)."
    ),
    "没有填写。请写明是谁填报的。": "Empty. Write who reports it.",
    "{own} 不是 xlsx 或 csv 文件。请另存为其中一种再导入。": (
        "{own} is neither an xlsx nor a csv file. Save it as one of these and import it again."
    ),
    "{own} 的编码不是 UTF-8 或 GB18030。请用 Excel 另存为 xlsx 再导入。": (
        "{own} is neither UTF-8 nor GB18030. Save it as xlsx in Excel and import it again."
    ),
    "{n} 还没有到。请填已经发生的日期。": "{n} is still to come. Write a day that has been.",
    "“{own}”不是日期。请写成 2026-03-01。": "“{own}” is no day. Write it like 2026-03-01.",
    "打不开 {own}: {own2}。请确认是 xlsx 文件且没有加密。": (
        "{own} can't be opened: {own2}. Make sure that it is an xlsx file without a password."
    ),
    "{own} 不是完好的 csv: {own2}。请用 Excel 另存为 xlsx 再导入。": (
        "{own} is no sound csv: {own2}. Save it as xlsx in Excel and import it again."
    ),
    "与{row}完全相同,没有重复写入。确属另一次,请在“说明”里写明。": (
        "Just the same as {row}: not written twice. Where it happened again say so in “说明”."
    ),
    "第 {n} 行": "row {n}",
    "{own} 超过 {n} 行。请分成几个文件。": "{own} has more than {n} rows. Split it into several files.",
}
_CHECKED = {
    "这项指标自动取自数据源,填报的数不会计入。只留佐证请不填数值;确要改为填报,请先在校核页改绑定。": (
        "This indicator is taken from the data; a figure entered here doesn't count. For evidence alone leave the "
        "figure empty; to have it entered change its binding on the review page first."
    ),
    "这项指标由人评定,请在“文字结论”里写“{own}”或“未达标”,不填数值。": (
        "This indicator is judged by a person: write “{own}” or “未达标” as the conclusion, and no figure."
    ),
    "这项指标按数值考核,“{own}”不是数,不会计入。请填数值。": (
        "This indicator is judged by a figure; “{own}” is none and doesn't count. Enter a figure."
    ),
    "{n} 是负数,不会有这样的数。填错了请撤销原来那一条,不用负数冲销。": (
        "{n} is negative, which can't be. To take back a wrong entry revoke it; don't enter a negative figure against "
        "it."
    ),
    "{n} 已过考核年度,不会计入。请填 {n2} 年 12 月 31 日或以前的日期。": (
        "{n} is past the year that is judged and doesn't count. Enter a day up to 31 Dec {n2}."
    ),
    "{n} 早于考核年度,不会计入。请填 {n2} 年的日期。": (
        "{n} is before the year that is judged and doesn't count. Enter a day of {n2}."
    ),
    "这项指标按支出金额核算,请填金额(万元),不填百分比;执行率由系统按预算算出。": (
        "This indicator goes by what is spent: enter the amount (10,000 yuan), no percentage; the rate is worked out "
        "from the budget."
    ),
    "单位是 %,{n} 看起来是小数。请写成 {n2} 或 {n2}%(文本格式)。": (
        "The unit is %, and {n} looks like a fraction. Write {n2}, or {n2}% (as text)."
    ),
    "目标表里没有这项指标,请刷新页面后重选。": "The sheet has no such indicator: reload the page and choose again.",
}
_BOUND = {
    "没有指标名称,校核后再绑定。": "No name: bind it once it is reviewed.",
    "按累计金额填报;“序时进度”按日历天数折算。": (
        "Entered as the amount so far; “in step with time” goes by calendar days."
    ),
    "目标值在原文件中缺失,校核补上后再绑定。": "The target is lost in the file: bind it once it is filled in.",
    "半年和全年都没有目标值,不需要绑定。": "Neither half-year nor year has a target: nothing to bind.",
    "由人评判并附依据。": "Judged by a person, with evidence.",
    "由人评判并附依据。目标文字里有数字,可在校核时拆成数值指标。": (
        "Judged by a person, with evidence. The target's text holds figures: it can be made an indicator with a figure."
    ),
    "目标文字里有数字,可在校核时拆成数值指标。": (
        "The target's text holds figures: it can be made an indicator with a figure."
    ),
    "只有完成值、没有目标,只作同比。": "There is a figure but no target: compared with last year only.",
    "按发生次数累计填报。": "Entered as often as it happens, added up.",
    "名称对应指标“{kpi}”。": "Called like the KPI “{kpi}”.",
    "指标目录里没有这个比率,由人填报。": "No KPI of the catalogue is this rate: entered by hand.",
    "指标目录里没有这个均值,由人填报。": "No KPI of the catalogue is this mean: entered by hand.",
    "存量:以最近一次填报为准。": "A level: the last reading counts.",
    "到“{own}”为止完成。": "To be done by “{own}”.",
    "按序时进度推进,填报累计完成的百分比。": "In step with time: the percentage done so far is entered.",
}
_PACED = {
    "评定“{own}”与目标“{own2}”不同,请评定人写明“达标”或“未达标”": (
        "judged “{own}” where the target is “{own2}”: who judges should write “达标” or “未达标”"
    ),
    "上年同期与本年覆盖的天数不一致({n} 与 {n2}),不作同比": (
        "last year and this year cover different days ({n} and {n2}): not compared"
    ),
    "按余下每天都保持这个水平推算, 余下的量按预测。": (
        "Every day left is taken to hold this level; volumes as projected."
    ),
}
_STORED = {
    "{n} 不像一个真实的数,请核对后重填。": "{n} doesn't look like a real figure: check it and enter it again.",
    "请写明填报人。": "Say who reports it.",
    "请填写数值或文字结论。": "Enter a figure or a conclusion in words.",
    "佐证材料有重名文件, 请改名后再传。": "Two files of evidence have the same name: rename one and send them again.",
    "佐证材料 {own} 超过 20 MB, 请压缩或拆分后再传。": (
        "The evidence {own} is larger than 20 MB: compress or split it and send it again."
    ),
    "没有编号为 {n} 的有效填报。": "There is no reading no. {n} in force.",
    "填报 {n} 没有名为 {own} 的佐证材料。": "Reading {n} has no evidence called {own}.",
    "目标表中没有这个位置: {own}。": "The sheet has no such place: {own}.",
    "目标表 {own} 没有第 {n} 版。": "Sheet {own} has no revision {n}.",
    "第 {n} 版已生效, 不能直接修改。请另存为新的修订版, 并写明原因。": (
        "Revision {n} is in force and can't be changed. Save a new revision and say why."
    ),
    "目标表 {own} 已启用,再导入就是修订。请写明修订原因。": (
        "Sheet {own} is in force; importing it again is a revision. Say why it is revised."
    ),
    "目标表 {own} 是 {n} 年度的,这一份是 {n2} 年度的,不能算它的修订。请换编号导入。": (
        "Sheet {own} is of {n}, this one of {n2}: it is no revision of it. Import it under another code."
    ),
    "目标表 {own} 已启用,修订不能改换考核的中心。请选原来的中心,或换一个编号导入。": (
        "Sheet {own} is in force; a revision can't be of another centre. Choose the centre it had, or another code."
    ),
    "没有中心 {own}。请先在 sources.yaml 的 centres 中登记。": (
        "There is no centre {own}. Register it in sources.yaml (centres) first."
    ),
    "没有编号为 {n} 的待校核项。": "There is no place to review no. {n}.",
    "没有告警规则 {own}。": "There is no alert rule {own}.",
    "静默的结束时间要晚于开始时间。": "A silence has to end later than it begins.",
    "没有编号为 {n} 的静默。": "There is no silence no. {n}.",
    "没有编号为 {n} 的联系方式。": "There is no contact no. {n}.",
    "没有编号为 {n} 的事件。": "There is no incident no. {n}.",
    "没有编号为 {n} 的待重发消息。": "There is no message no. {n} to be sent again.",
    "没有编号为 {n} 的消息。": "There is no message no. {n}.",
    "已并入编号 {n} 的消息": "joined to message no. {n}",
    "没有编号为 {n} 的报告计划。请刷新页面。": "There is no report plan no. {n}. Reload the page.",
    "没有编号为 {n} 的报告。": "There is no report no. {n}.",
    "没有编号为 {n} 的报告,或它没有 {own} 格式。": "There is no report no. {n}, or none of format {own}.",
    "来源只给整天的数,没有按小时的": "the source gives whole days only, no hours",
}

ENTRY_SENTENCES: dict[str, str] = _FILES | _CHECKED | _BOUND | _PACED | _STORED
