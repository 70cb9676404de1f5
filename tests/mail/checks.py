#!/usr/bin/env python3
"""The checks of a letter's form, headers and signature, by software that somebody else wrote.

    checks.py FACTS.json

FACTS: {"letters": folder, "records": {name: TXT}, "people": {address: {name, …columns}}, "subject": …, "dots": [lines], "forbidden":
[words]}. Prints one line a check, `check N | what | figure`; a fault is one more line with `FAULT` in it, and the exit code is 1.
"""

import json
import re
import subprocess
import sys
import tempfile

import authres
import letter_reader as reader

ONE_OF_EACH = ["From", "To", "Subject", "Date", "Message-ID", "MIME-Version"]
FORBIDDEN = [
    "Return-Path",
    "Received",
    "Bcc",
    "Cc",
    "Sender",
    "X-Mailer",
    "User-Agent",
    "X-Priority",
    "Precedence",
    "Return-Receipt-To",
    "Disposition-Notification-To",
    "X-Entity-Ref-ID",
]
OVERSIGNED = "from to subject date message-id reply-to list-id list-unsubscribe list-unsubscribe-post".split()
TOKEN = r"v1\.[a-z0-9]{4}\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+"
CHECKS = {}


def check(number, what):
    """A check by its number; it yields faults, and returns a figure."""

    def keep(function):
        CHECKS[number] = (what, function)
        return function

    return keep


class Facts:
    """What is known of the letters beforehand, and the letters."""

    def __init__(self, path):
        with open(path, encoding="utf-8") as file:
            self.__dict__.update(json.load(file))
        self.raw = reader.letters(self.letters)
        self.read = {name: reader.parsed(raw) for name, raw in self.raw.items()}
        self.person = {name: reader.name_and_address(reader.field(raw, "To"))[1] for name, raw in self.raw.items()}
        self.plain = {name: raw for name, raw in self.raw.items() if raw.split(b"\r\n\r\n")[0].isascii()}


@check(1, "CRLF only, no bare CR, LF or NUL")
def wire(facts):
    for name, raw in facts.raw.items():
        if re.search(rb"(?<!\r)\n|\r(?!\n)|\0", raw) or not raw.endswith(b"\r\n"):
            yield name
    return f"{sum(map(len, facts.raw.values()))} octets"


@check(2, "no line over 998 octets")
def lines(facts):
    longest = {name: max(map(len, raw.split(b"\r\n"))) for name, raw in facts.raw.items()}
    yield from (name for name, length in longest.items() if length > 998)
    return f"the longest has {max(longest.values())}"


@check(3, "exactly one From, To, Subject, Date, Message-ID, MIME-Version")
def once(facts):
    for name, letter in facts.read.items():
        yield from (f"{name}: {field}" for field in ONE_OF_EACH if len(letter.get_all(field, [])) != 1)
    return f"{len(facts.read)} letters"


@check(4, "no defect in any part")
def no_defects(facts):
    for name in facts.plain:
        yield from (f"{name}: {defect}" for defect in reader.defects(facts.read[name]))
    return f"{len(facts.plain)} letters"


@check(5, "plain before HTML, one alternative")
def order(facts):
    for name, letter in facts.read.items():
        kinds = [part.get_content_type() for part in letter.walk() if part.get_content_maintype() == "text"]
        if letter.get_content_type() != "multipart/alternative" or kinds != ["text/plain", "text/html"]:
            yield f"{name}: {kinds}"
    return "text/plain, text/html"


@check(6, "quoted-printable or base64, never 8bit")
def encodings(facts):
    found = set()
    for name, letter in facts.read.items():
        parts = [part for part in letter.walk() if not part.is_multipart()]
        found |= {str(part["Content-Transfer-Encoding"]) for part in parts}
        body = facts.raw[name].split(b"\r\n\r\n", 1)[1]
        if not body.isascii():
            yield name
    yield from found - {"quoted-printable", "base64"}
    return ", ".join(sorted(found))


@check(8, "names and subjects come back exactly")
def round_trip(facts):
    for name, raw in facts.raw.items():
        shown, address = reader.name_and_address(reader.field(raw, "To"))
        if shown != facts.people[address]["shown"]:
            yield f"{name}: {shown!r} is not {facts.people[address]['shown']!r}"
        subject = reader.decoded(reader.field(raw, "Subject"))
        if subject != facts.people[address]["subject"]:
            yield f"{name}: {subject!r} is not {facts.people[address]['subject']!r}"
    return f"{len(facts.raw)} names, {len(facts.raw)} subjects"


@check(9, "no value adds a header")
def no_more_headers(facts):
    shapes = {tuple(letter.keys()) for letter in facts.read.values()}
    if len(shapes) != 1:
        yield f"{len(shapes)} sets of headers: {shapes}"
    return f"{len(next(iter(shapes)))} headers in each"


@check(14, "html lang and dir are there, and every picture has words")
def language(facts):
    for name, letter in facts.read.items():
        page = reader.Page(reader.body(letter, "text/html"))
        if not page.root.get("lang") or page.root.get("dir") not in ("ltr", "rtl"):
            yield f"{name}: {page.root}"
        yield from (f"{name}: {image}" for image in page.images if image.get("alt") is None)
    return f"{len(facts.read)} pages"


@check(15, "the text part has every link, the postal address and the way out")
def links(facts):
    count = 0
    for name, letter in facts.read.items():
        text, page = reader.body(letter, "text/plain"), reader.Page(reader.body(letter, "text/html"))
        for link in page.links:
            count += 1
            bare = link.removeprefix("mailto:").split("?")[0] if link.startswith("mailto:") else link
            if not link.startswith("#") and bare not in text:
                yield f"{name}: {link}"
        if " ".join(facts.postal_address.split()) not in " ".join(text.split()):
            yield f"{name}: no postal address"
        if not re.search(TOKEN, text):
            yield f"{name}: no way out"
    return f"{count} links"


@check(16, "SpamAssassin, without network, under 2.0")
def spam(facts):
    if not facts.spamassassin:
        return "not installed, passed over"
    worst = 0.0
    for name in list(facts.plain)[:2]:
        with tempfile.TemporaryDirectory() as home:
            environment = {"HOME": home, "PATH": "/usr/bin:/bin:/usr/sbin:/sbin", "LANG": "C"}
            command = [facts.spamassassin, "-L", "-t"]
            ended = subprocess.run(command, input=facts.raw[name], capture_output=True, env=environment, timeout=120, check=True)
        status = re.sub(r"\r?\n[ \t]+", " ", ended.stdout.decode("utf-8", "replace"))
        found = re.search(r"^X-Spam-Status: \w+, score=(-?[\d.]+) .*?tests=([A-Z0-9_, ]*)", status, re.M)
        if not found:
            yield f"{name}: no score"
            continue
        score, tests = float(found[1]), re.split(r"[, ]+", found[2])
        worst = max(worst, score)
        bad = {"MPART_ALT_DIFF", "MIME_HTML_ONLY", "MIME_BASE64_TEXT"} & set(tests)
        if score >= 2.0 or bad:
            yield f"{name}: {score} {tests}"
    return f"{worst} at most ({', '.join(tests)})"


@check(17, "attachments are base64 (there are none but pictures)")
def attachments(facts):
    carried = set()
    for name, letter in facts.read.items():
        pictures = [part for part in letter.walk() if part.get_content_maintype() == "image"]
        carried.add(len(pictures))
        shown = {image.get("src", "") for image in reader.Page(reader.body(letter, "text/html")).images}
        around = {inner for part in letter.walk() if part.get_content_type() == "multipart/related" for inner in part.iter_parts()}
        for picture in pictures:
            if f"cid:{str(picture['Content-ID']).strip('<>')}" not in shown or picture not in around:
                yield f"{name}: {picture['Content-ID']} is carried, and shown nowhere"
        for part in letter.walk():
            if part.get_content_disposition() == "attachment" or part.get_filename():
                yield f"{name}: {part.get_content_type()} {part.get_filename()}"
            if part.get_content_maintype() not in ("text", "multipart") and part["Content-Transfer-Encoding"] != "base64":
                yield f"{name}: {part.get_content_type()} is {part['Content-Transfer-Encoding']}"
    if carried != {facts.pictures}:
        yield f"{carried} pictures, where {facts.pictures} were wanted"
    return f"{facts.pictures} pictures in each"


@check(18, "lines of dots come back as they were")
def dots(facts):
    for name, letter in facts.read.items():
        found = [line for line in reader.body(letter, "text/plain").splitlines() if re.fullmatch(r"\.+x?", line)]
        if found != facts.dots:
            yield f"{name}: {found}"
    return " ".join(facts.dots)


@check(20, "what means something in HTML is escaped there, and itself in the text")
def escaped(facts):
    count = 0
    for name, letter in facts.read.items():
        city = facts.people[facts.person[name]].get("city", "")
        if not re.search(r"[<>&\"]", city):
            continue
        count += 1
        page = reader.Page(reader.body(letter, "text/html"))
        if city not in "".join(page.words) or city not in reader.body(letter, "text/plain"):
            yield f"{name}: {city!r}"
    if not count:
        yield "nobody has such a value"
    return f"{count} letters"


@check(21, "List-Id by RFC 2919, the same in all")
def list_id(facts):
    found = {reader.field(raw, "List-Id") for raw in facts.raw.values()}
    label = r"[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?"
    for value in found:
        if not re.fullmatch(rf'("[^"\\]*" )?<{label}(\.{label})+>', value) or len(value) > 255:
            yield value
    if len(found) != 1:
        yield f"{len(found)} different ones"
    return next(iter(found))


@check(22, "one List-Unsubscribe with one https page")
def way_out(facts):
    for name, raw in facts.raw.items():
        value = reader.field(raw, "List-Unsubscribe")
        if not re.fullmatch(rf"<https://[^<>,\s]+/{TOKEN}>(, ?<mailto:[^<>,\s]+>)?", value):
            yield f"{name}: {value}"
    return f"{len({reader.field(raw, 'List-Unsubscribe') for raw in facts.raw.values()})} tokens"


@check(24, "h= has both list headers and From, oversigned; relaxed/relaxed; no l=")
def signed_headers(facts):
    for name, raw in facts.raw.items():
        for number in range(2):
            tags = reader.tags(raw, number)
            names = tags["h"].lower().split(":")
            present = [key.lower() for key in facts.read[name].keys()]
            short = [field for field in OVERSIGNED if names.count(field) != present.count(field) + 1]
            if short or tags["c"] != "relaxed/relaxed" or "l" in tags:
                yield f"{name}: {short} {tags}"
            left_out = set(present) - set(names) - {"dkim-signature"}
            if left_out:
                yield f"{name}: {left_out} not signed"
    return ", ".join(sorted({reader.tags(raw, number)["a"] for raw in facts.raw.values() for number in range(2)}))


@check(25, "every signature holds")
def verified(facts):
    for name, raw in facts.raw.items():
        yield from (f"{name}: signature {number}" for number in range(2) if not reader.holds(raw, number, facts.records))
    return f"{2 * len(facts.raw)} signatures"


@check(26, "each of two signatures holds by its own key alone")
def alone(facts):
    for name, raw in facts.raw.items():
        for number in range(2):
            own = reader.tags(raw, number)["s"]
            only = {host: text for host, text in facts.records.items() if host.startswith(own + ".")}
            if len(only) != 1 or not reader.holds(raw, number, only) or reader.holds(raw, 1 - number, only):
                yield f"{name}: {own}"
    return f"{len(facts.records)} keys"


ADDED = ["From: x@evil.example", "To: x@evil.example", "Subject: other", "Reply-To: x@evil.example", "Cc: x@evil.example"]
ADDED += ["List-Unsubscribe: <https://evil.example/>", "List-Unsubscribe-Post: List-Unsubscribe=One-Click", "List-Id: <x.evil.example>"]
ADDED += ["Sender: x@evil.example", "Date: Mon, 01 Jan 2001 00:00:00 +0000", "Message-ID: <x@evil.example>", "Resent-From: x@evil.example"]


def outcome(raw, facts):
    """Which of the two signatures hold."""
    return [reader.holds(raw, number, facts.records) for number in range(2)]


@check(27, "a header that is added in front breaks both; X-Foo breaks none")
def added(facts):
    count = 0
    for name, raw in list(facts.raw.items())[:8]:
        for line in ADDED:
            count += 1
            if any(outcome(line.encode() + b"\r\n" + raw, facts)):
                yield f"{name}: {line}"
        if not all(outcome(b"X-Foo: bar\r\nReceived: by here\r\n" + raw, facts)):
            yield f"{name}: X-Foo"
        if any(outcome(raw.replace(b"\r\n\r\n", b"\r\n\r\nx", 1), facts)) or any(outcome(raw + b"more\r\n", facts)):
            yield f"{name}: another body"
    return f"{count} additions"


def refolded(raw):
    """Every header that can be folded elsewhere is."""
    head, body = raw.split(b"\r\n\r\n", 1)
    head = re.sub(rb"\r\n[ \t]+", b" ", head)
    fields = [re.sub(rb", ", b",\r\n   ", field) if not field.startswith(b"DKIM") else field for field in head.split(b"\r\n")]
    return b"\r\n".join(fields) + b"\r\n\r\n" + body


@check(28, "folding and trailing blanks break none")
def survives(facts):
    changes = {
        "refolded": refolded,
        "blanks at line ends": lambda raw: raw.replace(b"\r\n", b" \t\r\n").replace(b"\r\n \t\r\n", b"\r\n\r\n", 1),
        "empty lines at the end": lambda raw: raw + b"\r\n\r\n",
        "headers in capitals": lambda raw: re.sub(rb"(?m)^(Subject|List-Id|Date):", lambda found: found[0].upper(), raw, count=3),
    }
    for name, raw in list(facts.raw.items())[:8]:
        yield from (f"{name}: {what}" for what, change in changes.items() if not all(outcome(change(raw), facts)))
    return ", ".join(changes)


@check(30, "no header or URL says who the person is, or why they get the letter")
def nothing_personal(facts):
    count = 0
    for name, letter in facts.read.items():
        person = facts.people[facts.person[name]]
        head = facts.raw[name].split(b"\r\n\r\n", 1)[0].decode("utf-8")
        head = re.sub(r"\r\n[ \t]+", " ", head)
        shown = [reader.decoded(line) for line in head.split("\r\n") if not line.startswith(("To:", "Subject:", "DKIM-Signature:"))]
        urls = reader.Page(reader.body(letter, "text/html")).links
        urls += re.findall(r"https?://\S+", reader.body(letter, "text/plain"))
        words = [facts.person[name], *person["words"], *facts.forbidden]
        for word in filter(None, words):
            count += 1
            yield from (f"{name}: {word!r} in {text!r}" for text in shown + urls if word.lower() in text.lower())
    return f"{count} words looked for"


@check(31, "Auto-Submitted once; nothing that tracks or that is another's to add")
def forbidden(facts):
    for name, raw in facts.raw.items():
        if reader.field(raw, "Auto-Submitted") != "auto-generated":
            yield name
        yield from (f"{name}: {field}" for field in FORBIDDEN if facts.read[name].get_all(field))
    return f"{len(FORBIDDEN)} names looked for"


@check(32, "Feedback-ID: at most four fields, a SenderId of 5 to 15, the same for all")
def feedback(facts):
    found = {reader.field(raw, "Feedback-ID") for raw in facts.raw.values()}
    for value in found:
        fields = value.split(":")
        if len(fields) > 4 or not re.fullmatch(r"[A-Za-z0-9_-]{5,15}", fields[-1]):
            yield value
    if len(found) != 1:
        yield f"{len(found)} different ones"
    return next(iter(found))


@check(33, "a receiver records dkim=pass, aligned with From")
def recorded(facts):
    for name, raw in facts.raw.items():
        results = []
        for number in range(2):
            tags = reader.tags(raw, number)
            verdict = "pass" if reader.holds(raw, number, facts.records) else "fail"
            results.append(authres.DKIMAuthenticationResult(result=verdict, header_d=tags["d"]))
        stored = str(authres.AuthenticationResultsHeader(authserv_id="mx.example.org", results=results))
        read = authres.AuthenticationResultsHeader.parse(stored)
        domain = reader.name_and_address(reader.field(raw, "From"))[1].split("@")[1]
        aligned = [found for found in read.results if found.result == "pass" and (domain + ".").startswith(found.header_d + ".")]
        if len(aligned) != 2:
            yield f"{name}: {stored}"
    return "dkim=pass twice"


def run(facts):
    """Prints a line for each check; whether all went well."""
    sound = True
    for number, (what, function) in sorted(CHECKS.items()):
        faults, figure = [], ""
        walk = function(facts)
        while True:
            try:
                faults.append(next(walk))
            except StopIteration as end:
                figure = end.value
                break
        for fault in faults[:5]:
            print(f"FAULT in check {number}: {fault}")
        sound &= not faults
        print(f"proof| mail | check {number} | {what}: {figure if not faults else f'{len(faults)} faults'}")
    return sound


if __name__ == "__main__":
    sys.exit(0 if run(Facts(sys.argv[1])) else 1)
