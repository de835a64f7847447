"""What the mail channel needs to know of an installation's settings."""

from __future__ import annotations

from typing import Protocol


class SmtpSettings(Protocol):
    """The settings of the mail relay."""

    @property
    def smtp_host(self) -> str:
        """'' : no mail is sent."""

    @property
    def smtp_port(self) -> int:
        """Its port."""

    @property
    def smtp_security(self) -> str:
        """starttls, ssl or none."""

    @property
    def smtp_user(self) -> str:
        """'' sends without signing in."""

    @property
    def smtp_password(self) -> str:
        """The user's password."""

    @property
    def smtp_sender(self) -> str:
        """The address mails come from; '' : hotline@ and the relay's host."""

    @property
    def smtp_sender_name(self) -> str:
        """The name mails come from."""

    @property
    def smtp_verify(self) -> bool:
        """Whether the relay's certificate has to be trusted."""
