"""The app's icons: pictures of ``static/favicon.svg`` in the sizes that ``static/app.webmanifest`` names."""

from playwright.sync_api import sync_playwright

from tools import browser
from tools.environment import ROOT

SOURCE = ROOT / "static/favicon.svg"
TARGET = ROOT / "static/icons"
# File -> (its size, the share of it that the picture takes). Systems cut a maskable icon to their own shape, so that
# only its middle is sure to be visible. Apple's icon is shown whole; it must not have transparent corners either.
ICONS = {"180.png": (180, 1.0), "192.png": (192, 1.0), "512.png": (512, 1.0), "maskable-512.png": (512, 0.7)}
FILLED = ("180.png", "maskable-512.png")
BACKGROUND = "#0f172a"


def main() -> None:
    """Write the icons. They are small, and are committed."""
    TARGET.mkdir(exist_ok=True)
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=str(browser.ensure_chromium()), args=browser.launch_arguments()
        )
        for name, (size, share) in ICONS.items():
            page = chromium.new_page(viewport={"width": size, "height": size})
            filled = name in FILLED
            page.set_content(document(size, share, BACKGROUND if filled else "transparent"))
            (TARGET / name).write_bytes(page.screenshot(omit_background=not filled))
        chromium.close()
    print(f"{TARGET}: {', '.join(ICONS)}")


def document(size: int, share: float, background: str) -> str:
    """A page that shows nothing but the icon."""
    style = f"body {{ margin: 0; background: {background} }}"
    place = f"display: block; width: {size * share}px; margin: {size * (1 - share) / 2}px"
    picture = SOURCE.read_text("utf-8").replace("<svg ", f'<svg style="{place}" ', 1)
    return f"<!doctype html><style>{style}</style>{picture}"


if __name__ == "__main__":
    main()
