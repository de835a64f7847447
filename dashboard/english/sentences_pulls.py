"""What pulls warn of and fail by, in English: of files, queue logs and what is put together from them. Names of files,
columns and sources stand as they are (``own``)."""

from __future__ import annotations

_PULLS = {
    "{text}(另有 {n} 处)": "{text} (and {n} more)",
    "{n} 至 {n2}": "{n} to {n2}",
    "内存不够, 这次没有写入任何数据。请把文件拆小, 或在内存更大的机器上拉取。": (
        "Not enough memory: nothing was written this time. Split the file, or pull on a machine with more memory."
    ),
    "读取时出错({own}){own2}。请检查路径、网络盘和读取权限, 下次拉取会再试。": (
        "Reading failed ({own}){own2}. Check the path, the network drive and the right to read; the next pull "
        "tries again."
    ),
    "出现程序没有预料到的问题({own}), 这次没有写入任何数据。请把运行编号 {text} 和日志发给维护人员。": (
        "A problem nobody thought of ({own}): nothing was written this time. Send run {text} and the log to "
        "those who maintain the program."
    ),
    "(未建立)": "(not begun)",
    "连续 {n} 个时段因同样的原因失败, 其余 {n2} 个时段没有再试。改正后再拉取; 来源没有那么早的数据时, 用 "
    "--from 从较近的日期开始。": (
        "{n} windows in a row failed for the same reason; the other {n2} were not tried. Pull again once it is "
        "mended; where the source has nothing that old, begin nearer with --from."
    ),
    "程序被停止, 这次没有写入任何数据。下次拉取会自动补上。": (
        "The program was stopped: nothing was written this time. The next pull makes up for it."
    ),
    "拉取的程序中途停止, 这次没有写入任何数据。下次拉取会自动补上。": (
        "The pulling program stopped halfway: nothing was written this time. The next pull makes up for it."
    ),
    "这次拉取没有记录到结束(数据库当时连不上或程序被打断), 没有写入任何数据。下次拉取会自动补上。": (
        "The end of this pull was not recorded (the database was away or the program was cut off): nothing was "
        "written. The next pull makes up for it."
    ),
    "拉取期间有剔除行补录进来, 这次没有写入。下次拉取会连同补录的行重新计算。": (
        "Mended rows came in during the pull: nothing was written this time. The next pull counts them in."
    ),
    "运行 {n} 已经结束(状态 {own}), 它的数据没有写入。若仍需要, 请重新拉取这个时段。": (
        "Run {n} had ended ({own}): its data was not written. Pull this window again if it is still needed."
    ),
    "{text} 已由更晚开始的运行 {n} 写入, 保留它的数据。": (
        "{text} was written by run {n}, which began later: its data stays."
    ),
    "文件 {own} 已由同时进行的运行 {n} 写入, 不必再写一次。": (
        "The file {own} was written by run {n} at the same time: no need to write it again."
    ),
    "起始日期 {n} 晚于结束日期 {n2}, 请对调后重试。": "The first day {n} is later than the last day {n2}: swap them.",
    "起始日期 {n} 还没有到(今天是 {n2}), 请改成今天或更早的日期。": (
        "The first day {n} is still to come (today is {n2}): choose today or earlier."
    ),
    "删除了 {n} 天的数据。原因: {own}": "The data of {n} days was deleted. Why: {own}",
    "{text}, 少了一半以上。请核对来源是否完整。": "{text}, by more than half. Check whether the source is whole.",
    "{n} 的数据从 {n2} 减少到 {n3}": "The data of {n} fell from {n2} to {n3}",
    "{n} 的{name}从 {n2} 减少到 {n3}": "On {n} {name} fell from {n2} to {n3}",
    "{text}({name}从 {n} 减少到 {n2})": "{text} ({name} from {n} to {n2})",
    "另有 {n} 天的数据也少了一半以上。请核对来源是否完整。": (
        "On {n} more days it fell by more than half, too. Check whether the source is whole."
    ),
    "来源没有返回 {text} 的数据, 已有的数据保留不变。请核对来源是否还保存着这些天。": (
        "The source gave no data of {text}; what is there stays. Check whether the source still keeps these days."
    ),
    "{text} 等 {n} 天": "{text} … ({n} days)",
    "{own}: 没有读到全部的行,没有写入。请重新导出这个文件,仍不行就交给维护人员检查": (
        "{own}: not all rows could be read: nothing was written. Export the file again; if that doesn't help "
        "give it to those who maintain the program"
    ),
    "{own}: 读到的行数与用掉、剔除的行数对不上,没有写入。请把文件交给维护人员检查": (
        "{own}: the rows read don't match those used and rejected: nothing was written. Give the file to those "
        "who maintain the program"
    ),
    "有 {n} 张工单的办结时间早于受理日,已照原样计入,请核对来源。": (
        "{n} orders were closed before the day of acceptance; they are counted as they are. Check the source."
    ),
    "有 {n} 张工单的派单时间早于受理日,已照原样计入,请核对来源。": (
        "{n} orders were dispatched before the day of acceptance; they are counted as they are. Check the source."
    ),
    "有 {n} 张工单有评价而没有回访时间,没有计入满意率。": (
        "{n} orders have a rating and no call-back time: not counted in the satisfaction rate."
    ),
    "有 {n} 处同一月的数不止一行(如 {own}), 已相加。若后一行是更正, 请只留正确的一行再放一次。": (
        "In {n} places there is more than one row for the same month (such as {own}); they are added up. Where "
        "the later row is a correction keep only that and hand the file in again."
    ),
    "有 {n} 处同一天(同一小时、坐席等)的数不止一行(如 {own}), 已相加。若后一行是更正, 请只留正确的一行再放一次。": (
        "In {n} places there is more than one row for the same day (hour, seat, …), such as {own}; they are "
        "added up. Where the later row is a correction keep only that and hand the file in again."
    ),
    "{own}: 有 {n} 行不能用,超过 {n2} 行,多半是列的对应或格式写错了,没有写入。主要原因: {text}。请改正 "
    "sources.yaml 或换上正确的文件": (
        "{own}: {n} rows can't be used, more than {n2}: the columns are mapped wrongly, it seems. Nothing was "
        "written. Mostly: {text}. Mend sources.yaml or put the right file there"
    ),
    "重复的行": "rows that stand twice",
    "行的结构已损坏": "rows whose structure is broken",
    "来源返回了取数窗口之外 {n} 天的数据({n2} 至 {n3}),没有采用。": (
        "The source gave {n} days outside the window ({n2} to {n3}): not taken."
    ),
    "{names} {text} 的{what}({measures})已由来源{own}提供, 再计入会重复, 本批数据整批未写入。请在 sources.yaml "
    "中停用其中一个来源、去掉其中一个来源的这些列, 或把两者分到不同的中心/队列/渠道; 若要改用本来源, 请先用 "
    "forget 命令清除{own}这些天的数据, 再重新拉取。": (
        "{names}: {what} of {text} ({measures}) is given by the source {own} already; counted again it would "
        "count twice, so that nothing of this pull was written. In sources.yaml switch one of the sources off, "
        "take these columns from one of them, or give them different centres, queues or channels; to change to "
        "this source delete these days of {own} with the command forget first, then pull again."
    ),
    "{text}等 {n} 项": "{text} … ({n} in all)",
    "话务数据": "data of calls",
    "座席数据": "data of seats",
    "工单数据": "data of orders",
    "登记数据": "readings",
    "月度数据": "monthly data",
    "数据里有未登记的中心: {own}。请在 sources.yaml 的 centres 中登记, 或改正 centre_column 的对照。已登记: {own2}。": (
        "Centres in the data that are not registered: {own}. Register them in sources.yaml (centres), or mend "
        "centre_column. Registered: {own2}."
    ),
}
_MENDED = {
    "{n} 行所在的日期已由来源重新提供, 没有补录, 以免重复计数。": (
        "{n} rows: the source has given their day again, so that they were not added and counted twice."
    ),
    "{own}: 打不开这个工作簿({own2})。请给出用“导出剔除行”得到并改正的 xlsx。": (
        "{own}: the workbook can't be opened ({own2}). Hand in the mended xlsx that “export rejected rows” gave."
    ),
    "{own}: 没有‘{own2}’一列, 不是本系统导出的剔除行。请重新导出, 在导出的文件里改正。": (
        "{own}: there is no column ‘{own2}’; these are no rejected rows as exported here. Export again and mend those."
    ),
    "{n} 行已经补录过, 或已被重新拉取的数据取代, 没有再次计入。": (
        "{n} rows were added before, or new data has taken their place: not counted again."
    ),
    "{n} 行没有改动, 仍留在剔除行里。": "{n} rows were not changed and stay rejected.",
    "其中来源 {own} 的行没有读取: 请在那个来源下补录。": (
        "The rows of {own} were not read: hand them in under that source."
    ),
    "这个来源的行不能单独补录(没有逐行的日期或列的对应), 请改正原文件后重新放入。": (
        "Rows of this source can't be added one by one (they have no day or column each): mend the file itself "
        "and hand it in again."
    ),
    "{own} 第 {own2} 行改正后仍不能用: {text}": "{own} row {own2} can't be used even now: {text}",
    "这些行所在的日期刚刚由来源重新提供, 没有补录, 以免重复计数。请重新导出剔除行。": (
        "The source has just given the day of these rows again: they were not added. Export the rejected rows again."
    ),
    "这份补正文件里有剔除行已经补录过, 或已被新拉取的数据取代, 再计入会重复, 因此整份没有写入。请重新导出剔除行"
    ", 在新的文件里改正后再补录。": (
        "Rows of this file were added before, or new data has taken their place; counted again they would "
        "count twice, so that nothing was written. Export the rejected rows again and mend those."
    ),
}
_FILES = {
    "{own}: 文件不在了。放回文件后会再次读取": "{own}: the file is gone. Put it back and it is read again",
    "{own}: 文件是空的(0 字节)。请重新导出": "{own}: the file is empty (0 bytes). Export it again",
    "{own}: 文件有 {n} GB,超过上限 {n2} GB,没有读取。请按月或按周分开导出": (
        "{own}: the file has {n} GB, more than {n2} GB: not read. Export it by month or week"
    ),
    "{own}: 文件开头全是空字节,多半是复制没有完成。请重新复制或导出": (
        "{own}: the file begins with zero bytes: it was not copied to its end, it seems. Copy or export it again"
    ),
    "{own}: 内容其实是网页(HTML),不是表格。请用 Excel 打开后另存为 .xlsx 再放进来": (
        "{own}: this is a web page (HTML), no table. Open it in Excel, save it as .xlsx and hand that in"
    ),
    "{own}: 内容是 XML,不是 CSV 或 Excel 文件。请用 Excel 打开后另存为 .xlsx 再放进来": (
        "{own}: this is XML, neither CSV nor Excel. Open it in Excel, save it as .xlsx and hand that in"
    ),
    "{own}: 这是 {text},不能直接读取。请解压或另存为 CSV、xlsx 后再放进来": (
        "{own}: this is {text}, which can't be read. Unpack it or save it as CSV or xlsx and hand that in"
    ),
    "gzip 压缩包": "a gzip archive",
    "RAR 压缩包": "a RAR archive",
    "7z 压缩包": "a 7z archive",
    "{own}: 文件开头有许多空字节,不是文本文件,也可能是没有标记的 UTF-16。请重新导出为 UTF-8,或在 sources.yaml "
    "的 csv.encoding 里写明编码(如 utf-16-le)": (
        "{own}: the file begins with many zero bytes: no text, or UTF-16 without its mark. Export it as UTF-8, "
        "or name its encoding in sources.yaml (csv.encoding, such as utf-16-le)"
    ),
    "{own}: 读不出文字编码,试过 {text}。文件可能损坏,或混用了两种编码;请重新导出为 UTF-8,或在 sources.yaml 的 "
    "csv.encoding 里写明编码": (
        "{own}: the encoding can't be told; tried: {text}. The file may be damaged or mix two encodings. "
        "Export it as UTF-8, or name its encoding in sources.yaml (csv.encoding)"
    ),
    "第 {n} 行附近不符": "doesn't fit near line {n}",
    "{own}: 文件在读取时还在变化,没有写入。写完后会再次读取": (
        "{own}: the file changed while it was read: nothing was written. It is read again once it is finished"
    ),
    "{own}: 读不了文件({own2})。请检查磁盘空间、权限后重试": (
        "{own}: the file can't be read ({own2}). Check disk space and rights, then try again"
    ),
    "{own}: 处理时出错({own2})。请检查磁盘空间后重试,仍不行就交给维护人员": (
        "{own}: working on it failed ({own2}). Check disk space and try again; if that doesn't help give it to "
        "those who maintain the program"
    ),
    "{own}: 只有表头,没有数据行。": "{own}: there is a heading and no row below it.",
    "{own}: 打不开({own2})。请检查读取权限, 下次拉取会再试。": (
        "{own}: can't be opened ({own2}). Check the right to read; the next pull tries again."
    ),
    "文件夹 {own} 不存在或打不开。请检查 sources.yaml 的 path, 建立该文件夹, 或重新连接网络盘。": (
        "The folder {own} isn't there or can't be opened. Check path in sources.yaml, make the folder, or "
        "connect the network drive again."
    ),
    "{own}: 工作簿有密码。请去掉密码后另存,再放进来": (
        "{own}: the workbook has a password. Save it without one and hand that in"
    ),
    "{own}: 解压后有 {n} MB,大得不正常(压缩炸弹?),没有读取。请按月分开导出,或导出为 CSV": (
        "{own}: {n} MB when unpacked, far too much (a zip bomb?): not read. Export it by month, or as CSV"
    ),
    "{own}: 不是 .xlsx 工作簿(可能是压缩包或别的格式)。请另存为 .xlsx 或 CSV": (
        "{own}: no .xlsx workbook (an archive or another format, maybe). Save it as .xlsx or CSV"
    ),
    "{own}: 工作表的范围有 {n} 行 × {n2} 列,大得不正常,没有读取。请删去远处的空单元格后另存,或导出为 CSV": (
        "{own}: the sheet spans {n} rows × {n2} columns, far too much: not read. Delete the empty cells far "
        "out and save it, or export it as CSV"
    ),
    "{own}: 工作簿打不开,文件可能损坏或没有传完({own2})。请重新导出": (
        "{own}: the workbook can't be opened; it may be damaged or cut off ({own2}). Export it again"
    ),
    "{own}: 找不到表头,{text}。请重新导出,或检查 sources.yaml 的 header_row": (
        "{own}: there is no heading: {text}. Export it again, or check header_row in sources.yaml"
    ),
    "{own}: 找不到表头,{text}。工作簿里的工作表: {own2}。请检查 sheet 和 header_row": (
        "{own}: there is no heading: {text}. Sheets of the workbook: {own2}. Check sheet and header_row"
    ),
    "没有文字": "no text at all",
    "工作表里没有内容": "nothing is in the sheet",
    "第 {n} 行没有内容": "nothing is in row {n}",
    "{own}: 没有第 {n} 张工作表,只有: {own2}。请改 sources.yaml 的 sheet": (
        "{own}: there is no sheet {n}, only: {own2}. Mend sheet in sources.yaml"
    ),
    "{own}: 没有工作表 ‘{own2}’,只有: {own3}。请改 sources.yaml 的 sheet": (
        "{own}: there is no sheet ‘{own2}’, only: {own3}. Mend sheet in sources.yaml"
    ),
    "文件 {own} 缺少列: {own2}。现有的列: {own3}。列名改过就在 sources.yaml 的 column 里加上新名字,再重启服务;"
    "分隔符或工作表不对也会这样": (
        "The file {own} lacks the columns {own2}. Those there are: {own3}. Where a column has a new name add "
        "it in sources.yaml (column) and start the service again; a wrong separator or sheet looks like this, "
        "too"
    ),
    "文件 {own} 的工作表 ‘{own2}’(共有工作表: {own3}) 缺少列: {own4}。现有的列: {own5}。列名改过就在 "
    "sources.yaml 的 column 里加上新名字,再重启服务;分隔符或工作表不对也会这样": (
        "The sheet ‘{own2}’ of the file {own} (its sheets: {own3}) lacks the columns {own4}. Those there are: "
        "{own5}. Where a column has a new name add it in sources.yaml (column) and start the service again; a "
        "wrong separator or sheet looks like this, too"
    ),
    "来源的数据缺少列: {own}。现有的列: {own2}。列名改过就在 sources.yaml 的 column 里加上新名字,再重启服务;分"
    "隔符或工作表不对也会这样": (
        "The source's data lacks the columns {own}. Those there are: {own2}. Where a column has a new name add "
        "it in sources.yaml (column) and start the service again; a wrong separator or sheet looks like this, "
        "too"
    ),
    "文件 {own} 有两列都叫 ‘{own2}’,不知道该用哪一列。请改掉其中一列的列名": (
        "The file {own} has two columns called ‘{own2}’: which one is meant can't be told. Rename one of them"
    ),
    "文件 {own} 的工作表 ‘{own2}’(共有工作表: {own3}) 有两列都叫 ‘{own4}’,不知道该用哪一列。请改掉其中一列的列名": (
        "The sheet ‘{own2}’ of the file {own} (its sheets: {own3}) has two columns called ‘{own4}’: which one is "
        "meant can't be told. Rename one of them"
    ),
    "来源的数据有两列都叫 ‘{own}’,不知道该用哪一列。请改掉其中一列的列名": (
        "The source's data has two columns called ‘{own}’: which one is meant can't be told. Rename one of them"
    ),
}
_LOGS = {
    "没有找到 queue_log 文件: {own}。请检查 path 和数据目录,以及读取权限。": (
        "No queue_log is found: {own}. Check path, the data folder and the right to read."
    ),
    "queue_log 文件读取时一直在变动(轮转): {own}。稍后会再试;请检查日志轮转是否过于频繁。": (
        "The queue_log kept changing while it was read (rotation): {own}. It is tried again later; check "
        "whether the log is rotated too often."
    ),
    "{own}: 超过 {n} 行不是 queue_log 的格式,没有写入。请检查 path 指向的文件。": (
        "{own}: more than {n} lines are not as a queue_log is written: nothing was written. Check the file path names."
    ),
    "有 {n} 通来电只有后半段记录(日志中没有它进入队列的 ENTERQUEUE),没有计入。请核对更早的日志文件是否还在目录中。": (
        "Of {n} calls there is only the latter half (the log has no ENTERQUEUE of them): not counted. Check "
        "whether the earlier logs are still in the folder."
    ),
    "有 {n} 通来电还没有结果(正在排队),留待下次取数。": "{n} calls are still waiting: left to the next pull.",
    "有 {n} 通已接通的来电没有结束记录(COMPLETE 或 TRANSFER),通话时长未计。": (
        "{n} answered calls have no end (COMPLETE or TRANSFER): their talk time is not counted."
    ),
    "有 {n} 行是未识别的事件({own}),不影响计算,已略过。": (
        "{n} lines are events that are not known ({own}); they change nothing and were passed over."
    ),
    "文件 {own} 不是 queue_log 的格式,没有读取。请调整 path 或移走该文件。": (
        "The file {own} is not written as a queue_log is: not read. Change path or move the file away."
    ),
    "文件 {own} 的最后一行还没有写完(没有换行),留待下次取数。": (
        "The last line of {own} is not finished (no line break): left to the next pull."
    ),
    "日志文件打不开({own}): {own2}。请检查读取权限。": (
        "The log can't be opened ({own}): {own2}. Check the right to read."
    ),
    "时间戳在未来": "the time stamp is in the future",
    "这一行超过 {n} 字节": "the line has more than {n} bytes",
    "({n} 个字符)": "({n} characters)",
    "压缩日志不完整或已损坏: {own}。请重新压缩该文件,或把它移出目录。": (
        "The packed log is cut off or damaged: {own}. Pack it again, or move it out of the folder."
    ),
}

PULL_SENTENCES: dict[str, str] = _PULLS | _MENDED | _FILES | _LOGS
