"""The sizes of windows and the states of the page in which it is looked at, by people and by tests."""

from collections.abc import Callable

from playwright.sync_api import Page

from tools import browser

# Width and height in CSS pixels, pixels of the screen for each of them, and whether it is a phone or a tablet.
SIZES = [
    (320, 568, 2, True),
    (390, 844, 3, True),
    (844, 390, 3, True),
    (820, 1180, 2, True),
    (1024, 768, 1, False),
    (1280, 720, 1, False),
    (1280, 800, 1, False),
    (1440, 900, 2, False),
    (1920, 1080, 1, False),
    (2560, 1440, 1, False),
    (3840, 2160, 1, False),
]


def playing_to(epoch: int) -> Callable[[Page], None]:
    """What plays until an epoch has been reached, then pauses."""

    def play(page: Page) -> None:
        press(page, "Play")
        browser.wait_for(page, f"+document.documentElement.dataset.epoch >= {epoch}", timeout=120_000)
        press(page, "Pause")
        browser.wait_for(page, "document.documentElement.dataset.state === 'paused'")

    return play


def halfway(page: Page) -> None:
    """Train, then hold the journey between the second layer and the third."""
    playing_to(60)(page)
    page.get_by_label("Layer rail").evaluate(
        "rail => { rail.value = 1.5; rail.dispatchEvent(new Event('input')); }",
    )


def diverged(page: Page) -> None:
    """Train until the loss is no number any more."""
    press(page, "Play")
    browser.wait_for(page, "document.querySelector('[role=alert]').textContent !== ''", timeout=60_000)


def panels(page: Page) -> None:
    """Open what is folded away."""
    page.locator("summary", has_text="Network").first.click()
    page.get_by_label("Options of the plane").first.click()


def presented(page: Page) -> None:
    """Train, then present the stage."""
    playing_to(40)(page)
    page.keyboard.press("p")
    browser.wait_for(page, "document.documentElement.hasAttribute('data-present')")


def flip_book(page: Page) -> None:
    """Train, then open the flip-book, at its beginning."""
    playing_to(40)(page)
    press(page, "Flip-book")
    browser.wait_for(page, "document.querySelector('.flip-book .ways button')?.disabled === false", timeout=60_000)
    # It goes where the page is; what has scrolled lies under the names of rows and columns.
    page.locator(".flip-grid").evaluate("grid => grid.scrollTo(0, 0)")


# A state: its name, the experiment in the address, and what is done then.
STATES: dict[str, tuple[str, Callable[[Page], None]]] = {
    "untrained": ("", lambda page: None),
    "halfway to the bend": ("speed=0", halfway),
    "scores": ("speed=0&layer=fc2", playing_to(150)),
    "eight layers": ("hidden_layers=8,8,8,8,8,8,8,8&speed=0&layer=tanh4", playing_to(30)),
    "wide layers": ("hidden_layers=1024,1024,1024&speed=0&learning_rate=0.001", playing_to(1)),
    "diverged": ("loss=mean_squared_error&activation=relu&learning_rate=10&speed=0", diverged),
    "panels open": ("dataset=spiral", panels),
    "presented": ("speed=0", presented),
    "flip-book": ("hidden_layers=8,8&speed=0", flip_book),
}


def press(page: Page, name: str) -> None:
    """Press a button by its name."""
    page.get_by_role("button", name=name, exact=True).click()


def enter(page: Page, state: str) -> None:
    """Bring the page into one of `STATES`, from anywhere."""
    fragment, act = STATES[state]
    page.keyboard.press("Escape")
    page.evaluate("document.querySelectorAll('details[open]').forEach(panel => { panel.open = false; })")
    # Another seed first, so that the same address is a new one as well.
    for text in ("seed=3", fragment):
        page.evaluate("text => { location.hash = text; }", text)
        browser.wait_for(page, "document.documentElement.dataset.state === 'ready'", timeout=60_000)
    act(page)
    at_rest(page)


def at_rest(page: Page) -> None:
    """Wait until the picture is as fine as it gets, or a while, as for a network that is slow to draw."""
    page.evaluate(
        """async () => {
            const until = performance.now() + 4000;
            let still = 0;
            while (still < 20 && performance.now() < until) {
                await new Promise(requestAnimationFrame);
                still = document.documentElement.dataset.picture === "fine" ? still + 1 : 0;
            }
        }"""
    )
