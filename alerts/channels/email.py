"""Mail over SMTP: text and HTML, the chart inside the mail, one thread an incident."""

from __future__ import annotations

import base64
import contextlib
import smtplib
import ssl
from dataclasses import dataclass, field
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr

from alerts.channels.base import Delivered, Outcome, Passing, Permanent, Target
from alerts.message import Message, text
from alerts.render import mail_html

PICTURE = "chart"
SECURITY = ("starttls", "ssl", "none")


@dataclass(frozen=True, slots=True)
class MailSettings:
    """The relay. ``security`` is starttls, ssl or none; ``user`` '' sends without signing in. ``verify`` False takes
    the relay's own certificate as it is (an internal relay with one it signed itself)."""

    host: str
    port: int = 25
    security: str = "none"
    user: str = ""
    password: str = field(default="", repr=False)
    sender: str = "hotline@localhost"
    sender_name: str = "热线绩效监测"
    verify: bool = True
    timeout: float = 30.0


@dataclass(frozen=True, slots=True)
class Email:
    """Sends through one relay."""

    settings: MailSettings

    def send(self, message: Message, target: Target, now: datetime) -> Outcome:
        """Tries once. A 4xx, a lost connection or no answer passes; a 5xx is permanent."""
        if not self.settings.host:
            return Permanent("还没有设邮件服务器。请设 HOTLINE_SMTP_HOST,再点“重发”。")
        name, address = parseaddr(target.address)
        if "@" not in address:
            return Permanent(f"{target.address!r} 不是邮件地址。请在联系方式里改正。")
        mail = compose(message, self.settings, name, address, now)
        try:
            server = self._connect()
            try:
                refused = server.send_message(mail)
            finally:
                _leave(server)
        except smtplib.SMTPRecipientsRefused as error:
            code, said = next(iter(error.recipients.values()))
            return _by_code(code, said, "收件人被拒绝")
        except smtplib.SMTPResponseException as error:
            return _by_code(error.smtp_code, error.smtp_error, "邮件服务器拒绝")
        except smtplib.SMTPNotSupportedError as error:
            return Permanent(f"邮件服务器不支持所设的方式: {error}。请核对 HOTLINE_SMTP_SECURITY。")
        except ssl.SSLCertVerificationError as error:
            return Permanent(
                f"邮件服务器的证书不可信: {error.verify_message}。内部服务器可设 HOTLINE_SMTP_VERIFY=off。"
            )
        except (smtplib.SMTPException, OSError) as error:
            return Passing(f"邮件服务器 {self.settings.host} 没有回应: {type(error).__name__}。会自动重试。")
        if refused:
            code, said = next(iter(refused.values()))
            return _by_code(code, said, "收件人被拒绝")
        return Delivered("250")

    def _connect(self) -> smtplib.SMTP:
        known = self.settings
        server: smtplib.SMTP
        if known.security == "ssl":
            server = smtplib.SMTP_SSL(known.host, known.port, timeout=known.timeout, context=self._context())
        else:
            server = smtplib.SMTP(known.host, known.port, timeout=known.timeout)
        try:
            if known.security == "starttls":
                server.starttls(context=self._context())
            if known.user:
                server.login(known.user, known.password)
        except BaseException:
            server.close()
            raise
        return server

    def _context(self) -> ssl.SSLContext:
        """Made only where it is needed: reading the system's certificates takes a while."""
        context = ssl.create_default_context()
        if not self.settings.verify:
            context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        return context


def _leave(server: smtplib.SMTP) -> None:
    """Says goodbye. What the relay has taken it keeps, however it answers to that."""
    with contextlib.suppress(smtplib.SMTPException, OSError):
        server.quit()
    server.close()


def _by_code(code: int, said: bytes | str, what: str) -> Outcome:
    words = said.decode(errors="replace") if isinstance(said, bytes) else str(said)
    text_ = f"{what}: {code} {' '.join(words.split())[:200]}"
    return Permanent(f"{text_}。请核对后点“重发”。") if 500 <= code < 600 else Passing(f"{text_}。会自动重试。")


def compose(message: Message, settings: MailSettings, name: str, address: str, now: datetime) -> EmailMessage:
    """The mail. Its Message-ID is the message's own; later mails of an incident answer the first."""
    mail = EmailMessage()
    local, _, domain = settings.sender.partition("@")
    mail["From"] = Address(settings.sender_name, local, domain)
    to_local, _, to_domain = address.rpartition("@")
    mail["To"] = Address(name, to_local, to_domain)
    mail["Subject"] = " ".join(message.title.split())
    mail["Date"] = format_datetime(now)
    mail["Message-ID"] = message.message_id
    if message.thread and message.thread != message.message_id:
        mail["In-Reply-To"] = message.thread.split()[0]
        mail["References"] = message.thread
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(text(message))
    mail.add_alternative(message.html or mail_html(message, PICTURE if message.picture else ""), subtype="html")
    if message.picture:
        html = mail.get_payload()[1]  # type: ignore[index]
        html.add_related(  # type: ignore[union-attr]
            base64.b64decode(message.picture), "image", "png", cid=f"<{PICTURE}>", filename="chart.png"
        )
    for file_name, media_type, content in message.attachments:
        main, _, sub = media_type.partition("/")
        mail.add_attachment(base64.b64decode(content), main, sub or "octet-stream", filename=file_name)
    return mail
