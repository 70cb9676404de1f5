"""Sends a personal letter to everybody on a list, by aiosmtplib over some connections, the letters made by Jinja2:

    python aiosmtplib_sender.py PORT CONNECTIONS TEMPLATES LIST
"""

import asyncio
import csv
import sys
from email.message import EmailMessage
from email.utils import formatdate, make_msgid

import aiosmtplib
import jinja2


def compose(person, html, text):
    mail = EmailMessage()
    mail["From"] = "Riverside Massage <tips@riverside.example>"
    mail["Reply-To"] = "hello@riverside.example"
    mail["To"] = person["email"]
    mail["Subject"] = f"{person['first_name']}, five minutes for your shoulders"
    mail["Date"] = formatdate()
    mail["Message-ID"] = make_msgid(domain="riverside.example")
    mail["List-Unsubscribe"] = f"<mailto:unsubscribe@riverside.example?subject=unsubscribe%20{person['token']}>"
    mail.set_content(text.render(person), cte="quoted-printable")
    mail.add_alternative(html.render(person), subtype="html", cte="quoted-printable")
    return mail


async def connection(port, people, html, text):
    async with aiosmtplib.SMTP(hostname="127.0.0.1", port=port, use_tls=False, start_tls=False) as relay:
        for person in people:
            await relay.send_message(compose(person, html, text))


async def main(port, connections, templates, file):
    loader = jinja2.FileSystemLoader(templates)
    html = jinja2.Environment(loader=loader, autoescape=True).get_template("letter.html")
    text = jinja2.Environment(loader=loader, autoescape=False).get_template("letter.txt")
    with open(file, encoding="utf-8", newline="") as rows:
        # All connections draw from the one list.
        people = csv.DictReader(rows)
        await asyncio.gather(*(connection(int(port), people, html, text) for _ in range(int(connections))))


asyncio.run(main(*sys.argv[1:]))
