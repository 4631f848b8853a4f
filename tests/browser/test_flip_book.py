"""The flip-book: all layers at chosen epochs at a glance, a way there, and files that say the same."""

import base64
import re
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest

from lab.flip_book import chosen
from spec import fields, shape
from tests import data_sets
from tests.browser.answers import answer
from tests.browser.conftest import visit
from tests.browser.test_accessibility import PHONE, THEMES, assert_open_to_all, axe  # noqa: F401
from tests.browser.touch import Finger

SVG = "{http://www.w3.org/2000/svg}"
ROWS = 6
FINISHED = "document.querySelector('.flip-book .ways button')?.disabled === false"
CLOSED = "!document.querySelector('.flip-book').open"
FOCUSED = "document.activeElement.ariaLabel"
# Which cells have more than one colour.
PAINTED = """[...document.querySelectorAll('.flip-book canvas')].map((canvas) => {
    const {data} = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
    return new Set(new Uint32Array(data.buffer)).size > 3;
})"""
# Of a picture, as base64: its width and height, the colour of a corner, and how many colours there are in squares with
# these corners and this side.
LOOK = """async ([text, corners, side]) => {
    const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
    const picture = await createImageBitmap(new Blob([bytes], {type: "image/png"}));
    const canvas = new OffscreenCanvas(picture.width, picture.height);
    const context = canvas.getContext("2d", {willReadFrequently: true});
    context.drawImage(picture, 0, 0);
    const colours = ([x, y]) => new Set(new Uint32Array(context.getImageData(x, y, side, side).data.buffer)).size;
    return [picture.width, picture.height, [...context.getImageData(0, 0, 1, 1).data], corners.map(colours)];
}"""


def open_book(lab):
    lab.press("Flip-book")
    book = lab.page.get_by_role("dialog", name="Flip-book", exact=True)
    book.wait_for()
    lab.wait(FINISHED)
    return book


def close_book(lab):
    lab.button("Close").click()
    lab.wait(CLOSED)
    lab.wait("!document.querySelector('.flip-book canvas')")


def cell(book, layer, epoch):
    return book.get_by_role("gridcell", name=re.compile(rf"^{layer} at epoch {epoch:,}: "))


def saved(lab, name, folder):
    """The bytes of a file that a button saves."""
    with lab.page.expect_download() as download:
        lab.button(f"Save as {name}").click()
    assert download.value.suggested_filename == f"flip-book.{name.lower()}"
    path = Path(folder) / download.value.suggested_filename
    download.value.save_as(path)
    return path.read_bytes()


def kept_epochs(lab):
    return answer(lab.page, "kept").astype(int).tolist()


@pytest.fixture
def trained(lab_at):
    """`trained(epochs, fragment)`: a page that has trained for so many epochs."""

    def take(epochs=6, fragment="", **context):
        lab = lab_at(fragment, **context)
        for _ in range(epochs):
            lab.step_one_epoch()
        lab.wait("answers.frame.kept?.length > 0")
        return lab

    return take


def test_rows_are_kept_epochs_columns_are_layers_and_the_figures_those_of_the_history(trained):
    lab = trained(9, "hidden_layers=4,3")
    lab.page.evaluate("answers.rest()")
    kept, history = kept_epochs(lab), answer(lab.page, "history").reshape(5, -1)
    book = open_book(lab)
    names = shape.layer_names({**fields.defaults(), "hidden_layers": (4, 3)})
    heads = book.get_by_role("columnheader").all_inner_texts()
    assert [head.split()[-1] for head in heads[1:]] == names
    assert [head.split()[0] for head in heads[1:]] == ["points", *["weights", "bend"] * 2, "scores", "probabilities"]
    epochs = chosen(kept, ROWS)
    assert (len(epochs), epochs[0], epochs[-1]) == (ROWS, 0, 9)
    expected = []
    for epoch in epochs:
        loss, right = history[1:3, history[0] == epoch][:, 0]
        expected.append(f"epoch {epoch} {100 * right:.1f} % right loss {loss:.3f}")
    assert [" ".join(head.split()) for head in book.get_by_role("rowheader").all_inner_texts()] == expected
    labels = [box.get_attribute("aria-label") for box in book.get_by_role("gridcell").all()]
    assert [label.rpartition(":")[0] for label in labels] == [f"{name} at epoch {e}" for e in epochs for name in names]
    assert all(re.search(r": \d+ %$", label) for label in labels)
    pictures = "[...document.querySelectorAll('.flip-book canvas')].map((canvas) => [canvas.role, canvas.ariaLabel])"
    assert lab.page.evaluate(pictures) == [["img", label] for label in labels]
    assert all(lab.page.evaluate(PAINTED))
    # The last row is what the network strip says.
    strip = [text.split()[0] for text in lab.page.locator("#probes li").all_text_contents()]
    assert [label.split()[-2] for label in labels[-len(names) :]] == strip
    close_book(lab)


@pytest.mark.parametrize("way", ["click", "Enter", "Space"])
def test_a_cell_leads_there(trained, way):
    lab = trained(4)
    book = open_book(lab)
    target = cell(book, "tanh1", 2)
    if way == "click":
        target.click()
    else:
        target.focus()
        lab.page.keyboard.press(way)
    lab.wait(CLOSED)
    lab.wait("document.documentElement.dataset.epoch === '2'")
    assert lab.page.locator("#layer").input_value() == "tanh1"
    assert "layer=tanh1" in lab.page.evaluate("location.hash")
    assert lab.page.get_by_label("Timeline", exact=True).input_value() == "2"
    assert lab.data("state") == "paused"
    # Another book begins where the page is.
    open_book(lab)
    assert lab.page.evaluate(FOCUSED).startswith("tanh1 at epoch 2:")
    close_book(lab)


def test_arrows_move_from_cell_to_cell_and_no_key_reaches_the_page(trained):
    lab = trained(3)
    open_book(lab)
    assert lab.page.evaluate(FOCUSED).startswith("fc2 at epoch 3:")
    steps = [
        ("ArrowUp", "fc2 at epoch 2"),
        ("ArrowLeft", "tanh1 at epoch 2"),
        ("Home", "input at epoch 2"),
        ("ArrowLeft", "input at epoch 2"),
        ("PageUp", "input at epoch 0"),
        ("ArrowUp", "input at epoch 0"),
        ("End", "softmax at epoch 0"),
        ("PageDown", "softmax at epoch 3"),
        ("ArrowRight", "softmax at epoch 3"),
    ]
    for key, expected in steps:
        lab.page.keyboard.press(key)
        assert lab.page.evaluate(FOCUSED).startswith(expected + ":")
        assert lab.page.locator(".flip-book .cell[tabindex='0']").count() == 1
    for key in ("p", "j", "l", "?"):
        lab.page.keyboard.press(key)
    assert lab.data("present") is None
    assert lab.page.locator("#rail").input_value() == "3"
    lab.page.keyboard.press("Escape")
    lab.wait(CLOSED)
    assert lab.page.evaluate("document.activeElement.id") == "flip-book"
    assert lab.data("epoch") == "3"


def test_an_untrained_network_has_one_row_and_it_is_said(lab):
    book = open_book(lab)
    assert book.get_by_role("rowheader").count() == 1
    assert book.get_by_role("status").inner_text().startswith("Untrained")
    assert "untrained" in book.locator("#flip-book-words").inner_text()
    close_book(lab)


def test_it_is_made_while_the_network_trains(lab_at):
    lab = lab_at("speed=0&hidden_layers=8,8")
    lab.press("Play")
    lab.wait_for_epoch(20)
    book = open_book(lab)
    epoch = int(lab.number("epoch"))
    lab.wait_for_epoch(epoch + 20)
    assert lab.data("state") == "training"
    assert book.get_by_role("rowheader").count() == ROWS
    assert all(lab.page.evaluate(PAINTED))
    # To go to an epoch pauses there.
    book.get_by_role("gridcell", name=re.compile("^fc3 at epoch 0:")).click()
    lab.wait_for_state("paused")
    lab.wait("document.documentElement.dataset.epoch === '0'")


def test_it_closes_when_another_network_is_made(trained):
    lab = trained(1)
    open_book(lab)
    lab.page.evaluate("location.hash = 'hidden_layers=3'")
    lab.wait(CLOSED)
    lab.wait_for_state("ready")
    book = open_book(lab)
    assert book.get_by_role("gridcell").count() == 5
    close_book(lab)


@pytest.mark.parametrize("scheme", THEMES)
def test_the_svg_has_every_cell_and_a_mark_for_every_point(trained, tmp_path, scheme):
    lab = trained(5, color_scheme=scheme)
    labels = answer(lab.page, "labels", "start").astype(int)
    book = open_book(lab)
    spoken = [box.get_attribute("aria-label") for box in book.get_by_role("gridcell").all()]
    words = book.locator("#flip-book-words").inner_text()
    root = ElementTree.fromstring(saved(lab, "SVG", tmp_path))
    cells = root.findall(f"{SVG}g[@class='cell']")
    assert len(cells) == len(spoken) == 6 * 5
    for group in cells:
        marks = group.findall(f"{SVG}path[@class='marks']")
        for label in (0, 1):
            # Of a hollow disc there are the disc and what is taken out of it.
            drawn = {path.get("d") for path in marks if path.get("data-class") == str(label)}
            assert sum(text.count("M") for text in drawn) == np.count_nonzero(labels == label)
        colours = {path.get("data-class"): {path.get("fill"), path.get("stroke")} for path in marks}
        # Those of the light theme, as the style sheet has them.
        assert "#1b6fc2" in colours["0"]
        assert "#d96a00" in colours["1"] | {p.get("fill") for p in marks if p.get("data-class") == "1"}
    assert root.find(f"{SVG}rect").get("fill") == "#ffffff"
    texts = [text.text for text in root.findall(f"{SVG}text")]
    found = book.get_by_role("status").inner_text()
    assert re.match(r"(Farthest apart|The classes have come apart) at \w+ by epoch \d: a straight line gets ", found)
    assert texts[:3] == ["Flip-book", found, words]
    bars = [float(bar.get("width")) for bar in root.findall(f"{SVG}rect[@class='bar']")]
    shares = [int(label.split()[-2]) for label in spoken]
    assert bars[0::2] == [120] * len(spoken)
    assert bars[1::2] == pytest.approx([1.2 * share for share in shares], abs=0.7)
    best = [share == max(shares) for share in shares]
    assert [text.get("font-weight") == "600" for text in root.findall(f"{SVG}text")[-len(spoken) :]] == best
    assert words.startswith("Circle, 200 points · 8 · Tanh · epochs 0 to 5")
    assert {"bend", "tanh1", "epoch 5"} <= set(texts)
    assert [label.rpartition(": ")[2] for label in spoken] == texts[-len(spoken) :]
    if scheme == "dark":
        assert lab.page.evaluate("document.documentElement.dataset.theme") is None
    close_book(lab)


@pytest.mark.parametrize("scheme", THEMES)
def test_the_picture_has_twice_the_pixels_and_something_in_every_cell(trained, tmp_path, scheme):
    lab = trained(5, color_scheme=scheme)
    open_book(lab)
    root = ElementTree.fromstring(saved(lab, "SVG", tmp_path))
    size = [int(root.get(name)) for name in ("width", "height")]
    places = [
        [float(number) for number in re.match(r"translate\(([\d.]+) ([\d.]+)\)", group.get("transform")).groups()]
        for group in root.findall(f"{SVG}g[@class='cell']")
    ]
    # Most of a cell around its middle.
    corners = [[2 * x - 110, 2 * y - 110] for x, y in places]
    text = base64.b64encode(saved(lab, "PNG", tmp_path)).decode()
    width, height, corner, colours = lab.page.evaluate(LOOK, [text, corners, 220])
    assert [width, height] == [2 * side for side in size]
    assert corner == [255, 255, 255, 255]
    assert len(colours) == 30
    assert min(colours) > 3
    close_book(lab)


@pytest.mark.parametrize("scheme", THEMES)
def test_axe_on_the_book(trained, axe, scheme):  # noqa: F811
    lab = trained(3, color_scheme=scheme)
    open_book(lab)
    assert_open_to_all(lab.page, axe)
    close_book(lab)


def test_on_a_phone_it_scrolls_and_a_finger_chooses(trained, axe):  # noqa: F811
    lab = trained(3, "hidden_layers=8,8,8", **PHONE)
    book = open_book(lab)
    grid = book.get_by_role("grid")
    assert grid.evaluate("grid => [grid.scrollWidth > grid.clientWidth, grid.clientHeight > 400]") == [True, True]
    assert lab.page.evaluate("document.querySelector('.flip-book > article').scrollWidth") <= 390
    assert_open_to_all(lab.page, axe)
    for name in ("Save as PNG", "Save as SVG", "Close"):
        box = lab.button(name).bounding_box()
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= 390
    box = cell(book, "tanh1", 1)
    box.scroll_into_view_if_needed()
    place = box.bounding_box()
    finger = Finger(lab.page)
    finger.press(place["x"] + place["width"] / 2, place["y"] + 20)
    finger.lift()
    lab.wait(CLOSED)
    lab.wait("document.documentElement.dataset.epoch === '1'")
    assert lab.page.locator("#layer").input_value() == "tanh1"


def test_eight_layers_of_eight_are_seen_at_once(trained):
    lab = trained(2, "hidden_layers=8,8,8,8,8,8,8,8")
    book = open_book(lab)
    assert book.get_by_role("gridcell").count() == 3 * 19
    assert book.get_by_role("grid").evaluate("grid => grid.scrollWidth <= grid.clientWidth")
    close_book(lab)


@pytest.mark.parametrize(("size", "layers"), [((1280, 800), "8,8,8,8,8,8,8,8,8,8,8,8"), ((390, 844), "8,8,8,8,8")])
def test_more_layers_scroll_and_what_has_the_focus_is_seen(trained, size, layers):
    lab = trained(2, f"hidden_layers={layers}", viewport=dict(zip(("width", "height"), size, strict=True)))
    book = open_book(lab)
    assert book.get_by_role("grid").evaluate("grid => grid.scrollWidth > grid.clientWidth + 20")
    for key in ("Home", "End"):
        lab.page.keyboard.press(key)
        inside = lab.page.evaluate("""(() => {
            const box = document.activeElement.getBoundingClientRect();
            const grid = document.querySelector(".flip-grid").getBoundingClientRect();
            const head = document.querySelector(".flip-grid [role=rowheader]").getBoundingClientRect();
            const beside = head.top < box.bottom && head.bottom > box.top;
            return box.left >= (beside ? head.right : grid.left) && box.right <= grid.right + 1;
        })()""")
        assert inside, key
    close_book(lab)


def test_all_is_seen_at_once_where_there_is_room(trained):
    for size in ((1280, 800), (1920, 1080)):
        lab = trained(8, viewport=dict(zip(("width", "height"), size, strict=True)))
        book = open_book(lab)
        assert book.get_by_role("grid").evaluate(
            "grid => grid.scrollWidth <= grid.clientWidth && grid.scrollHeight <= grid.clientHeight"
        )
        close_book(lab)


def test_another_size_or_theme_draws_it_anew(trained):
    lab = trained(3, color_scheme="light")
    open_book(lab)
    sharp = """[...document.querySelectorAll(".flip-book canvas")].every(
        (canvas) => canvas.width === Math.round(canvas.clientWidth * devicePixelRatio))"""
    ground = """(() => {
        const context = new OffscreenCanvas(1, 1).getContext("2d", {willReadFrequently: true});
        context.drawImage(document.querySelector(".flip-book canvas"), -1, -1);
        return context.getImageData(0, 0, 1, 1).data.join();
    })()"""
    side = "document.querySelector('.flip-book canvas').clientWidth"
    sides = [lab.page.evaluate(side)]
    for width, height in ((700, 500), (1000, 700), (1920, 1080)):
        lab.page.set_viewport_size({"width": width, "height": height})
        lab.wait(f"{side} !== {sides[-1]} && {sharp}")
        sides.append(lab.page.evaluate(side))
    assert sides[1:] == sorted(set(sides[1:]))
    assert all(lab.page.evaluate(PAINTED))
    light = lab.page.evaluate(ground)
    lab.page.emulate_media(color_scheme="dark")
    lab.wait(f"{ground} !== '{light}'")
    close_book(lab)


@pytest.fixture(scope="module")
def shaped(chromium, shaped_origin):
    """A page that has the tests' data sets."""
    lab = visit(chromium, shaped_origin)
    yield lab
    lab.page.context.close()


@pytest.mark.parametrize("key", ["ten_classes", "many_inputs", "plane_target", "ten_targets", "one_input", "one_row"])
def test_data_of_every_shape(shaped, key, tmp_path):
    lab = shaped
    traits = data_sets.DATA_SETS[key][1]
    lab.page.evaluate("key => { location.hash = `dataset=${key}&hidden_layers=5`; }", key)
    lab.wait(
        "(({rows, inputs, state, epoch}) => state === 'ready' && epoch === '0' && "
        f"[rows, inputs].join() === '{traits['rows']},{traits['inputs']}')(document.documentElement.dataset)"
    )
    lab.step_one_epoch()
    with data_sets.entered():
        names = shape.layer_names({**fields.defaults(), "dataset": key, "hidden_layers": (5,)})
    book = open_book(lab)
    assert book.get_by_role("gridcell").count() == 2 * len(names)
    assert all(lab.page.evaluate(PAINTED))
    heads = book.get_by_role("rowheader").all_inner_texts()
    assert all(("right" in head) == (traits["task"] == "classification") for head in heads)
    root = ElementTree.fromstring(saved(lab, "SVG", tmp_path))
    for group in root.findall(f"{SVG}g[@class='cell']"):
        marks = {p.get("d") for p in group.findall(f"{SVG}path[@class='marks']")}
        assert sum(text.count("M") for text in marks) == min(traits["rows"], 200)
    close_book(lab)
    complaints, lab.complaints[:] = lab.complaints[:], []
    assert complaints == []
