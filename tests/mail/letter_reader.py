"""What the suites of this folder share: letters read and their signatures opened by software that knows nothing of ours."""

import email
import email.header
import email.policy
import email.utils
import html.parser
import pathlib
import re
import types

import dkim

# Letters are played at moments to come, and their signatures bear those.
dkim.time = types.SimpleNamespace(time=lambda: 4102444800.0)


def letters(folder):
    """The letters of a folder, by file name."""
    return {path.name: path.read_bytes() for path in sorted(pathlib.Path(folder).glob("*.eml"))}


def parsed(raw):
    """A letter by Python's strictest policy."""
    return email.message_from_bytes(raw, policy=email.policy.default)


def field(raw, name):
    """The one field of this name as it stands, unfolded."""
    plain = email.message_from_bytes(raw, policy=email.policy.compat32)
    values = plain.get_all(name, [])
    assert len(values) == 1, f"{len(values)} times {name}"
    return re.sub(r"\r?\n(?=[ \t])", "", str(values[0]))


def decoded(value):
    """An unstructured value with its encoded words read."""
    return str(email.header.make_header(email.header.decode_header(value)))


def name_and_address(value):
    """Of a mailbox: first taken apart, then decoded, as RFC 2047 wants it."""
    name, address = email.utils.parseaddr(value)
    return decoded(name), address


def defects(message):
    """Everything that Python's parser has to remark."""
    for part in message.walk():
        yield from (f"{part.get_content_type()}: {type(defect).__name__}" for defect in part.defects)
        for name, value in part.items():
            yield from (f"{name}: {type(defect).__name__}" for defect in getattr(value, "defects", ()))
        if part.get_content_maintype() == "text":
            before = len(part.defects)
            part.get_content()
            yield from (f"content: {type(defect).__name__}" for defect in part.defects[before:])


def body(message, kind):
    """The text of the one part of this kind."""
    parts = [part for part in message.walk() if part.get_content_type() == kind]
    assert len(parts) == 1, f"{len(parts)} parts are {kind}"
    return parts[0].get_content().replace("\r\n", "\n")


def holds(raw, number, records):
    """Whether the signature of this number can be verified with these TXT records."""

    def dns(name, timeout=5):
        return records.get(name.decode().rstrip(".").lower(), "").encode() or None

    try:
        return dkim.DKIM(raw).verify(idx=number, dnsfunc=dns)
    except (dkim.DKIMException, ValueError):
        return False


def tags(raw, number):
    """The tags of the signature of this number."""
    values = email.message_from_bytes(raw, policy=email.policy.compat32).get_all("DKIM-Signature", [])
    text = re.sub(r"\s+", "", str(values[number]))
    return dict(tag.split("=", 1) for tag in text.split(";") if tag)


class Page(html.parser.HTMLParser):
    """The bones of an HTML text: elements with the names of their attributes, links, pictures, and what a reader sees."""

    def __init__(self, text):
        super().__init__(convert_charrefs=True)
        self.bones, self.links, self.words, self.images, self.root = [], [], [], [], {}
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attributes):
        """One element begins."""
        self.bones.append((tag, tuple(sorted(name for name, _ in attributes))))
        facts = dict(attributes)
        if tag == "a" and facts.get("href"):
            self.links.append(facts["href"])
        if tag == "img":
            self.images.append(facts)
        if tag == "html":
            self.root = facts

    def handle_startendtag(self, tag, attributes):
        """An element without content."""
        self.handle_starttag(tag, attributes)

    def handle_data(self, data):
        """Text between elements."""
        self.words.append(data)
