"""What strangers write, in a link or by a paste, stays text; what the page may do is what its policy says."""

import re

import pytest

from page.links import LONGEST
from tests import sweeps
from tests.browser.conftest import SUB_PATH

# Each would leave a mark if it were taken for markup, code, or a name of something that every object has.
TEXTS = [
    "<img src=x onerror=owned()>",
    "<script>owned()</script>",
    "<svg onload=owned()><b class=owned>",
    "\"><iframe srcdoc='<script>parent.owned()</script>'></iframe>",
    "' autofocus onfocus=owned() x='",
    "javascript:owned()",
    "</title><style class=owned>*{display:none}</style>",
    "{{constructor.constructor('owned()')()}}",
    "${owned()}",
    "__import__('js').owned()",
    "'); owned(); ('",
    "__proto__",
    "constructor",
    "../../../etc/passwd",
    "%",
    "%3Cimg%20src=x%20onerror=owned()%3E",
    "%00%0a%E0%A4%A",
    "a\u0000b\u0007c\u001b[31m\u202e\u2028d",
    "\ud83d\ude00" * 40,
    "9" * 20_000,
    "1e999",
    "-0",
    "NaN",
    "x" * 100_000,
    "8," * 5_000,
]
FIELDS = ("seed", "hidden_layers", "learning_rate", "batch_size", "dimensions")
NAMES = (*FIELDS, "dataset", "layer", "neuron", "shading", "speed", "morph", "projection", "grid", "__proto__")

WATCH = """() => {
    const heard = window.seen;
    window.seen = [];
    window.owned = () => window.seen.push("owned");
    if (heard) return;
    addEventListener("securitypolicyviolation", event => window.seen.push(event.violatedDirective, event.blockedURI));
}"""
SEEN = """() => [...window.seen,
    ...[...document.querySelectorAll(
        ".owned, iframe, object, embed, base, style, img[src=x], [onerror], [onload], [onfocus]"
    )].map(element => element.outerHTML),
    ...("1" in Object.prototype || "seed" in Object.prototype ? ["prototype"] : [])]"""
# The page has heard of a new address once the frame after the event is over.
GO = """fragment => new Promise(done => {
    const before = location.hash;
    location.hash = fragment;
    const frame = () => requestAnimationFrame(() => requestAnimationFrame(() => done(location.hash)));
    if (location.hash === before) frame();
    else addEventListener("hashchange", frame, {once: true});
})"""


@pytest.fixture
def watched(lab):
    """The page with its defaults, watched; in the end nothing may have been taken for more than text."""
    dialogs = []

    def note(dialog):
        dialogs.append(dialog.message)
        dialog.dismiss()

    lab.page.on("dialog", note)
    lab.page.evaluate(WATCH)
    scripts = lab.page.locator("script").count()
    yield lab
    lab.page.remove_listener("dialog", note)
    assert lab.page.evaluate(SEEN) == []
    assert dialogs == []
    assert lab.page.locator("script").count() == scripts


@pytest.mark.parametrize("text", TEXTS, ids=range(len(TEXTS)))
def test_hostile_address(watched, text):
    query = "&".join(f"{name}={text}" for name in NAMES)
    watched.page.evaluate(GO, query)
    assert ("Seed" if len(query) <= LONGEST else f"no more than {LONGEST} are read") in watched.alert()
    watched.page.evaluate(GO, text)
    watched.page.evaluate(GO, "")
    watched.step_one_epoch()


@pytest.mark.parametrize("number", range(len(TEXTS)))
def test_hostile_paste(watched, number, request):
    """Without `--security-all` each text in two fields: of five texts on end each field sees two."""
    text = TEXTS[number]
    whole = sweeps.whole(request.config, "security")
    for name in FIELDS if whole else (FIELDS[number % len(FIELDS)], FIELDS[(number + 2) % len(FIELDS)]):
        watched.enter(name, text)
        field = watched.field(name)
        # What is allowed in one field is not a wrong entry there.
        if field.get_attribute("aria-invalid") == "true":
            message = watched.alert()
            # Letters that cannot be seen, or that turn what follows around, are not repeated.
            begin = re.split(r"[,\x00-\x1f\u202e]", field.input_value().strip())[0][:20]
            assert begin in message or "empty" in message or "comma" in message or "too large" in message
            assert message.endswith(".") and len(message) < 400
            assert message.isprintable()
            watched.enter(name, "0.01" if name == "learning_rate" else "1, 0" if name == "dimensions" else "2")
        assert watched.no_alert()
    watched.step_one_epoch()


def test_policy_is_in_force(watched):
    """The browser itself refuses code made of text, markup with styles, other origins and forms."""
    refused = watched.page.evaluate("""async () => {
        const refused = [];
        // To what the browser's driver runs itself the policy does not apply: this is later.
        await new Promise(done => setTimeout(done, 0));
        try { Function("return 1")(); } catch (error) { refused.push(error.name); }
        try { await fetch("http://127.0.0.2:9/"); } catch (error) { refused.push("fetch"); }
        const element = document.createElement("p");
        element.setAttribute("style", "color: red");
        if (!element.style.color) refused.push("style");
        const script = document.createElement("script");
        script.textContent = "owned()";
        document.head.append(script);
        script.remove();
        await new Promise(done => setTimeout(done, 0));
        return refused;
    }""")
    assert refused == ["EvalError", "fetch", "style"]
    assert sorted(set(watched.page.evaluate("window.seen"))) == sorted(
        {"script-src", "eval", "connect-src", "http://127.0.0.2:9/", "style-src-attr", "inline", "script-src-elem"}
    )
    # All of it was meant.
    watched.page.evaluate("window.seen = []")
    watched.complaints[:] = []


def test_no_other_origin_is_ever_asked(chromium, origin):
    """Watched from the browser's side, with every request of page and worker, from opening to training."""
    context = chromium.new_context()
    asked = set()
    context.on("request", lambda request: asked.add(request.url))
    page = context.new_page()
    page.goto(f"{origin}/{SUB_PATH}/#play")
    page.wait_for_selector("html[data-state=training]", state="attached")
    assert any("lab.pack.zst" in url for url in asked), "the worker's requests are seen"
    assert [url for url in asked if not url.startswith((f"{origin}/{SUB_PATH}/", "blob:", "data:"))] == []
    context.close()
