"""All channels of an installation, from its settings."""

from __future__ import annotations

from collections.abc import Mapping

from alerts.channels.base import Channel
from alerts.channels.email import Email, MailSettings
from alerts.channels.page import Page
from alerts.channels.relay import SmtpSettings
from alerts.channels.robots import DingTalk, Feishu, WeCom
from alerts.channels.webhook import Webhook


def channels(settings: SmtpSettings) -> dict[str, Channel]:
    """The channels by the name that contacts give them."""
    return {
        "email": Email(mail_settings(settings)),
        "wecom": WeCom(),
        "dingtalk": DingTalk(),
        "feishu": Feishu(),
        "webhook": Webhook(),
        "page": Page(),
    }


def mail_settings(settings: SmtpSettings) -> MailSettings:
    """The relay as the mail channel wants it."""
    return MailSettings(
        host=settings.smtp_host,
        port=settings.smtp_port,
        security=settings.smtp_security,
        user=settings.smtp_user,
        password=settings.smtp_password,
        sender=settings.smtp_sender or f"hotline@{settings.smtp_host or 'localhost'}",
        sender_name=settings.smtp_sender_name,
        verify=settings.smtp_verify,
    )


def known_channels() -> Mapping[str, str]:
    """The channels a contact may name, with the words shown for them."""
    return {
        "email": "邮件", "wecom": "企业微信机器人", "dingtalk": "钉钉机器人", "feishu": "飞书机器人",
        "webhook": "通用接口", "page": "网页",
    }  # fmt: skip
