"""A person's own table: opened, pasted or dropped, its reading shown, used, kept, linked to, and taken away."""

import csv
import io
import re
from pathlib import Path

import numpy as np
import pytest

from tools.environment import ROOT

TABLES = ROOT / "tests" / "tables"
FLOWERS = TABLES / "2-quoted-missing.csv"
IRIS_LIKE = "length,width,kind\n" + "".join(
    f"{4 + 0.1 * (number % 20)},{2 + 0.3 * (number % 7) + number // 20},{'reed' if number < 20 else 'moss'}\n"
    for number in range(40)
)


def read(lab, title):
    """Waits for the dialog with a reading, and returns it."""
    dialog = lab.page.get_by_role("dialog", name=f"Reading of {title}")
    dialog.wait_for()
    return dialog


def open_file(lab, name, content=None):
    """Chooses a file in *Open a table*: a path, or a name and what is in it."""
    lab._unfold(lab.page.get_by_label("Open a table", exact=True))
    files = name if content is None else {"name": name, "mimeType": "text/csv", "buffer": content}
    lab.page.get_by_label("Open a table", exact=True).set_input_files(files)


def paste(lab, text):
    lab._unfold(lab.page.get_by_label("Paste a table", exact=True))
    lab.page.get_by_label("Paste a table", exact=True).fill(text)
    lab.button("Read it").click()
    return read(lab, "pasted table")


def use(lab):
    lab.button("Use this table").click()
    lab.page.get_by_role("dialog").wait_for(state="hidden")
    lab.wait("location.hash.startsWith('#dataset=own&table=')")


def rests(lab):
    lab.wait_for_epoch(1)
    lab.press("Pause")
    lab.wait_for_state("paused")
    lab.wait("document.documentElement.dataset.picture === 'fine'")


def test_from_file_to_bending_space_in_three_clicks(lab_at):
    """Data, Open a table, Use this table: it trains on the rows that a plain reading of the file has."""
    lab = lab_at()
    lab.page.locator("summary", has_text="Data").first.click()
    with lab.page.expect_file_chooser() as chooser:
        lab.page.get_by_label("Open a table", exact=True).click()
    chooser.value.set_files(FLOWERS)
    dialog = read(lab, FLOWERS.name)
    rows = list(csv.DictReader(io.StringIO(FLOWERS.read_text("utf-8"))))
    whole = [row for row in rows if row["beak, mm"] not in ("NA", "") and row["mass, g"] not in ("NA", "")]
    assert re.search(rf"^{len(rows)} rows of 6 columns\. 2 inputs of \d+ rows, 3 classes of “kind”\.$", words(dialog))
    use(lab)
    lab.wait_for_epoch(40)
    rests(lab)
    assert lab.data("rows") == str(len(whole)) and (lab.data("inputs"), lab.data("outputs")) == ("2", "3")
    assert lab.data("engine") == "wasm" and lab.number("train-accuracy") > 0.9
    kinds = sorted({row["kind"] for row in whole})
    legend = lab.page.get_by_label(re.compile("^Legend")).get_attribute("aria-label")
    assert [kind in legend for kind in kinds] == [True] * 3
    # The axes speak of the columns, in their units.
    label = lab.page.locator("#boundary").get_attribute("aria-label")
    found = re.search(r"beak, mm from ([\d.]+) to ([\d.]+), mass, g from ([\d.]+) to ([\d.]+)", label)
    low, high, bottom, top = map(float, found.groups())
    beaks, masses = (np.array([float(row[name]) for row in whole]) for name in ("beak, mm", "mass, g"))
    assert low < beaks.min() and beaks.max() < high and bottom < masses.min() and masses.max() < top
    assert high - low < 3 * np.ptp(beaks) and top - bottom < 3 * np.ptp(masses)
    # So do the inputs, by their names, and those of other data have none of them.
    lab.button("Neuron 1 of input: mass, g").wait_for()
    lab.button("Neuron 0 of input: beak, mm").click()
    lab.page.get_by_role("heading", name="Input “beak, mm”").wait_for()
    lab.choose("dataset", "spiral")
    lab.button("Neuron 0 of input").wait_for()
    lab.page.get_by_role("heading", name="Neuron 0 of input").wait_for()
    assert lab.no_alert()


def words(dialog):
    return dialog.get_by_role("status").text_content()


def test_what_is_read_can_be_changed_before_it_is_used(lab):
    dialog = paste(lab, "a;b;c;kind\n" + "".join(f"{n},5;{n % 3};{n * n};{'xy'[n % 2]}\n" for n in range(30)))
    assert words(dialog) == "30 rows of 4 columns. 3 inputs of all rows, 2 classes of “kind”."
    dialog.get_by_label("b", exact=True).uncheck()
    lab.wait("document.querySelector('#own-table-title + p').textContent.includes('2 inputs')")
    lab.page.get_by_label("Class or number to predict").select_option(label="c")
    lab.wait("document.querySelector('#own-table-title + p').textContent.includes('number “c”')")
    assert dialog.get_by_label("c", exact=True).is_disabled()
    lab.page.get_by_label("Predict it as").select_option(label="number")
    lab.page.get_by_label("Standardize", exact=True).uncheck()
    dialog.locator("summary", has_text="How it is read").click()
    lab.page.get_by_label("Decimal mark", exact=True).select_option(label="point")
    # With a point, “0,5” is no number, so that there is one column less.
    lab.wait("document.querySelector('#own-table-title + p').textContent.includes('2 inputs')")
    assert dialog.get_by_label("a", exact=True).is_disabled()
    lab.page.get_by_label("Class or number to predict").select_option(label="c")
    lab.wait("document.querySelector('#own-table-title + p').textContent.includes('number “c”')")
    use(lab)
    rests(lab)
    assert (lab.data("rows"), lab.data("inputs"), lab.data("task")) == ("30", "1", "regression")


def test_dropped_and_pasted_it_is_the_same(lab):
    drop = """([name, text]) => {
        const data = new DataTransfer();
        data.items.add(new File([text], name));
        window.dispatchEvent(new DragEvent("drop", {dataTransfer: data, bubbles: true, cancelable: true}));
    }"""
    lab.page.evaluate(drop, ["plants.csv", IRIS_LIKE])
    read(lab, "plants.csv")
    use(lab)
    key = table_of(lab)
    assert lab.page.locator("#data-summary").text_content() == "plants.csv, 40 points"
    lab.press("Pause")
    lab.choose("dataset", "xor")
    paste(lab, IRIS_LIKE)
    use(lab)
    assert table_of(lab) == key


def table_of(lab):
    return re.search(r"table=(\w+)", lab.page.url)[1]


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("picture.csv", b"\x89PNG\r\n\x1a\n" + bytes(200), "a picture (PNG)"),
        ("empty.csv", b"", "empty"),
        ("head.csv", b"a,b,c\n", "row"),
        ("<b>x</b>.csv", b"PK\x03\x04" + bytes(300), "a zip archive"),
        ("one.csv", b"x\n1\n2\n3\n", "single column"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused_and_nothing_is_lost(lab, name, content, said):
    lab.step_one_epoch()
    lab.wait("document.documentElement.dataset.picture === 'fine'")
    before = lab.all_data()
    open_file(lab, name, content)
    lab.wait("document.getElementById('message').textContent !== ''")
    assert said in lab.alert()
    assert not lab.page.get_by_role("dialog").is_visible()
    assert lab.all_data() == before


def test_a_table_with_nothing_to_learn_says_so_and_can_be_mended(lab):
    dialog = paste(lab, "x,y,kind\n1,2,a\n2,3,a\n4,1,a\n")
    assert "a single class, “a”" in lab.alert()
    assert lab.button("Use this table").is_disabled()
    lab.page.get_by_label("Class or number to predict").select_option(label="y")
    lab.wait("!document.querySelector('dialog[open] button').disabled")
    assert lab.no_alert()
    lab.button("Cancel").click()
    dialog.wait_for(state="hidden")
    assert lab.data("rows") == "200"


def test_it_survives_a_reload_and_the_end_of_the_lab_until_it_is_forgotten(open_page):
    lab = open_page(locale="en-GB")
    paste(lab, IRIS_LIKE)
    use(lab)
    rests(lab)
    lab.end_worker()
    lab.page.get_by_role("button", name="Start the lab again").click()
    lab.wait("document.documentElement.dataset.rows === '40'")
    lab.page.evaluate("history.replaceState(null, '', '#dataset=own')")
    lab.page.reload()
    lab.wait("document.documentElement.dataset.rows === '40'")
    lab.wait_for_state("ready")
    lab.press("Forget my data")
    lab.wait("document.documentElement.dataset.rows === '200'")
    lab.wait("document.getElementById('own-said').textContent.includes('forgotten')")
    lab.wait_for_state("ready")
    lab.page.locator("summary", has_text="Data").first.click()
    lab.page.get_by_label("Dataset", exact=True).select_option(label="Your table")
    lab.wait("document.getElementById('message').textContent.includes('no table of yours yet')")
    assert lab.data("rows") == "200" and lab.field("dataset").input_value() == "circle"


def test_a_small_table_is_in_the_link_and_a_large_one_is_not(open_page):
    lab = open_page()
    paste(lab, IRIS_LIKE)
    use(lab)
    lab.wait("location.hash.includes('&rows=')")
    fragment = lab.page.url.partition("#")[2]
    rng = np.random.default_rng(0)
    large = "x,y,kind\n" + "".join(f"{x!r},{y!r},{'ab'[x > y]}\n" for x, y in rng.random((2000, 2)).tolist())
    lab.press("Pause")
    paste(lab, large)
    use(lab)
    lab.wait("document.documentElement.dataset.rows === '2000'")
    elsewhere = lab.page.url.partition("#")[2]
    assert "rows=" not in elsewhere

    other = open_page(fragment, wait_for=None)
    other.wait("document.documentElement.dataset.rows === '40'")
    assert other.page.locator("#data-summary").text_content() == "pasted table, 40 points"
    other.step_one_epoch()
    another = open_page(elsewhere, wait_for=None)
    another.wait("document.getElementById('message').textContent.includes('not in this browser')")
    assert another.data("rows") in (None, "200")


@pytest.mark.parametrize("rows", ["", "AAAA", "%%%", "q" * 20000, "rows", "eNoDAAAAAAE"])
def test_a_damaged_link_says_so(open_page, rows):
    lab = open_page(f"dataset=own&table=abc&rows={rows}&hidden_layers=3", wait_for=None)
    lab.wait("document.getElementById('message').textContent.includes('table of this link')")
    lab.wait_for_state("ready")
    assert lab.data("rows") == "200"


def test_taken_away_it_opens_as_the_same_set(lab, tmp_path):
    paste(lab, IRIS_LIKE)
    use(lab)
    rests(lab)
    key = table_of(lab)
    lab._unfold(lab.page.get_by_role("button", name="Download the data", include_hidden=True))
    with lab.page.expect_download() as download:
        lab.button("Download the data").click()
    saved = Path(download.value.path()).read_text("utf-8")
    assert download.value.suggested_filename == "pasted table.csv"
    written, given = (list(csv.reader(io.StringIO(text))) for text in (saved, IRIS_LIKE))
    assert written[0] == given[0]
    assert [[float(x), float(y), kind] for x, y, kind in written[1:]] == [
        [float(x), float(y), kind] for x, y, kind in given[1:]
    ]
    open_file(lab, "again.csv", saved.encode())
    read(lab, "again.csv")
    use(lab)
    assert table_of(lab) == key


def test_where_the_rest_of_the_lab_does_not_come_it_is_said_and_everything_goes_on(open_page):
    """Python's standard library comes with the first table; without it nothing waits and nothing ends."""
    lab = open_page(viewport={"width": 1280, "height": 800})
    lab.page.context.route("**/python_stdlib.zip", lambda route: route.abort())
    lab._unfold(lab.page.get_by_label("Paste a table", exact=True))
    lab.page.get_by_label("Paste a table", exact=True).fill(IRIS_LIKE)
    lab.button("Read it").click()
    assert "could not be loaded" in lab.alert()
    lab.button("Download the data").click()
    assert "could not be loaded" in lab.alert()
    lab.fold()
    lab.button("Draw").click()
    lab.button("Spray").wait_for()
    lab.page.mouse.click(300, 130)
    assert "could not be loaded" in lab.alert()
    lab.press("Play")
    lab.wait_for_epoch(3)
    assert lab.data("rows") == "200"
    assert all("python_stdlib.zip" in complaint or "Failed to load" in complaint for complaint in lab.complaints)
    lab.complaints.clear()
    lab.page.context.unroute("**/python_stdlib.zip")
    paste(lab, IRIS_LIKE)
    use(lab)
    rests(lab)
    assert lab.data("rows") == "40"
