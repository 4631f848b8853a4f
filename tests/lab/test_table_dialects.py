"""Any table that Python's `csv` writes, in any dialect, encoding and decimal mark, is read back to the same data."""

import csv
import io

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from lab.table_data import data_of
from lab.table_opening import open_table
from spec.registry import CLASSIFICATION

# Where two readings are equally right, no program can tell which is meant; so
# - names begin and end with a letter: outer blanks mean nothing, and 'a' may be a name or quoted;
# - letters are such whose bytes in Windows-1252 are not also UTF-8, as those of ä€€ are.
LETTERS = "abzäöüß"
INNER = LETTERS + "12 ,;|\t#%=<>\"'"
NAMES = st.builds(
    lambda first, inner, last: first + inner + last,
    st.sampled_from(LETTERS),
    st.text(INNER, max_size=6),
    st.sampled_from(LETTERS),
)
NUMBERS = st.one_of(st.floats(-1e30, 1e30), st.integers(-2000, 2000).map(float), st.floats(-9, 9))


class Written:
    """A table of numbers and a class, and its text as `csv` writes it."""

    def __init__(self, draw):
        width, rows = draw(st.integers(1, 4)), draw(st.integers(4, 20))
        self.numbers = np.array(
            draw(st.lists(st.lists(NUMBERS, min_size=width, max_size=width), min_size=rows, max_size=rows))
        )
        # 1,234 is a number by either mark, if nothing else in the table tells which is meant.
        self.numbers[0, 0] = 0.5
        self.quoting = draw(st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL, csv.QUOTE_NONNUMERIC, csv.QUOTE_NONE]))
        self.terminator = draw(st.sampled_from(["\n", "\r\n", "\r"]))
        doubled = draw(st.booleans())
        names = draw(st.lists(NAMES, min_size=2, max_size=4, unique=True))
        # Python 3.11 does not quote a line feed where lines end in a carriage return, and so ends the line.
        quoted = self.quoting in (csv.QUOTE_ALL, csv.QUOTE_NONNUMERIC)
        if (quoted or (self.quoting == csv.QUOTE_MINIMAL and "\n" in self.terminator)) and draw(st.booleans()):
            names[0] = names[0][0] + "\n" + names[0][1:]
        self.classes = [*names, *draw(st.lists(st.sampled_from(names), min_size=rows, max_size=rows))][:rows]
        self.header = draw(st.booleans())
        self.separator = draw(st.sampled_from(",;\t| "))
        self.decimal = draw(st.sampled_from(".,"))
        self.quote = draw(st.sampled_from("\"'"))
        self.escape = None if doubled and self.quoting != csv.QUOTE_NONE else "\\"
        self.doubled = doubled
        self.encoding = draw(
            st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252", "latin-1"])
        )

    def text(self):
        target = io.StringIO(newline="")
        writer = csv.writer(
            target,
            delimiter=self.separator,
            quotechar=self.quote,
            quoting=self.quoting,
            doublequote=self.doubled,
            escapechar=self.escape,
            lineterminator=self.terminator,
        )
        if self.header:
            writer.writerow([f"input {place}" for place in range(self.numbers.shape[1])] + ["label"])
        for numbers, name in zip(self.numbers, self.classes, strict=True):
            writer.writerow([*(repr(float(number)).replace(".", self.decimal) for number in numbers), name])
        return target.getvalue()

    def __repr__(self):
        return f"{self.text()!r} in {self.encoding}"


WRITTEN = st.composite(lambda draw: Written(draw))()


@settings(max_examples=500)
@given(WRITTEN)
def test_a_table_in_any_dialect_is_read_back(written):
    last = written.numbers.shape[1]
    table = open_table(written.text().encode(written.encoding))
    data = data_of(table, {"target": last, "task": CLASSIFICATION, "used": list(range(last)), "standardize": False})
    np.testing.assert_array_equal(data.numbers, written.numbers)
    assert [data.classes[label] for label in data.values] == written.classes
    assert data.classes == sorted(set(written.classes))
    assert table.header == ("names" if written.header else "none")
