"""A column that says who called is refused where its text would be kept; what tells figures apart is not."""

from __future__ import annotations

from pathlib import Path

import pytest

from ingest.config_personal import is_personal
from tests.ingest_files import load, problems

PERSONAL = """
来电人 来电人姓名 姓名 诉求人 诉求人的姓名 联系人 联系人信息 联系电话 联系方式 地址 住址 家庭住址 事发地址 联系地址
身份证 身份证号 来电号码 主叫号码 电话 电话号码 手机 手机号码 来电电话 来电人电话 客户姓名 客户名称 市民姓名 反映人
申请人 投诉者 用户手机 caller CallerID caller_number customer_name phone Phone_No mobile Address
"""
PLAIN = """
部门 承办单位 诉求类别 诉求类型 来电渠道 渠道 队列 技能组 来电人类别 来电类型 电话类型 电话渠道 坐席姓名 座席姓名
受理人姓名 受理员 接入号码 被叫号码 热线号码 受理方式 是否电话 IP地址 客户类型 事发区域 所属街道 诉求来源 投诉类别
咨询内容分类 市民诉求分类 department category channel queue topic reason Neighborhood case_title Department_Name
"""

ORDERS = """
centres: [{code: city, name: 市中心}]
sources:
  - code: orders
    kind: files
    shape: orders
    path: inbox/*
    columns:
      accepted_at: 受理时间
      department: 承办单位
      category:
        column: [诉求类别, 联系电话]
      channel: 来电人
      seat: 姓名
"""


@pytest.mark.parametrize("header", PERSONAL.split())
def test_it_knows_the_header_of_a_callers_data(header: str) -> None:
    assert is_personal(header) and is_personal(f" {header} ")


@pytest.mark.parametrize("header", PLAIN.split())
def test_it_lets_other_headers_pass(header: str) -> None:
    assert not is_personal(header)


def test_it_refuses_them_with_line_and_key_and_lets_seats_be_names(tmp_path: Path) -> None:
    category, channel = problems(tmp_path, ORDERS)
    assert category.startswith("sources.yaml:12 sources[1].columns.category: 列 ‘联系电话’"), category
    assert channel.startswith("sources.yaml:13 sources[1].columns.channel: 列 ‘来电人’"), channel
    assert "不保存来电人的个人信息" in channel and "请改用" in channel
    assert load(tmp_path, ORDERS.replace("column: [诉求类别, 联系电话]", "column: 诉求类别").replace("来电人", "渠道"))


@pytest.mark.parametrize(("sql", "refused"), [("t.caller_name", True), ('"联系人"', True), ("upper(queue)", False)])
def test_it_looks_at_plain_sql_columns_as_well(tmp_path: Path, sql: str, refused: bool) -> None:
    text = f"""
centres: [{{code: city, name: 市中心}}]
sources:
  - code: calls
    kind: sql
    shape: calls
    url: sqlite:///x.db
    table: calls
    columns:
      asked_at: asked
      answered: answered
      queue: {{sql: '{sql}'}}
"""
    assert (len(problems(tmp_path, text)) == 1) if refused else load(tmp_path, text)
