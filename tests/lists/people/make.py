"""The same 200 invented people in every dress a spreadsheet may give them, and what a store should know of them afterwards.

Run once, with `openpyxl`, `xlwt` and `odfpy`, in this folder; the suite reads the files and needs none of it. Python writes them, so that
the program is not held against itself.
"""

import csv
import datetime
import io
import json

from odf import number, opendocument, style, table, text
import openpyxl
import xlwt

HEADER = ["email", "first_name", "last_name", "city", "joined", "consent", "consent_date", "consent_source",
          "interests", "visits", "balance", "last_visit", "member", "phone", "memo"]
FIRST = ["José", "Zoë", "Ann", "Jürgen", "Françoise", "Åsa", "Søren", "Renée", "Bjørn", "Iñigo", "Siân", "Anaïs", "Želka", "Šimone", "Œdipe", "Conor"]
LAST = ["Müller", "O'Neill", "Lee, Ann", "D’Arcy", "Peña", "Strauß", "Smith-Jones", 'Mc"Gee"', "van der Berg", "Ångström", "Brontë", "Côté; fils"]
CITY = ["Bath", "Bristol", "Saint-Étienne", "Köln", "A Coruña", "Malmö", "Frome, Somerset"]
CONSENT = ["yes", "yes", "yes", "no", ""]
SOURCE = ["paper form", "website; footer", "front desk, by Ann", "asked on the phone | noted at once", 'said "yes please"']
INTERESTS = ["sleep", "sleep; neck", "walks, back, neck", "", "back|sleep"]
MEMO = ["", "prefers mornings", "first line\nsecond line", 'calls it "the good chair"', "a; b, c | d", "tab\there", "costs €5 – or £4…", "  spaced  "]
EPOCH = datetime.date(2024, 1, 1)


def day(number):
    return EPOCH + datetime.timedelta(days=number)


def person(i):
    consent = CONSENT[i % 5]
    return {
        "email": ["person%d@example.org", "Person.%d@Example.org", "first+%d@example.org"][i % 3] % i,
        "first_name": FIRST[i % 16],
        "last_name": LAST[i % 12],
        "city": CITY[i % 7],
        "joined": day(i * 3 % 700),
        "consent": consent,
        "consent_date": day(i * 3 % 700 + 1) if consent == "yes" else None,
        "consent_source": SOURCE[i // 3 % 5] if consent == "yes" else "",
        "interests": INTERESTS[i // 2 % 5],
        "visits": i * 7 % 40,
        "balance": [0, 12.5, -3.75, 1200, 0.1][i % 5],
        "last_visit": day(400 + i) if i % 4 else None,
        "member": bool(i % 3),
        "phone": "0%03d 496 0%03d" % (117 + i % 30, i),
        "memo": MEMO[i % 8],
    }


def written(value):
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float) and value == int(value):
        return str(int(value))
    return str(value)


def cleaned(cell):
    return " ".join(cell.split())


def known(one):
    """What the store should know: blanks joined, empty cells left out, consent apart from the attributes."""
    told = {name: cleaned(written(value)) for name, value in one.items()}
    consent = [told["consent"] or "unknown", told["consent_date"] or None, told["consent_source"] or None, told["joined"]]
    attributes = {name: value for name, value in told.items() if value and not name.startswith("consent") and name != "email"}
    local, domain = one["email"].split("@")
    return [local + "@" + domain.lower(), consent, dict(sorted(attributes.items()))]


def as_text(people, delimiter, ending):
    out = io.StringIO()
    writer = csv.writer(out, delimiter=delimiter, lineterminator=ending)
    writer.writerow(HEADER)
    writer.writerows([written(one[name]) for name in HEADER] for one in people)
    return out.getvalue()


def as_xlsx(people):
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Patients"
    sheet.append(HEADER)
    for one in people:
        sheet.append([one[name] if one[name] != "" else None for name in HEADER])
    book.save("people.xlsx")


def as_xls(people):
    book = xlwt.Workbook()
    sheet = book.add_sheet("Patients")
    days = xlwt.easyxf(num_format_str="DD/MM/YYYY")
    for column, name in enumerate(HEADER):
        sheet.write(0, column, name)
    for row, one in enumerate(people, 1):
        for column, name in enumerate(HEADER):
            value = one[name]
            if isinstance(value, datetime.date):
                sheet.write(row, column, value, days)
            elif value not in (None, ""):
                sheet.write(row, column, value)
    book.save("people.xls")


def ods_cell(value, day_style):
    if value in (None, "") and value is not False and value != 0:
        return table.TableCell()
    if isinstance(value, bool):
        cell = table.TableCell(valuetype="boolean", booleanvalue=str(value).lower())
    elif isinstance(value, datetime.date):
        cell = table.TableCell(valuetype="date", datevalue=str(value), stylename=day_style)
    elif isinstance(value, (int, float)):
        cell = table.TableCell(valuetype="float", value=str(value))
    else:
        cell = table.TableCell(valuetype="string")
    for line in written(value).split("\n"):
        paragraph = text.P()
        for index, part in enumerate(line.split("\t")):
            if index:
                paragraph.addElement(text.Tab())
            paragraph.addText(part)
        cell.addElement(paragraph)
    return cell


def as_ods(people):
    book = opendocument.OpenDocumentSpreadsheet()
    date = number.DateStyle(name="day")
    for part in (number.Year(style="long"), number.Text(text="-"), number.Month(style="long"), number.Text(text="-"), number.Day(style="long")):
        date.addElement(part)
    book.automaticstyles.addElement(date)
    day_style = style.Style(name="days", family="table-cell", datastylename="day")
    book.automaticstyles.addElement(day_style)
    sheet = table.Table(name="Patients")
    for values in [HEADER] + [[one[name] for name in HEADER] for one in people]:
        row = table.TableRow()
        for value in values:
            row.addElement(ods_cell(value, day_style))
        sheet.addElement(row)
    book.spreadsheet.addElement(sheet)
    book.save("people.ods")


def main():
    people = [person(i) for i in range(200)]
    # Every letter used here is in Windows-1252.
    for encoding, codec, mark, ending in [
        ("utf-8", "utf-8", b"", "\n"),
        ("utf-8-bom", "utf-8", b"\xef\xbb\xbf", "\r\n"),
        ("utf-16le", "utf-16-le", b"\xff\xfe", "\r\n"),
        ("windows-1252", "cp1252", b"", "\r\n"),
    ]:
        for name, delimiter, extension in [("comma", ",", "csv"), ("semicolon", ";", "csv"), ("tab", "\t", "txt"), ("bar", "|", "csv")]:
            extension = "tsv" if (encoding, name) == ("utf-8", "tab") else extension
            with open("%s.%s.%s" % (encoding, name, extension), "wb") as file:
                file.write(mark + as_text(people, delimiter, ending).encode(codec))
    as_xlsx(people)
    as_xls(people)
    as_ods(people)
    with open("known.jsonl", "w", encoding="utf-8") as file:
        for line in sorted((known(one) for one in people), key=lambda line: line[0]):
            file.write(json.dumps(line, ensure_ascii=False) + "\n")


main()
