"""Without the network: what the service worker keeps, what it says, and how a new version comes."""

import json

import pytest

from tests.browser.conftest import SIZE, SUB_PATH
from tests.browser.hosts import another_version, hosted, launched, visit, wait_until_kept
from tools import browser, site

# What the browser has kept: every cache by name, with the paths in it.
CACHES = """async () => Object.fromEntries(await Promise.all((await caches.keys()).map(
    async (name) => [name, (await (await caches.open(name)).keys()).map(({url}) => url.split('/some/where/')[1])])))"""


@pytest.fixture(scope="module")
def files():
    return site.site_files()


@pytest.fixture
def host(files):
    with hosted(files) as host:
        yield host


@pytest.fixture
def visitor(chromium):
    """A browser that has never seen the page, with a way to open tabs in it."""
    context = chromium.new_context(viewport=SIZE)
    yield lambda host, fragment="": visit(context, host, fragment)
    context.close()


def test_every_file_is_kept_and_the_page_works_without_network(visitor, host):
    lab = visitor(host)
    wait_until_kept(lab)
    (kept,) = lab.page.evaluate(CACHES).values()
    assert set(kept) == host.files.keys() - {site.WORKER}
    lab.page.get_by_text("About", exact=True).click()
    assert lab.page.get_by_text("Works offline:").is_visible()
    assert lab.complaints == []

    host.gone = True
    lab.page.context.set_offline(True)
    lab.fold()
    lab.choose("dataset", "digits")
    lab.wait("document.documentElement.dataset.inputs === '64'")
    again = visitor(host, "dataset=xor")
    again.wait_for_state("ready")
    again.step_one_epoch()
    again.page.get_by_text("About", exact=True).click()
    again.page.get_by_text("You are offline").wait_for()
    assert again.data("engine") == "wasm"
    again.fold()
    again.choose("dataset", "iris")
    again.wait("document.documentElement.dataset.inputs === '4'")
    again.wait_for_state("ready")
    again.step_one_epoch()


def test_it_works_after_a_restart_of_the_browser(chromium, host, tmp_path):
    with launched(chromium, tmp_path) as context:
        wait_until_kept(visit(context, host))
    host.gone = True
    with launched(chromium, tmp_path) as context:
        lab = visit(context, host, "play")
        lab.wait_for_epoch(2)


@pytest.mark.parametrize("fault", ["missing", "damaged"])
def test_all_or_nothing_is_kept(visitor, host, fault):
    """One bad file among all, and one that the page itself does not need to start."""
    content = {"missing": None, "damaged": host.files["licences.html"] + b" "}[fault]
    host.files = {**host.files, "licences.html": content}
    lab = visitor(host)
    browser.wait_for(lab.page, "document.documentElement.dataset.offline === 'denied'")
    assert lab.page.evaluate(CACHES) == {}
    lab.wait_for_state("ready")
    lab.step_one_epoch()
    lab.page.get_by_text("About", exact=True).click()
    assert lab.page.get_by_text("keeps nothing for this page").is_visible()


def test_a_new_version_is_offered_and_comes_whole(visitor, host):
    first = visitor(host)
    wait_until_kept(first)
    second = visitor(host, "dataset=spiral")
    wait_until_kept(second)
    before = host.asked
    host.asked = []
    host.files = another_version(host.files, "Newer:")
    third = visitor(host)
    button = third.button("Use the new version")
    button.wait_for()
    assert not third.page.title().startswith("Newer:"), "the version that was kept is shown until another is wanted"
    assert "vendor/pyodide/lab.pack.zst" in before
    assert "vendor/pyodide/lab.pack.zst" not in host.asked, "what has not changed is not fetched again"
    third.wait_for_state("ready")
    third.press("Later")
    assert not button.is_visible()
    assert not third.page.get_by_text("There is a new version").is_visible()
    with third.page.expect_navigation():
        third.page.reload()
    button.wait_for()
    with third.page.expect_navigation():
        button.click()
    third.wait_for_state("ready")
    assert third.page.title().startswith("Newer:")
    assert len(third.page.evaluate(CACHES)) == 1

    # The other tab goes on, is told, and comes over with a click, its experiment with it.
    browser.wait_for(second.page, "document.documentElement.dataset.superseded === 'true'")
    second.step_one_epoch()
    assert second.page.get_by_text("A new version of this page has taken over").is_visible()
    with second.page.expect_navigation():
        second.press("Use the new version")
    second.wait_for_state("ready")
    assert second.page.title().startswith("Newer:")
    assert "dataset=spiral" in second.page.url


def test_a_tab_that_is_open_all_day_learns_of_a_new_version_when_somebody_comes_back(visitor, host):
    lab = visitor(host)
    wait_until_kept(lab)
    host.files = another_version(host.files, "Newer:")
    come_back = """(minutes) => {
        const now = performance.now.bind(performance);
        performance.now = () => now() + 60_000 * minutes;
        document.dispatchEvent(new Event("visibilitychange"));
    }"""
    asked = len(host.asked)
    lab.page.evaluate(come_back, 50)
    lab.step_one_epoch()
    assert "service-worker.js" not in host.asked[asked:], "not again so soon"
    lab.page.evaluate(come_back, 20)
    lab.button("Use the new version").wait_for()
    with lab.page.expect_navigation():
        lab.press("Use the new version")
    lab.wait_for_state("ready")
    assert lab.page.title().startswith("Newer:")


def test_an_update_that_fails_half_way_leaves_the_old_version_whole(visitor, host):
    wait_until_kept(visitor(host))
    newer = another_version(host.files, "Newer:")
    host.files = {**newer, "index.html": newer["index.html"][:-1]}
    lab = visitor(host)
    lab.wait_for_state("ready")
    redundant = """async () => {
        const registration = await navigator.serviceWorker.ready;
        await registration.update().catch(() => {});
        while (registration.installing) await new Promise(requestAnimationFrame);
        return !registration.waiting && registration.active.state === 'activated';
    }"""
    assert lab.page.evaluate(redundant)
    (kept,) = lab.page.evaluate(CACHES).values()
    assert set(kept) == newer.keys() - {site.WORKER}
    host.gone = True
    lab.page.context.set_offline(True)
    again = visitor(host)
    again.wait_for_state("ready")
    assert not again.page.title().startswith("Newer:")
    assert not again.button("Use the new version").is_visible()


@pytest.mark.parametrize(
    "denial",
    [
        "CacheStorage.prototype.open = async () => { throw new DOMException('full', 'QuotaExceededError') }",
        "navigator.serviceWorker.register = async () => { throw new DOMException('denied', 'SecurityError') }",
        "Object.defineProperty(Navigator.prototype, 'serviceWorker', {get() { throw new DOMException('denied') }})",
        "delete Navigator.prototype.serviceWorker",
    ],
    ids=["full", "denied", "thrown", "none"],
)
def test_a_browser_that_keeps_nothing_is_told_so_and_works(chromium, host, denial):
    if "CacheStorage" in denial:
        # In the worker itself, which no script of a test's gets into.
        worker = host.files[site.WORKER]
        host.files = {**host.files, site.WORKER: denial.encode() + b";" + worker}
    with chromium.new_context(viewport=SIZE) as context:
        context.add_init_script("if (window === top) { " + ("" if "Cache" in denial else denial) + " }")
        lab = visit(context, host)
        browser.wait_for(lab.page, "document.documentElement.dataset.offline === 'denied'")
        lab.wait_for_state("ready")
        lab.step_one_epoch()
        assert lab.no_alert()


def test_the_development_server_clears_away_what_a_built_site_kept(visitor, host):
    lab = visitor(host)
    wait_until_kept(lab)
    built = host.files
    host.files = {**built, site.WORKER: site.own_files()[site.WORKER_SOURCE]}
    # A page of the same origin that the worker has nothing to do with looks on.
    onlooker = lab.page.context.new_page()
    onlooker.goto(f"{host.url.removesuffix(f'/{SUB_PATH}/')}/elsewhere")
    lab.page.reload()
    gone = """async () => {
        while ((await navigator.serviceWorker.getRegistrations()).length) await new Promise(requestAnimationFrame);
        return caches.keys();
    }"""
    assert onlooker.evaluate(gone) == []
    # It is loaded again as soon as it is rid of the worker.
    lab.page.wait_for_selector("html[data-state=ready]", state="attached")


def test_it_can_be_installed(chromium, host, tmp_path):
    """The manifest's icons are what it says, and it starts the page."""
    manifest = json.loads(host.files["static/app.webmanifest"])
    with launched(chromium, tmp_path) as context:
        page = context.new_page()
        page.goto(host.url)
        session = context.new_cdp_session(page)
        found = session.send("Page.getAppManifest")
        assert found["errors"] == []
        assert found["manifest"]["startUrl"] == host.url
        assert found["manifest"]["scope"] == host.url
        assert session.send("Page.getInstallabilityErrors")["installabilityErrors"] == []
        for icon in manifest["icons"]:
            size = page.evaluate(
                "async (url) => { const image = new Image(); image.src = url; await image.decode();"
                "return `${image.naturalWidth}x${image.naturalHeight}` }",
                f"{host.url}static/{icon['src']}",
            )
            assert size == icon["sizes"] or icon["sizes"] == "any"
