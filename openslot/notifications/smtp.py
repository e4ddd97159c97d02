"""Mail over SMTP, telling apart what certainly failed from what nobody can know.

Between the end of a message and the server's answer to it a broken connection leaves it open
whether the mail was taken (RFC 5321, section 4.2.5; RFC 1047): that is `Doubtful`.
"""

from __future__ import annotations

import smtplib

from django.core.mail.backends import smtp

GO_AHEAD = 354  # "Start mail input"
PERMANENT = 500  # and above: trying again will not help


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
