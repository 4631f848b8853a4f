"""A file that is dropped on the page does not take its place; a sentence says that it cannot be opened."""

import json

import pytest

from tests.browser.conftest import SIZE, visit_in

SENTENCE = "Files cannot be opened here yet"
# Drops a file by an event of its own making; what comes of it is whether the browser would have shown the file.
DROP = """(selector) => {
    const dataTransfer = new DataTransfer();
    dataTransfer.items.add(new File(["1,2,3"], "table.csv", { type: "text/csv" }));
    return ["dragover", "drop"].map((type) => {
        const event = new DragEvent(type, { dataTransfer, bubbles: true, cancelable: true });
        document.querySelector(selector).dispatchEvent(event);
        return event.defaultPrevented;
    });
}"""
PLACES = ["body", "#boundary", "#hidden_layers", ".about summary"]


@pytest.mark.parametrize("place", PLACES)
def test_a_dropped_file_is_answered(lab, place):
    assert lab.page.evaluate(DROP, place) == [True, True]
    assert lab.alert().startswith(SENTENCE)
    lab.step_one_epoch()
    lab.page.evaluate("location.hash = 'dataset=xor'")
    lab.wait("document.querySelector('[role=alert]').textContent === ''")


def test_a_file_dropped_by_hand(lab, tmp_path):
    table = tmp_path / "table.html"
    table.write_text("<title>not the page</title>")
    lab.page.evaluate("window.still = true")
    session = lab.page.context.new_cdp_session(lab.page)
    data = {"items": [], "files": [str(table)], "dragOperationsMask": 1}
    for kind in ("dragEnter", "dragOver", "drop"):
        session.send("Input.dispatchDragEvent", {"type": kind, "x": 300, "y": 400, "data": data})
    assert lab.alert().startswith(SENTENCE)
    assert lab.page.evaluate("window.still")
    lab.step_one_epoch()


def test_text_that_is_dropped_goes_where_it_is_dropped(lab):
    prevented = lab.page.evaluate("""() => {
        const dataTransfer = new DataTransfer();
        dataTransfer.setData("text/plain", "8, 8");
        const event = new DragEvent("drop", { dataTransfer, bubbles: true, cancelable: true });
        document.getElementById("hidden_layers").dispatchEvent(event);
        return event.defaultPrevented;
    }""")
    assert not prevented
    assert lab.no_alert()


def test_a_wrong_entry_gives_way_to_the_answer(lab):
    lab.enter("seed", "x")
    assert lab.field("seed").get_attribute("aria-invalid") == "true"
    lab.page.evaluate(DROP, "body")
    lab.wait(f"document.querySelector('[role=alert]').textContent.startsWith({json.dumps(SENTENCE)})")
    assert lab.field("seed").get_attribute("aria-invalid") is None


def test_before_python_is_there_as_well(chromium, origin):
    page = chromium.new_context(viewport=SIZE).new_page()
    held = []
    page.route("**/page.json", lambda route: held.append(route))
    lab = visit_in(page, origin, wait_for=None)
    lab.wait("document.readyState !== 'loading'")
    assert page.evaluate(DROP, "#boundary") == [True, True]
    assert lab.alert().startswith(SENTENCE)
    lab.wait("performance.getEntriesByType('resource').length > 5")
    for route in held:
        route.continue_()
    lab.wait_for_state("ready")
    lab.step_one_epoch()
    assert lab.complaints == []
    page.context.close()


def test_a_way_out_of_an_error_stays(open_page):
    lab = open_page()
    lab.end_worker()
    before = lab.alert()
    assert lab.page.evaluate(DROP, "body") == [True, True]
    assert lab.alert() == before
    assert lab.button("Start the lab again").is_visible()
