"""What is done with the controls before Python is there is done when it is, and nothing of it is lost."""

import pytest

from spec import fields, registry
from tests.browser.conftest import SIZE, visit_in


@pytest.fixture
def early(chromium, origin):
    """`early(fragment)` opens the page and keeps Python's modules from it until `early.release()`."""
    held = []
    opened = []

    def hold(fragment=""):
        page = chromium.new_context(viewport=SIZE).new_page()
        page.route("**/page.json", lambda route: held.append(route))
        lab = visit_in(page, origin, fragment, wait_for=None)
        opened.append(lab)
        return lab

    def release(lab):
        for route in held:
            route.continue_()
        held.clear()
        lab.page.unroute("**/page.json")

    hold.release = release
    yield hold
    for lab in opened:
        lab.page.context.close()
        assert lab.complaints == []


def test_the_controls_say_the_defaults_and_offer_the_choices(early):
    lab = early()
    for name in fields.choices():
        # The default data are points of classes.
        fitting = [
            entry
            for entry in registry.entries(name).values()
            if registry.CLASSIFICATION in entry.traits.get("tasks", [registry.CLASSIFICATION])
        ]
        labels = [entry.label for entry in fitting]
        assert lab.field(name).locator("option").all_text_contents() == labels
        assert lab.field(name).input_value() == fields.defaults()[name]
    assert lab.field("hidden_layers").input_value() == "8"
    assert lab.page.get_by_text("60 steps/s").is_visible()
    before = _said(lab)
    early.release(lab)
    lab.wait_for_state("ready")
    assert _said(lab) == before, "Python says the same"


def _said(lab):
    """What every control says and offers."""
    return lab.page.evaluate(
        """[...document.querySelectorAll("#controls [id], .tools :is(select, input), .transport [id], #legend")].map(
            (element) => ["id", "value", "checked", "disabled", "max", "textContent"].map((name) => element[name]))"""
    )


def test_choices_switches_boxes_and_buttons_count(early):
    lab = early()
    lab.choose("dataset", "xor")
    lab.enter("hidden_layers", "4, 3")
    lab.field("grid").uncheck()
    lab.set_speed(120)
    lab.press("Play")
    early.release(lab)
    lab.wait_for_state("training")
    lab.wait_for_epoch(1)
    assert lab.field("dataset").input_value() == "xor"
    assert lab.field("layer").locator("option").all_text_contents()[-2:] == ["fc3", "softmax"]
    for part in ("dataset=xor", "hidden_layers=4,3", "grid=off", "speed=120"):
        assert part in lab.page.url


def test_what_the_address_asks_for_holds_but_for_what_was_done(early):
    lab = early("dataset=spiral&seed=7")
    lab.choose("dataset", "gaussian")
    early.release(lab)
    lab.wait_for_state("ready")
    assert lab.field("dataset").input_value() == "gaussian"
    assert lab.field("seed").input_value() == "7"


def test_step_trains_for_one_epoch(early):
    lab = early()
    lab.press("Step")
    early.release(lab)
    lab.wait_for_state("paused")
    assert lab.number("epoch") == 1


def test_play_twice_is_no_play(early):
    lab = early()
    lab.press("Play")
    lab.press("Play")
    early.release(lab)
    lab.wait_for_state("ready")
    assert lab.button("Play").is_visible()


def test_play_pressed_though_the_address_plays_already_goes_on(early):
    lab = early("play")
    lab.press("Play")
    early.release(lab)
    lab.wait_for_state("training")
    lab.wait_for_epoch(1)


def test_a_wrong_entry_is_told_and_stays_to_be_mended(early):
    lab = early()
    lab.enter("batch_size", "none")
    early.release(lab)
    assert "Batch size must be a whole number" in lab.alert()
    lab.wait_for_state("ready")
    assert "Batch size must be a whole number" in lab.alert()
    assert lab.field("batch_size").input_value() == "none"


def test_half_an_entry_stays(early):
    lab = early()
    lab.field("seed").fill("12")
    early.release(lab)
    lab.wait_for_state("ready")
    assert lab.field("seed").input_value() == "12"
    lab.field("seed").press("Enter")
    lab.wait("location.hash.includes('seed=12')")


@pytest.mark.parametrize(("theme", "system"), [("dark", "light"), ("light", "dark")])
def test_the_theme_that_was_chosen_is_there_before_anything_is_painted(chromium, origin, theme, system):
    kept = {"origin": origin, "localStorage": [{"name": "theme", "value": theme}]}
    context = chromium.new_context(viewport=SIZE, color_scheme=system, storage_state={"cookies": [], "origins": [kept]})
    page = context.new_page()
    page.route("**/page.json", lambda route: route.abort())
    page.add_init_script("""new PerformanceObserver(() => {
        window.painted ??= document.documentElement.dataset.theme ?? "none";
    }).observe({ type: "paint", buffered: true });""")
    lab = visit_in(page, origin, wait_for=None)
    lab.wait("window.painted")
    assert page.evaluate("window.painted") == theme
    assert page.evaluate("getComputedStyle(document.documentElement).colorScheme") == theme
    context.close()
