"""A file that is dropped on the page does not take its place; where it cannot be used, a sentence says why."""

import json

import pytest

from tests.browser.conftest import SIZE, visit_in

SENTENCE = "This table has a single row"
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


def refused(lab, sentence=SENTENCE):
    lab.wait(f"document.querySelector('[role=alert]').textContent.startsWith({json.dumps(sentence)})")


def test_several_files_are_not_opened(lab):
    several = DROP.replace("const event", "dataTransfer.items.add(new File(['1'], 'other.csv')); const event")
    lab.page.evaluate(several, "body")
    assert lab.alert() == "Drop one file at a time: a table."


@pytest.mark.parametrize("place", PLACES)
def test_a_dropped_file_is_answered(lab, place):
    assert lab.page.evaluate(DROP, place) == [True, True]
    refused(lab)
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
    refused(lab, "This table has a single column")
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
    refused(lab)
    assert lab.field("seed").get_attribute("aria-invalid") is None


def test_before_python_is_there_as_well(chromium, origin):
    page = chromium.new_context(viewport=SIZE).new_page()
    held = []
    page.route("**/page.json", lambda route: held.append(route))
    lab = visit_in(page, origin, wait_for=None)
    lab.wait("document.readyState !== 'loading'")
    assert page.evaluate(DROP, "#boundary") == [True, True]
    assert lab.alert() == "The table is opened as soon as Python is there."
    lab.wait("performance.getEntriesByType('resource').length > 5")
    for route in held:
        route.continue_()
    lab.wait_for_state("ready")
    refused(lab)
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
