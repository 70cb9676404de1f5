#!/usr/bin/env python3
"""Many letters: every one parses without a defect, and every signature holds.

    fuzzed.py FACTS.json      {"letters": folder, "records": {name: TXT}, "people": {address: name}}
"""

import json
import re
import sys

import letter_reader as reader


def faults(raw, facts):
    """What is wrong with one letter."""
    message = reader.parsed(raw)
    yield from (f"signature {number} does not hold" for number in range(2) if not reader.holds(raw, number, facts["records"]))
    if facts.get("utf8"):
        # Python's strict parser calls every UTF-8 header a defect, which SMTPUTF8 allows (RFC 6532).
        return
    yield from reader.defects(message)
    if re.search(rb"(?<!\r)\n|\r(?!\n)|\0", raw) or max(map(len, raw.split(b"\r\n"))) > 998 or not raw.isascii():
        yield "unsound bytes"
    name, address = reader.name_and_address(reader.field(raw, "To"))
    if name != facts["people"][address]:
        yield f"{name!r} is not {facts['people'][address]!r}"
    for kind in ("text/plain", "text/html"):
        if not reader.body(message, kind).strip():
            yield f"{kind} is empty"


def main(path):
    """The exit code."""
    with open(path, encoding="utf-8") as file:
        facts = json.load(file)
    found = reader.letters(facts["letters"])
    wrong = [f"{name}: {fault}" for name, raw in found.items() for fault in faults(raw, facts)]
    print("\n".join(wrong[:20]))
    print(f"proof| mail | fuzzed letters | {len(found)} parsed without a defect, {2 * len(found)} signatures verified, {len(wrong)} faults")
    return 1 if wrong or len(found) != facts["wanted"] else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
