"""The one catalogue of the pages' texts; English twins in ``dashboard.english``. ``{name}`` marks what is filled in."""

from __future__ import annotations

from collections.abc import Mapping

from dashboard import language
from dashboard.texts_alerts import ALERT_TEXTS
from dashboard.texts_compare import COMPARE_TEXTS
from dashboard.texts_pages import PAGE_TEXTS
from dashboard.texts_reference import REFERENCE_TEXTS
from dashboard.texts_reports import REPORT_TEXTS
from dashboard.texts_seats import SEAT_TEXTS
from dashboard.texts_targets import TARGET_TEXTS
from dashboard.texts_wall import WALL_TEXTS

TEXTS: dict[str, str] = (
    TARGET_TEXTS
    | PAGE_TEXTS
    | ALERT_TEXTS
    | REPORT_TEXTS
    | SEAT_TEXTS
    | COMPARE_TEXTS
    | REFERENCE_TEXTS
    | WALL_TEXTS
    | {
        # the frame
        "app.name": "热线指标监测",
        "app.skip": "跳到正文",
        "app.demo": "演示数据",
        "app.demo_hint": "正在使用演示数据;在 sources.yaml 里接入自己的数据源后,重启即切换。",
        "app.sign_out": "退出",
        "app.loading": "正在载入",
        "app.noscript": "本页需要启用 JavaScript。",
        "theme.switch": "切换深色或浅色",
        "language.switch": "Switch to English",
        "language.other": "EN",
        "menu.switch": "收起或展开菜单",
        "menu.label": "页面",
        "page.overview": "总览",
        "page.data": "数据",
        "page.not_found": "没有这个页面",
        "filter.label": "筛选",
        "filter.centre": "中心",
        "filter.all_centres": "全部中心",
        "filter.custom": "自定义",
        "filter.custom_label": "自定义期间",
        "filter.custom_hint": "选起止两天;当天算在内,跨度不超过三年。",
        "filter.from": "开始日",
        "filter.to": "结束日",
        # freshness
        "fresh.at": "截至 {moment}",
        "fresh.never": "还没有数据",
        "fresh.label": "数据时刻",
        "fresh.broken": "数据库连不上",
        # status and figures
        "unit.days": "天",
        "unit.centre_days": "中心·天",
        "kpi.without": "剔除后 {value}",
        "kpi.today": "今日 {value}",
        "kpi.provenance": "{name}的口径与来源",
        "kpi.draw": "按日查看{name}",
        "kpi.trend": "{name}近 {n} 天走势,最近一天 {value}",
        # overview
        "overview.headline": "重点指标",
        "overview.rows": "全部指标,最需要关注的在前",
        "overview.status": "状态",
        "overview.name": "指标",
        "overview.value": "数值",
        "overview.target": "目标",
        "overview.change": "变化",
        "overview.today": "今日",
        "overview.trend": "近 28 天",
        "overview.silent": "{n} 项没有数据来源",
        "overview.silent_hint": "目前没有来源提供下列指标所需的数据;在“数据”页接入来源后自动出现。",
        "overview.daily": "按日",
        "overview.hourly": "今天按小时",
        "overview.legend": "✕ 未达到目标的天 · 浅色带为节假日 · 斜纹为剔除时段 · 断开处没有数据",
        "overview.legend_plain": "浅色带为节假日 · 斜纹为剔除时段 · 断开处没有数据",
        "overview.hour_legend": "浅色为{denominator},深色为{numerator}",
        "overview.hour_usual": "虚线为平常{kind}",
        "overview.alerts": "{n} 条告警还没有解除",
        "overview.alert": "{name}(自{since})",
        "overview.alert_seen": "{name}(自{since},{who} 已确认)",
        "overview.alerts_more": "等 {n} 条",
        "finding.day_locked": "今天已确定达标",
        "finding.day_lost": "余下全部达成,今天也不能达标",
        "finding.day_needs": "要全天达标,余下约 {n} 个需 {required}",
        "finding.day_needs_left": "要全天达标,余下约 {n} 个需 {required},至多再差 {n2} 个",
        "today.than_yesterday": "较昨天同时段",
        "today.than_usual": "较平常同时段",
        "today.hint": "变化是今天 {hour} 时前与昨天、近 4 周{kind}的 {hour} 时前相比",
        "today.whole_days": "来源只给整天的数,当天不作比较",
        "today.silent": "{names}今天还没有按小时的数据,不作比较",
        "today.no_hour": "今天还不满一个小时,不作比较",
        "today.no_value": "今天 {hour} 时前没有可以计算的数据,不作比较",
        "today.nothing_before": "昨天和近 4 周的同类日都没有按小时的数据,不作比较",
        "chart.excluded": "已剔除({category}):{reason}",
        # provenance
        "proof.title": "{name} · 口径与来源",
        "proof.formula": "现行口径",
        "proof.from_beginning": "自始",
        "proof.since": "自 {day} 起",
        "proof.mode_ratio_of_sums": "期间内先求和再相除",
        "proof.mode_mean_of_months": "各月数值的平均",
        "proof.changed_by": "修改人 {who}",
        "proof.days": "天数",
        "proof.target": "目标",
        "proof.brought": "来源与拉取",
        "proof.brought_none": "没有记录到带来这些数字的拉取。",
        "proof.run": "编号 {id} · {at}",
        "proof.source": "来源",
        "proof.when": "拉取",
        "proof.inputs": "文件或查询",
        "proof.span": "涉及日期",
        "proof.brought_more": "另有较早的 {n} 次拉取,见“数据”页。",
        "proof.restated": "期间内有 {n} 处数字事后更正,见“数据”页的更正记录。",
        # data
        "data.sources": "来源",
        "data.runs": "拉取记录",
        "data.rejects": "未能使用的行",
        "data.gaps": "缺数据的天",
        "data.restatements": "更正记录",
        "data.source": "来源",
        "data.state": "状态",
        "data.checked": "最近检查",
        "data.never": "从未",
        "data.last_ok": "最近带来数据",
        "data.span": "数据范围",
        "data.days": "近 90 天缺",
        "data.rows": "最近采用行数",
        "data.open": "待修改",
        "data.upload": "上传",
        "data.upload_to": "上传文件到{title}",
        "data.upload_none": "不收文件",
        "data.run": "编号",
        "data.trigger": "起因",
        "data.window": "日期窗口",
        "data.started": "开始",
        "data.took": "用时",
        "data.read": "读入",
        "data.used": "采用",
        "data.rejected": "未采用",
        "data.details": "详情",
        "data.file": "文件",
        "data.sheet": "工作表",
        "data.row": "行",
        "data.column": "列",
        "data.value": "值",
        "data.reason": "原因与办法",
        "data.export": "导出 {title} 的 {n} 行",
        "data.mended": "上传改好的文件",
        "data.mended_hint": "导出 → 在表格里改正 → 上传改好的文件;只会重新读入这些行。",
        "data.first_shown": "只列出最近 {shown} 行,共 {n} 行;导出可得全部。",
        "data.no_rejects": "没有未能使用的行。",
        "data.no_runs": "还没有拉取过。",
        "data.no_such_page": "没有这么多页。",
        "data.first_page": "回到第一页",
        "data.restated_more": "只列出最近 {n} 处;全部见命令 {program} restatements。",
        "data.restated_kpis": "指标的变化",
        "data.restated_measures": "计量的变化",
        "data.restated_count": "{n} 项计量",
        "data.restated_none": "没有用到它们的指标",
        "data.no_restatements": "近 90 天没有数字在事后改变。",
        "data.at": "时间",
        "data.centre": "中心",
        "data.day": "日期",
        "data.newer": "较新的",
        "data.older": "较早的",
        "data.gap_title": "{title}:{day}没有数据",
        "data.gap_none": "近 90 天没有缺数据的天。",
        "data.gap_pick": "点有 ✕ 的日子,看怎么补。",
        "data.gap_files": "把含这一天的文件放进 {accepts},或在上面“来源”表里上传;下一次拉取会自动采用。",
        "data.gap_query": "下一次拉取会自动补;要立即补,运行:",
        "data.gap_closed": "这一天本来就没有数据?登记为停业日,就不再算作缺失:",
        "data.month": "月份",
        "data.day_count": "{n} 行",
        # upload
        "upload.title": "上传进度",
        "upload.too_big": "文件有 {size},超过上限 {limit}。请拆成几个文件再上传,或由管理员调大 HOTLINE_UPLOAD_MAX_MB。",
        "upload.bad_name": "文件名 ‘{name}’ 与来源“{title}”要求的 {pattern} 不符。请改名后再上传。",
        "upload.no_source": "没有名为 ‘{code}’ 的来源,或它不收文件。请刷新页面后重试。",
        "upload.unknown": "这次上传已找不到了,请重新上传。",
        "upload.bad_request": "上传请求不完整,请刷新页面后重试。",
        "upload.disk": "存不下这个文件(磁盘已满或目录不可写):{why}。请清出空间后重新上传。",
        "upload.failed": "读入时出错:{why}。请在“拉取记录”里查看详情。",
        "upload.same": "这个文件以前已经读入过,没有新内容。",
        "upload.done": "采用 {used} 行,未采用 {rejected} 行,共读 {read} 行。",
        "upload.restated": "其中 {n} 处改变了以前的数字,见更正记录。",
        # said by the scripts in the browser
        "js.just_now": "刚刚",
        "js.minutes_ago": "{n} 分钟前",
        "js.hours_ago": "{n} 小时前",
        "js.days_ago": "{n} 天前",
        "js.stopped_at": "数据停在 {at}",
        "js.stopped_on": "数据停在 {month}月{day}日 {at}",
        "js.connection_lost": "与服务器的连接断开,画面停在断开前;恢复后自动继续。",
        "js.close": "关闭",
        "js.choices": "可选项",
        "js.upload_begin": "准备上传",
        "js.upload_sent": "已上传 {percent} %",
        "js.upload_sent_left": "已上传 {percent} %,约剩 {left} 秒",
        "js.upload_reading": "正在读入",
        "js.upload_rows": "正在读入,已读 {n} 行",
        "js.upload_refused": "服务器没有收下这个文件({status}),请稍后重试。",
        "js.upload_lost": "上传时连接断开,请检查网络后重新上传。",
        # states
        "state.first_title": "还没有数据,先接入一个来源",
        "state.first_demo": "先用演示数据看看",
        "state.first_demo_how": "不需要任何文件:运行下面的命令,几秒后这里就有一个区级中心半年的数据。",
        "state.first_source": "接入自己的数据",
        "state.first_source_how": "改好 sources.yaml(下面的命令会放一份样例),把导出的文件放进收件夹,或在“数据”页上传。",
        "state.first_check": "看看配置对不对",
        "state.first_check_how": "这条命令逐项检查设置、数据库与来源,并说明该怎么改。",
        "state.first_sheet": "放进目标表",
        "state.first_sheet_how": "在“目标表”页导入绩效目标申报表,或用这条命令;之后各页会说离目标还有多远。",
        "state.first_link": "去“数据”页",
        "state.demo_title": "演示数据正在载入",
        "state.demo_hint": "通常不到一分钟;载入后本页自动显示,不用刷新。",
        "state.no_period": "{label}({period})没有数据",
        "state.no_period_hint": "数据到 {last} 为止。可以看{link}。",
        "state.error_title": "数据库连不上",
        "state.error_hint": "页面每 {n} 秒自动重试;持续不好时,请运行 {program} doctor 查看原因。数据没有丢。",
        "state.broken_title": "这一部分没能算出来",
        "state.broken_hint": "错误已记入日志(编号 {id})。请刷新页面重试;仍不行时把编号告诉管理员。",
        "state.not_found": "这个地址没有对应的页面,可能是链接旧了。",
        "state.home": "回到总览",
        # findings
        "finding.comma": "、",
        "finding.semicolon": ";",
        "finding.stop": "。",
        "finding.some_missed": "{label} {n} 项有目标的指标中 {met} 项达标;{named}{more}。",
        "finding.all_missed": "{label} {n} 项有目标的指标都未达标:{named}{more}。",
        "finding.and_more": "等 {n} 项未达标",
        "finding.below": "{name} {value},距目标 {target} 还差 {gap}",
        "finding.above": "{name} {value},超出目标({target}){gap}",
        "finding.off": "{name} {value},与目标 {target} 相差 {gap}",
        "finding.all_met": "{label} {n} 项有目标的指标全部达标。",
        "finding.few": "另有 {n} 项样本不足,暂不判断。",
        "finding.no_targets": "{label}{name} {value}{versus};还没有设目标,只列数值。",
        "finding.versus": ",{compared} {change}",
        "finding.no_values": "{label}还没有可以计算的指标。",
        "finding.coverage": "{name}缺 {n} {unit}的数据。",
        "finding.daily_none": "{name}在所选期间没有按日的数据",
        "finding.daily_one": "{name} {day}为 {value}",
        "finding.daily_range": "{name}最高 {high},最低 {low}",
        "finding.daily_met": "{name} {n} 天都达到目标 {target}",
        "finding.daily_missed": "{name} {n} 天中 {missed} 天未达目标,最差 {worst}",
        "finding.hourly_none": "今天还没有{name}的小时数据",
        "finding.hourly_met": "今天 {n} 个小时的{name}都达到目标,{busiest} 时最忙",
        "finding.hourly": "今天 {hour} 时最紧:{name} {value}(共 {n})",
        "finding.hourly_busiest": "今天 {hour} 时最紧:{name} {value}(共 {n});{busiest} 时最忙",
        "finding.sources": "{n} 个来源中 {ok} 个正常",
        "finding.source_state": "{title}{state}",
        "finding.gaps": "近 90 天缺 {n} 天数据",
        "finding.rejects": "{n} 行未能使用,待修改",
        "finding.data_fine": "没有缺的天,也没有待修改的行",
        # sign-in
        "signin.title": "请输入口令",
        "signin.password": "口令",
        "signin.enter": "进入",
        "signin.wrong": "口令不对。请核对大小写后再试;连续输错会暂停几分钟。",
        "signin.slow_down": "试得太频繁,请一分钟后再试。",
        "guard.host": "不认识的主机名 {host}。请用 IP 地址打开,或由管理员把它加进 HOTLINE_ALLOWED_HOSTS。",
        "guard.origin": "请求来自别的网站,已拒绝。请从本站页面操作。",
        "guard.sign_in": "请先登录。",
    }
)

TRIGGERS = {
    "daily": "每日拉取",
    "intraday": "日间拉取",
    "gap": "补缺",
    "manual": "手动",
    "upload": "上传",
    "mend": "改正",
}
RUN_STATES = {"running": "进行中", "ok": "成功", "empty": "无新数据", "failed": "失败", "abandoned": "中断"}
KINDS = {"files": "文件", "asterisk": "Asterisk 日志", "sql": "数据库", "http": "接口", "demo": "演示"}


def texts() -> Mapping[str, str]:
    """All texts in the language of the current request."""
    if language.current() == language.ENGLISH:
        from dashboard.english.tables import ENGLISH  # late: most centres never need it

        return ENGLISH
    return TEXTS


def for_scripts() -> dict[str, str]:
    """The texts that the scripts in the browser need."""
    return {key: text for key, text in texts().items() if key.startswith("js.")}


def t(key: str, **values: object) -> str:
    """The text under ``key``, filled in. Raises KeyError for a text or a value that is missing."""
    return texts()[key].format(**values)
