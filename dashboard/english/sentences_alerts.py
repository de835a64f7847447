"""Sentences of alerts in English."""

from __future__ import annotations

_STATES = {
    "当日值": "value of the day",
    "连续 24 小时": "24 hours in a row",
    "近 24 小时": "last 24 hours",
    "期间至今": "to date",
    "预计不达标": "projected miss",
    "余量消耗过快": "allowance burns too fast",
    "落后于进度": "behind pace",
    "将超上限": "cap about to be exceeded",
    "资金偏离计划": "money off plan",
    "最近一小时": "last 60 minutes",
    "来源停更": "stale source",
    "拉取失败": "failed pull",
    "剔除比例过高": "too many rejects",
    "节点临近或错过": "milestone near or missed",
    "告警": "alert",
    "仍在告警": "still firing",
    "无人确认": "not acknowledged",
    "已恢复": "recovered",
    "已撤销": "withdrawn",
    "低于": "below",
    "高于": "above",
    "今日": "today",
    "现在": "now",
    "值班": "duty",
    "数据管理": "data",
    "越线": "crossed the level",
    "越线,持续 {n} 分钟后告警": "crossed the level; fires after {n} min",
    "越线已持续 {n} 分钟": "beyond the level for {n} min",
    "回到线内,持续 {n} 分钟后解除": "back inside; ends after {n} min",
    "恢复已持续 {n} 分钟": "inside for {n} min",
    "样本不足({n} / {n2})": "too few samples ({n} / {n2})",
    "数据更正后不再越线": "no longer beyond the level after a correction",
    "数据恢复": "data is back",
    "在等待期内恢复": "recovered while it was held",
    "恢复期内再次越线": "crossed again while recovering",
    "规则已停用": "the rule is off",
    "{reason}({day} 的数据)": "{reason} (data of {day})",
    "最近一小时没有来电": "no calls in the last hour",
    "没有数据": "no data",
    "没有预测": "no projection",
    "没有余量可消耗": "no allowance to burn",
    "现在还不要求": "nothing is due yet",
    "还没有拉取过": "never pulled",
    "还没有成功拉取过": "never pulled with success",
    "还没有读到数据": "no data read yet",
    "{n} 天用掉 {n2} 个(余量共 {n3} 个)": "{n2} used in {n} days (of {n3})",
    "最近 {n} 天都有数据": "the last {n} days all have data",
    "最近一次数据 {at},数据到 {day}": "last data {at}, up to {day}",
    "最近一次读 {n} 行,剔除 {n2} 行": "last read {n} rows, {n2} rejected",
    "缺 {names}": "missing {names}",
    "停更 {span}": "silent for {span}",
    "缺 {n} 天数据": "{n} days without data",
    "连续 {n} 次拉取失败": "{n} pulls failed in a row",
    "剔除 {n} % 的行": "{n} % of the rows rejected",
    "{n} 分钟": "{n} min",
    "{n} 小时": "{n} h",
    "还有 {n} 天到期": "due in {n} days",
    "已过期 {n} 天": "{n} days late",
    "预计难以达标,达成概率 {value}": "likely to miss, probability {value}",
    "将超上限,守住的概率 {value}": "likely to exceed the cap, probability of holding {value}",
    "概率": "probability",
    "【告警】{text}": "[Alert] {text}",
    "【仍在告警】{text}": "[Still firing] {text}",
    "【无人确认】{text}": "[Not acknowledged] {text}",
    "【已恢复】{text}": "[Recovered] {text}",
    "【已撤销】{text}": "[Withdrawn] {text}",
    "【免打扰时段汇总】{n} 条告警消息": "[After the quiet hours] {n} messages",
    "另 {n} 项({place})": "{n} more ({place})",
    "另 {n} 项": "{n} more",
    "自 {since} 起,{names}越过告警线。": "Since {since} beyond the level: {names}.",
    "自 {since} 起一直没有恢复,也没有人确认。": "Not over since {since}, and nobody acknowledged.",
    "{names}已回到线内,历时 {span}。": "Back inside the level after {span}: {names}.",
    "不到 1 %": "below 1 %",
    "超过 99 %": "above 99 %",
    "这条规则现在没有告警,不需要确认。": "This rule isn't firing: nothing to acknowledge.",
    "这条规则的状态刚刚变了,请再看一次。": "The state of this rule has just changed; look again.",
    "GB/T 33358 要求任意连续 24 小时接通率不低于 95%;缺省关闭,需要时启用。": (
        "GB/T 33358 asks for 95 % in any 24 hours; off by default, turn it on where needed."
    ),
}
_HEADLINES = {
    "{text},低于 {level}": "{text}, below {level}",
    "{text},高于 {level}": "{text}, above {level}",
    "{name}今日 {value}": "{name} today {value}",
    "{name}近 24 小时 {value}": "{name} in the last 24 hours {value}",
    "{name}本周 {value}": "{name} this week {value}",
    "{name}最近一小时 {value}": "{name} in the last hour {value}",
    "{name}至今 {value}": "{name} to date {value}",
    "{name}没有数据": "{name}: no data",
    "{name}数据正常": "{name}: data is fine",
    "{name}达成概率 {value}": "{name}: probability {value}",
    "{name}剔除 {value} 的行": "{name}: {value} of the rows rejected",
    "{name}预计难以达标,达成概率 {value}": "{name} is likely to miss, probability {value}",
    "{name}将超上限,守住的概率 {value}": "{name} is likely to exceed the cap, probability of holding {value}",
    "{name}余量消耗过快,{text},占余量 {value}": "{name}: allowance burns too fast, {text}, {value} of the allowance",
    "余量消耗过快,{text},占余量 {value}": "allowance burns too fast, {text}, {value} of the allowance",
    "剔除 {value} 的行": "{value} of the rows rejected",
    "{n} 天用掉 {n2} 个": "{n2} used in {n} days",
    "余量共 {n} 个": "of {n}",
    "按进度应有 {text}": "by now it should be {text}",
    "{name}比进度慢 {n} 个百分点": "{name} {n} points behind the plan",
    "{name}比进度快 {n} 个百分点": "{name} {n} points ahead of the plan",
    "{name}落后于进度,{text}": "{name} is behind pace, {text}",
    "{name}还有 {n} 天到期": "{name} is due in {n} days",
    "{name}已过期 {n} 天": "{name} is {n} days late",
    "{name}停更 {span}": "{name} silent for {span}",
    "{name}缺 {n} 天数据": "{name}: {n} days without data",
    "{name}连续 {n} 次拉取失败": "{name}: {n} pulls failed in a row",
    "自 {since} 起告警,{span}内没有人确认,请尽快处理。": (
        "Firing since {since}; nobody acknowledged within {span}. Please act now."
    ),
    "数据更正后,告警当时的数值并没有越线。此前的告警作废。": (
        "After a correction of the data the level was not crossed at the time. The alert is withdrawn."
    ),
    "{names}已回到线内。": "Back inside the level: {names}.",
    "告警线 {value}": "alert level {value}",
    "按目前走势期末为 {value}": "at this pace {value} at the end",
    "已完成 {value},按进度应有 {text}": "done {value}, by now it should be {text}",
    "近 {n} 天": "last {n} days",
    "【免打扰时段汇总】{text}": "[After the quiet hours] {text}",
    "{n} 条告警消息": "{n} messages",
    "共 {n} 条:": "{n} in all:",
    "分钟": "min",
}
_RULES = {
    "指标目录里没有“{name}”": "the catalogue has no “{name}”",
    "指标目录里没有“{name}”。": "The catalogue has no “{name}”.",
    "指标目录里没有“{name}”,请改正这条规则": "the catalogue has no “{name}”: mend this rule",
    "没有中心“{name}”,请改正这条规则": "there is no centre “{name}”: mend this rule",
    "没有数据源“{name}”,请改正这条规则": "there is no source “{name}”: mend this rule",
    "目标表 {name} 里没有这个指标了,请删去或改正这条规则": (
        "sheet {name} has no such indicator any more: drop or mend this rule"
    ),
    "指标目录中没有“{name}”,请在绑定页改选": "the catalogue has no “{name}”: choose again on the review page",
    "支出明细中没有“{name}”,请在绑定页改选": "there is no line “{name}”: choose again on the review page",
    "目标表里没有这个指标": "the sheet has no such indicator",
    "只有绑定到业务数据的比率才有余量": "only a rate bound to data has an allowance",
    "只有绑定到业务数据的比率才有余量,这个指标没有": "only a rate bound to data has an allowance; this has none",
    "这个指标没有数值目标,没有余量可消耗": "this indicator has no target in figures: no allowance to burn",
    "代码 {name} 不行: 只用字母、数字、. - _,最多 96 个": "code {name} won't do: letters, digits, . - _, 96 at most",
    "只能是 >= 或 <=,即数值怎样才算正常": "must be >= or <=: how a value is fine",
    "这类规则的告警线在 0 与 1 之间,例如 50% 写成 50% 或 0.5": (
        "the level of such a rule lies between 0 and 1: write 50% or 0.5"
    ),
    "请写明通知哪个组": "say which group is told",
    "没有中心 {name};现有: {names}": "there is no centre {name}; there are: {names}",
    "没有数据源 {name};现有: {names}": "there is no source {name}; there are: {names}",
    "指标目录里没有 {name};运行 kpi --list 查看": "the catalogue has no {name}; run kpi --list",
    "恢复线要在告警线的好的一侧,否则会反复告警": (
        "the recovery level must lie on the good side of the alert level, or the alert would flap"
    ),
    "不能是负数": "can't be negative",
    "没有目标表 {name};运行 targets list 查看": "there is no sheet {name}; run targets list",
    "目标表 {name} 里没有代码为 {key} 的指标;也可以写指标名称": (
        "sheet {name} has no indicator of code {key}; its name will do, too"
    ),
    "消耗比例须在 0 与 100% 之间,窗口须在 1 天与整个期间之间。": (
        "The share burnt must lie between 0 and 100 %, the window between a day and the whole period."
    ),
    "目标是 100%,没有余量可消耗;请改用“当日值低于目标”。": (
        "The target is 100 %: no allowance to burn. Use “value of the day below target”."
    ),
    "这条规则永远不会告警:{n} 天用掉 {n2} 的余量相当于平均速度的 {n3} 倍,"
    "而目标 {n4} 下即使全部不达标也只有 {n5} 倍。请放长窗口或调低比例。": (
        "This rule can never fire: {n2} of the allowance in {n} days is {n3} times the mean speed, and with a target "
        "of {n4} even a complete miss makes only {n5} times. Make the window longer or the share smaller."
    ),
    "应该是一个数或百分数,现在是 ‘{text}’": "should be a number or a percentage, is ‘{text}’",
    "时刻要写明时区,例如 {text}": "a moment needs its time zone, such as {text}",
    "规则代码 ‘{name}’ 写了两次,请改掉一个": "rule code ‘{name}’ is there twice: change one",
    "应该是时刻,写成 {how} 的样子,现在是 ‘{text}’": "should be a moment such as {how}, is ‘{text}’",
}
_CHANNELS = {
    "测试": "test",
    "收到即表示渠道可用": "if you read this, the channel works",
    "【测试】热线绩效告警渠道": "[Test] channel of alerts",
    "这是一条测试消息,不必处理。": "This is a test: nothing to be done.",
    "热线绩效监测": "hotline KPI monitor",
    "没有名为 {name} 的渠道。请在联系方式里改正。": "There is no channel {name}. Mend the contact.",
    "等待机器人的限速窗口": "waits for the robot's limit of messages a minute",
    "发送时出错: {text}。会自动重试。": "Sending failed: {text}. It is tried again.",
    "(地址不完整)": "(address incomplete)",
    "环境变量 {name} 没有设。请设好后重启,或改正联系方式。": (
        "The environment variable {name} isn't set. Set it and start again, or mend the contact."
    ),
    "地址不是 http(s) 网址: {text}。请在联系方式里改正。": "The address is no http(s) one: {text}. Mend the contact.",
    "地址不对: {text}。请在联系方式里改正。": "The address is wrong: {text}. Mend the contact.",
    "连不上 {name}: {text}。会自动重试。": "{name} can't be reached: {text}. It is tried again.",
    "{name} 回应 {n},会自动重试。": "{name} answered {n}. It is tried again.",
    "{name} 拒绝了请求({n})。请核对地址与密钥。": "{name} refused ({n}). Check address and secret.",
    "{text}。请核对后点“重发”。": "{text}. Check it, then “Send again”.",
    "{text}。会自动重试。": "{text}. It is tried again.",
    "还没有设邮件服务器。请设 HOTLINE_SMTP_HOST,再点“重发”。": (
        "No mail server is set. Set HOTLINE_SMTP_HOST, then “Send again”."
    ),
    "{name} 不是邮件地址。请在联系方式里改正。": "{name} is no mail address. Mend the contact.",
    "收件人被拒绝": "the reader was refused",
    "邮件服务器拒绝": "the mail server refused",
    "邮件服务器不支持所设的方式: {text}。请核对 HOTLINE_SMTP_SECURITY。": (
        "The mail server doesn't offer what is set: {text}. Check HOTLINE_SMTP_SECURITY."
    ),
    "邮件服务器的证书不可信: {text}。内部服务器可设 HOTLINE_SMTP_VERIFY=off。": (
        "The mail server's certificate isn't trusted: {text}. For a server of your own set HOTLINE_SMTP_VERIFY=off."
    ),
    "邮件服务器 {name} 没有回应: {text}。会自动重试。": (
        "The mail server {name} doesn't answer: {text}. It is tried again."
    ),
    "{name} 没有接收({n} {text})。请核对机器人地址、密钥与安全设置。": (
        "{name} didn't take it ({n} {text}). Check the robot's address, secret and safety settings."
    ),
    "{name} 的回应里没有结果码,会自动重试。": "{name} answered without a result. It is tried again.",
    "{name} 要求慢一些({n} {text}),会自动重试。": "{name} asks for fewer messages ({n} {text}). It is tried again.",
    "{name} 没有接收(结果码 {n})。请查看对方的日志。": "{name} didn't take it (result {n}). See its log.",
}

ALERT_SENTENCES: dict[str, str] = _STATES | _HEADLINES | _RULES | _CHANNELS
