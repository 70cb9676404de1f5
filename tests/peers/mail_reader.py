"""Reads letters as a strict mail program would: a JSON list of letters in, a JSON list of what was read out.

Letters travel as texts in which each character stands for the byte of its number.
"""

import email
import email.policy
import hashlib
import json
import sys


def texts_of(defects):
    return [f"{type(defect).__name__}: {defect}" for defect in defects]


def read(letter):
    message = email.message_from_bytes(letter.encode("latin-1"), policy=email.policy.default)
    defects, parts = [], []
    for part in message.walk():
        defects += texts_of(part.defects)
        for name, value in part.items():
            defects += [f"{name}: {text}" for text in texts_of(value.defects)]
        if not part.is_multipart():
            text = part.get_content() if part.get_content_maintype() == "text" else ""
            # Reading the content decodes it, which is when broken encodings come to light.
            defects += [text for text in texts_of(part.defects) if text not in defects]
            bytes_of = part.get_payload(decode=True)
            parts.append({
                "kind": part.get_content_type(),
                "text": text,
                "id": part.get("Content-ID", ""),
                "hash": hashlib.sha256(bytes_of).hexdigest(),
            })
    headers = [(name, str(value)) for name, value in message.items()]
    tree = [part.get_content_type() for part in message.walk()]
    return {"defects": defects, "headers": headers, "parts": parts, "tree": tree}


json.dump([read(letter) for letter in json.load(sys.stdin)], sys.stdout)
