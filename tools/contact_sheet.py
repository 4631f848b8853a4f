"""Writes contact sheets: for each size of window one picture of the page in nine states and both themes."""

import argparse
import io
from collections.abc import Iterator, Sequence
from pathlib import Path

from PIL import Image, ImageDraw
from playwright.sync_api import Browser, Page, sync_playwright

from tools import browser, server, site, states
from tools.environment import ROOT

TARGET = ROOT / "build/contact-sheets"
THEMES = ("light", "dark")
# The most pixels that a picture of one state is wide, and those between two of them.
WIDE, GAP, HEAD = 640, 12, 22


def opened(chromium: Browser, url: str, size: tuple[int, int, float, bool], theme: str) -> Page:
    """The page, ready, in a window of that size."""
    width, height, ratio, touch = size
    page = chromium.new_page(
        viewport={"width": width, "height": height},
        device_scale_factor=ratio,
        has_touch=touch,
        is_mobile=touch,
        color_scheme="dark" if theme == "dark" else "light",
    )
    page.goto(url)
    browser.wait_for(page, "document.documentElement.dataset.state === 'ready'", timeout=120_000)
    return page


def pictures(page: Page) -> Iterator[tuple[str, Image.Image]]:
    """The name of each state and a picture of the page in it."""
    for state in states.STATES:
        states.enter(page, state)
        taken = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
        width = min(WIDE, taken.width)
        yield state, taken.resize((width, round(taken.height * width / taken.width)), Image.Resampling.LANCZOS)


def sheet(rows: Sequence[Sequence[tuple[str, Image.Image]]]) -> Image.Image:
    """All pictures in one, a row for each theme, or two where they are broader than high."""
    first = rows[0][0][1]
    columns = 9 if first.height > first.width else 3
    cells = [cell for row in rows for cell in row]
    width, height = first.width + GAP, first.height + GAP + HEAD
    result = Image.new("RGB", (columns * width + GAP, -(-len(cells) // columns) * height + GAP), "#808080")
    draw = ImageDraw.Draw(result)
    for index, (name, cell) in enumerate(cells):
        left, top = GAP + index % columns * width, GAP + index // columns * height
        draw.text((left, top), name, fill="white", font_size=16)
        result.paste(cell, (left, top + HEAD))
    return result


def main() -> None:
    """Write the sheets of all sizes, or of those that are named."""
    names = {f"{width}x{height}": (width, height, ratio, touch) for width, height, ratio, touch in states.SIZES}
    parser = argparse.ArgumentParser(prog="python3 -m tools sheets", description=__doc__)
    parser.add_argument("sizes", nargs="*", metavar="SIZE", help=f"default: all of {', '.join(names)}")
    parser.add_argument("--out", type=Path, default=TARGET, help=f"default: {TARGET.relative_to(ROOT)}")
    options = parser.parse_args()
    for name in options.sizes:
        if name not in names:
            parser.error(f"{name} is not one of {', '.join(names)}")
    options.out.mkdir(parents=True, exist_ok=True)
    with server.serve_files(site.site_files(offline=False)) as url, sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=str(browser.ensure_chromium()), args=browser.launch_arguments()
        )
        for name in options.sizes or names:
            rows = []
            for theme in THEMES:
                page = opened(chromium, url, names[name], theme)
                rows.append([*pictures(page)])
                page.close()
            path = options.out / f"{name}.png"
            sheet(rows).save(path, optimize=True)
            print(path, flush=True)
        chromium.close()


if __name__ == "__main__":
    main()
