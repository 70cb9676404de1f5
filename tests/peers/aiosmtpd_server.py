"""A mail server on loopback: plain, STARTTLS or TLS from the first byte, with or without login.

Prints its port once it is ready. Writes each letter it takes to the record, one JSON object a line, before it replies.
"""

import argparse
import asyncio
import base64
import json
import logging
import os
import ssl
import warnings

from aiosmtpd.smtp import SMTP, AuthResult, syntax


def arguments():
    parser = argparse.ArgumentParser()
    parser.add_argument("--tls", choices=["none", "starttls", "implicit"], required=True)
    parser.add_argument("--record", required=True)
    parser.add_argument("--certificate", required=True)
    parser.add_argument("--key", required=True)
    parser.add_argument("--login", nargs=2, metavar=("NAME", "PASSWORD"))
    parser.add_argument("--only", choices=["PLAIN", "LOGIN", "XOAUTH2"], help="the one way to log in; else PLAIN and LOGIN")
    parser.add_argument("--pipelining", action="store_true")
    parser.add_argument("--refuse", nargs=3, action="append", default=[], metavar=("PHASE", "ADDRESS", "REPLY"))
    return parser.parse_args()


class Handler:
    def __init__(self, options):
        self.record = options.record
        self.implicit = options.tls == "implicit"
        self.pipelining = options.pipelining
        self.refusals = {(phase, address): reply for phase, address, reply in options.refuse}

    def refusal(self, phase, envelope):
        replies = (self.refusals.get((phase, address)) for address in envelope.rcpt_tos)
        return next((reply for reply in replies if reply), None)

    async def handle_EHLO(self, server, session, envelope, hostname, responses):
        session.host_name = hostname
        return responses[:1] + ["250-PIPELINING"] * self.pipelining + responses[1:]

    async def handle_RCPT(self, server, session, envelope, address, options):
        refusal = self.refusals.get(("rcpt", address))
        if refusal:
            if refusal.startswith("421"):
                await server.push(refusal)
                server.transport.close()
            return refusal
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 Ok"

    async def handle_DATA(self, server, session, envelope):
        refusal = self.refusal("dot", envelope)
        if refusal:
            return refusal
        taken = {
            "sender": envelope.mail_from,
            "recipients": envelope.rcpt_tos,
            "tls": self.implicit or session.ssl is not None,
            "login": session.auth_data,
            "letter": envelope.original_content.decode("latin-1"),
        }
        with open(self.record, "a", encoding="ascii") as record:
            record.write(json.dumps(taken) + "\n")
            record.flush()
            os.fsync(record.fileno())
        return "250 2.0.0 Ok: taken"


class TokenHandler(Handler):
    """Takes the password as a token, the way large providers do: why it is refused is a challenge, the refusal comes after."""

    def __init__(self, options):
        super().__init__(options)
        self.login = options.login

    async def auth_XOAUTH2(self, server, args):
        name, token = self.login
        said = base64.b64decode(args[1]).decode()
        if said == f"user={name}\x01auth=Bearer {token}\x01\x01":
            return AuthResult(success=True, auth_data=name)
        reason = {"status": "401", "schemes": "bearer", "scope": "https://mail.example/"}
        answer = await server.challenge_auth(json.dumps(reason).encode())
        # An empty line, and nothing else, is how one says that it was understood.
        return AuthResult(success=False, handled=False) if answer == b"" else AuthResult(success=False, message="501 5.5.4 what")


class Server(SMTP):
    """One that can refuse at DATA too, and then leaves its transaction open, as it does after every refusal."""

    @syntax("DATA")
    async def smtp_DATA(self, arg):
        refusal = self.event_handler.refusal("data", self.envelope)
        if refusal:
            await self.push(refusal)
            return
        await super().smtp_DATA(arg)


def authenticator(login):
    expected = tuple(word.encode() for word in login)

    def authenticate(server, session, envelope, mechanism, data):
        if (data.login, data.password) == expected:
            return AuthResult(success=True, auth_data=data.login.decode())
        return AuthResult(success=False, handled=False)

    return authenticate


async def serve(options):
    context = None
    if options.tls != "none":
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(options.certificate, options.key)
    handler = TokenHandler(options) if options.only == "XOAUTH2" else Handler(options)
    starttls = options.tls == "starttls"
    settings = {
        "hostname": "aiosmtpd.example",
        "tls_context": context if starttls else None,
        "require_starttls": starttls,
        # With TLS from the first byte the protocol itself does not know that it is safe.
        "auth_require_tls": starttls,
    }
    if options.login:
        settings |= {"authenticator": authenticator(options.login), "auth_required": True}
    if options.only:
        settings["auth_exclude_mechanism"] = {"PLAIN", "LOGIN", "XOAUTH2"} - {options.only}
    server = await asyncio.get_running_loop().create_server(
        lambda: Server(handler, **settings), "127.0.0.1", 0, ssl=context if options.tls == "implicit" else None
    )
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


# It warns of login without TLS, which on loopback is one of the cases to be tried.
warnings.simplefilter("ignore")
logging.getLogger("mail.log").setLevel(logging.ERROR)
asyncio.run(serve(arguments()))
