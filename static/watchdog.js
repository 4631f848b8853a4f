// Notices what Python cannot tell, because it is not there yet: a file that is missing or damaged, a start that comes
// to nothing. Says so in the page's one alert, and stands back as soon as the page is open.
//
// The page calls `opened()` then; `fail(reason)` says why it never will; `unseen` are style sheets that did not come.
// `damaged(pack)` promises in words which files are not as they were published, the lab's pack included if asked for;
// `reload()` reloads the page, and such files with it.

window.watchdog = (() => {
    const PATIENCE = 15;
    const SOURCES = /^(vendor|static)\/.*\.(m?js|wasm)$|^page\.json$/;
    const PACK = /\.zst$/;
    const base = new URL(".", document.baseURI).href;
    const unseen = [];
    const broken = new Set();
    let open = false;
    // What the browser lacks has been said already, by requirements.js.
    let said = document.documentElement.dataset.state === "error";
    let quiet = 0;

    const pathOf = (url) => url.split(/[?#]/)[0].replace(base, "");

    async function hash(bytes) {
        // Browsers have it for secure origins only; of others lengths must do.
        if (!window.crypto?.subtle) return null;
        const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
        return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
    }

    async function complaint({ path, bytes: size, sha256 }) {
        const response = await fetch(path, { cache: "force-cache" }).catch(() => null);
        const content = response?.ok && (await response.arrayBuffer().catch(() => null));
        if (content?.byteLength === size && [sha256, null].includes(await hash(content))) return "";
        broken.add(path);
        return content ? `${path} is damaged.` : `${path} is missing.`;
    }

    async function damaged(wanted) {
        try {
            const { files } = await (await fetch("manifest.json")).json();
            const complaints = await Promise.all(files.filter(({ path }) => wanted(path)).map(complaint));
            return complaints.filter(Boolean).join(" ");
        } catch {
            return "";
        }
    }

    async function reload() {
        await Promise.allSettled([...broken].map((path) => fetch(path, { cache: "reload" })));
        location.reload();
    }

    const words = document.createElement("span");

    function say(text) {
        words.textContent = text;
        if (open || words.isConnected) return;
        const message = document.getElementById("message");
        const button = document.createElement("button");
        button.type = "button";
        button.textContent = "Reload the page";
        button.addEventListener("click", reload);
        message.className = "across";
        message.replaceChildren(words, button);
        document.getElementById("loading").hidden = true;
        document.documentElement.dataset.state = "error";
    }

    const written = new Promise((resolve) => document.addEventListener("DOMContentLoaded", resolve));

    // A sandbox makes the page a stranger to its own files: an origin of its own, which is none. (From disk it is none
    // without.)
    const isSandboxed = window.origin === "null" && location.protocol !== "file:";
    const SANDBOX =
        window.parent === window
            ? "its host sends it with a “Content-Security-Policy: sandbox” that keeps its own files from it. The header " +
              "has to go, or to be “sandbox allow-scripts allow-same-origin”."
            : "the frame that it is shown in has a sandbox that keeps its own files from it. Whoever made the frame has " +
              "to write sandbox=\"allow-scripts allow-same-origin\" in it.";

    // The first failure counts: what follows comes of it.
    async function fail(reason, wanted = (path) => SOURCES.test(path)) {
        if (open || said) return;
        said = true;
        await written;
        say(`The page could not start: ${isSandboxed ? `${SANDBOX} (${reason})` : reason}`);
        if (isSandboxed) return;
        const found = await damaged(wanted);
        if (found) say(`The page could not start: ${found} (${reason})`);
    }

    function opened() {
        open = true;
        clearInterval(clock);
        if (words.isConnected) document.getElementById("message").replaceChildren();
    }

    const listen = (event, handler) => window.addEventListener(event, handler, true);
    listen("error", ({ target, message, filename }) => {
        if (target instanceof HTMLScriptElement) fail(`${pathOf(target.src)} did not load.`);
        else if (target instanceof HTMLLinkElement && target.rel === "stylesheet") unseen.push(pathOf(target.href));
        else if (message && message !== "Script error.") fail(filename ? `${pathOf(filename)}: ${message}` : message);
    });
    listen("unhandledrejection", ({ reason }) => fail(String(reason?.message ?? reason)));

    // Seconds are counted, not read from the clock, which jumps, and stands still while the machine sleeps.
    const clock = setInterval(() => {
        if (++quiet < PATIENCE) return;
        // What has not arrived is not asked for once more.
        const arrived = performance.getEntriesByType("resource").map(({ name }) => pathOf(name));
        fail(`nothing has arrived for ${PATIENCE} seconds. On a slow network it may still.`, (path) => arrived.includes(path));
    }, 1000);
    new PerformanceObserver(() => (quiet = 0)).observe({ type: "resource", buffered: true });

    return { opened, fail, damaged: (pack) => damaged((path) => SOURCES.test(path) || (pack && PACK.test(path))), reload, unseen };
})();
