"""A generic webhook: JSON, signed, for whatever a centre has of its own."""

from __future__ import annotations

import hashlib
import hmac
import json
from dataclasses import dataclass
from datetime import datetime

from alerts.channels.base import Answer, Delivered, Outcome, Permanent, Target, by_status, host_of, post
from alerts.message import Message, text, to_json


def signature(secret: str, stamp: str, body: bytes) -> str:
    """HMAC-SHA256 of “timestamp.body” under the secret, as hex: the far end computes the same and compares."""
    return hmac.new(secret.encode(), stamp.encode() + b"." + body, hashlib.sha256).hexdigest()


@dataclass(frozen=True, slots=True)
class Webhook:
    """POST of {"id", "kind", "title", "text", "items", "thread", "link"}; headers X-Hotline-Timestamp and, where a
    secret is set, X-Hotline-Signature. A 2xx whose body names a code other than 0 is a no."""

    def send(self, message: Message, target: Target, now: datetime) -> Outcome:
        """Tries once; signed for the moment ``now``."""
        data = to_json(message)
        told = {name: data[name] for name in ("kind", "title", "sentence", "items", "thread", "link")}
        body = json.dumps(told | {"id": message.message_id, "text": text(message)}, ensure_ascii=False).encode()
        stamp = str(int(now.timestamp()))
        headers = {"Content-Type": "application/json; charset=utf-8", "X-Hotline-Timestamp": stamp}
        if target.secret:
            headers["X-Hotline-Signature"] = f"sha256={signature(target.secret, stamp, body)}"
        answer = post(target.address, body, headers)
        if not isinstance(answer, Answer):
            return answer
        host = host_of(target.address)
        by_line = by_status(answer, host)
        if by_line is not None:
            return by_line
        code = next((answer.body[key] for key in ("code", "errcode") if answer.body and key in answer.body), 0)
        if code in (0, "0", 200, "200"):
            return Delivered(str(answer.status))
        return Permanent(f"{host} 没有接收(结果码 {code})。请查看对方的日志。")
