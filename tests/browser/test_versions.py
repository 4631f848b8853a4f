"""One version or another, never a mix: tabs the worker came too late for, updates cut short, storage really denied."""

import json
from contextlib import ExitStack

import pytest

from tests.browser.conftest import SIZE, SUB_PATH
from tests.browser.hosts import another_version, launched, visit, wait_until_kept
from tests.browser.hosts import hosted as hosted_site
from tests.browser.lab_page import LabPage
from tools import browser, site
from tools.environment import ROOT

WORKER = (ROOT / site.WORKER_SOURCE).read_bytes()
REGISTER = "navigator.serviceWorker.register('service-worker.js', {updateViaCache: 'none'})"
# How a worker that is being installed ends.
SETTLED = """async () => {
    const registration = await navigator.serviceWorker.getRegistration();
    await registration.update().catch(() => {});
    while (registration.installing) await new Promise((done) => setTimeout(done, 10));
    return [Boolean(registration.active), Boolean(registration.waiting)];
}"""
# Every file of the page's version, as it comes while the network is gone: the hashes.
HASHES = """async () => {
    const {files} = await (await fetch('manifest.json')).json();
    const hex = (buffer) => Array.from(new Uint8Array(buffer), (byte) => byte.toString(16).padStart(2, '0')).join('');
    return Promise.all(files.map(async ({path, sha256}) => {
        const bytes = await (await fetch(path)).arrayBuffer();
        return hex(await crypto.subtle.digest('SHA-256', bytes)) === sha256;
    }));
}"""

# A request every few milliseconds, for so many of them.
ASKING = """(span) => {
    const clock = setInterval(() => fetch('manifest.json'), 8);
    setTimeout(() => clearInterval(clock), span);
}"""


@pytest.fixture
def hosted():
    """`hosted(files)` serves a site under a sub-path."""
    with ExitStack() as stack:
        yield lambda files: stack.enter_context(hosted_site(files))


def small_site(name, **texts):
    """A site of a few files with the real service worker."""
    pages = {"index.html": f"<!doctype html><title>{name}</title>", **{f"{path}.txt": texts[path] for path in texts}}
    own = {**{path: text.encode() for path, text in pages.items()}, site.WORKER_SOURCE: WORKER}
    return site.assemble(own, {}, [])


@pytest.fixture(scope="module")
def whole_site():
    return site.site_files()


@pytest.fixture
def context(chromium):
    context = chromium.new_context(viewport=SIZE)
    yield context
    context.close()


def kept(context, host, fragment=""):
    """A tab in which the site has been kept."""
    lab = visit(context, host, fragment)
    wait_until_kept(lab)
    return lab


def offered(context, host, files, fragment=""):
    """A tab in which the site has been kept, and its button for the new version that has been published since."""
    lab = kept(context, host, fragment)
    host.files = another_version(files, "Newer:")
    assert lab.page.evaluate(SETTLED) == [True, True]
    button = lab.button("Use the new version")
    button.wait_for()
    return lab, button


def test_the_tab_of_the_first_visit_needs_no_reload(context, hosted, whole_site):
    """It says that it works offline; so it does, with all that it has not asked for yet."""
    host = hosted(whole_site)
    lab = kept(context, host)
    host.gone = True
    context.set_offline(True)
    assert all(lab.page.evaluate(HASHES))


def test_the_tab_of_the_first_visit_goes_over_with_a_click(context, hosted, whole_site):
    host = hosted(whole_site)
    lab, button = offered(context, host, whole_site, "dataset=xor")
    assert lab.data("superseded") is None, "what it came with is what has been kept"
    with lab.page.expect_navigation():
        button.click()
    lab.wait_for_state("ready")
    assert lab.page.title().startswith("Newer:")
    assert "dataset=xor" in lab.page.url


def test_a_tab_that_went_round_the_worker_learns_of_a_new_version(context, hosted, whole_site):
    """A reload with Shift gets all from the network, and the tab is nobody's."""
    host = hosted(whole_site)
    lab = kept(context, host)
    with lab.page.expect_navigation():
        context.new_cdp_session(lab.page).send("Page.reload", {"ignoreCache": True})
    assert lab.page.evaluate("navigator.serviceWorker.controller") is None
    wait_until_kept(lab)
    host.files = another_version(whole_site, "Newer:")
    other = visit(context, host)
    with other.page.expect_navigation():
        other.button("Use the new version").click()
    other.wait_for_state("ready")
    browser.wait_for(lab.page, "document.documentElement.dataset.superseded === 'true'")
    with lab.page.expect_navigation():
        lab.press("Use the new version")
    lab.wait_for_state("ready")
    assert lab.page.title().startswith("Newer:")


def test_what_changed_while_the_page_started_is_noticed(context, hosted, whole_site):
    """Another tab goes over while this one is on its way: what it got first and what it gets later do not belong."""
    host = hosted(whole_site)
    first, button = offered(context, host, whole_site)
    late = visit(context, host)
    assert late.data("state") == "loading"
    with first.page.expect_navigation():
        button.click()
    browser.wait_for(late.page, "document.documentElement.dataset.superseded === 'true'")
    with late.page.expect_navigation():
        late.press("Use the new version")
    late.wait_for_state("ready")
    assert late.page.title().startswith("Newer:")


def test_a_takeover_in_the_midst_of_requests_comes_about(context, hosted, whole_site):
    """Chromium puts most of them off, and for minutes with a debugger in it, if nobody asks again."""
    host = hosted(whole_site)
    lab, button = offered(context, host, whole_site)
    lab.page.evaluate(ASKING, 600)
    with lab.page.expect_navigation():
        button.click()
    lab.wait_for_state("ready")
    assert lab.page.title().startswith("Newer:")


def test_a_takeover_that_has_to_wait_says_so_and_asks_again(context, hosted, whole_site):
    """The old worker still waits for an answer; then the network is gone."""
    host = hosted(whole_site)
    lab, button = offered(context, host, whole_site)
    host.silent = {"slow"}
    lab.page.evaluate("void fetch('slow').catch(() => {})")
    assert host.reached.wait(browser.PATIENCE / 1000)
    button.click()
    lab.page.get_by_text("The new version is taking over.").wait_for()
    assert button.is_disabled()
    asked = "performance.getEntriesByType('resource').filter(({name}) => name.endsWith('static/errand.js')).length"
    browser.wait_for(lab.page, f"{asked} > 1")
    with lab.page.expect_navigation():
        host.over.set()
    lab.wait_for_state("ready")
    assert lab.page.title().startswith("Newer:")


def test_going_back_to_a_version_that_is_in_use_does_it_no_harm(context, hosted):
    """One version is used, another waits, and the first is published again, with a file that is missing."""
    one, two = small_site("one", note="1"), small_site("two", note="2")
    host = hosted(one)
    page = context.new_page()
    page.goto(host.url)
    page.evaluate(f"async () => {{ await {REGISTER}; await navigator.serviceWorker.ready; }}")
    # Now it is in use.
    page.goto(host.url)
    host.files = two
    assert page.evaluate(SETTLED) == [True, True]
    host.files = {**one, "note.txt": None}
    page.evaluate(SETTLED)
    host.gone = True
    context.set_offline(True)
    page = context.new_page()
    page.goto(host.url)
    assert page.title() == "one"
    assert page.evaluate(HASHES) == [True] * (len(one) - 2)


@pytest.mark.parametrize("silent", ["note.txt", "index.html"])
def test_an_update_cut_short_by_the_end_of_the_browser_is_begun_again(chromium, hosted, tmp_path, silent):
    """Half of a new version lies there, and nobody has cleared it away."""
    one, two = small_site("one", note="1", more="1"), small_site("two", note="2", more="2")
    host = hosted(one)
    with launched(chromium, tmp_path) as context:
        page = context.new_page()
        page.goto(host.url)
        page.evaluate(f"async () => {{ await {REGISTER}; await navigator.serviceWorker.ready; }}")
        host.files = two
        host.silent = {silent}
        page.evaluate("navigator.serviceWorker.getRegistration().then((registration) => void registration.update())")
        assert host.reached.wait(browser.PATIENCE / 1000)
        browser.wait_for(page, "async () => (await caches.keys()).length === 2")
    host.silent = set()
    with launched(chromium, tmp_path) as context:
        page = context.new_page()
        page.goto(host.url)
        assert page.title() == "one"
        assert page.evaluate(SETTLED) == [True, True]
        page.evaluate(
            """async () => {
                const registration = await navigator.serviceWorker.getRegistration();
                const changed = new Promise((done) => (navigator.serviceWorker.oncontrollerchange = done));
                registration.waiting.postMessage('take over');
                await changed;
            }"""
        )
        host.gone = True
        page.goto(host.url)
        assert page.title() == "two"
        assert page.evaluate(HASHES) == [True] * (len(two) - 2)


def test_full_storage(context, hosted, whole_site):
    """The browser's own limit, set to less than the site takes."""
    host = hosted(whole_site)
    page = context.new_page()
    lab = LabPage(page, host.url)
    origin = host.url.removesuffix(f"/{SUB_PATH}/")
    limit = {"origin": origin, "quotaSize": 2_000_000}
    context.new_cdp_session(page).send("Storage.overrideQuotaForOrigin", limit)
    page.goto(host.url)
    browser.wait_for(page, "document.documentElement.dataset.offline === 'denied'")
    assert page.evaluate("caches.keys()") == []
    lab.wait_for_state("ready")
    lab.step_one_epoch()
    page.get_by_text("About", exact=True).click()
    assert page.get_by_text("keeps nothing for this page").is_visible()
    assert lab.no_alert()


def test_all_storage_blocked(chromium, hosted, whole_site, tmp_path):
    """As by the browser's own setting, with which pages may keep nothing at all."""
    (tmp_path / "Default").mkdir()
    blocked = {"profile": {"default_content_setting_values": {"cookies": 2}}}
    (tmp_path / "Default/Preferences").write_text(json.dumps(blocked))
    host = hosted(whole_site)
    with launched(chromium, tmp_path) as context:
        lab = visit(context, host)
        denied = "(() => { try { return !localStorage } catch { return true } })()"
        assert lab.page.evaluate(denied), "the setting is in force"
        lab.wait_for_state("ready")
        browser.wait_for(lab.page, "document.documentElement.dataset.offline === 'denied'")
        lab.step_one_epoch()
        assert lab.no_alert()
