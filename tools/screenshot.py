"""The README's picture: the page in a real browser, in the middle of learning the spiral."""

from playwright.sync_api import sync_playwright

from tools import browser, server, site
from tools.environment import ROOT

TARGET = ROOT / "docs" / "screenshot.png"
EXPERIMENT = "dataset=spiral&hidden_layers=8,8&activation=tanh&learning_rate=0.03&seed=2&layer=tanh2&speed=250"
LEARNT = "+document.documentElement.dataset.trainAccuracy >= 0.99"


def main() -> None:
    """Write the picture to `docs/screenshot.png`."""
    with server.serve_files(site.site_files()) as url, sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=str(browser.ensure_chromium()), args=browser.launch_arguments()
        )
        page = chromium.new_page(viewport={"width": 1280, "height": 800})
        page.goto(f"{url}#{EXPERIMENT}&play")
        page.wait_for_function(LEARNT, timeout=120_000)
        page.get_by_role("button", name="Pause").click()
        page.wait_for_function("document.documentElement.dataset.state === 'paused'")
        # Once more after the pause, finer than while training.
        page.wait_for_function("document.getElementById('rate').textContent === '0'")
        page.screenshot(path=TARGET)
        chromium.close()
    print(TARGET)


if __name__ == "__main__":
    main()
