"""While Python loads the views play a recording, which is said to be one, and show nothing that was not chosen."""

import re

import numpy as np
import pytest

from lab import datasets, plane, training
from lab.plain import PlainTrainer
from spec import fields
from tests.browser.conftest import SIZE, visit_in

EXPERIMENT = fields.defaults()
PACK = "**/lab.pack.zst"
# Keeps the pixels that were last put on a canvas of the side of the recording's plane.
WATCH = """(() => {
    const put = CanvasRenderingContext2D.prototype.putImageData;
    CanvasRenderingContext2D.prototype.putImageData = function (image, ...place) {
        if (image.width === image.height) window.plane = image;
        return put.call(this, image, ...place);
    };
})()"""
SHOWN = "+document.documentElement.dataset.recording >= %d"
NONE_SHOWN = "!('recording' in document.documentElement.dataset)"
# The middle of a canvas as few pixels, [red, green, blue, alpha, …].
MIDDLE = """(id) => {
    const canvas = document.getElementById(id), small = document.createElement("canvas");
    small.width = small.height = 32;
    const context = small.getContext("2d", { willReadFrequently: true });
    const { width, height } = canvas;
    context.drawImage(canvas, width / 4, height / 4, width / 2, height / 2, 0, 0, 32, 32);
    return Array.from(context.getImageData(0, 0, 32, 32).data);
}"""


@pytest.fixture
def loading(chromium, origin):
    """`loading(fragment, **context)` opens the page and keeps the lab's memory from it until `loading.release()`."""
    held, opened = [], []

    def hold(fragment="", **context):
        page = chromium.new_context(**{"viewport": SIZE, **context}).new_page()
        page.route(PACK, lambda route: held.append(route))
        page.add_init_script(WATCH)
        lab = visit_in(page, origin, fragment, wait_for=None)
        opened.append(lab)
        return lab

    def release(lab):
        for route in held:
            route.continue_()
        held.clear()
        lab.page.unroute(PACK)

    hold.release = release
    yield hold
    for lab in opened:
        lab.page.context.close()
        assert lab.complaints == []


def wait_until_built(lab):
    """Waits until all views are there: what comes last is the chart."""
    lab.wait("document.querySelector('#accuracy-chart canvas')")


def rgb(lab, name):
    """A colour of the style sheet."""
    text = lab.page.evaluate("name => getComputedStyle(document.documentElement).getPropertyValue(name).trim()", name)
    return np.array([int(text[start : start + 2], 16) for start in (1, 3, 5)], float)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_shows_the_plane_as_it_is_at_its_epoch(loading, scheme):
    lab = loading(color_scheme=scheme)
    lab.wait(SHOWN % 20)
    epoch, side, pixels = lab.page.evaluate(
        "[+document.documentElement.dataset.recording, plane.width, Array.from(plane.data)]"
    )
    data = datasets.load(EXPERIMENT)
    trainer = PlainTrainer(EXPERIMENT, data)
    trainer.train(training.rates_of(EXPERIMENT), 0, epoch * -(-len(data.training) // EXPERIMENT["batch_size"]))
    where = plane.plane_of(data.inputs, None, None)
    certainty = 2 * trainer.ends(where.grid(side - 1))["softmax"][:, 1, None] - 1
    neutral = rgb(lab, "--neutral")
    target = np.where(certainty < 0, rgb(lab, "--class-0"), rgb(lab, "--class-1"))
    expected = neutral + 0.62 * np.abs(certainty) * (target - neutral)
    assert np.abs(np.reshape(pixels, (-1, 4))[:, :3] - expected).max() <= 3


@pytest.mark.parametrize("canvas", ["boundary", "representation", "strip"])
def test_it_moves_in_every_view(loading, canvas):
    lab = loading()
    wait_until_built(lab)
    lab.wait(SHOWN % 0)
    before, shown = lab.page.evaluate(f"id => [({MIDDLE})(id), document.documentElement.dataset.recording]", canvas)
    lab.wait(f"![null, '{shown}'].includes(document.documentElement.dataset.recording ?? null)")
    assert lab.page.evaluate(MIDDLE, canvas) != before
    assert float(lab.page.locator(f"#{canvas}").evaluate("canvas => getComputedStyle(canvas).opacity")) == 1


def test_it_is_said_to_be_a_recording_and_nothing_is_said_of_a_run(loading):
    lab = loading()
    wait_until_built(lab)
    lab.wait(SHOWN % 4)
    assert lab.page.get_by_text(re.compile(r"^Recording, epoch \d+: Python is loading$")).is_visible()
    assert lab.page.get_by_role("progressbar", name="Loading Python").is_visible()
    lab.wait("document.getElementById('status').textContent === 'A recording is shown while Python loads.'")
    for name in ("Decision boundary", "Representation"):
        assert lab.page.get_by_role("img", name=f"{name}: a recording, until Python has loaded").is_visible()
    found = lab.all_data()
    assert (found["state"], found["epoch"], found["step"]) == ("loading", "0", "0")
    assert {"trainLoss", "trainAccuracy", "engine", "picture"}.isdisjoint(found)
    assert lab.page.locator("#epoch").text_content() == "0"
    assert lab.page.locator("#train-loss").text_content() == "–"


def test_it_leaves_the_points_to_be_seen(loading):
    """No point lies under the words: where they are the plane has none of the halos that points are drawn with."""
    lab = loading()
    lab.wait(SHOWN % 4)
    panel, plot = (lab.page.locator(name).bounding_box() for name in ("#loading", "#boundary"))
    where = plane.plane_of(datasets.load(EXPERIMENT).inputs, None, None)
    top = (where.y + where.half - datasets.load(EXPERIMENT).inputs[:, 1].max()) / (2 * where.half)
    assert panel["y"] + panel["height"] < plot["y"] + top * 0.85 * plot["height"]


def test_the_run_takes_over_at_its_beginning(loading):
    lab = loading()
    lab.wait(SHOWN % 4)
    loading.release(lab)
    lab.wait_for_state("ready")
    assert "recording" not in lab.all_data()
    assert lab.number("epoch") == 0
    assert not lab.page.get_by_text("Recording, epoch").is_visible()
    assert not lab.page.get_by_role("progressbar").is_visible()
    lab.step_one_epoch()
    assert lab.page.get_by_label("Timeline").get_attribute("aria-valuetext") == "epoch 1 of 1"


def test_it_stays_until_the_run_has_a_picture(loading):
    lab = loading()
    wait_until_built(lab)
    lab.wait(SHOWN % 4)
    # Looked at when all of a frame has been drawn, and before it is seen: that is when sizes are observed.
    lab.page.evaluate(
        """(middle) => {
        window.empty = window.looked = 0;
        const probe = document.body.appendChild(document.createElement("div"));
        Object.assign(probe.style, {position: "fixed", height: "1px", width: "1px"});
        new ResizeObserver(() => {
            looked += 1;
            empty += middle("boundary").some((value, index) => index % 4 === 3 && value < 255);
        }).observe(probe);
        const change = () => {
            probe.style.width = probe.style.width === "1px" ? "2px" : "1px";
            requestAnimationFrame(change);
        };
        change();
    }""".replace("(middle)", "()").replace("middle(", f"({MIDDLE})(")
    )
    loading.release(lab)
    lab.wait_for_state("ready")
    lab.wait("document.documentElement.dataset.picture === 'fine'")
    empty, looked = lab.page.evaluate("[empty, looked]")
    assert empty == 0 and looked > 5


def test_play_pressed_meanwhile_plays_the_run(loading):
    lab = loading()
    lab.wait(SHOWN % 4)
    lab.press("Play")
    lab.wait(SHOWN % 8)
    loading.release(lab)
    lab.wait_for_state("training")
    assert "recording" not in lab.all_data()
    lab.wait_for_epoch(2)


def choose_another_data_set(lab):
    lab.choose("dataset", "xor")


def choose_another_network(lab):
    lab.enter("hidden_layers", "4, 3")


def choose_another_rate(lab):
    lab.enter("learning_rate", "0.1")


def choose_another_view(lab):
    lab.field("contour").uncheck()


def choose_another_layer(lab):
    lab.page.get_by_label("Layer rail", exact=True).press("Home")


@pytest.mark.parametrize(
    "choose",
    [choose_another_data_set, choose_another_network, choose_another_rate, choose_another_view, choose_another_layer],
)
def test_another_choice_ends_it(loading, choose):
    lab = loading()
    wait_until_built(lab)
    lab.wait(SHOWN % 4)
    choose(lab)
    lab.wait(NONE_SHOWN)
    for canvas in ("boundary", "representation"):
        assert not any(lab.page.evaluate(MIDDLE, canvas)[3::4]), "nothing is to be seen"
    assert not lab.page.get_by_text("Recording,").is_visible()
    assert lab.page.get_by_role("progressbar", name="Loading Python").is_visible()
    loading.release(lab)
    lab.wait_for_state("ready")
    assert all(lab.page.evaluate(MIDDLE, "boundary")[3::4])
    lab.step_one_epoch()


def test_the_speed_is_no_reason_to_end_it(loading):
    lab = loading("speed=0")
    lab.wait(SHOWN % 4)
    lab.set_speed(120)
    lab.wait(SHOWN % 8)


@pytest.mark.parametrize("fragment", ["hidden_layers=3", "seed=1", "grid=off", "layer=input", "learning_rate=0.1"])
def test_of_another_experiment_there_is_none(loading, fragment):
    lab = loading(fragment)
    lab.page.evaluate("""() => {
        window.seen = false;
        const watch = new MutationObserver(() => (seen = true));
        watch.observe(document.documentElement, { attributeFilter: ["data-recording"] });
    }""")
    wait_until_built(lab)
    loading.release(lab)
    lab.wait_for_state("ready")
    assert not lab.page.evaluate("seen")


def test_a_person_who_wants_no_motion_sees_its_end(loading):
    lab = loading(reduced_motion="reduce")
    wait_until_built(lab)
    lab.wait(SHOWN % 150)
    lab.page.evaluate("""() => {
        window.changes = 0;
        new MutationObserver((records) => (changes += records.length)).observe(document.documentElement, {
            attributeFilter: ["data-recording"],
        });
    }""")
    before = lab.page.evaluate(MIDDLE, "representation")
    # Longer than a picture of the recording.
    lab.wait(f"performance.now() > {lab.page.evaluate('performance.now()') + 600}")
    assert lab.page.evaluate("changes") == 0
    assert lab.page.evaluate(MIDDLE, "representation") == before
    loading.release(lab)
    lab.wait_for_state("ready")
    assert lab.number("epoch") == 0


def test_it_follows_the_theme(loading):
    lab = loading(reduced_motion="reduce")
    wait_until_built(lab)
    lab.wait(SHOWN % 150)
    before = lab.page.evaluate("Array.from(plane.data)")
    lab.wait("document.getElementById('theme').textContent === 'Dark theme'")
    lab.press("Dark theme")
    lab.wait("document.documentElement.dataset.theme === 'dark'")
    assert np.abs(np.subtract(lab.page.evaluate("Array.from(plane.data)"), before)).max() > 50


@pytest.mark.parametrize("answer", ["missing", "damaged", "never"])
def test_without_it_the_page_opens_as_well(chromium, origin, answer):
    page = chromium.new_context(viewport=SIZE).new_page()
    page.route(
        "**/recording.zlib",
        {
            "missing": lambda route: route.fulfill(status=404, body=""),
            "damaged": lambda route: route.fulfill(status=200, body="no stream"),
            "never": lambda route: None,
        }[answer],
    )
    lab = visit_in(page, origin)
    assert lab.data("recording") is None
    lab.step_one_epoch()
    # That a file is missing the browser says itself.
    assert [words for words in lab.complaints if "404" not in words and "preload" not in words] == []
    page.context.close()


def test_the_page_is_there_without_its_reader(chromium, origin):
    page = chromium.new_context(viewport=SIZE).new_page()
    page.route("**/recording.mjs", lambda route: route.abort())
    lab = visit_in(page, origin)
    lab.step_one_epoch()
    page.context.close()
