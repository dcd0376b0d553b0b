"""A mail server for tests: takes mails on a free port of 127.0.0.1 and writes each as JSON, read by Python's own parser.

Arguments: a folder, `plain` or `starttls` or `tls`, a certificate, its key, `user:password` or nothing, mechanisms that are not offered.
The local part of a recipient says what is answered: `rcpt-550`, `data-451`, `hang`.
"""

import asyncio
import json
import logging
import os
import ssl
import sys
from email import message_from_bytes, policy

from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword

FOLDER, MODE, CERTIFICATE, KEY, LOGIN, EXCLUDED = sys.argv[1:7]


def told(raw, envelope):
    message = message_from_bytes(raw, policy=policy.default)
    parts = [
        {
            "type": part.get_content_type(),
            "charset": part.get_content_charset(),
            "text": part.get_content(),
            "headers": [[name, str(value)] for name, value in part.items()],
        }
        for part in message.walk()
        if not part.is_multipart()
    ]
    return {
        "from": envelope.mail_from,
        "to": envelope.rcpt_tos,
        "headers": [[name, str(value)] for name, value in message.items()],
        "type": message.get_content_type(),
        "parts": parts,
        "defects": [str(defect) for part in message.walk() for defect in part.defects],
        "longest_line": max(len(line) for line in raw.split(b"\r\n")),
        "bare_line_ends": raw.replace(b"\r\n", b"").count(b"\n") + raw.replace(b"\r\n", b"").count(b"\r"),
        "raw": raw.decode("utf-8", "replace"),
    }


class Handler:
    def __init__(self):
        self.count = 0

    async def handle_RCPT(self, server, session, envelope, address, options):
        local = address.split("@")[0]
        if local == "hang":
            await asyncio.sleep(60)
        if local.startswith("rcpt-"):
            return f"{local[5:8]} this mailbox says no"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        for address in envelope.rcpt_tos:
            local = address.split("@")[0]
            if local.startswith("data-"):
                return f"{local[5:8]} too many messages, the rate is limited"
        mail = told(envelope.original_content, envelope)
        mail["tls"] = server.transport.get_extra_info("ssl_object") is not None
        mail["login"] = session.auth_data
        path = os.path.join(FOLDER, f"{self.count}.json")
        self.count += 1
        with open(path + ".part", "w", encoding="utf-8") as file:
            json.dump(mail, file)
        os.rename(path + ".part", path)
        return "250 OK"


def authenticate(server, session, envelope, mechanism, data):
    assert isinstance(data, LoginPassword)
    given = f"{data.login.decode()}:{data.password.decode()}"
    if given != LOGIN:
        return AuthResult(success=False, handled=False)
    return AuthResult(success=True, auth_data=f"{mechanism} {data.login.decode()}")


async def main():
    context = None
    if MODE != "plain":
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(CERTIFICATE, KEY)
    handler = Handler()
    loop = asyncio.get_running_loop()

    def protocol():
        return SMTP(
            handler,
            hostname="mail.test",
            enable_SMTPUTF8=True,
            require_starttls=MODE == "starttls",
            tls_context=context if MODE == "starttls" else None,
            auth_required=bool(LOGIN),
            auth_require_tls=MODE == "starttls",
            authenticator=authenticate if LOGIN else None,
            auth_exclude_mechanism=[name for name in EXCLUDED.split(",") if name],
            loop=loop,
        )

    server = await loop.create_server(
        protocol, "127.0.0.1", 0, ssl=context if MODE == "tls" else None
    )
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


# What clients do wrong here is what the tests are about.
logging.disable()
asyncio.run(main())
