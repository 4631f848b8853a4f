"""Firefox and WebKit as Debian packages them, driven by the commands of W3C WebDriver.

Playwright drives only builds of its own. Firefox takes the commands over the socket that it opens itself (Marionette),
WebKit over HTTP from WebKitWebDriver; what is asked and answered is the same.
"""

import base64
import contextlib
import json
import os
import shutil
import socket
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

from tools import browser

SIZE = {"width": 1280, "height": 800}
START_SECONDS = 60
# A command's answer, with the page that it may load.
ANSWER_SECONDS = 90
ELEMENT = "element-6066-11e4-a52e-4f735466cecf"

# A command in WebKitWebDriver's HTTP, under /session/{id}, and its name in Marionette.
COMMANDS = {
    "navigate": ("POST", "/url", "WebDriver:Navigate"),
    "execute": ("POST", "/execute/sync", "WebDriver:ExecuteScript"),
    "find": ("POST", "/element", "WebDriver:FindElement"),
    "click": ("POST", "/element/{id}/click", "WebDriver:ElementClick"),
    "type": ("POST", "/element/{id}/value", "WebDriver:ElementSendKeys"),
    "screenshot": ("GET", "/screenshot", "WebDriver:TakeScreenshot"),
    "get_window": ("GET", "/window/rect", "WebDriver:GetWindowRect"),
    "set_window": ("POST", "/window/rect", "WebDriver:SetWindowRect"),
}


class Failed(Exception):
    """The browser's own word that a command failed."""


class Browser:
    """What both have in common; a subclass starts one, and sends it the `COMMANDS`."""

    def __init__(self):
        self.folder = Path(tempfile.mkdtemp(prefix="engine-"))
        self.processes = []
        self.capabilities = {}
        try:
            self.start()
            self.fit_window()
        except BaseException:
            self.close()
            raise

    def start(self):
        """Starts the browser and opens a session."""
        raise NotImplementedError

    def send(self, command, **parameters):
        """The value that a command answers with; raises `Failed`."""
        raise NotImplementedError

    def console_errors(self):
        """Errors and warnings that the page and its worker have caused so far."""
        raise NotImplementedError

    @property
    def version(self):
        return f"{self.capabilities['browserName']} {self.capabilities['browserVersion']}"

    def spawn(self, command, **settings):
        """Starts a program of a process group of its own, its words going to a file of `folder`."""
        log = (self.folder / f"{Path(command[0]).name}.log").open("wb")
        environment = {**os.environ, "HOME": str(self.folder), **settings.pop("env", {})}
        settings = {"stdout": log, "stderr": log, **settings}
        process = subprocess.Popen(command, env=environment, start_new_session=True, **settings)
        log.close()
        self.processes.append(process)
        return process

    def close(self):
        """Ends everything that was started."""
        for process in reversed(self.processes):
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, 15)
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, 9)
                process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)

    def fit_window(self, seconds=browser.PATIENCE / 1000):
        """Gives the page, not the window around it, the size; a window takes it some time after it was asked for."""
        end = time.monotonic() + seconds
        while (inner := self.evaluate("[innerWidth, innerHeight]")) != [SIZE["width"], SIZE["height"]]:
            if time.monotonic() > end:
                raise AssertionError(f"the page never was {SIZE}, but {inner}")
            window = self.send("get_window")
            self.send(
                "set_window",
                width=window["width"] + SIZE["width"] - inner[0],
                height=window["height"] + SIZE["height"] - inner[1],
            )
            time.sleep(0.3)

    def open(self, url):
        self.send("navigate", url=url)

    def evaluate(self, expression):
        """The value of a JavaScript expression on the page."""
        return self.send("execute", script=f"return {expression}", args=[])

    def wait_for(self, condition, seconds=browser.PATIENCE / 1000):
        """Waits until a JavaScript expression is true; when it never is, says what the page said instead."""
        end = time.monotonic() + seconds
        while not self.evaluate(f"Boolean({condition})"):
            if time.monotonic() > end:
                said = self.evaluate("document.querySelector('[role=alert]')?.textContent")
                data = self.evaluate("({...document.documentElement.dataset})")
                raise AssertionError(f"never: {condition}; {data}; said: {said}; console: {self.console_errors()}")
            time.sleep(0.05)

    def click(self, xpath):
        self.send("click", id=self.find(xpath))

    def type(self, xpath, text):
        self.send("type", id=self.find(xpath), text=text)

    def find(self, xpath):
        return self.send("find", using="xpath", value=xpath)[ELEMENT]

    def press(self, name):
        """Clicks a button by its name."""
        self.click(f"//button[@aria-label='{name}' or not(@aria-label) and normalize-space()='{name}']")

    def choose(self, label, option):
        """Picks one of the choices of a control, by the words that a person reads; unfolds the panel that it is in."""
        self.unfold(label)
        self.click(f"{self.control(label)}//option[normalize-space()='{option}']")

    def enter(self, label, keys):
        """Types into a field by its label; unfolds the panel that it is in."""
        self.unfold(label)
        self.type(self.control(label), keys)

    def unfold(self, label):
        """Opens the panel that a control is in, unless it is open."""
        panel = f"{self.control(label)}/ancestor::details[not(@open)]"
        if self.evaluate(f"document.evaluate({json.dumps(panel)}, document, null, 9).singleNodeValue !== null"):
            self.click(f"{panel}/summary")

    def control(self, label):
        """The XPath of a control by its label."""
        return f"//*[@id=//label[normalize-space(text())='{label}']/@for]"

    def screenshot(self, path):
        Path(path).write_bytes(base64.b64decode(self.send("screenshot")))


def until(condition, what, seconds=START_SECONDS):
    """What `condition()` returns once it is something; raises when it never is."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        with contextlib.suppress(OSError):
            value = condition()
            if value:
                return value
        time.sleep(0.1)
    raise AssertionError(f"{what} did not answer within {seconds} s")


# What Firefox does by itself, and would do over the network.
FIREFOX_PREFERENCES = {
    "marionette.port": 0,
    "app.update.disabledForTesting": True,
    "browser.aboutwelcome.enabled": False,
    "browser.safebrowsing.downloads.remote.enabled": False,
    "browser.shell.checkDefaultBrowser": False,
    "datareporting.policy.dataSubmissionEnabled": False,
    "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False,
    "services.settings.server": "data:,",
    "ui.systemUsesDarkTheme": 0,
}


class Firefox(Browser):
    """Firefox over Marionette: a message is its length, a colon, and [0, id, command, parameters] in JSON."""

    # Everything on the console, of pages and their workers: errors of scripts, and what `console` was told.
    ERRORS = """
        const OURS = /^(http|file|blob)/;
        const errors = Services.console.getMessageArray()
            .filter((message) => message instanceof Ci.nsIScriptError && OURS.test(message.sourceName))
            .map((message) => message.toString());
        const told = Cc["@mozilla.org/consoleAPI-storage;1"].getService(Ci.nsIConsoleAPIStorage).getEvents()
            .filter((event) => ["error", "warn", "assert"].includes(event.level) && OURS.test(event.filename))
            .map((event) => `console.${event.level}: ${Array.from(event.arguments).join(" ")}`);
        return [...errors, ...told];
    """

    def start(self):
        lines = [f"user_pref({json.dumps(name)}, {json.dumps(value)});" for name, value in FIREFOX_PREFERENCES.items()]
        (self.folder / "user.js").write_text("\n".join(lines))
        # System access lets `console_errors` look into the browser's console.
        options = ["--marionette", "--remote-allow-system-access", "--headless", "--no-remote", "--new-instance"]
        firefox = browser.programs("firefox")[0]
        self.spawn([firefox, *options, "--profile", self.folder])
        port = until(lambda: (self.folder / "MarionetteActivePort").read_text(), "Firefox")
        self.socket = socket.create_connection(("127.0.0.1", int(port)), timeout=ANSWER_SECONDS)
        self.stream = self.socket.makefile("rb")
        self.read()  # its greeting
        self.sent = 0
        self.capabilities = self.ask("WebDriver:NewSession", {})["capabilities"]

    def send(self, command, **parameters):
        answer = self.ask(COMMANDS[command][2], parameters)
        return answer["value"] if isinstance(answer, dict) and "value" in answer else answer

    def ask(self, name, parameters):
        self.sent += 1
        message = json.dumps([0, self.sent, name, parameters])
        self.socket.sendall(f"{len(message)}:{message}".encode())
        _, number, error, value = self.read()
        assert number == self.sent
        if error:
            raise Failed(f"{name}: {error['error']}: {error['message']}")
        return value

    def read(self):
        size = b""
        while not size.endswith(b":"):
            byte = self.stream.read(1)
            if not byte:
                raise Failed("Firefox has gone")
            size += byte
        return json.loads(self.stream.read(int(size[:-1])))

    def console_errors(self):
        self.ask("Marionette:SetContext", {"value": "chrome"})
        try:
            return self.ask("WebDriver:ExecuteScript", {"script": self.ERRORS, "args": []})["value"]
        finally:
            self.ask("Marionette:SetContext", {"value": "content"})

    def close(self):
        if getattr(self, "socket", None):
            self.stream.close()
            self.socket.close()
        super().close()


class WebKit(Browser):
    """WebKitGTK's MiniBrowser by way of WebKitWebDriver, on a screen that nobody sees."""

    # It tells nobody what is on the console: this collects that on the page, as soon as there is one.
    HOOK = """
        if (window.heard) return;
        window.heard = [];
        for (const kind of ["error", "warn"]) {
            const say = console[kind];
            console[kind] = (...words) => {
                heard.push(`console.${kind}: ${words.join(" ")}`);
                say.apply(console, words);
            };
        }
        const failed = ({ message, target }) => heard.push(message ?? `not loaded: ${target.outerHTML}`);
        addEventListener("error", failed, true);
        addEventListener("unhandledrejection", (event) => heard.push(`not handled: ${event.reason}`));
        addEventListener("securitypolicyviolation", (event) => heard.push(`refused: ${event.blockedURI}`));
    """

    def start(self):
        driver, xvfb = browser.programs("webkit")
        screen = [xvfb, "-displayfd", "1", "-screen", "0", "1600x1200x24", "-nolisten", "tcp"]
        display = self.spawn(screen, stdout=subprocess.PIPE).stdout.readline().decode().strip()
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        settings = {"DISPLAY": f":{display}", "GDK_BACKEND": "x11", "NO_AT_BRIDGE": "1", "LC_ALL": "C.UTF-8"}
        self.spawn([driver, f"--port={port}"], env=settings)
        self.session = f"http://127.0.0.1:{port}"
        until(lambda: self.request("GET", "/status")["ready"], "WebKitWebDriver")
        # The page has only begun when it may be hooked.
        options = {"pageLoadStrategy": "none"}
        opened = self.request("POST", "/session", {"capabilities": {"alwaysMatch": options}})
        self.capabilities = opened["capabilities"]
        self.session += f"/session/{opened['sessionId']}"

    def send(self, command, **parameters):
        method, path, _ = COMMANDS[command]
        return self.request(method, path.format(**parameters), None if method == "GET" else parameters)

    def request(self, method, path, parameters=None):
        body = None if parameters is None else json.dumps(parameters).encode()
        request = urllib.request.Request(self.session + path, body, method=method)
        try:
            with urllib.request.urlopen(request, timeout=ANSWER_SECONDS) as response:
                return json.load(response)["value"]
        except urllib.error.HTTPError as error:
            value = json.load(error)["value"]
            raise Failed(f"{path}: {value['error']}: {value['message']}") from None

    def open(self, url):
        super().open(url)
        self.wait_for(f"location.href === {json.dumps(url)}")
        self.send("execute", script=self.HOOK, args=[])

    def console_errors(self):
        return self.evaluate("window.heard ?? ['nothing was heard']")

    def close(self):
        if "/session/" in getattr(self, "session", ""):
            with contextlib.suppress(OSError, Failed):
                self.request("DELETE", "")
        super().close()
