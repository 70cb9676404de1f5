#!/usr/bin/env python3
"""Reads letters as somebody else's program would, and says what is wrong with them.

    parse.py FILE.eml… | FOLDER…

Checks, with Python's own mail parser and its strictest policy: no defect in any part; exactly one of each header that every letter
has, and none that it must not have; a way out with a token of its own; text before HTML, both quoted-printable and not empty; every To, Subject and From decodes; CRLF
line ends only, no NUL, ASCII, no line over 998 octets. Prints one line a fault and exits with 1; silent and 0 when all is well; 2
when there is nothing to read.
"""

import email
import email.header
import email.policy
import pathlib
import re
import sys

EXACTLY_ONE = [
    "From",
    "To",
    "Subject",
    "Date",
    "Message-ID",
    "MIME-Version",
    "Content-Type",
    "List-Id",
    "List-Unsubscribe",
    "Auto-Submitted",
]
AT_MOST_ONE = ["Reply-To", "List-Unsubscribe-Post"]
NEVER = [
    "Bcc",
    "Cc",
    "Return-Path",
    "Received",
    "X-Mailer",
    "User-Agent",
    "Disposition-Notification-To",
    "Return-Receipt-To",
]


TOKEN = r"v1\.[a-z0-9]{4}\.[A-Za-z0-9_-]{59}\.[A-Za-z0-9_-]{22}"
WAY_OUT = rf"<(https://[^<>,\s]+/|mailto:[^<>,\s]+\?subject=unsubscribe%20){TOKEN}>"


def faults_of_ways_out(message):
    """The letter's own way out, as RFC 2369 and RFC 8058 want it."""
    field = str(message["List-Unsubscribe"])
    ways = field.split(", ")
    if not all(re.fullmatch(WAY_OUT, way) for way in ways):
        yield f"List-Unsubscribe {field!r}"
    if sum(way.startswith("<https:") for way in ways) > 1:
        yield f"more than one page in List-Unsubscribe {field!r}"
    if len(set(re.findall(TOKEN, field))) > 1:
        yield "two tokens in one letter"
    post = message["List-Unsubscribe-Post"]
    if post is not None and (post != "List-Unsubscribe=One-Click" or "<https:" not in field):
        yield f"List-Unsubscribe-Post {post!r}"


def faults_of_wire(raw):
    """What is wrong with the bytes alone."""
    if re.search(rb"(?<!\r)\n", raw):
        yield "a bare LF"
    if re.search(rb"\r(?!\n)", raw):
        yield "a bare CR"
    if b"\0" in raw:
        yield "a NUL"
    if not raw.isascii():
        yield "a byte outside ASCII"
    if not raw.endswith(b"\r\n"):
        yield "no line end at the end"
    longest = max((len(line) for line in raw.split(b"\r\n")), default=0)
    if longest > 998:
        yield f"a line of {longest} octets"


def faults_of_headers(message):
    """Missing, doubled and forbidden headers, and values that mail programs stumble over."""
    for name in EXACTLY_ONE:
        if len(message.get_all(name, [])) != 1:
            yield f"{len(message.get_all(name, []))} times {name}"
    for name in AT_MOST_ONE:
        if len(message.get_all(name, [])) > 1:
            yield f"{len(message.get_all(name, []))} times {name}"
    for name in NEVER:
        if message.get_all(name):
            yield f"a header {name}"
    if not re.fullmatch(r"<[^<>@\s]+@[^<>@\s]+>", str(message["Message-ID"]).strip()):
        yield f"Message-ID {message['Message-ID']!r}"
    if len(message["To"].addresses) != 1:
        yield f"{len(message['To'].addresses)} people in To"
    if message["Date"].datetime is None:
        yield f"Date {message['Date']!r}"
    if not re.fullmatch(r'("[^"]*" )?<[a-z0-9-]+(\.[A-Za-z0-9-]+)+>', str(message["List-Id"])):
        yield f"List-Id {message['List-Id']!r}"
    if message["Auto-Submitted"] != "auto-generated":
        yield f"Auto-Submitted {message['Auto-Submitted']!r}"
    for name in ("From", "To", "Subject"):
        if re.search(r"[\x00-\x1f\x7f-\x9f]", str(message[name])):
            yield f"a control character in {name}"


def faults_of_parts(message):
    """The order, the encoding and the defects of the parts."""
    for part in message.walk():
        for defect in part.defects:
            yield f"{part.get_content_type()}: {type(defect).__name__}: {defect}"
        for name, value in part.items():
            for defect in getattr(value, "defects", ()):
                yield f"{name}: {type(defect).__name__}: {defect}"
    if message.get_content_type() != "multipart/alternative":
        yield f"the whole is {message.get_content_type()}"
        return
    leaves = [part for part in message.walk() if not part.is_multipart()]
    pictures = [part for part in leaves if part.get_content_maintype() == "image"]
    texts = [part for part in leaves if part.get_content_maintype() != "image"]
    kinds = [part.get_content_type() for part in texts]
    if kinds != ["text/plain", "text/html"]:
        yield f"the parts are {', '.join(kinds)}"
        return
    for part in texts:
        if part["Content-Transfer-Encoding"] != "quoted-printable":
            yield f"{part.get_content_type()} is {part['Content-Transfer-Encoding']}"
        if not part.get_content().strip():
            yield f"{part.get_content_type()} is empty"
        if "\ufffd" in part.get_content():
            yield f"{part.get_content_type()} does not decode"
    yield from faults_of_pictures(message, texts[1].get_content(), pictures)


def faults_of_pictures(message, html, pictures):
    """Pictures travel beside the HTML that shows them (RFC 2387), each under the name by which it is shown (RFC 2392)."""
    shown = set(re.findall(r'"cid:([^"]*)"', html))
    carried = [str(part["Content-ID"]).strip("<>") for part in pictures]
    if sorted(shown) != sorted(carried):
        yield f"the HTML shows {sorted(shown)}, the letter carries {sorted(carried)}"
    if not pictures:
        return
    around = list(message.iter_parts())[-1]
    first = next(around.iter_parts(), None) if around.is_multipart() else None
    if around.get_content_type() != "multipart/related" or first is None or first.get_content_type() != "text/html":
        yield f"pictures stand in {around.get_content_type()}"
    for part in pictures:
        if part["Content-Transfer-Encoding"] != "base64" or not part.get_content():
            yield f"{part.get_content_type()} is {part['Content-Transfer-Encoding']}"


def faults(raw):
    """Everything that is wrong with one letter."""
    yield from faults_of_wire(raw)
    message = email.message_from_bytes(raw, policy=email.policy.default)
    missing = [name for name in EXACTLY_ONE if name not in message]
    if missing:
        yield f"no {', '.join(missing)}"
        return
    try:
        yield from faults_of_headers(message)
        yield from faults_of_ways_out(message)
        yield from faults_of_parts(message)
    except (AttributeError, IndexError, LookupError, ValueError) as error:
        # Python's own parser gives up on some headers that are no longer legal.
        yield f"Python's parser stumbled: {type(error).__name__}: {error}"


def letters(arguments):
    """The files that the arguments name; a folder stands for its .eml files."""
    for argument in map(pathlib.Path, arguments):
        yield from sorted(argument.rglob("*.eml")) if argument.is_dir() else [argument]


def main(arguments):
    """The exit code."""
    files = list(letters(arguments))
    if not files:
        print("no letters to read", file=sys.stderr)
        return 2
    found = [f"{file}: {fault}" for file in files for fault in faults(file.read_bytes())]
    print("\n".join(found), end="\n" if found else "")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
