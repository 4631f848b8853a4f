"""What is said of a person's table before it is used, in words, see `lab/table_reading.py`. Pure."""

from collections import OrderedDict

from page import wording
from spec import registry

TASKS = {registry.CLASSIFICATION: "class", registry.REGRESSION: "number"}
# So many lines that are left out are listed.
LISTED = 200


def summary(reading):
    """How much there is of a table and how much of it is used, in a sentence."""
    rows, used = reading["rows"], reading["used_rows"]
    words = "%s of %s." % (_counted(rows, "row"), _counted(len(reading["columns"]), "column"))
    if reading["problem"]:
        return words
    inputs = _counted(len(reading["used"]), "input")
    what = "of all rows" if used == rows else "of %s rows" % "{:,}".format(used)
    if reading["task"] == registry.CLASSIFICATION:
        target = "%s of “%s”" % (_counted(len(reading["classes"]), "class"), target_name(reading))
    else:
        target = "the number “%s”" % target_name(reading)
    return "%s %s %s, %s." % (words, inputs, what, target)


def target_name(reading):
    """The name of the column that is predicted."""
    return reading["columns"][reading["target"]]["name"]


def column(found):
    """What is said of a column under its name, in a few words."""
    kind, missing = found["kind"], found["missing"]
    if found["range"]:
        least, largest = found["range"]
        words = ["%s to %s" % (_number(least), _number(largest))]
        if kind != "number":
            words.insert(0, KINDS[kind])
    elif found["distinct"]:
        words = ["%s: %s" % (KINDS[kind], _listed(found["values"], found["distinct"]))]
    else:
        words = [KINDS[kind]]
    if missing:
        words.append("%s missing" % "{:,}".format(missing))
    if found["unreadable"]:
        words.append("%s no numbers" % "{:,}".format(found["unreadable"]))
    return ", ".join(words)


KINDS = {
    "number": "numbers",
    "class": "classes",
    "text": "words",
    "index": "numbers the rows",
    "constant": "the same in every row",
    "empty": "empty",
}


def left_out(reading):
    """`(heading, lines)`: what of a table is left out, and why; ("", []) if nothing is."""
    lines = ["Line %s: %s" % ("{:,}".format(one["line"]), one["why"]) for one in reading["left_out"][:LISTED]]
    for what, numbers in (("Comment", reading["comments"]), ("Blank", reading["blank"])):
        if numbers:
            more = " …" if len(numbers) > LISTED else ""
            places = ", ".join([str(number) for number in numbers[:LISTED]])
            lines.append("%s in line%s %s%s" % (what, "" if len(numbers) == 1 else "s", places, more))
    if not lines:
        return "", []
    count = reading["left_out_count"]
    if count > LISTED:
        lines.append("… and %s more" % "{:,}".format(count - LISTED))
    return "Left out: %s" % _counted(count, "row"), lines


def offered(reading, name):
    """`[label]` of the choices of how a table is read: first what was found, then those of `OFFERED`."""
    found = reading[name]
    said = dict(OFFERED[name]).get(found, NOT_FOUND.get(name, "as found"))
    return ["%s (found)" % said] + [label for _, label in OFFERED[name]]


# What is said where nothing was found that can be chosen.
NOT_FOUND = {"decimal": "by column", "encoding": "pasted text"}


def how(reading):
    """How a table was read, in a few words."""
    words = []
    for name in ("separator", "decimal", "encoding"):
        said = dict(OFFERED[name]).get(reading[name], NOT_FOUND.get(name))
        if said:
            words.append("%s: %s" % (LABELS[name].lower(), said))
    return "How it is read: %s" % ", ".join(words)


def targets(reading):
    """`[(value, label)]`: the columns, of which one is predicted, by their numbers."""
    return [(str(place), found["name"]) for place, found in enumerate(reading["columns"])]


def tasks(reading):
    """`[(value, label)]`: as what the chosen column can be predicted."""
    found = reading["columns"][reading["target"]]
    can = {registry.CLASSIFICATION: found["can_be_class"], registry.REGRESSION: found["can_be_number"]}
    return [(task, label) for task, label in TASKS.items() if can[task] or task == reading["task"]]


# The choice -> its values, each with its words. What was found is the part of the reading with the same name.
OFFERED = OrderedDict(
    [
        ("separator", ((",", "comma"), (";", "semicolon"), ("\t", "tab"), ("|", "bar"), (" ", "blanks"))),
        ("decimal", ((".", "point"), (",", "comma"))),
        (
            "header",
            (("names", "names of columns"), ("none", "a row like the others"), ("counts", "counts and classes")),
        ),
        ("quote", (('"', "double"), ("'", "single"), ("", "none"))),
        ("comment", (("#", "#"), ("%", "%"), ("//", "//"), ("", "none"))),
        (
            "encoding",
            (
                ("utf-8", "UTF-8"),
                ("utf-16-le", "UTF-16"),
                ("utf-16-be", "UTF-16, big end first"),
                ("windows-1252", "Windows-1252"),
                ("latin-1", "Latin-1"),
            ),
        ),
    ]
)
LABELS = {
    "separator": "Separator",
    "decimal": "Decimal mark",
    "header": "First line",
    "quote": "Quotation marks",
    "comment": "Comments begin with",
    "encoding": "Encoding",
}


def file_name(experiment):
    """The name of the file in which an experiment's data are saved."""
    name = wording.dataset_name(experiment)
    for ending in (".csv", ".tsv", ".txt"):
        if name.endswith(ending):
            name = name[: -len(ending)]
    plain = "".join([letter if letter.isalpha() or letter in "0123456789-_ " else "-" for letter in name]).strip(" -")
    return "%s.csv" % (plain or "data")


def _counted(count, what):
    plural = what + ("es" if what.endswith("s") else "s")
    return "%s %s" % ("{:,}".format(count), what if count == 1 else plural)


def _number(number):
    return ("%.6g" % number).replace("-", "−")


def _listed(values, distinct):
    words = [value for value, _ in values[:3]]
    return ", ".join(words) + (", …" if distinct > len(words) else "")
