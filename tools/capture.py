"""Makes the README's moving picture: a network learns the spiral, then the journey goes through its layers."""

import io
import math

from PIL import Image
from playwright.sync_api import Page, ViewportSize, sync_playwright

from tools import browser, server, site
from tools.environment import ROOT

TARGET = ROOT / "docs" / "capture.webp"
EXPERIMENT = "dataset=spiral&hidden_layers=8,8&activation=tanh&learning_rate=0.03&seed=2&layer=fc3&speed=20"
SIZE: ViewportSize = {"width": 1280, "height": 800}
WIDTH = 960
# All in all the story takes eight seconds; its last picture is shown longer, before everything begins again.
FRAME_MILLISECONDS, LAST_MILLISECONDS = 70, 1500
# The epochs that are shown: close together at first, where most happens.
EPOCHS = [round(1.5 * 1.15**index - 1.5) for index in range(39)]
# The number of pictures from one layer to the next, and of pictures for which the journey rests at a layer.
STRIDES, REST = 8, 3
# Only an `input` event, as of a hand that does not let go: on release the playhead would snap to a near layer.
DRAG = "(rail, position) => { rail.value = position; rail.dispatchEvent(new Event('input')); }"
FORGET_WHAT_IS_SHOWN = "document.getElementById('representation').setAttribute('aria-label', '')"
SHOWN = "document.getElementById('representation').getAttribute('aria-label') !== ''"


def main() -> None:
    """Write the moving picture to `docs/capture.webp`."""
    with server.serve_files(site.site_files(offline=False)) as url, sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=str(browser.ensure_chromium()), args=browser.launch_arguments()
        )
        page = chromium.new_page(viewport=SIZE)
        page.goto(f"{url}#{EXPERIMENT}")
        browser.wait_for(page, "document.documentElement.dataset.state === 'ready'", timeout=60_000)
        pictures = [*learning(page), *journey(page)]
        chromium.close()
    first, *others = pictures
    durations = [FRAME_MILLISECONDS] * (len(pictures) - 1) + [LAST_MILLISECONDS]
    first.save(TARGET, save_all=True, append_images=others, duration=durations, loop=0, quality=62, method=6)
    seconds = sum(durations) / 1000
    print(f"{TARGET}: {len(pictures)} pictures, {seconds:.1f} s, {TARGET.stat().st_size / 1e6:.1f} MB")


def learning(page: Page) -> list[Image.Image]:
    """One picture for each of `EPOCHS`, trained to by the Step button."""
    pictures = []
    epoch = 0
    for target in sorted(set(EPOCHS) - {0}):
        page.evaluate(FORGET_WHAT_IS_SHOWN)
        while epoch < target:
            epoch += 1
            page.get_by_role("button", name="Step", exact=True).click()
            browser.wait_for(
                page,
                f"document.documentElement.dataset.state === 'paused' && "
                f"+document.documentElement.dataset.epoch === {epoch}",
            )
        pictures.append(picture(page))
    return pictures


def journey(page: Page) -> list[Image.Image]:
    """Pictures from the input to the scores, along the layer rail, with a short rest at each layer."""
    rail = page.get_by_label("Layer rail")
    # The probabilities come last; at the scores the boundary is one straight line.
    last = int(rail.get_attribute("max") or 0) - 1
    pictures = []
    for layer in range(last + 1):
        for stride in range(STRIDES if layer < last else 1):
            # The speed is 0 at both ends of the way from one layer to the next.
            share = (1 - math.cos(math.pi * stride / STRIDES)) / 2
            page.evaluate(FORGET_WHAT_IS_SHOWN)
            rail.evaluate(DRAG, f"{layer + share:.2f}")
            pictures += [picture(page)] * (REST if stride == 0 else 1)
    return pictures


def picture(page: Page) -> Image.Image:
    """A picture of the page, taken after it has updated the label of the representation."""
    browser.wait_for(page, SHOWN)
    page.evaluate("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
    taken = Image.open(io.BytesIO(page.screenshot()))
    return taken.convert("RGB").resize((WIDTH, WIDTH * taken.height // taken.width), Image.Resampling.LANCZOS)


if __name__ == "__main__":
    main()
