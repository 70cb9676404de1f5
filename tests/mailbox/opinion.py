#!/usr/bin/env python3
"""Reads mails as somebody else's program would, and prints what delivery reports and mboxes hold.

    opinion.py dsn FILE.eml…     one line a recipient: file, original recipient, final recipient, action, status
    opinion.py mbox FILE         one line a mail: the SHA-256 of its bytes without blank lines at the end
"""

import email
import email.policy
import hashlib
import mailbox
import pathlib
import sys


def recipients(file):
    """The groups of the first delivery report that is no part of another mail."""
    message = email.message_from_bytes(file.read_bytes(), policy=email.policy.compat32)
    reports = [part for part in own(message) if part.get_content_type() == "message/delivery-status"]
    if not reports or not reports[0].is_multipart() or reports[0]["Content-Transfer-Encoding"]:
        return
    for group in reports[0].get_payload():
        if group["Final-Recipient"] or group["Original-Recipient"]:
            names = ("Original-Recipient", "Final-Recipient", "Action", "Status")
            yield "\t".join([file.stem] + [" ".join(str(group[name] or "").split()) for name in names])


def own(message):
    """The parts of a mail, without those of mails within it."""
    yield message
    if message.get_content_maintype() == "multipart" and message.is_multipart():
        for part in message.get_payload():
            yield from own(part)


def hashes(file):
    """The mails of an mbox, with `>From ` undone."""
    box = mailbox.mbox(file, create=False)
    for key in box.iterkeys():
        lines = box.get_bytes(key).split(b"\n")
        lines = [line[1:] if line.startswith(b">") and line.lstrip(b">").startswith(b"From ") else line for line in lines]
        yield hashlib.sha256(b"\n".join(lines).rstrip(b"\n")).hexdigest()


def main(arguments):
    """The exit code."""
    what, *files = arguments
    for file in map(pathlib.Path, files):
        for line in recipients(file) if what == "dsn" else hashes(file):
            print(line)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
