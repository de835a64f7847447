"""Why a target sheet's file is refused, and what is noted of one that was read, in English.

A slot called ``own…`` holds what the file says or is called: it is quoted as it stands.
"""

from __future__ import annotations

_REFUSED = {
    "文件“{own}”有 {n} MB,超过 20 MB。请只保留申报表后再导入。": (
        "The file “{own}” has {n} MB, more than 20 MB. Keep the sheet alone and import it again."
    ),
    "不认识的表样“{own}”。可选:{own2}。": "There is no layout “{own}”. Choose one of: {own2}.",
    "文件“{own}”里没有文字。扫描件或图片请先识别成文字,再粘贴或导入。": (
        "The file “{own}” holds no text. Turn scans and pictures into text first, then paste or import it."
    ),
    "文件“{own}”不是有效的 {own2} 文件(可能有密码或已损坏)。请在 Office 或 WPS 里另存后再导入。": (
        "The file “{own}” is no sound {own2} file (it may have a password or be damaged). Save it anew in Office or "
        "WPS and import it again."
    ),
    "文件“{own}”是旧格式。请在 Office 或 WPS 里另存为 {ending} 后再导入。": (
        "The file “{own}” is of an old format. Save it as {ending} in Office or WPS and import that."
    ),
    ".xlsx 或 .docx": ".xlsx or .docx",
    "文件“{own}”是 PDF。请另存为 .docx,或把表格复制出来粘贴。可用的格式:{own2}。": (
        "The file “{own}” is a PDF. Save it as .docx, or copy the tables and paste them. Formats that can be read: "
        "{own2}."
    ),
    "没有预置的目标表“{own}”。可选:{own2}。": "There is no ready-made sheet “{own}”. Choose one of: {own2}.",
    "文件“{own}”的编码认不出来。请另存为 UTF-8 后再导入。": (
        "The encoding of the file “{own}” can't be told. Save it as UTF-8 and import it again."
    ),
    "文件“{own}”不是文本。请导入 .xlsx、.docx、.csv、.txt 或 .md 文件。": (
        "The file “{own}” is no text. Import an .xlsx, .docx, .csv, .txt or .md file."
    ),
    "文件“{own}”第 {n} 行不是有效的 CSV:{own2}。请检查这一行的引号后再导入。": (
        "Line {n} of the file “{own}” is no sound CSV: {own2}. Check the quotation marks in it and import it again."
    ),
    "文档“{own}”已损坏,打不开。请在 Word 或 WPS 里另存后再导入。": (
        "The document “{own}” is damaged and can't be opened. Save it anew in Word or WPS and import it again."
    ),
    "文件有 {n} 行,超过 {n2} 行,不像目标申报表。请只保留申报表后再导入。": (
        "The file has {n} lines, more than {n2}: that is no target sheet. Keep the sheet alone and import it again."
    ),
    "第 {n} 行的文字过多,不像目标申报表。请只保留申报表后再导入。": (
        "Line {n} holds too much text for a target sheet. Keep the sheet alone and import it again."
    ),
    "文件“{own}”解压后过大,不像申报表,没有打开。请只保留申报表后再导入。": (
        "The file “{own}” is too large when unpacked for a sheet and was not opened. Keep the sheet alone and import "
        "it again."
    ),
    "文件“{own}”含有不安全的声明,没有打开。请在 Office 或 WPS 里另存后再导入。": (
        "The file “{own}” holds unsafe declarations and was not opened. Save it anew in Office or WPS and import it "
        "again."
    ),
    "文件“{own}”已损坏或有密码,打不开。请在 Office 或 WPS 里另存后再导入。": (
        "The file “{own}” is damaged or has a password and can't be opened. Save it anew in Office or WPS and import "
        "it again."
    ),
    "没有找到自评报告的章节标题(如“一、单位概况”)。请核对文件。": (
        "The headings of a self-evaluation report were not found (such as “一、单位概况”). Check the file."
    ),
    "没有找到项目名称和绩效指标。请核对文件是否为财政支出项目绩效目标申报表。": (
        "No project name and no indicators were found. Check whether the file is a target sheet of a project."
    ),
    "没有找到项目名称和指标。请核对文件是否为财政支出绩效自评表。": (
        "No project name and no indicators were found. Check whether the file is a self-evaluation form."
    ),
    "文件里有 {n} 项指标,超过 {n2} 项。请拆成几个文件后分别导入。": (
        "The file has {n} indicators, more than {n2}. Split it into several files and import each."
    ),
    "没有找到绩效目标申报表:缺少“项目名称”一行和“一级指标、二级指标、三级指标”的表头。"
    "请核对文件,或下载模板填写后再导入。": (
        "No target sheet was found: there is no row “项目名称” and no head “一级指标、二级指标、三级指标”. Check the "
        "file, or download the template, fill it in and import that."
    ),
    "文件里的项目超过 {n} 个,不像一份申报表。请拆成几个文件后分别导入。": (
        "The file has more than {n} projects: that is not one sheet. Split it into several files and import each."
    ),
    "工作簿“{own}”的工作表超过 {n} 个。请拆成几个文件后分别导入。": (
        "The workbook “{own}” has more than {n} sheets. Split it into several files and import each."
    ),
    "工作簿“{own}”已损坏,打不开。请在 Excel 或 WPS 里另存后再导入。": (
        "The workbook “{own}” is damaged and can't be opened. Save it anew in Excel or WPS and import it again."
    ),
    "工作簿“{own}”的工作表“{own2}”已损坏,读不出来。请另存后再导入。": (
        "Sheet “{own2}” of the workbook “{own}” is damaged and can't be read. Save it anew and import it again."
    ),
    "“{own}……”有 {n} 字,超过单元格上限 {n2} 字。请缩短后再导出,或导出 docx。": (
        "“{own}……” has {n} characters, more than the {n2} that a cell holds. Shorten it, or export it as docx."
    ),
}
_DATA = {
    "目标表数据的版本是“{own}”,本系统读版本 {n}。请用本系统导出的文件。": (
        "The sheet's data is of version “{own}”; this program reads version {n}. Use a file that it exported."
    ),
    "{at}缺少“value”。": "{at} lacks “value”.",
    "{at}应当是两段文字。": "{at} should be two texts.",
    "{at}的数据不是对象。请用本系统导出的文件。": (
        "The data of {at} is no object. Use a file that this program exported."
    ),
    "{at}的“{own}”应当是列表。": "“{own}” of {at} should be a list.",
    "{at}的“{own}”应当是文字。": "“{own}” of {at} should be text.",
    "{at}的“{own}”应当是整数。": "“{own}” of {at} should be a whole number.",
    "{at}的数值“{own}”应当是写成文字的数。": "Value “{own}” of {at} should be a number written as text.",
    "{at}的“{own}”不是允许的值。请用本系统导出的文件。": (
        "“{own}” of {at} is no value that is allowed. Use a file that this program exported."
    ),
    "{at} 第 {n} 项": "{at} no. {n}",
    "{at} 第 {n} 项 {rest}": "{at} no. {n} {rest}",
    "单元格": "the cell",
}
_MARKS = {
    "“{own}”按“无”读入,请核对": "“{own}” was read as “none”: check it",
    "文字里有数字,但不是单一的数值,按文字读入,请核对是否要拆开或改成数值": (
        "the text holds figures, but not a single one: read as text; check whether to split it or make it a figure"
    ),
    "单位“{own}”不常见,请核对数值与单位": "the unit “{own}” is unusual: check figure and unit",
    "“{own}”不含等于,本系统按边界本身不达标处理,请核对": (
        "“{own}” leaves the bound itself out, which counts as missed here: check it"
    ),
    "原文此处的值读不出来,请对照原件填写": "the value can't be read here: fill it in from the original",
    "{level}“{own}”印在它所属的行之后,按表的固定结构归位": (
        "{level} “{own}” is printed behind its row: put where the form has it"
    ),
    "{level}“{own}”没有印在这一行,按表的固定结构归位": (
        "{level} “{own}” is not printed in this row: put where the form has it"
    ),
    "一级指标印的是“{own}”,按表的固定结构“{own2}”属于“{own3}”,请核对": (
        "level 1 is printed as “{own}”; by the form “{own2}” belongs to “{own3}”: check it"
    ),
    "二级指标没有印出,位置也不能确定": "level 2 is not printed, and its place can't be told",
    "换页后二级指标没有印出,按上一页接续为“{own}”,请核对": (
        "level 2 is not printed after the page break: “{own}” goes on from the page before; check it"
    ),
    "二级指标没有印出,上一行是没有指标的“{own}”,请核对": (
        "level 2 is not printed; the row before is “{own}”, without an indicator: check it"
    ),
    "一级指标": "level 1",
    "二级指标": "level 2",
    "“{own}”不属于表的任何一栏,没有读入": "“{own}” belongs to no field of the form and was not read",
    "这一行只有金额,没有资金来源的名称,没有读入": "the row has amounts but names no source of funds: not read",
    "这一行只有金额,没有支出项目的名称,没有读入": "the row has amounts but names no line of spending: not read",
    "“{own}”的金额位置上印的是列名,金额已缺失,请对照原件填写": (
        "where the amount of “{own}” should be a column's title is printed; the amount is lost: fill it in from the "
        "original"
    ),
    "“{own}”的{column}位置上印的是列名,金额已缺失,请对照原件填写": (
        "where {column} of “{own}” should be a column's title is printed; the amount is lost: fill it in from the "
        "original"
    ),
    "“{own}”的金额取自第 {n} 行:原文错开了行": "the amount of “{own}” is from line {n}: the rows have shifted",
    "“{own}”的{column}取自第 {n} 行:原文错开了行": "{column} of “{own}” is from line {n}: the rows have shifted",
    "“{own}”的金额不是数字,请核对": "the amount of “{own}” is no number: check it",
    "“{own}”的{column}不是数字,请核对": "{column} of “{own}” is no number: check it",
    "半年计划执行数": "the half-year plan",
    "全年预算数": "the full-year budget",
    "“{own}”印在它所属的行之后,已按表的固定结构归位": "“{own}” is printed behind its row: put where the form has it",
    "“{own}”没有印出,已按表的固定结构归位": "“{own}” is not printed: put where the form has it",
    "“{own}”一行有多个数,取了第一个,请核对": "the row “{own}” has several numbers, the first was taken: check it",
    "“{own}”一行有多个数,取了前两个,请核对": "the row “{own}” has several numbers, the first two were taken: check it",
    "“{own}”只有一个金额,看不出是半年还是全年,没有读入": (
        "“{own}” has one amount, which may be that of the half-year or the year: not read"
    ),
    "项目类型“{own}”看不出是哪一种,请选择": "project type “{own}” can't be told: choose one",
    "项目类型看不出是哪一种,请选择": "the project type can't be told: choose one",
    "项目类型没有填写,按“其他”读入,请选择": "no project type is given, read as “other”: choose one",
    "此处的姓名、电话已遮盖,不会保存": "names and telephone numbers here are masked and will not be kept",
    "一格里有 {n} 项指标,已拆开": "a cell held {n} indicators: they were split",
    "一格里有多个数值,按文字读入,请核对是否要拆成几项": (
        "a cell holds several figures: read as text; check whether to split it"
    ),
    "没有找到项目名称,请填写": "no project name was found: fill it in",
    "项目名称是空的,请填写": "the project name is empty: fill it in",
    "没有找到年度,请填写": "no year was found: fill it in",
    "没有找到单位名称,请填写": "no name of the unit was found: fill it in",
    "这一行只有指标值,三级指标名称已缺失,请填写": "the row has targets only, the indicator's name is lost: fill it in",
    "报告里没有读到统计数字,请核对": "no figures were read from the report: check it",
    "标签“{own}”不在表的固定结构里,按原文保留": "label “{own}” is not of the form's structure: kept as it is",
    "只有一个指标值,看不出是半年还是全年,没有读入": (
        "there is one target, which may be that of the half-year or the year: not read"
    ),
    "这一行没有指标值,请核对是否为上一行的续行": "the row has no target: check whether it goes on from the row before",
    "这一行右移了 {n} 列,全年指标值落在表外,已缺失,请对照原件填写": (
        "the row is shifted right by {n} columns, its full-year target fell off and is lost: fill it in from the "
        "original"
    ),
    "年度绩效目标里没有带符号的指标值,按文字读入,请核对": (
        "the goals of the year hold no target with a sign: read as text; check it"
    ),
    "这一行的预算金额看不清楚,请核对": "the budget of this row is unclear: check it",
    "这一行的格子比表头多,请核对": "the row has more cells than the head: check it",
    "文字里有一个数值,按文字读入,请核对是否作为指标值": (
        "the text holds a figure: read as text; check whether it is the target"
    ),
    "“{own}”不是金额,请核对": "“{own}” is no amount: check it",
    "“{own}”不是数字,请核对": "“{own}” is no number: check it",
    "表头之前的这一行不属于任何一栏,没有读入": "this row above the head belongs to no field and was not read",
    "隐藏的工作表“{own}”没有读入": "the hidden sheet “{own}” was not read",
    "这一项里没有读到数值,请核对": "no figure was read here: check it",
    "“{own}”的评分区间与内置的不同,请在打分规则里核对": (
        "the bands of “{own}” differ from the built-in ones: check the rules of scoring"
    ),
}

IMPORT_SENTENCES: dict[str, str] = _REFUSED | _DATA | _MARKS
