"""Networks as deep as any browser runs, and addresses that ask for more, or for nothing that makes sense."""

import json

import pytest
from hypothesis import HealthCheck, given, settings

from page import links
from spec import shape
from tests.browser.conftest import visit
from tests.spec.test_query import fragments

DEEPEST = ",".join(["1"] * shape.DEPTH_LIMIT)
TOO_DEEP = DEEPEST + ",1"
# More than a lab under test should be asked to make, in bytes.
LARGEST = 2 << 20


def test_the_deepest_network_opens_shows_and_trains(open_page):
    lab = open_page(f"hidden_layers={DEEPEST}", wait_for=None)
    lab.wait_for_state("ready", timeout=120_000)
    names = lab.field("layer").locator("option")
    assert names.count() == 2 * shape.DEPTH_LIMIT + 3
    lab.wait("document.querySelectorAll('#strip-buttons .layer').length === 2003", timeout=60_000)
    lab.step_one_epoch()
    lab.field("layer").select_option(label="tanh500")
    lab.wait("document.getElementById('representation-shape').textContent.startsWith('tanh500')")
    lab.enter("hidden_layers", TOO_DEEP)
    assert "at most 1000" in lab.alert()
    assert lab.data("state") == "paused"


def test_too_deep_a_network_is_told_its_limit(lab):
    lab.enter("hidden_layers", TOO_DEEP)
    message = lab.alert()
    assert "1001 hidden layers" in message and "at most 1000" in message
    lab.enter("hidden_layers", "8")
    lab.step_one_epoch()


HOSTILE = [
    "hidden_layers=" + TOO_DEEP,
    "hidden_layers=" + "1," * 20000,
    "hidden_layers=" + "1" * 40000,
    "&" * 60000,
    "networkShape=" + "1," * 2000,
    "layer=fc99999&neuron=fc1.999999999&dimensions=999999999,0&morph=0.9999999",
    "%00%ff%F0%9F%98%80=\u202e&seed=\u0661",
]


@pytest.mark.parametrize("fragment", HOSTILE)
def test_no_address_keeps_the_page_from_starting(open_page, fragment):
    lab = open_page(fragment)
    lab.step_one_epoch()
    lab.page.reload()
    lab.wait_for_state("ready")


@pytest.fixture(scope="module")
def tab(chromium, origin):
    lab = visit(chromium, origin)
    yield lab
    lab.page.context.close()
    assert lab.complaints == []


@settings(max_examples=250, deadline=None, suppress_health_check=list(HealthCheck))
@given(fragments.map(lambda text: text[:2000]))
def test_no_address_is_an_error(tab, fragment):
    """In the same tab, one after the other, each shown before the next."""
    experiment, _, _ = links.read("#" + fragment)
    if shape.memory_needed(experiment) > LARGEST or len(experiment["hidden_layers"]) > 50:
        return
    tab.page.evaluate(
        """async (fragment) => {
            location.hash = fragment;
            await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
        }""",
        fragment,
    )
    assert tab.data("state") in ("loading", "ready", "training", "paused", "diverged")
    assert tab.complaints == []


def test_after_all_that_the_page_is_as_ever(tab):
    tab.start_over()
    tab.step_one_epoch()


def test_an_error_while_the_page_is_built_falls_back_to_the_defaults(chromium, origin):
    """As of an address that nobody has thought of: the module fails for it, and only for it."""
    page = chromium.new_context().new_page()
    page.add_init_script("delete Navigator.prototype.serviceWorker")

    def break_modules(route):
        modules = json.loads(route.fetch().text())
        failing = "if 'seed=66' in window.location.hash:\n    raise ValueError('missing')\n"
        modules["page/rail.py"] += "\nfrom pyscript import window\n" + failing
        route.fulfill(json=modules)

    page.route("**/page.json", break_modules)
    page.goto(f"{origin}/some/where/#seed=66")
    page.get_by_role("alert").get_by_text("could not be opened with its address").wait_for(timeout=60_000)
    assert "missing" in page.get_by_role("alert").inner_text()
    assert page.get_by_label("Seed", exact=True).input_value() == "0"
    page.locator("html[data-state=ready]").wait_for(timeout=60_000)
    page.context.close()
