#!/usr/bin/env python3
"""Letters and pages made from values that nobody means well with: none of them adds a header, an element, a link or a control character.

    hostile.py FACTS.json
"""

import collections
import json
import pathlib
import re
import sys
import unicodedata

import letter_reader as reader

# What an article may be made of, whatever it says (its links and pictures are looked at by themselves).
ARTICLE = set("p a b i em strong ul ol li h1 h2 h3 h4 h5 h6 blockquote code pre hr br img table thead tbody tr td th span del sup sub".split())
RUNNING = ("javascript:", "data:", "vbscript:")


def controls(text):
    """Control characters that a terminal, a header or a page would act on."""
    return sorted({hex(ord(c)) for c in text if unicodedata.category(c) == "Cc" and c not in "\n\t"})


def page_faults(page, friend, markdown):
    """What stands in a page that its author did not put there."""
    added = collections.Counter(page.bones) - collections.Counter(friend.bones)
    for (tag, attributes), count in added.items():
        running = [name for name in attributes if name.startswith("on")]
        if running or not markdown or tag not in ARTICLE:
            yield f"{count} more <{tag} {' '.join(attributes)}>"
    links = [re.sub(r"v1\.[A-Za-z0-9._-]+", "TOKEN", link) for link in page.links]
    allowed = {re.sub(r"v1\.[A-Za-z0-9._-]+", "TOKEN", link) for link in friend.links}
    for link in links:
        if link.lower().strip().startswith(RUNNING) or (link not in allowed and not markdown):
            yield f"a link to {link!r}"
    yield from (f"a picture {image}" for image in page.images if str(image.get("src", "")).lower().startswith(RUNNING))


def letter_faults(raw, friend, facts):
    """What is wrong with one letter."""
    message = reader.parsed(raw)
    if list(message.keys()) != friend["headers"]:
        yield f"headers {list(message.keys())}"
        return
    yield from reader.defects(message)
    yield from (f"signature {number} does not hold" for number in range(2) if not reader.holds(raw, number, facts["records"]))
    if re.search(rb"(?<!\r)\n|\r(?!\n)|\0", raw) or not raw.isascii() or max(map(len, raw.split(b"\r\n"))) > 998:
        yield "unsound bytes"
    for name in ("From", "To", "Subject", "List-Id"):
        text = reader.decoded(reader.field(raw, name))
        if controls(text) or "\n" in text:
            yield f"{name} holds {controls(text)}"
    if len(message["To"].addresses) != 1 or len(message["From"].addresses) != 1:
        yield f"To {message['To']}, From {message['From']}"
    text = reader.body(message, "text/plain")
    if controls(text):
        yield f"the text holds {controls(text)}"
    html = reader.body(message, "text/html")
    if controls(html):
        yield f"the HTML holds {controls(html)}"
    yield from page_faults(reader.Page(html), friend["page"], facts["markdown"])


def outbox_faults(folder):
    """The pages that show the letters: nothing in them runs, and each has the elements that all have."""
    pages = [path for path in sorted(folder.rglob("*.html"))]
    for path in pages:
        text = path.read_text(encoding="utf-8")
        page = reader.Page(text)
        for tag, attributes in page.bones:
            if tag == "script" or any(name.startswith("on") for name in attributes):
                yield f"{path.name}: <{tag} {attributes}>"
        yield from (f"{path.name}: a link to {link!r}" for link in page.links if link.lower().strip().startswith(RUNNING))
        if controls(text):
            yield f"{path.name} holds {controls(text)}"


def main(path):
    """The exit code."""
    with open(path, encoding="utf-8") as file:
        facts = json.load(file)
    letters = reader.letters(facts["letters"])
    wrong, friends = [], [raw for name, raw in letters.items() if "aaa" in name]
    if not friends or len(letters) < facts["wanted"]:
        wrong.append(f"{len(letters)} letters, {facts['wanted']} wanted")
    else:
        message = reader.parsed(friends[0])
        friend = {"headers": list(message.keys()), "page": reader.Page(reader.body(message, "text/html"))}
        wrong += [f"{name}: {fault}" for name, raw in letters.items() for fault in letter_faults(raw, friend, facts)]
    wrong += outbox_faults(pathlib.Path(facts["pages"]))
    wrong += [f"said {controls(text)}: {text[:200]!r}" for text in facts["said"] if controls(text)]
    print("\n".join(wrong[:20]))
    outputs = f"{len(letters)} letters, {len(facts['said'])} answers, the outbox"
    print(f"proof| mail | hostile: {facts['what']} | {outputs}: {len(wrong)} breakouts")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
