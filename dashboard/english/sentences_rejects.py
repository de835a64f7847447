"""Why a row of a file could not be used, in English. Headings and cells of the file are quoted as they stand."""

from __future__ import annotations

_REASONS = {
    "{why}。改正后重新导入,或导出剔除行来改正": (
        "{why}. Mend it and import again, or export the rejected rows and mend those"
    ),
    "‘{own}’ 不是时间: ‘{own2}’": "‘{own}’ is no time: ‘{own2}’",
    "‘{own}’ 不是几点几分: ‘{own2}’": "‘{own}’ is no time of day: ‘{own2}’",
    "‘{own}’ 早于 2000 年: ‘{own2}’": "‘{own}’ is before the year 2000: ‘{own2}’",
    "‘{own}’ 比今天晚了 {n} 年以上: ‘{own2}’": "‘{own}’ is more than {n} years ahead: ‘{own2}’",
    "‘{own}’ 在今天({n})之后: ‘{own2}’": "‘{own}’ is later than today ({n}): ‘{own2}’",
    "‘{own}’ 在现在({n})之后: ‘{own2}’": "‘{own}’ is later than now ({n}): ‘{own2}’",
    "‘{own}’ 不是 0 到 23 点: ‘{own2}’": "‘{own}’ is no hour from 0 to 23: ‘{own2}’",
    "‘{own}’ 是空的": "‘{own}’ is blank",
    "‘{own}’ 既不是“是”也不是“否”: ‘{own2}’(认识的词: {own3})": (
        "‘{own}’ is neither yes nor no: ‘{own2}’ (words known: {own3})"
    ),
    "‘{own}’ 不是时长: ‘{own2}’": "‘{own}’ is no length of time: ‘{own2}’",
    "‘{own}’ 是负数: ‘{own2}’": "‘{own}’ is below zero: ‘{own2}’",
    "‘{own}’ 超过 {n} 小时: ‘{own2}’": "‘{own}’ is longer than {n} hours: ‘{own2}’",
    "‘{own}’ 超过 {n} 秒: ‘{own2}’": "‘{own}’ is longer than {n} s: ‘{own2}’",
    "‘{own}’ 超过 {n} 个字: ‘{own2}’": "‘{own}’ has more than {n} characters: ‘{own2}’",
    "‘{own}’ 不是认识的评价: ‘{own2}’": "‘{own}’ is no rating that is known: ‘{own2}’",
    "‘{own}’ 的评分不在 0 到 100 之间: ‘{own2}’": "‘{own}’ is no rating from 0 to 100: ‘{own2}’",
    "‘{own}’ 不是已知的中心: ‘{own2}’。在 sources.yaml 的 centre_column.values 里补上它属于哪个中心,或改正这一格": (
        "‘{own}’ is no centre that is known: ‘{own2}’. Say in sources.yaml (centre_column.values) which centre it "
        "belongs to, or mend the cell"
    ),
    "‘{own}’ 比 ‘{own2}’ 还大: ‘{own3}’": "‘{own}’ is greater than ‘{own2}’: ‘{own3}’",
    "‘{own}’ 不是百分比: ‘{own2}’": "‘{own}’ is no percentage: ‘{own2}’",
    "‘{own}’ 是负的百分比: ‘{own2}’": "‘{own}’ is a percentage below zero: ‘{own2}’",
    "‘{own}’ 大于 100%: ‘{own2}’(94.01 不带百分号时在 sources.yaml 写 as: percent_points)": (
        "‘{own}’ is above 100 %: ‘{own2}’ (for 94.01 without a sign write as: percent_points in sources.yaml)"
    ),
    "‘{own}’ 不是数: ‘{own2}’": "‘{own}’ is no number: ‘{own2}’",
    "‘{own}’ 应该是整数: ‘{own2}’": "‘{own}’ should be a whole number: ‘{own2}’",
    "‘{own}’ 大得不合理: ‘{own2}’": "‘{own}’ is too great to be true: ‘{own2}’",
    "‘{own}’ 是合计行,不是一条数据,不计入;不必改正": "‘{own}’ is a row of totals, not counted; nothing to mend",
    "这一行有 {n} 列,表头有 {n2} 列": "the row has {n} columns, the heading {n2}",
    "一行超过 {n} 个字,可能是引号没有成对": "a row of more than {n} characters: a quotation mark may lack its twin",
    "引号没有成对,或引号外还有文字": "a quotation mark lacks its twin, or text stands outside of them",
    "含有空字节,文件可能在传输中损坏": "it holds a zero byte: the file may have been damaged on its way",
    "{why}。请在来源数据库里改正,或在 query 里排除这些行": (
        "{why}. Mend it in the source's database, or leave these rows out in query"
    ),
    "{why}。这一行没有计入;请核对日志文件": "{why}. The line was not counted; check the log",
    "来电进入队列 4 小时后仍没有接通、放弃或离开的记录,无法判断结果,未计入。请核对日志是否完整": (
        "four hours after the call entered the queue it is neither answered, abandoned nor gone: not counted. Check "
        "whether the log is whole"
    ),
    "与第 {n} 行重复(保留第一次)": "the same as row {n} (the first is kept)",
    "与第 {n} 行重复(保留最后一次)": "the same as row {n} (the last is kept)",
    "按 start_date {n} 起每行一天推算,这一行在今天({n2})之后。请核对 start_date": (
        "at a row a day from start_date {n} this row is later than today ({n2}). Check start_date"
    ),
}

_LOGS = {
    "不是 queue_log 的格式(时间|通话编号|队列|座席|事件|…),这一行不完整": (
        "not as a queue_log is written (time|call|queue|agent|event|…): the line isn't whole"
    ),
    "行首不是时间戳": "the line doesn't begin with a time stamp",
    "行首的时间戳超出合理范围": "the time stamp can't be true",
    "事件名无法识别": "the name of the event can't be read",
    "{own} 缺少座席": "{own} names no agent",
    "{own} 缺少通话编号或队列": "{own} names no call or no queue",
    "{own} 的秒数不是数字": "the seconds of {own} are no number",
}
"""Lines of a queue_log."""

REJECT_SENTENCES: dict[str, str] = _REASONS | _LOGS
