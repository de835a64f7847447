"""What databases and interfaces that are pulled from, and the product's own database, fail by, in English."""

from __future__ import annotations

_SQL = {
    "数据库 {own}: {text}。(数据库的原话: {own2})": "Database {own}: {text}. (In its own words: {own2})",
    "数据库 {own} 的查询无法生成: {own2}": "The query of the database {own} can't be made: {own2}",
    "用户名或密码不对。请检查 url_env 所指环境变量中的数据库地址": (
        "user or password is wrong. Check the address in the variable that url_env names"
    ),
    "没有这个数据库。请检查地址中的库名": "there is no such database. Check its name in the address",
    "查询超过 {n} 秒,已停止。请给时间列建索引,或调大 timeout": (
        "the query took more than {n} s and was stopped. Give the column of times an index, or a greater timeout"
    ),
    "没有这张表,或没有读它的权限。请检查 table 或 query": (
        "there is no such table, or no right to read it. Check table or query"
    ),
    "没有这一列。请检查 columns 和 query 中的列名": "there is no such column. Check the names in columns and query",
    "没有读取的权限。请让数据库管理员授予查询(SELECT)权限": "no right to read. Ask for the right to SELECT",
    "查询想要修改数据,被拒绝了。这个来源只读:请把 query 改成只做查询的语句": (
        "the query wanted to change data and was refused. This source only reads: make query a SELECT"
    ),
    "查询语句写错了。请在数据库客户端里先试 query": (
        "the query is written wrongly. Try it in a client of the database first"
    ),
    "数据库正忙(被锁)。下次取数会再试": "the database is busy (locked). The next pull tries again",
    "这个文件不是 SQLite 数据库,或已损坏。请检查地址": (
        "the file is no SQLite database, or is damaged. Check the address"
    ),
    "数据库的连接数已满。下次取数会再试": "the database takes no more connections. The next pull tries again",
    "连接不上数据库。请检查地址、端口、网络和数据库是否在运行": (
        "the database can't be reached. Check address, port and network, and whether it runs"
    ),
    "数据库报错。请在数据库客户端里先试 table 或 query": (
        "the database gave an error. Try table or query in a client of the database first"
    ),
    "不支持 {own} 数据库。可用: {own2}。请检查地址开头的类型。": (
        "{own} databases can't be read. These can: {own2}. Check how the address begins."
    ),
    "没有安装 {own} 的数据库驱动({own2})。请用 pip 安装它,再重新取数。": (
        "The driver of {own} is not installed ({own2}). Install it with pip and pull again."
    ),
    "数据库地址写错了。请写成 类型://用户:密码@主机:端口/库名,放在 url_env 所指的环境变量里。": (
        "The database's address is written wrongly. Write kind://user:password@host:port/name into the "
        "variable that url_env names."
    ),
    "没有这个 SQLite 数据库文件: {own}。请检查地址。": "There is no SQLite file {own}. Check the address.",
    "数据库的表或查询缺少列: {own}。现有的列: {own2}。请改正 columns,或给改过名的列加上新名字。": (
        "The table or query lacks the columns {own}. Those there are: {own2}. Mend columns, or add the new names."
    ),
    "不认识的时区 ‘{own}’。time_zone 请写 UTC、+08:00 或 Asia/Shanghai 这样的名称。": (
        "The time zone ‘{own}’ is not known. Write time_zone as UTC, +08:00 or a name such as Asia/Shanghai."
    ),
    "时间列的类型不能用:应是时间、文字(2026-03-02 08:00:00)或 1970 年以来的秒数。请在 query 里转换。": (
        "The column of times can't be used: it should hold times, text (2026-03-02 08:00:00) or seconds since "
        "1970. Convert it in query."
    ),
    "‘{own}’ 是文字,写法 {own2} 在数据库里不能直接当时间用。请在 query 里把它转换成时间(或 YYYY-MM-DD HH:MM:SS)。": (
        "‘{own}’ is text; written as {own2} the database can't take it for a time. Convert it in query (to a "
        "time, or YYYY-MM-DD HH:MM:SS)."
    ),
    "‘{own}’ 写了 as: {own2},而数据库里它不是数字。请在 query 里换算成秒。": (
        "‘{own}’ is mapped as: {own2}, and is no number in the database. Convert it to seconds in query."
    ),
    "‘{own}’ 在这种数据库里不能直接换算成秒(现在是{own2})。请在 query 里换算成秒数。": (
        "‘{own}’ can't be converted to seconds in this kind of database (it is {own2}). Convert it in query."
    ),
    "{own}: 窗口内超过 {n} 行不能在数据库里汇总,多半是列的对应或写法不对: {own2}。没有写入。请改正 columns,或在"
    " query 里换算成时间和秒数": (
        "{own}: more than {n} rows of the window can't be added up in the database; the columns are mapped "
        "wrongly, it seems: {own2}. Nothing was written. Mend columns, or convert to times and seconds in query"
    ),
    "‘{own}’ 不是数据库能读的时间: ‘{own2}’": "‘{own}’ is no time the database can read: ‘{own2}’",
    "‘{own}’ 如 ‘{own2}’": "‘{own}’ such as ‘{own2}’",
    "写法数据库不能直接计算(如时长、时间写成文字)": (
        "written so that the database can't reckon with it (times as text)"
    ),
    "‘{own}’ 在将来或早于 2000 年: ‘{own2}’": "‘{own}’ is in the future or before the year 2000: ‘{own2}’",
    "表中没有时间、时间在将来或早于 2000 年的行超过 {n} 行,其余没有列出。如果它们本来就不该计入,请在 query 里用"
    " WHERE 排除。": (
        "More than {n} rows have no time, one in the future or one before 2000; the others are not listed. If "
        "they were never to be counted leave them out with WHERE in query."
    ),
    "{own}: 窗口内超过 {n} 行。单条的话务或工单请用 shape: calls 或 orders。": (
        "{own}: more than {n} rows in the window. For single calls or orders use shape: calls or orders."
    ),
}
_HTTP = {
    "环境变量 {own} 没有设置或是空的。请把接口的口令放进去,再重新取数。": (
        "The variable {own} is not set or empty. Put the interface's token there and pull again."
    ),
    "接口试了 {n} 次都没有成功: {text}({own})。请稍后再取数,或联系接口方。": (
        "The interface was tried {n} times without success: {text} ({own}). Pull again later, or ask who runs it."
    ),
    "{n} 秒内没有回应": "no answer within {n} s",
    "{n} 秒内没有传完一页": "no whole page within {n} s",
    "回答没有传完连接就断了": "the connection broke within the answer",
    "连接不上或中途断开": "can't be reached, or the connection broke",
    "接口的 https 证书无法验证: {own}。请更新证书,或把签发机构加入系统信任的证书。": (
        "The interface's https certificate can't be verified: {own}. Renew it, or trust its issuer on this system."
    ),
    "接口地址或请求头不正确: {own}。请检查 url、token_header 和口令。": (
        "The interface's address or header is wrong: {own}. Check url, token_header and the token."
    ),
    "接口跳转超过 {n} 次: {own}。请把 url 改成最终地址。": (
        "The interface leads on more than {n} times: {own}. Make url the final address."
    ),
    "接口返回超过 {n} MB,已停止。请缩短取数窗口。": (
        "The interface gave more than {n} MB and was stopped. Make the window shorter."
    ),
    "接口地址不完整: {own}。请写成 https://主机/路径。": (
        "The interface's address is not whole: {own}. Write https://host/path."
    ),
    "接口地址不是 https: {own}。口令会明文传输;请改用 https,确认内网可信时才设置 allow_plain: true。": (
        "The interface's address is no https: {own}. The token would travel in the clear. Use https; set "
        "allow_plain: true only in a network you trust."
    ),
    "接口的{text}指向另一台主机 {own},为保护口令没有跟随。请把 url 改成最终地址。": (
        "The interface's {text} leads to another host, {own}; it was not followed, to protect the token. Make "
        "url the final address."
    ),
    "跳转": "redirect",
    "下一页地址": "next page",
    "接口拒绝访问(HTTP {n}): {own}。请检查 token_env 所指环境变量中的口令是否正确、是否过期。": (
        "The interface refuses access (HTTP {n}): {own}. Check whether the token in the variable that "
        "token_env names is right and still valid."
    ),
    "接口地址不存在(HTTP 404): {own}。请检查 url 是否写对。": "No such address (HTTP 404): {own}. Check url.",
    "接口回答 HTTP {n}: {own}。请检查 url 和参数。": (
        "The interface answers HTTP {n}: {own}. Check url and parameters."
    ),
    "接口的相邻两页内容完全相同: {own}。分页没有起作用,请检查 url 中的 {own2}。": (
        "Two pages in a row are the same: {own}. Paging doesn't work; check {own2} in url."
    ),
    "接口的分页在绕圈: {own} 已经读过。请检查 next 的设置,或联系接口方。": (
        "The pages go in circles: {own} was read before. Check next, or ask who runs the interface."
    ),
    "接口超过 {n} 页仍未结束,已停止。请缩短取数窗口,或检查分页参数。": (
        "More than {n} pages and no end: stopped. Make the window shorter, or check the parameters of paging."
    ),
    "接口返回的不是 JSON: {own}。请用浏览器或 curl 查看它返回了什么。": (
        "The interface gives no JSON: {own}. See with a browser or curl what it gives."
    ),
    "接口返回中的 {text} 不是列表: {own}。请检查 rows 的设置;最外层的键有: {own2}。": (
        "In the answer {text} is no list: {own}. Check rows; the outermost keys: {own2}."
    ),
    "接口返回中 {text} 的成员不是对象: {own}。每条记录应是一个 JSON 对象。": (
        "In the answer {text} holds no objects: {own}. Each record should be a JSON object."
    ),
    "最外层": "the outermost level",
}
_OWN_DATABASE = {
    "数据库正被另一个程序占用, 等待超时。稍后会自动重试; 若一直如此, 请关闭打开着数据库文件的其他程序。": (
        "Another program holds the database: waited too long. It is tried again; if it stays so, close other "
        "programs that have the database's file open."
    ),
    "数据库正被另一个程序占用, 等待超时。稍后会自动重试。": (
        "Another program holds the database: waited too long. It is tried again."
    ),
    "数据库文件只读。请检查数据库文件和所在目录的写权限。": (
        "The database's file is read-only. Check the right to write it and its folder."
    ),
    "读写数据库文件出错。请检查磁盘是否完好、网络盘是否断开。": (
        "Reading or writing the database's file failed. Check the disk and the network drive."
    ),
    "数据库文件已损坏。请用 restore 命令恢复最近的备份。": (
        "The database's file is damaged. Bring the newest backup back with the command restore."
    ),
    "磁盘已满, 数据没有写入(没有写入一半)。请清理磁盘空间后重新拉取。": (
        "The disk is full: nothing was written, not even half. Make room and pull again."
    ),
    "数据库服务器磁盘已满, 数据没有写入(没有写入一半)。请清理磁盘空间后重新拉取。": (
        "The disk of the database's server is full: nothing was written, not even half. Make room and pull again."
    ),
    "打不开数据库文件。请检查数据库地址、所在目录是否存在以及读写权限。": (
        "The database's file can't be opened. Check its address, its folder and the rights."
    ),
    "数据库地址指向的文件不是数据库。请检查数据库地址, 或恢复备份。": (
        "The database's address names a file that is no database. Check the address, or bring a backup back."
    ),
    "数据库连接数已满。请调大 max_connections, 或关闭多余的程序。": (
        "The database takes no more connections. Raise max_connections, or close other programs."
    ),
    "数据库用户没有所需的权限。请为该用户授予本库的建表和读写权限。": (
        "The database's user lacks rights. Grant it to make, read and write tables of this database."
    ),
    "数据库里缺少表。请先运行 init 建表。": "Tables are missing in the database. Run init first.",
    "数据库处于只读状态(可能连到了备库)。请连接主库。": (
        "The database is read-only (a standby, maybe). Connect to the primary."
    ),
    "数据库拒绝了用户名或密码。请检查数据库地址里的用户名和密码。": (
        "The database refused user or password. Check both in its address."
    ),
    "数据库服务器上没有这个库。请先建库, 或检查数据库地址里的库名。": (
        "The server has no such database. Make it first, or check its name in the address."
    ),
    "连不上数据库。请检查数据库服务是否在运行、地址和端口是否正确。({own})": (
        "The database can't be reached. Check whether it runs, and its address and port. ({own})"
    ),
    "数据库出错: {own}": "The database gave an error: {own}",
}

_UNKNOWN = {
    "没有中心 {own}; 可用: {own2}": "no centre {own}; there are: {own2}",
    "没有来源 {own}; 可用: {own2}": "no source {own}; there are: {own2}",
    "没有目标表 {own}。现有: {own2}。": "There is no sheet {own}. There are: {own2}.",
    "没有告警规则 {own}。现有: {own2}。": "There is no alert rule {own}. There are: {own2}.",
}
NOTHING_THERE = {
    "(没有)": "(none)",
    "(无)": "(none)",
    "(还没有)": "(none yet)",
    "(还没有中心)": "(no centre yet)",
    "(还没有来源)": "(no source yet)",
    "(还没有, 请先导入)": "(none yet: import one)",
    "(不是对象)": "(no object)",
}
"""What a sentence says instead of names where there is none."""

REMOTE_SENTENCES: dict[str, str] = _SQL | _HTTP | _OWN_DATABASE | _UNKNOWN | NOTHING_THERE
