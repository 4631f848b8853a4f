"""The page's side of the worker: starts the lab, calls it, and notices when it has ended."""

from pyscript import PyWorker, config, document, window
from pyscript.ffi import create_proxy

from page.dom import listen

# A lab that is starting and has sent nothing for so many seconds is reported as quiet.
PATIENCE = 15


class Lab:
    """A lab in its worker.

    It calls `on_progress(news)` with each message of the worker about loading; `on_ready()` when the lab can be called;
    `on_lost(text)` when it will never answer again; and `on_quiet()` if it sends nothing for `PATIENCE` seconds before
    its first answer. The page tells of the first answer by `settled()`.
    """

    def __init__(self, on_progress, on_ready, on_lost, on_quiet):
        self.on_progress, self.on_ready, self.on_lost, self.on_quiet = on_progress, on_ready, on_lost, on_quiet
        self.worker = None
        self.generation = 0
        # Whether `settled()` was called.
        self.has_answered = False
        self.quiet = 0
        self.timer = None
        self._count_proxy = create_proxy(self._count)
        self._ignore_proxy = create_proxy(lambda error: None)

    def start(self):
        """Starts a worker; ends the previous one, if there is one."""
        self.stop()
        self.generation += 1
        generation = self.generation

        def current(handler):
            return lambda *arguments: handler(*arguments) if generation == self.generation else None

        worker = PyWorker(
            "py/lab/worker.py",
            type="pyodide",
            version=window.URL.new("static/interpreter.mjs", document.baseURI).href,
            config=config["lab"],
        )
        self.worker = worker
        self.lost = create_proxy(current(lambda error: self.on_lost(_reason(error))))
        listen(worker, "message", current(self._hear))
        # Errors that nothing else catches, such as running out of memory while a message is read.
        worker.onerror = create_proxy(current(lambda event: self.on_lost(_reason(event))))
        worker.ready.then(create_proxy(current(lambda worker: self.on_ready())), self.lost)
        # Seconds are counted by a timer, because a clock may jump, for example when the machine has slept.
        self.has_answered = False
        self.quiet = 0
        self.timer = window.setInterval(self._count_proxy, 1000)

    def call(self, name, text, answered, *more):
        """Calls an export of the worker's script, with a string first; `answered`, a proxy, gets what it returns."""
        getattr(self.worker.sync, name)(text, *more).then(answered, self.lost)

    def stop(self):
        """Ends the worker; messages that still arrive from it are ignored."""
        self.generation += 1
        self._stop_counting()
        if self.worker:
            self.worker.terminate()
            self.worker = None

    def settled(self):
        """Takes note that the lab has answered; from now on it may be silent for any time."""
        self.has_answered = True
        self._stop_counting()

    def _stop_counting(self):
        if self.timer is not None:
            window.clearInterval(self.timer)
            self.timer = None

    def _count(self):
        self.quiet += 1
        if self.quiet == PATIENCE:
            self._stop_counting()
            self.on_quiet()

    def _hear(self, event):
        news = getattr(event.data, "lab", None)
        if news is None:
            return
        self.quiet = 0
        if getattr(news, "making", None):
            # Making a network may take any time. If the worker dies meanwhile, its lock tells.
            self._stop_counting()
        lock = getattr(news, "lock", None)
        if getattr(news, "failed", None):
            self.on_lost(_reason(news.failed))
        elif lock:
            # The worker holds this lock as long as it lives, so if the page gets the lock, the worker is dead.
            generation = self.generation

            def granted(lock):
                if generation == self.generation:
                    self.on_lost("The worker that runs it has ended.")

            window.navigator.locks.request(lock, create_proxy(granted)).catch(self._ignore_proxy)
        else:
            self.on_progress(news)


def _reason(error):
    """The last line of an error's message, which in a Python traceback says what was wrong; at most 300 characters."""
    # PyScript wraps errors in events.
    error = getattr(error, "error", None) or error
    text = str(getattr(error, "message", None) or window.String(error)).strip()
    return text.split("\n")[-1][:300]
