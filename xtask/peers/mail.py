"""A mail server for the tests: it asks for STARTTLS and a password, and keeps what it gets as files.

Usage: mail.py PORT CERTIFICATE KEY USER PASSWORD MAILBOX. Each mail becomes a file MAILBOX/{number}.eml, whole from the beginning.
Mail to an address that begins with `refused` or `later` is refused for ever or for the moment.
"""

import asyncio
import itertools
import os
import pathlib
import ssl
import sys

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword


class Keeper:
    def __init__(self, mailbox):
        self.mailbox = mailbox
        self.numbers = itertools.count(1)

    async def handle_RCPT(self, server, session, envelope, address, options):
        if address.startswith("refused"):
            return "550 5.1.1 no such mailbox"
        if address.startswith("later"):
            return "451 4.3.0 come back later"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        path = self.mailbox / f"{next(self.numbers)}.eml"
        new = path.with_suffix(".new")
        new.write_bytes(envelope.content)
        os.rename(new, path)
        return "250 OK"


def main(port, certificate, key, user, password, mailbox):
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate, key)
    expected = LoginPassword(user.encode(), password.encode())

    def authenticate(server, session, envelope, mechanism, data):
        # Whoever is refused is told so by the server itself.
        return AuthResult(success=data == expected, handled=False)

    controller = Controller(
        Keeper(pathlib.Path(mailbox)),
        hostname="127.0.0.1",
        port=int(port),
        tls_context=context,
        require_starttls=True,
        auth_required=True,
        authenticator=authenticate,
        decode_data=False,
    )
    controller.start()
    asyncio.new_event_loop().run_forever()


if __name__ == "__main__":
    main(*sys.argv[1:])
