"""Find the browsers to test with, or install them; wait for what a page shows."""

import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tools import environment
from tools.environment import say
from tools.errors import ToolError

if TYPE_CHECKING:
    from playwright.sync_api import Page

VARIABLE = "INTUITIVE_CHROMIUM"
COMMANDS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
APPLICATIONS = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    r"C:\Program Files\Google\Chrome\Application\chrome.exe",
    r"C:\Program Files (x86)\Google\Chrome\Application\chrome.exe",
)
PLAYWRIGHT_PATTERNS = (
    "chromium-*/chrome-linux*/chrome",
    "chromium-*/chrome-mac*/*.app/Contents/MacOS/*",
    "chromium-*/chrome-win*/chrome.exe",
    "chromium_headless_shell-*/chrome-headless-shell-*/chrome-headless-shell*",
    "chromium_headless_shell-*/chrome-*/headless_shell*",
)

# Milliseconds that anything on a page may take, even on a busy machine.
PATIENCE = 60_000
# Looks at a condition every few milliseconds until it holds, or until so many are over: to look on every frame of the
# display would have the browser make frames where nothing is to be drawn.
LOOK = """argument => new Promise((done, fail) => {
  const until = performance.now() + (%s);
  const look = async () => {
    try {
      const found = (%s);
      if (await (typeof found === "function" ? found(argument) : found)) done(true);
      else if (performance.now() > until) done(false);
      else setTimeout(look, 20);
    } catch (error) {
      fail(error);
    }
  };
  look();
})"""

# The other browsers: the possible names of each program that is needed, and Debian's packages that contain the
# programs. They are looked for only as Linux installs them.
OTHERS = {
    "firefox": ((("firefox-esr", "firefox"),), ("firefox-esr",)),
    "webkit": ((("WebKitWebDriver",), ("Xvfb",)), ("webkit2gtk-driver", "xvfb")),
}


def find_chromium() -> Path | None:
    """The first browser that is found and runs: `INTUITIVE_CHROMIUM`, one on the PATH, Playwright's own; or None.

    Raises `ToolError` when the environment variable names something that is not a program.
    """
    named = os.environ.get(VARIABLE)
    if named:
        found = shutil.which(named)
        if not found:
            raise ToolError(f"{VARIABLE} is set to {named}, which is not a program")
        return Path(found)
    return next((path for path in candidates() if runs(path)), None)


def candidates() -> Iterator[Path]:
    """Where a browser may be, best first; only paths that exist."""
    for command in COMMANDS:
        found = shutil.which(command)
        if found:
            yield Path(found)
    yield from (Path(path) for path in APPLICATIONS if Path(path).is_file())
    folder = playwright_folder()
    for pattern in PLAYWRIGHT_PATTERNS:
        yield from (path for path in sorted(folder.glob(pattern), reverse=True) if path.is_file())


def playwright_folder() -> Path:
    """Where Playwright keeps the browsers that it has installed."""
    named = os.environ.get("PLAYWRIGHT_BROWSERS_PATH")
    if named:
        return Path(named)
    if sys.platform == "darwin":
        return Path.home() / "Library/Caches/ms-playwright"
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA", str(Path.home()))) / "ms-playwright"
    return Path(os.environ.get("XDG_CACHE_HOME", str(Path.home() / ".cache"))) / "ms-playwright"


def runs(path: Path) -> bool:
    """Whether the program starts. Ubuntu's `chromium-browser`, for one, may be a script that only asks for a snap."""
    if sys.platform == "win32":
        return True  # there `--version` opens a window
    try:
        done = subprocess.run([path, "--version"], capture_output=True, text=True, timeout=60, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0 and "chrom" in done.stdout.lower()


def ensure_chromium() -> Path:
    """A browser that runs: found, or else installed with apt-get, or else with Playwright.

    Raises `ToolError` saying what to do when neither works.
    """
    found = find_chromium()
    if found:
        return found
    failures = []
    for install in (install_chromium, install_with_playwright):
        try:
            install()
        except ToolError as error:
            failures.append(str(error))
        found = find_chromium()
        if found:
            return found
    raise ToolError(
        f"no Chromium or Chrome to test with, and none could be installed ({'; '.join(failures)}). "
        f"Install one, or set {VARIABLE} to the path of one."
    )


def programs(name: str) -> list[Path]:
    """The programs of one of the `OTHERS`, in the table's order; raises `ToolError` that says what is missing."""
    wanted, packages = OTHERS[name]
    found = [next((Path(path) for path in map(shutil.which, names) if path), None) for names in wanted]
    missing = [" or ".join(names) for names, path in zip(wanted, found, strict=True) if path is None]
    if missing:
        raise ToolError(f"no {' and no '.join(missing)} on the PATH; on Debian: apt-get install {' '.join(packages)}")
    return [path for path in found if path]


def try_to_ensure(name: str) -> None:
    """Install one of the `OTHERS` with apt-get if it is missing.

    If that fails, one line says so, and the browser's tests are skipped.
    """
    try:
        programs(name)
    except ToolError as missing:
        try:
            install_with_apt(*OTHERS[name][1])
            programs(name)
        except ToolError as error:
            say(f"browser: no tests in {name}: {missing} (tried: {error})")


def install_with_apt(*packages: str) -> None:
    """`apt-get install`, as root or with a sudo that asks nothing; raises `ToolError` when it cannot."""
    names = " ".join(packages)
    if not shutil.which("apt-get"):
        raise ToolError("there is no apt-get")
    prefix: list[str] = [] if is_root() else ["sudo", "-n"]
    if prefix:
        environment.run([*prefix, "true"], "sudo without a password")
    say(f"browser: installing {names} with apt-get")
    environment.run([*prefix, "apt-get", "update"], "apt-get update")
    # `env` sets the variable, because sudo does not pass variables on.
    command = ["env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "install", "--yes", *packages]
    environment.run([*prefix, *command], f"apt-get install {names}")


def install_chromium() -> None:
    """Install Debian's Chromium; raises `ToolError` when it cannot."""
    install_with_apt("chromium")


def install_with_playwright() -> None:
    """Install Playwright's own Chromium for this user; raises `ToolError` when it cannot."""
    say(f"browser: installing Playwright's Chromium for {platform.system()}")
    command = [str(environment.ensure("test")), "-m", "playwright", "install", "chromium"]
    environment.run(command, "playwright install chromium")


def is_root() -> bool:
    """Whether this process runs as root."""
    return hasattr(os, "geteuid") and os.geteuid() == 0


# The last list of these that Chromium is told counts, so what Playwright switches off stands here as well.
PLAYWRIGHTS = (
    "AimEnabled",
    "AvoidCorsURLLoaderRestartOnRedirect",
    "AvoidUnnecessaryBeforeUnloadCheckSync",
    "DestroyProfileOnBrowserClose",
    "HttpsFirstBalancedModeAutoEnable",
    "HttpsUpgrades",
    "LensOverlay",
    "MediaRouter",
    "NetworkTimeServiceQuerying",
    "OptimizationHints",
    "PaintHolding",
    "PreconnectToSearch",
    "TcpPortRandomizationWin",
    "ThirdPartyStoragePartitioning",
)
# Pages of the address bar, which nobody sees: two are loaded for each window, which takes a second of a processor.
UNSEEN = ("WebUIOmniboxAimPopup", "WebUIOmniboxPopup")
SWITCHED_OFF = (*PLAYWRIGHTS, *UNSEEN)


def launch_arguments() -> list[str]:
    """Arguments that keep the browser to the page under test: no updates, no synchronisation, no first-run pages.

    Chromium's sandbox cannot start as root, and is switched off only there.
    """
    quiet = [
        f"--disable-features={','.join(SWITCHED_OFF)}",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-quic",
        "--disable-sync",
        "--no-first-run",
    ]
    return [*quiet, "--no-sandbox"] if is_root() else quiet


def wait_for(page: "Page", condition: str, argument: Any = None, timeout: float = PATIENCE) -> None:
    """Wait until `condition` holds in the page; raises TimeoutError after `timeout` milliseconds.

    `condition` is a JavaScript expression. If its value is a function, that is called with `argument`; the value may be
    a promise. Playwright's own `wait_for_function` needs `eval`, which the page's policy does not allow.
    """
    if not page.evaluate(LOOK % (timeout, condition), argument):
        raise TimeoutError(f"after {timeout / 1000:g} s this does not hold: {condition}")
