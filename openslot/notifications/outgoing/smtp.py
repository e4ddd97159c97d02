"""Mail over SMTP: several over one connection, telling what failed from what nobody can know.

Between the end of a message and the server's answer to it a broken connection leaves it open
whether the mail was taken (RFC 5321, section 4.2.5; RFC 1047): that is `Doubtful`.
"""

from __future__ import annotations

import smtplib
from email import message_from_bytes
from email.policy import SMTPUTF8
from email.utils import getaddresses, parseaddr
from types import TracebackType
from typing import Any, Self

from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends import smtp

GO_AHEAD = 354  # "Start mail input"
PERMANENT = 500  # and above: trying again will not help
DEAD = 2  # mails in a row on which a connection broke: the server is not well


class Doubtful(smtplib.SMTPException):
    """The server had the whole message and did not say that it took it."""


class _Doubting(smtplib.SMTP):
    last = 0  # the code of the answer before

    def getreply(self) -> tuple[int, bytes]:
        handed_over, self.last = self.last == GO_AHEAD, 0
        try:
            code, text = super().getreply()
        except (smtplib.SMTPServerDisconnected, OSError) as error:
            if handed_over:
                raise Doubtful("The mail server fell silent after the message.") from error
            raise
        self.last = code
        return code, text


class _DoubtingOverTLS(_Doubting, smtplib.SMTP_SSL):
    pass


class Backend(smtp.EmailBackend):
    """Django's, with connections that know when to doubt."""

    @property
    def connection_class(self) -> type[smtplib.SMTP]:
        return _DoubtingOverTLS if self.use_ssl else _Doubting

    def _send(self, email_message: EmailMessage) -> bool:
        """Django's for addresses of ASCII; of others as RFC 6531 has it, which takes the server."""
        recipients = email_message.recipients()
        if all(address.rpartition("@")[0].isascii() for _, address in getaddresses(recipients)):
            return bool(super()._send(email_message))  # type: ignore[misc]
        message = message_from_bytes(email_message.message().as_bytes(), policy=SMTPUTF8)
        message.replace_header("To", ", ".join(email_message.to))
        assert self.connection is not None  # noqa: S101  `open` came before
        self.connection.sendmail(
            parseaddr(email_message.from_email)[1],
            [address for _, address in getaddresses(recipients)],
            message.as_bytes(),
            mail_options=["SMTPUTF8", "BODY=8BITMIME"],
        )
        return True


class Line:
    """A connection for one mail after the other; after a trouble the next mail has a new one."""

    def __init__(self) -> None:
        self._backend: Any = None
        self._broken = 0  # times in a row

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._hang_up()

    @property
    def dead(self) -> bool:
        """Whether there is no use in trying the next mail now."""
        return self._broken >= DEAD

    def send(self, message: EmailMessage) -> None:
        """Hand a mail over. Raises what the backend raises: over SMTP an OSError."""
        try:
            self._pick_up()
            self._backend.send_messages([message])
        except Exception as error:
            refused = isinstance(
                error, smtplib.SMTPResponseException | smtplib.SMTPRecipientsRefused | ValueError
            )
            self._broken = 0 if refused and self._backend else self._broken + 1
            self._hang_up()
            raise
        self._broken = 0

    def _pick_up(self) -> None:
        if self._backend is None:
            backend = get_connection()
            try:
                backend.open()
            except OSError:
                self._broken = DEAD
                raise
            self._backend = backend

    def _hang_up(self) -> None:
        backend, self._backend = self._backend, None
        if backend is not None:
            try:
                backend.close()
            except OSError:  # there was nobody any more to say goodbye to
                return
