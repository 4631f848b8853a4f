"""The layer rail: the way through the network by hand, key, finger and by itself, and each layer's separability."""

import itertools
import re

import numpy as np
import pytest

from lab import datasets
from spec import fields, shape
from tests.browser.lab_page import ROWS, TRAINING
from tests.browser.touch import Finger
from tests.logistic import logistic_line

PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
PLAY, STOP, REWIND = (
    "Play the journey from input to output",
    "Stop the journey",
    "Rewind the journey from output to input",
)


def rail(lab):
    return lab.page.get_by_label("Layer rail", exact=True)


def place(lab, position):
    """Where the playhead's middle is on the screen when it stands at a position."""
    box = rail(lab).bounding_box()
    share = position / float(rail(lab).get_attribute("max"))
    # The playhead is a square as high as the rail.
    thumb = box["height"]
    return box["x"] + thumb / 2 + share * (box["width"] - thumb), box["y"] + box["height"] / 2


def words(lab):
    return rail(lab).get_attribute("aria-valuetext")


def picture(lab):
    return lab.page.evaluate("document.getElementById('representation').toDataURL()")


def wait_for_layer(lab, name):
    """Until the playhead rests on a layer, and everything says so."""
    lab.wait(f"document.getElementById('rail').getAttribute('aria-valuetext') === 'layer {name}'")
    lab.wait(f"document.getElementById('layer').value === '{name}'")
    lab.wait(f"document.getElementById('representation-shape').textContent.startsWith('{name}, {ROWS} ×')")
    lab.wait("!location.hash.includes('morph=')")


def wait_for_way(lab, first, percent, second):
    """Until the playhead rests between two layers, and everything says so."""
    lab.wait(
        "document.getElementById('rail').getAttribute('aria-valuetext') === "
        f"'{percent} % of the way from {first} to {second}'"
    )
    lab.wait(f"document.getElementById('layer').value === '{first}'")
    lab.wait(f"document.getElementById('representation-shape').textContent.startsWith('{first} → {second}, {ROWS} ×')")
    lab.wait(
        "document.getElementById('representation').getAttribute('aria-label')"
        f".includes('{percent} % of the way to {second}')"
    )
    lab.wait(f"location.hash.includes('layer={first}') && location.hash.includes('morph={percent / 100:.3g}')")


def probes(lab):
    """`{layer: (percent of the training points, percent of those held out)}`."""
    said = "A straight line at layer (.*) has (.*) % of the training points right, (.*) % of those held out"
    labels = lab.page.get_by_label("Separability", exact=True).get_by_role("img")
    found = [re.fullmatch(said, label) for label in labels.evaluate_all("bars => bars.map(bar => bar.ariaLabel)")]
    return {match[1]: (int(match[2]), int(match[3])) for match in found}


def wait_for_probes(lab):
    lab.wait("[...document.querySelectorAll('#probes .bar')].every(bar => bar.ariaLabel.startsWith('A straight'))")


def record(lab):
    """Notes where the rail says that it is and which places the lab was asked to draw, from the page's rest on."""
    lab.page.evaluate("""async () => {
        // A picture that is still refined would be noted with those to come.
        await answers.rest();
        const rail = document.getElementById("rail");
        const names = [...document.getElementById("layer").options].map((option) => option.value);
        let last = window.answers.view;
        window.positions = [];
        window.drawn = [];
        new MutationObserver(() => window.positions.push(+rail.value))
            .observe(rail, {attributes: true, attributeFilter: ["aria-valuetext"]});
        Object.defineProperty(window.answers, "view", {
            configurable: true,
            get: () => last,
            set: (view) => {
                last = view;
                if (view) window.drawn.push(names.indexOf(view.layer) + view.morph);
            },
        });
    }""")


def recorded(lab):
    """`(positions, drawn)`: what `record` has noted."""
    return lab.page.evaluate("[window.positions, window.drawn]")


def test_playhead_stands_in_the_column_of_its_layer_under_the_name(lab):
    names = [name for name, _, _ in shape.layers(fields.defaults())]
    for index, name in enumerate(names):
        box = lab.button(f"Go to layer {name}").bounding_box()
        x, y = place(lab, index)
        assert x == pytest.approx(box["x"] + box["width"] / 2, abs=1.5)
        assert y > box["y"] + box["height"]


def test_by_mouse(lab):
    mouse = lab.page.mouse
    pictures = [picture(lab)]
    mouse.move(*place(lab, 3))
    mouse.down()
    mouse.move(*place(lab, 1.5), steps=6)
    lab.wait("document.getElementById('layer').value === 'fc1'")
    assert 1.45 <= float(rail(lab).input_value()) <= 1.55, "it follows before it is let go"
    mouse.up()
    percent = int(words(lab).split()[0])
    wait_for_way(lab, "fc1", percent, "tanh1")
    pictures.append(picture(lab))

    mouse.move(*place(lab, float(rail(lab).input_value())))
    mouse.down()
    mouse.move(*place(lab, 1.08), steps=4)
    lab.wait("document.getElementById('rail').value < 1.15")
    assert "%" in words(lab)
    mouse.up()
    wait_for_layer(lab, "fc1")
    assert float(rail(lab).input_value()) == 1, "near a layer it snaps to it"
    pictures.append(picture(lab))

    mouse.click(*place(lab, 4))
    wait_for_layer(lab, "softmax")
    pictures.append(picture(lab))
    assert all(one != other for one, other in itertools.combinations(pictures, 2))


def test_by_keyboard(lab):
    rail(lab).focus()
    press = lab.page.keyboard.press
    press("Home")
    wait_for_layer(lab, "input")
    press("ArrowLeft")
    wait_for_layer(lab, "input")
    press("ArrowRight")
    wait_for_layer(lab, "fc1")
    press("Shift+ArrowRight")
    wait_for_way(lab, "fc1", 10, "tanh1")
    press("Shift+ArrowRight")
    wait_for_way(lab, "fc1", 20, "tanh1")
    press("Shift+ArrowLeft")
    wait_for_way(lab, "fc1", 10, "tanh1")
    press("ArrowLeft")
    wait_for_layer(lab, "fc1")
    press("Shift+ArrowLeft")
    wait_for_way(lab, "input", 90, "fc1")
    press("ArrowRight")
    wait_for_layer(lab, "fc1")
    press("ArrowUp")
    press("ArrowUp")
    wait_for_layer(lab, "fc2")
    press("End")
    wait_for_layer(lab, "softmax")
    press("ArrowRight")
    wait_for_layer(lab, "softmax")


def test_by_touch(lab_at):
    lab = lab_at(**PHONE)
    rail(lab).scroll_into_view_if_needed()
    finger = Finger(lab.page)
    finger.press(*place(lab, 3))
    for step in range(1, 9):
        finger.move(*place(lab, 3 - 1.5 * step / 8))
    lab.wait("document.getElementById('layer').value === 'fc1'")
    finger.lift()
    wait_for_way(lab, "fc1", int(words(lab).split()[0]), "tanh1")
    lab.page.touchscreen.tap(*place(lab, 2))
    wait_for_layer(lab, "tanh1")
    lab.page.get_by_role("button", name=PLAY).tap()
    lab.page.get_by_role("button", name=STOP).tap()
    assert lab.page.get_by_role("button", name=PLAY).is_visible()


def test_it_glides(lab):
    """After a rest as well: what moves by itself begins where it is, however long ago the last frame was."""
    rail(lab).focus()
    lab.page.keyboard.press("Home")
    wait_for_layer(lab, "input")
    lab.page.wait_for_timeout(400)
    record(lab)
    lab.page.keyboard.press("ArrowRight")
    wait_for_layer(lab, "fc1")
    lab.wait("window.drawn.at(-1) === 1")
    positions, drawn = recorded(lab)
    assert positions == sorted(positions)
    assert drawn == sorted(drawn)
    assert positions[0] < 0.4
    assert positions[-1] == drawn[-1] == 1


def test_choosing_a_layer_moves_the_playhead(lab):
    lab.field("layer").select_option(label="input")
    wait_for_layer(lab, "input")
    record(lab)
    lab.field("layer").select_option(label="softmax")
    wait_for_layer(lab, "softmax")
    assert float(rail(lab).input_value()) == 4
    positions, drawn = recorded(lab)
    assert positions == sorted(positions)
    assert drawn == sorted(drawn), "what was chosen is not seen before the playhead is there"
    assert drawn[0] < 2
    assert len({place for place in drawn if place % 1}) > 2


def test_layers_are_chosen_one_after_another_by_key(lab):
    """The select names the layer that was chosen, so that the next key goes on from there, not from where it glides."""
    lab.field("layer").select_option(label="input")
    wait_for_layer(lab, "input")
    lab.field("layer").focus()
    for _ in range(3):
        lab.page.keyboard.press("ArrowDown")
    wait_for_layer(lab, "fc2")


def go_to(lab, key, name):
    rail(lab).focus()
    lab.page.keyboard.press(key)
    wait_for_layer(lab, name)


def test_journey(lab):
    go_to(lab, "ArrowLeft", "tanh1")
    record(lab)
    lab.press(PLAY)
    # In the page, so that it has not gone on meanwhile on a busy machine.
    lab.button(STOP).evaluate("""async (button) => {
        while (document.getElementById("rail").value <= 1.3) await new Promise(requestAnimationFrame);
        button.click();
    }""")
    stopped = words(lab)
    lab.page.evaluate("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
    assert words(lab) == stopped
    stopped_at, drawn = recorded(lab)
    assert stopped_at[0] < 0.2, "it begins at the input"
    assert stopped_at[-1] < 2
    assert stopped_at == sorted(stopped_at)
    assert drawn[1:] == sorted(drawn[1:])

    lab.press(PLAY)
    lab.button(STOP).wait_for()
    lab.button(REWIND).wait_for()
    wait_for_layer(lab, "fc2")
    lab.wait("window.drawn.at(-1) === 3")
    positions, drawn = recorded(lab)
    assert min(positions[len(stopped_at) :]) < 0.2, "it begins anew"
    assert_all_the_way(positions[len(stopped_at) :])
    assert max(drawn) == 3, "it ends at the logits"
    assert any(place % 1 for place in drawn), "the lab draws what lies between layers"


def assert_all_the_way(positions):
    """The playhead was seen to rest at every layer and between each two; how often the lab can draw is another thing.

    A frame counts for less time than a rest takes, however late it is.
    """
    for layer in range(4):
        assert layer in positions
        assert layer == 3 or any(layer < position < layer + 1 for position in positions)


def test_the_journey_is_rewound_from_its_end(lab):
    """It rests there, counts, and goes back the same way."""
    right = round(180 * lab.number("train-accuracy"))
    said = f"fc2, {ROWS} × 2: {right} of {TRAINING} training points on the correct side"
    lab.wait(f"document.getElementById('representation-shape').textContent === '{said}'")
    record(lab)
    lab.press(REWIND)
    lab.button(STOP).wait_for()
    wait_for_layer(lab, "input")
    lab.button(PLAY).wait_for()
    lab.wait("window.drawn.at(-1) === 0")
    positions, drawn = recorded(lab)
    assert positions == sorted(positions, reverse=True)
    assert drawn == sorted(drawn, reverse=True)
    assert_all_the_way(positions)
    assert min(drawn) == 0 and any(place % 1 for place in drawn)


def test_a_hand_on_the_rail_ends_the_journey(lab):
    go_to(lab, "Home", "input")
    lab.press(PLAY)
    lab.wait("document.getElementById('rail').value > 0.2")
    lab.page.mouse.click(*place(lab, 2))
    wait_for_layer(lab, "tanh1")
    assert lab.button(PLAY).is_visible()


def test_training_goes_on_along_the_way(lab):
    lab.press("Play")
    go_to(lab, "Home", "input")
    epoch = lab.number("epoch")
    lab.wait_for_epoch(epoch + 3)
    lab.press(PLAY)
    wait_for_layer(lab, "fc2")
    assert lab.data("state") == "training"
    assert lab.number("epoch") > epoch + 3


def test_without_motion_it_jumps(lab_at):
    lab = lab_at(reduced_motion="reduce")
    go_to(lab, "Home", "input")
    record(lab)
    lab.page.keyboard.press("End")
    wait_for_layer(lab, "softmax")
    assert set(recorded(lab)[1]) == {4}
    lab.press(PLAY)
    lab.wait("document.getElementById('rail').value < 3")
    wait_for_layer(lab, "fc2")
    lab.button(REWIND).wait_for()
    assert set(recorded(lab)[0]) == {0, 1, 2, 3, 4}


def test_a_link_opens_there(open_page):
    lab = open_page("hidden_layers=6,5&layer=fc2&morph=0.25")
    wait_for_way(lab, "fc2", 25, "tanh2")
    assert float(rail(lab).input_value()) == 3.25
    lab.page.evaluate("location.hash = 'hidden_layers=6,5&layer=tanh1&morph=0.5'")
    wait_for_way(lab, "tanh1", 50, "fc2")
    lab.page.evaluate("location.hash = 'hidden_layers=6,5&layer=nothing&morph=0.5'")
    lab.wait("document.getElementById('rail').getAttribute('aria-valuetext') === '50 % of the way from fc3 to softmax'")


def test_a_layer_that_is_gone_is_left(lab):
    lab.field("layer").select_option(label="tanh1")
    wait_for_layer(lab, "tanh1")
    lab.enter("hidden_layers", "")
    wait_for_layer(lab, "fc1")
    assert [name for name, _, _ in shape.layers(dict(fields.defaults(), hidden_layers=()))] == [
        "input",
        "fc1",
        "softmax",
    ]
    assert rail(lab).get_attribute("max") == "2"
    wait_for_probes(lab)
    assert len(probes(lab)) == 3


def straight_line(dataset="circle", seed=0):
    """What a straight line has right of the input, in percent: `(training, least of held out, most of held out)`.

    It is that of logistic regression, or one along it, which is moved until most of the training points are right, if
    these are more by a twentieth of all; of the held-out points that depends on where between two others it lies. Least
    squares has no more of the training points right, or another line would count.
    """
    data = datasets.load(dict(fields.defaults(), dataset=dataset, seed=seed))
    weights, bias = logistic_line(data.inputs[data.training], data.labels[data.training])
    ahead, is_one = data.inputs @ weights + bias, data.labels == 1

    def right(place, part):
        return ((ahead[part] > place) == is_one[part]).sum()

    features = np.column_stack([data.inputs, np.ones(len(data.inputs))])[data.training]
    other = np.linalg.lstsq(features, 2.0 * data.labels[data.training] - 1, rcond=None)[0]
    count, between = right(0, data.training), (0.0, 0.0)
    assert count >= ((features @ other > 0) == is_one[data.training]).sum()
    places = np.sort(ahead[data.training])
    pairs = [(low, high) for low, high in itertools.pairwise(places) if high > low]
    counts = [right((low + high) / 2, data.training) for low, high in pairs]
    if max(counts) > count + len(places) / 20:
        count = max(counts)
        between = min(
            (pair for pair, found in zip(pairs, counts, strict=True) if found == count), key=lambda pair: abs(sum(pair))
        )
    held_out = [right(place, data.held_out) for place in np.linspace(*between, 50)]
    share = 100 / len(data.held_out)
    return 100 * count / len(places), share * min(held_out), share * max(held_out)


@pytest.mark.parametrize("dataset", ["spiral", "circle", "gaussian", "xor", "moons", "checkerboard"])
def test_separability_of_the_input_is_that_of_a_straight_line(lab, dataset):
    lab.page.evaluate(f"location.hash = 'dataset={dataset}&seed=4'")
    lab.wait(f"document.getElementById('dataset').value === '{dataset}'")
    training, least, most = straight_line(dataset, 4)
    lab.wait(
        "document.querySelector('#probes .bar').ariaLabel.startsWith('A straight line at layer input has "
        f"{round(training)} % of the training points right, ')"
    )
    wait_for_probes(lab)
    found = probes(lab)
    assert round(least) <= found["input"][1] <= round(most)
    # Eight weights and a bias of two inputs span what the inputs do: there is no other straight line.
    assert found["fc1"] == found["input"]


def test_separability_grows_where_space_bends(lab):
    lab.wait(
        "document.querySelector('#probes .bar').ariaLabel.includes("
        f"' {round(straight_line()[0])} % of the training points')"
    )
    wait_for_probes(lab)
    before = probes(lab)
    assert list(before) == [name for name, _, _ in shape.layers(fields.defaults())]
    lab.set_speed(0)
    lab.press("Play")
    lab.wait("+document.documentElement.dataset.trainAccuracy >= 0.99")
    lab.press("Pause")
    lab.wait_for_state("paused")
    # Not before the lines are fitted to the network as it is.
    lab.page.evaluate("answers.rest()")
    lab.wait("document.querySelector('#probes .bar[aria-label*=tanh1]').ariaLabel.match(/(\\d+) % of the t/)[1] > 95")
    after = probes(lab)
    assert after["input"] == before["input"]
    assert before["input"][0] < 75
    assert after["tanh1"][0] > 95 > before["input"][0]
    assert after["tanh1"][1] > 80
    texts = lab.page.locator("#probes .percent").all_text_contents()
    assert texts == [f"{training} %" for training, _ in after.values()]


def test_separability_is_told_for_every_layer_of_a_deep_network(lab):
    lab.page.evaluate("location.hash = 'hidden_layers=9,40,7,2,1&normalization=layer_norm&activation=relu'")
    lab.wait("document.getElementById('hidden_layers').value === '9, 40, 7, 2, 1'")
    wait_for_probes(lab)
    experiment = dict(fields.defaults(), hidden_layers=(9, 40, 7, 2, 1), normalization="layer_norm", activation="relu")
    found = probes(lab)
    assert list(found) == [name for name, _, _ in shape.layers(experiment)]
    assert all(0 <= share <= 100 for shares in found.values() for share in shares)
    assert all(training >= 45 for training, _ in found.values()), "no worse than guessing"
