"""What a target sheet says against itself, and how a row of a self-evaluation is scored, in English.

A slot called ``own…`` holds what the sheet itself says: it is quoted as it stands.
"""

from __future__ import annotations

_NAMED = {
    "项目“{own}”": "project “{own}”",
    "第 {n} 个项目": "project {n}",
}
_MONEY = {
    "{project}支出明细全年预算数合计 {added},资金总额是 {amount},相差 {gap}。": (
        "The lines of {project} add up to {added} for the year, its funds are {amount}: {gap} apart."
    ),
    "{project}支出明细全年预算数合计 {added}(另有 {n} 行金额缺失),资金总额是 {amount},相差 {gap}。": (
        "The lines of {project} add up to {added} for the year ({n} more have no amount), its funds are {amount}: "
        "{gap} apart."
    ),
    "{project}收入中“{own}”是 {amount},各组成部分合计 {added}。": (
        "In the income of {project} “{own}” is {amount}, its parts add up to {added}."
    ),
    "支出“{own}”的半年计划执行数 {n} 高于全年预算数 {n2}({unit})。": (
        "Line “{own}” plans {n} for the half-year, more than the {n2} of the full year ({unit})."
    ),
    "{project}半年预算执行率目标是 {own},按支出明细的半年计划应为 {n}%(半年计划 {n2} ÷ 全年 {amount}),取整为 {n3}%。": (
        "The half-year target of budget execution of {project} is {own}; by the half-year plan of its lines it should "
        "be {n} % (half-year {n2} ÷ full year {amount}), {n3} % when rounded."
    ),
    "正文写拟申请预算 {asked}/年,项目资金表的资金总额是 {amount},相差 {gap}。": (
        "The text asks for {asked} a year, the table of funds has {amount} in all: {gap} apart."
    ),
    "多年合计最高限价 {ceiling}不是每年限价 {yearly}的整数倍。": (
        "The ceiling of all years, {ceiling}, is no multiple of that of a year, {yearly}."
    ),
}
_PRINTED = {
    "“{own}”印为 {n}%,按 {own2} {n2} ÷ {own3} {n3}({own4})算得 {n4}%。": (
        "“{own}” is printed as {n} %; {own2} {n2} ÷ {own3} {n3} ({own4}) gives {n4} %."
    ),
    "“{own}”印为 {own2},{own3}合计 {own4}。": "“{own}” is printed as {own2}; {own3} add up to {own4}.",
    "“{own}”{own2}同比增长印为 {n}%,与各部分不符:{own3},合起来应增长 {n2}%。": (
        "“{own}” {own2}: growth on last year is printed as {n} %, which its parts don't bear out: {own3}; "
        "together they grow by {n2} %."
    ),
    "上年 {sum} = {n};{proof}": "last year {sum} = {n}; {proof}",
    "“{own}”{n} 人,超过“{own2}”{n2} 名。": "“{own}” is {n} people, more than the {n2} of “{own2}”.",
}
_TARGETS = {
    "{project}指标“{own}”的半年目标 {own2} 高于全年目标 {own3}。": (
        "The half-year target {own2} of indicator “{own}” of {project} is above that of the full year, {own3}."
    ),
    "{project}指标“{own}”的半年目标 {own2} 不可能不达标:{why}。": (
        "The half-year target {own2} of indicator “{own}” of {project} can't be missed: {why}."
    ),
    "{project}指标“{own}”的全年目标 {own2} 不可能不达标:{why}。": (
        "The full-year target {own2} of indicator “{own}” of {project} can't be missed: {why}."
    ),
    "{project}第 {n} 行和第 {n2} 行的指标“{own}”完全相同(名称与半年、全年目标),像是录入了两次。": (
        "Rows {n} and {n2} of {project} are the same: indicator “{own}” with the same names and targets for the "
        "half-year and the year. It looks as if it was entered twice."
    ),
    "第 {n} 行 = 第 {n2} 行": "row {n} = row {n2}",
    "任何数都不会小于 {own}": "no figure is below {own}",
    "比率不会超过 100%,是否应为“≥”或“=”": "no rate exceeds 100 %; is “≥” or “=” meant",
    "最小可能值 {n}": "least possible value {n}",
    "最大可能值 {n}": "greatest possible value {n}",
    "最大可能值 100% ≤ {n}%": "greatest possible value 100% ≤ {n}%",
}
_SEATS = {
    "{project}的{own}写 {own2},合计 {n} 席;指标“{own3}”的目标是 {own4}。": (
        "{own} of {project} says {own2}, {n} seats in all; the target of indicator “{own3}” is {own4}."
    ),
    "{project}的{own}为 {own2},共 {n} 席;而{project2}指标“{own3}”的目标是 {own4},座席比人多 {n2} 个。": (
        "{own} of {project} is {own2}, {n} seats in all; but the target of indicator “{own3}” of {project2} is {own4}: "
        "{n2} more seats than people."
    ),
    "{sum} 席 > {n} 人": "{sum} seats > {n} people",
    "{project}的{own}写“{own2}”{n} 人,指标“{own3}”的目标是半年 {own4}、全年 {own5}。": (
        "{own} of {project} says “{own2}” {n} people; the target of indicator “{own3}” is {own4} for the half-year, "
        "{own5} for the full year."
    ),
}
_SCORED = {
    "完成率 {n}": "achievement {n}",
    "完成率 {n} × 权重 {n2}": "achievement {n} × weight {n2}",
    "完成率 {n}(按上限 {n2}% 计) × 权重 {n3}": "achievement {n} (counted up to {n2}%) × weight {n3}",
    "完成值 {n} 对目标 {n2},完成率 {n3} × 权重 {n4}": "achieved {n} of {n2}, achievement {n3} × weight {n4}",
    "完成值 {n} 对目标 {n2},完成率 {n3}(按上限 {n4}% 计) × 权重 {n5}": (
        "achieved {n} of {n2}, achievement {n3} (counted up to {n4}%) × weight {n5}"
    ),
    "{n} 落在“{own}”,得 {n2} 分": "{n} lies in “{own}”: {n2} points",
    "({sum}) ÷ ({sum2}) 取 0 至 1,= {n} × 权重 {n2}": "({sum}) ÷ ({sum2}) held to 0–1, = {n} × weight {n2}",
    "差 {n},计 {n2} 个 {n3},扣 {n4} 分": "{n} short, {n2} times {n3}: {n4} points off",
    "“{grade}”得权重的 {n}% × {n2}": "“{grade}”: {n}% of the weight × {n2}",
    "扣 {n} 分(至多 {n2} 分)": "{n} points off ({n2} at most)",
    "一票否决,等级直接为“{grade}”": "vetoed: the grade is “{grade}” at once",
    "未发生一票否决": "not vetoed",
    "完成值": "achieved",
    "完成率": "achievement",
    "覆盖完成值 {n} 的区间": "a band that holds {n}",
    "扣分(没有扣分请填 0)": "points off (enter 0 where there are none)",
    "是否一票否决": "vetoed or not",
}
_NOTES = {
    "各部分满分合计 {n} 分,不是 100 分;等级按 100 分划分,请核对各部分的分值。": (
        "The parts add up to {n} points, not 100, by which the grades are divided: check the points of the parts."
    ),
    "没有一行可以计分,因此没有总分:请核对目标值,或换一份打分表。": (
        "No row can be scored, so there is no total: check the targets, or take another form."
    ),
    "尚缺 {n} 行,暂无总分(已有 {n2} 分):{rows}。": "{n} rows are lacking, no total yet ({n2} points so far): {rows}.",
    "第 {n} 行“{own}”({why})": "row {n} “{own}” ({why})",
    "第 {n} 行“{own}”({why})、{rows}": "row {n} “{own}” ({why}), {rows}",
    "第 {n} 行“{own}”({why})……": "row {n} “{own}” ({why}) …",
    "“{own}”得分超过上限,按上限 {n} 分计。": "“{own}” exceeds its cap and counts {n} points.",
    "发生一票否决,等级直接为“{grade}”,不看总分。": "Vetoed: the grade is “{grade}” at once, whatever the total.",
    "第 {n} 行“{own}”:表上印的是 {own2},按本表公式算得 {own3},两者矛盾。"
    "按算得的值{said};按印的值{said2}。请核实后更正其中一处。": (
        "Row {n} “{own}”: the form prints {own2}, its own formula gives {own3}. By the value worked out: {said}; by "
        "the printed one: {said2}. Check, and correct one of them."
    ),
    "得 {n} 分": "{n} points",
    "得 {n} 分,总分 {n2}({grade})": "{n} points, total {n2} ({grade})",
    "不能计分": "not scored",
    "第 {n} 行“{own}”:完成率印为 {n2}%,按完成值算得 {n3}%,取后者。": (
        "Row {n} “{own}”: the achievement is printed as {n2}%; worked out it is {n3}%, which counts."
    ),
    "第 {n} 行“{own}”:印的自评分是 {n2},按规则算得 {n3}({proof})。": (
        "Row {n} “{own}”: the printed score is {n2}; by the rules it is {n3} ({proof})."
    ),
}

SHEET_SENTENCES: dict[str, str] = _NAMED | _MONEY | _PRINTED | _TARGETS | _SEATS | _SCORED | _NOTES
