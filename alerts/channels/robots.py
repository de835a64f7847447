"""企业微信, 钉钉 and 飞书 group robots: signed where they ask for it, believed only by the code in their answer."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from alerts.channels.base import Answer, Delivered, Outcome, Passing, Permanent, Target, by_status, host_of, post
from alerts.message import Message, cut, text

JSON = {"Content-Type": "application/json; charset=utf-8"}
WECOM_BYTES, DINGTALK_BYTES, FEISHU_BYTES = 2048, 18_000, 18_000
WAIT = 60.0


def _told(message: Message, most: int) -> str:
    return cut(f"{message.title}\n{text(message)}", most)


def _encoded(body: dict[str, Any]) -> bytes:
    return json.dumps(body, ensure_ascii=False).encode()


def _judged(answer: Answer | Outcome, code_key: str, busy: tuple[int, ...], host: str) -> Outcome:
    """The outcome by the code in the body; 0 is the only yes."""
    if not isinstance(answer, Answer):
        return answer
    by_line = by_status(answer, host)
    if by_line is not None:
        return by_line
    code = None if answer.body is None else answer.body.get(code_key)
    if code == 0:
        return Delivered(str(code))
    if not isinstance(code, int):
        return Passing(f"{host} 的回应里没有结果码,会自动重试。")
    said = str((answer.body or {}).get("errmsg") or (answer.body or {}).get("msg") or "")[:200]
    if code in busy:
        return Passing(f"{host} 要求慢一些({code} {said}),会自动重试。", WAIT)
    return Permanent(f"{host} 没有接收({code} {said})。请核对机器人地址、密钥与安全设置。")


@dataclass(frozen=True, slots=True)
class WeCom:
    """企业微信群机器人. At most 2,048 bytes of text."""

    busy: tuple[int, ...] = (-1, 45009, 45033)

    def send(self, message: Message, target: Target, now: datetime) -> Outcome:
        """Tries once; ``now`` is not needed, the address itself holds the key."""
        del now
        body = {"msgtype": "text", "text": {"content": _told(message, WECOM_BYTES)}}
        return _judged(post(target.address, _encoded(body), JSON), "errcode", self.busy, host_of(target.address))


@dataclass(frozen=True, slots=True)
class DingTalk:
    """钉钉群机器人, signed (加签) where a secret is set."""

    busy: tuple[int, ...] = (-1, 130101, 130102)

    def send(self, message: Message, target: Target, now: datetime) -> Outcome:
        """Tries once; signed for the moment ``now``."""
        body = {"msgtype": "text", "text": {"content": _told(message, DINGTALK_BYTES)}}
        params = dingtalk_sign(target.secret, now) if target.secret else None
        answer = post(target.address, _encoded(body), JSON, params)
        return _judged(answer, "errcode", self.busy, host_of(target.address))


def dingtalk_sign(secret: str, now: datetime) -> dict[str, str]:
    """timestamp and sign of 钉钉: HMAC-SHA256 of “timestamp\\nsecret” under the secret, base64."""
    stamp = str(int(now.timestamp() * 1000))
    made = hmac.new(secret.encode(), f"{stamp}\n{secret}".encode(), hashlib.sha256).digest()
    return {"timestamp": stamp, "sign": base64.b64encode(made).decode()}


@dataclass(frozen=True, slots=True)
class Feishu:
    """飞书群机器人, signed (签名校验) where a secret is set."""

    busy: tuple[int, ...] = (11232, 99991400)

    def send(self, message: Message, target: Target, now: datetime) -> Outcome:
        """Tries once; signed for the moment ``now``."""
        body: dict[str, Any] = {"msg_type": "text", "content": {"text": _told(message, FEISHU_BYTES)}}
        if target.secret:
            body = feishu_sign(target.secret, now) | body
        return _judged(post(target.address, _encoded(body), JSON), "code", self.busy, host_of(target.address))


def feishu_sign(secret: str, now: datetime) -> dict[str, str]:
    """timestamp and sign of 飞书: HMAC-SHA256 of nothing under “timestamp\\nsecret”, base64."""
    stamp = str(int(now.timestamp()))
    made = hmac.new(f"{stamp}\n{secret}".encode(), b"", hashlib.sha256).digest()
    return {"timestamp": stamp, "sign": base64.b64encode(made).decode()}
