"""What goes wrong ends in a page that works, or in a message with a way out; and the experiment is never lost."""

import json
from pathlib import PurePosixPath

import pytest

from spec import fields, shape, texts
from tests import sweeps
from tests.browser.conftest import ARGUMENTS, SUB_PATH
from tests.browser.lab_page import LabPage
from tools import browser, site
from tools.server import serve_files

SIZE = {"width": 1280, "height": 800}
EXPERIMENT = "dataset=xor&hidden_layers=4"
FAULTS = {
    "missing": lambda content: None,
    "truncated": lambda content: content[: len(content) // 2],
    "damaged": lambda content: _flipped(content, len(content) // 2),
}
# Without `--faults-all`: of every kind of file one, and the lab's memory in every way.
FEW = [
    ("vendor/pyodide/lab.pack.zst", "missing"),
    ("vendor/pyodide/lab.pack.zst", "truncated"),
    ("vendor/pyodide/lab.pack.zst", "damaged"),
    ("vendor/pyodide/pyodide.asm.js", "truncated"),
    ("vendor/pyodide/pyodide.asm.wasm", "truncated"),
    ("vendor/pyodide/pyodide.mjs", "missing"),
    ("vendor/micropython/micropython.wasm", "damaged"),
    ("vendor/pyscript/core-*.js", "missing"),
    ("vendor/uplot/uPlot.esm.js", "truncated"),
]
# No visitor's browser asks for them, nor, before a real data set is chosen, for tables.
UNUSED = ("LICENSE", "LICENSE.md", "python_stdlib.zip", "pyodide_graph-CX6fRcVL.js")
ALERT = "document.querySelector('[role=alert]').textContent"
IN_THE_END = "html[data-state=ready], [role=alert]:not(:empty)"


def _flipped(content, place):
    """The same bytes but for one bit."""
    return content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :]


@pytest.fixture(scope="session")
def files():
    return site.site_files(offline=False)


@pytest.fixture
def open_files(chromium):
    """`open_files(files, fragment, **context)` opens a site of those files, which may change meanwhile."""
    opened = []

    def open_one(files, fragment=EXPERIMENT, wait_for=None, **context):
        server = serve_files(files)
        page = chromium.new_context(**{"viewport": SIZE, **context}).new_page()
        opened.append((page, server))
        url = server.__enter__()
        lab = LabPage(page, url)
        page.goto(f"{url}#{fragment}")
        if wait_for:
            lab.wait_for_state(wait_for)
        return lab

    yield open_one
    for page, server in opened:
        page.context.close()
        server.__exit__(None, None, None)


def pytest_generate_tests(metafunc):
    if "fault" in metafunc.fixturenames:
        few = FEW
        if sweeps.whole(metafunc.config, "faults"):
            vendored = [path for path in site.site_files() if path.startswith("vendor/")]
            used = [path for path in vendored if PurePosixPath(path).name not in UNUSED and not site.is_table(path)]
            few = [(path, fault) for path in used for fault in FAULTS]
        metafunc.parametrize(("path", "fault"), few)


def test_a_file_at_fault(open_files, files, path, fault):
    """Its name is told and all is well once it is mended and the button is pressed; or the page works all the same."""
    (path,) = [name for name in files if PurePosixPath(name).match(path)]
    served = {**files, path: FAULTS[fault](files[path])}
    lab = open_files(served.get)
    # Where it may be the address's fault the page is loaded once more, without it.
    lab.page.locator(IN_THE_END).first.wait_for(state="attached")
    if not lab.no_alert():
        # With a style sheet less the page works, and goes on to start.
        lab.wait_for_state("ready" if path.endswith(".css") else "error")
        lab.wait(f"{ALERT}.includes({json.dumps(path)})")
        served[path] = files[path]
        _reload(lab)
        lab.wait_for_state("ready")
    else:
        # A byte may be of no consequence, and so are a font and the recording; any other file is missed.
        assert fault == "damaged" or path.endswith((".css", ".woff2", "recording.zlib"))
    assert lab.no_alert()
    assert lab.field("dataset").input_value() == "xor"
    lab.step_one_epoch()


def _reload(lab):
    with lab.page.expect_navigation():
        lab.press("Reload the page")


def test_a_style_sheet_that_does_not_come_is_told_and_the_page_works(open_files, files):
    lab = open_files({path: content for path, content in files.items() if "uPlot.min.css" not in path})
    lab.wait_for_state("ready")
    assert "vendor/uplot/uPlot.min.css" in lab.alert()
    assert lab.button("Reload the page").is_visible()
    lab.step_one_epoch()


def test_an_error_in_the_pages_own_python_is_told(open_files, files):
    modules = json.loads(files["page.json"])
    modules["page/rail.py"] = "missing_name"
    lab = open_files({**files, "page.json": json.dumps(modules).encode()})
    # It is loaded a second time, for it may be the address's fault.
    lab.page.get_by_role("alert").get_by_text("missing_name").wait_for()
    assert lab.data("state") == "error"
    assert lab.button("Reload the page").is_visible()


def test_a_lab_that_is_silent_may_still_come(open_files, files):
    """Silence is told, with a button; when the lab comes after all, the message goes."""
    wait = b"await new Promise((resolve) => setTimeout(resolve, 5000));\n"
    served = {**files, "static/interpreter.mjs": wait + files["static/interpreter.mjs"]}
    lab = open_files(_impatient(served))
    lab.wait_for_state("error")
    assert "not answered" in lab.alert()
    assert lab.button("Start the lab again").is_visible()
    lab.wait_for_state("ready")
    assert lab.no_alert()
    lab.step_one_epoch()


def _impatient(files):
    """A site whose page does not wait for long; the real one's patience would take the test a quarter of a minute."""
    modules = json.loads(files["page.json"])
    assert "PATIENCE = 15" in modules["page/workers.py"]
    modules["page/workers.py"] = modules["page/workers.py"].replace("PATIENCE = 15", "PATIENCE = 2")
    changed = {**files, "page.json": json.dumps(modules).encode()}
    # As published: else they would be found to be damaged.
    return {**changed, site.MANIFEST: site.manifest(changed, site.site_parts())}


def test_a_worker_killed_while_it_starts(open_files, files):
    """Nobody has heard of it yet but for its lock, and that is enough."""
    forever = {**files, "vendor/pyodide/pyodide.asm.js": b"await new Promise(() => {});"}
    lab = open_files(forever.get)
    # The page is in line for the lock that the worker holds.
    lab.page.evaluate("""async () => {
        while (!(await navigator.locks.query()).pending.length) await new Promise(requestAnimationFrame);
    }""")
    lab.page.workers[0].evaluate("setTimeout(() => self.close(), 0)")
    lab.wait_for_state("error")
    assert "ended" in lab.alert()
    forever.update(files)
    _reload(lab)
    lab.wait_for_state("ready")
    assert lab.field("dataset").input_value() == "xor"


def test_the_experiment_outlives_a_dead_worker_and_a_reload(open_page):
    lab = open_page("dataset=xor&speed=0")
    lab.press("Play")
    lab.wait_for_epoch(2)
    lab.enter("hidden_layers", "6, 5")
    lab.choose("optimizer", "adam")
    lab.wait_for_epoch(3)
    lab.page.workers[0].evaluate("setTimeout(() => self.close(), 0)")
    lab.wait_for_state("error")
    assert lab.button("Start the lab again").is_visible()
    lab.page.reload()
    lab.wait_for_state("ready")
    assert lab.no_alert()
    values = {name: lab.field(name).input_value() for name in ("dataset", "hidden_layers", "optimizer")}
    assert values == {"dataset": "xor", "hidden_layers": "6, 5", "optimizer": "adam"}
    lab.step_one_epoch()


def test_after_a_crash_any_change_starts_the_lab_again(open_page):
    lab = open_page(EXPERIMENT)
    lab.page.workers[0].evaluate("setTimeout(() => self.close(), 0)")
    lab.wait_for_state("error")
    lab.choose("activation", "relu")
    lab.wait_for_state("ready")
    assert lab.no_alert()
    lab.step_one_epoch()


def test_out_of_memory_says_how_much_and_a_smaller_network_goes_on(open_files, files):
    """The browser gives the lab little more memory than it starts with: 32 MB."""
    refuse = b"""
        const grow = WebAssembly.Memory.prototype.grow;
        let left = 512;
        WebAssembly.Memory.prototype.grow = function (pages) {
            left -= pages;
            if (left < 0) throw new RangeError("no more");
            return grow.call(this, pages);
        };
    """
    lab = open_files({**files, "static/interpreter.mjs": refuse + files["static/interpreter.mjs"]}, wait_for="ready")
    lab.enter("hidden_layers", "2000, 2000")
    lab.wait_for_state("error")
    message = lab.alert()
    needed = shape.memory_needed(fields.from_query("dataset=xor&hidden_layers=2000,2000")[0])
    assert "not enough memory" in message and "smaller" in message
    assert texts.bytes_in_words(needed) in message
    assert lab.button("Start the lab again").is_visible()
    lab.enter("hidden_layers", "5")
    lab.wait_for_state("ready")
    assert lab.no_alert()
    assert lab.field("dataset").input_value() == "xor"
    lab.step_one_epoch()


def test_storage_denied(chromium, origin, tmp_path):
    """The browser's setting to keep nothing: it denies `localStorage` and locks alike, by an exception."""
    settings = tmp_path / "Default" / "Preferences"
    settings.parent.mkdir()
    settings.write_text(json.dumps({"profile": {"default_content_setting_values": {"cookies": 2}}}))
    context = chromium.browser_type.launch_persistent_context(
        tmp_path, executable_path=str(browser.find_chromium()), args=ARGUMENTS, viewport=SIZE
    )
    lab = LabPage(context.new_page(), origin)
    lab.page.goto(f"{origin}/{SUB_PATH}/#{EXPERIMENT}")
    lab.wait_for_state("ready")
    denied = "() => { try { localStorage.length; return ''; } catch (error) { return error.name; } }"
    assert lab.page.evaluate(denied) == "SecurityError"
    lab.press("Dark theme")
    lab.press("Light theme")
    lab.step_one_epoch()
    assert lab.no_alert()
    assert lab.complaints == []
    context.close()


def test_storage_full(open_page):
    lab = open_page()
    lab.page.evaluate("""() => {
        let length = 0;
        for (let more = 1 << 23; more; more >>= 1) {
            try { localStorage.setItem("x", "x".repeat(length + more)); length += more; } catch {}
        }
    }""")
    lab.press("Dark theme")
    assert lab.button("Light theme").is_visible()
    assert lab.page.evaluate("localStorage.getItem('theme')") is None, "there was no room"
    lab.step_one_epoch()
    assert lab.no_alert()


# Makes `jump(milliseconds)` of a page or a worker: all its clocks are put forward, or back.
CLOCKS = """(() => {
    let ahead = 0;
    const [now, date] = [performance.now.bind(performance), Date.now];
    performance.now = () => now() + ahead;
    Date.now = () => date() + ahead;
    globalThis.jump = (milliseconds) => { ahead += milliseconds; };
})();
"""
HOURS = 3_600_000


@pytest.fixture
def clocks(open_files, files):
    """The page, with `jump` for it and its worker."""

    def open_one(fragment):
        served = {**files}
        for path in ("static/watchdog.js", "static/interpreter.mjs"):
            served[path] = CLOCKS.encode() + files[path]
        return open_files(served, fragment, "ready")

    return open_one


def _jump(lab, hours):
    for place in (lab.page, *lab.page.workers):
        place.evaluate(f"jump({hours * HOURS})")


@pytest.mark.parametrize("speed", ["60", "0"])
def test_training_goes_on_when_the_clock_jumps(clocks, speed):
    lab = clocks(f"hidden_layers=8,8&speed={speed}")
    lab.press("Play")
    lab.wait_for_epoch(1)
    for hours in (5, -9, 2):
        _jump(lab, hours)
        step = lab.number("step")
        lab.wait(f"+document.documentElement.dataset.step > {step} + 5")
        lab.wait("+document.documentElement.dataset.stepsPerSecond > 0")
        rate = lab.number("steps-per-second")
        assert 0 <= rate < (200 if speed == "60" else 1e7)
    assert lab.data("state") == "training"
    lab.press("Pause")
    lab.wait_for_state("paused")
    assert lab.no_alert()


def test_what_moves_goes_on_when_the_clock_jumps(clocks):
    lab = clocks("hidden_layers=8&layer=fc1&projection=tour")
    picture = "document.getElementById('representation').toDataURL()"
    for hours in (7, -9):
        _jump(lab, hours)
        before = lab.page.evaluate(picture)
        lab.wait(f"{picture} !== {json.dumps(before)}")
    lab.press("Play the journey from input to output")
    lab.wait("+document.getElementById('rail').value < 0.5")
    _jump(lab, 7)
    lab.wait("+document.getElementById('rail').value > 0.5")
    _jump(lab, -9)
    # At the logits.
    lab.wait("document.getElementById('rail').value === '3'")
    assert lab.no_alert()


def test_two_tabs_at_once(chromium, origin):
    context = chromium.new_context(viewport=SIZE)
    one, other = (LabPage(context.new_page(), origin) for _ in range(2))
    one.page.goto(f"{origin}/{SUB_PATH}/#{EXPERIMENT}&play")
    other.page.goto(f"{origin}/{SUB_PATH}/#dataset=spiral&play")
    for lab in (one, other):
        lab.wait_for_epoch(3)
    one.press("Dark theme")
    one.page.workers[0].evaluate("setTimeout(() => self.close(), 0)")
    one.wait_for_state("error")
    epoch = other.number("epoch")
    other.wait_for_epoch(epoch + 2)
    assert other.data("state") == "training"
    assert other.no_alert()
    assert other.field("dataset").input_value() == "spiral"
    other.press("Pause")
    one.press("Start the lab again")
    one.wait_for_state("ready")
    one.step_one_epoch()
    assert one.complaints == other.complaints == []
    context.close()


def test_what_was_just_done_outlives_a_reload(open_page):
    """The address follows what moves a little later; a reload does not wait for it."""
    lab = open_page("hidden_layers=8,8")
    # The late writing never comes by itself.
    lab.page.evaluate("""() => {
        const later = setTimeout;
        window.setTimeout = (handler, wait, ...rest) => (wait === 300 ? 1 : later(handler, wait, ...rest));
    }""")
    lab.page.get_by_role("slider", name="Layer rail").fill("1.3")
    lab.wait("document.getElementById('rail').getAttribute('aria-valuetext').startsWith('30 %')")
    assert "morph" not in lab.page.url
    lab.page.reload()
    lab.wait_for_state("ready")
    assert lab.page.get_by_role("slider", name="Layer rail").input_value() == "1.3"
    assert "morph=0.3" in lab.page.url


def test_forth_and_back_in_the_history(open_page):
    lab = open_page("dataset=spiral")
    lab.enter("hidden_layers", "7, 3")
    lab.play_to(2)
    lab.page.goto("about:blank")
    lab.page.go_back()
    lab.wait_for_state("ready", "paused")
    assert lab.field("hidden_layers").input_value() == "7, 3"
    assert lab.field("dataset").input_value() == "spiral"
    lab.step_one_epoch()
    lab.page.evaluate("location.hash = 'dataset=xor'")
    lab.wait("document.getElementById('dataset').value === 'xor'")
    lab.page.go_back()
    lab.wait("document.getElementById('dataset').value === 'spiral'")
    assert lab.field("hidden_layers").input_value() == "7, 3"
    assert lab.no_alert()


@pytest.mark.parametrize("harm", FAULTS)
def test_a_table_that_cannot_be_had_leaves_everything_as_it_was(open_files, files, harm):
    path = "vendor/data/iris.zlib"
    served = {**files, path: FAULTS[harm](files[path])}
    lab = open_files(served.get, wait_for="ready")
    lab.step_one_epoch()
    lab.choose("dataset", "iris")
    assert lab.alert().startswith("The data of Iris could not be loaded.")
    assert lab.field("dataset").input_value() == "xor" and "dataset=xor" in lab.page.url
    lab.fold()
    lab.step_one_epoch()
    assert (lab.number("epoch"), lab.data("inputs")) == (2, "2")
    lab.press("Try again")
    lab.page.get_by_role("alert").get_by_text("The data of Iris could not be loaded.").wait_for()
    served[path] = files[path]
    lab.press("Try again")
    lab.wait("document.documentElement.dataset.inputs === '4'")
    assert lab.no_alert()
    assert lab.field("dataset").input_value() == "iris"
    lab.wait_for_state("ready")
    lab.step_one_epoch()


def test_a_link_to_a_table_that_cannot_be_had(open_files, files):
    """The page begins with points that there are, and all else is as the link has it."""
    path = "vendor/data/penguins.zlib"
    served = {**files, path: None}
    lab = open_files(served.get, "dataset=penguins&hidden_layers=5", wait_for="ready")
    assert lab.alert().startswith("The data of Penguins could not be loaded.")
    assert lab.field("dataset").input_value() == "circle"
    assert lab.field("hidden_layers").input_value() == "5"
    served[path] = files[path]
    lab.press("Try again")
    lab.wait("document.documentElement.dataset.rows === '342'")
    assert "dataset=penguins" in lab.page.url
