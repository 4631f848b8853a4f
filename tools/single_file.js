// Runs the site out of the one HTML file that it is in. `tools/single_file.py` puts this at the end of the page, after
// the site's files: those that are compressed already one by one, all others in one bundle.
//
// A page from disk cannot fetch files, import modules or start workers. But it can make `blob:` addresses for what it
// holds. So the addresses of the site are served here: `fetch`, XMLHttpRequest and Worker are replaced, and the modules,
// which are rewritten for this, import by `siteImport` and get their address from `siteURL`.
//
// In such a page Chromium does not start a module as a worker, and a worker cannot read the page's `blob:` addresses. So
// a worker starts as a classic script, gets the files by a message, and makes addresses of its own.

"use strict";

(() => {
    const element = document.getElementById("single-file");
    const base = document.baseURI.split("#")[0];
    const index = JSON.parse(element.textContent);

    // Serves `files`, {path: Blob}, by the addresses of the site. Runs on the page and in the worker.
    function answerWith(files, base) {
        const folder = new URL(".", base).href;
        const { fetch } = self;
        const addresses = new Map();
        const modules = new Map();

        // The path in the site that an address names, or null.
        function pathOf(address) {
            const { href } = new URL(address, base);
            return href.startsWith(folder) ? decodeURIComponent(href.slice(folder.length).split(/[?#]/)[0]) : null;
        }

        function addressOf(path) {
            if (!addresses.has(path)) addresses.set(path, URL.createObjectURL(files[path]));
            return addresses.get(path);
        }

        // One address for each module, so that it is loaded once, even if several others import it.
        function moduleAddressOf(path) {
            if (!modules.has(path)) modules.set(path, linked(path));
            return modules.get(path);
        }

        // The address of a module in whose code the addresses of its imports have been filled in.
        async function linked(path) {
            const file = files[path];
            const text = await file.text();
            const imported = {};
            for (const [, name] of text.matchAll(/"site:([^"]+)"/g)) imported[name] = await moduleAddressOf(name);
            const code = text.replace(/"site:([^"]+)"/g, (_, name) => JSON.stringify(imported[name]));
            return URL.createObjectURL(new Blob([code], { type: file.type }));
        }

        self.siteURL = (path) => new URL(path, base).href;

        self.siteImport = async (address) => {
            const path = pathOf(address);
            if (path in files) return import(await moduleAddressOf(path));
            throw new TypeError(`${address} is not in this file`);
        };

        self.fetch = async (resource, options) => {
            const address = new URL(resource.url ?? resource, base).href;
            const path = pathOf(address);
            if (path === null) return fetch(resource, options);
            const response = path in files ? new Response(files[path]) : new Response(null, { status: 404 });
            return Object.defineProperty(response, "url", { value: address });
        };

        self.XMLHttpRequest = class extends XMLHttpRequest {
            // A `blob:` address allows only GET, not HEAD.
            open(method, address, ...rest) {
                const path = pathOf(address);
                if (path in files) super.open("GET", addressOf(path), ...rest);
                else super.open(method, address, ...rest);
            }
        };

        return { pathOf, addressOf };
    }

    // A worker's first script. The first message brings what it needs; all later messages are its own.
    function beginWorker({ files, base, code }) {
        Object.defineProperty(self, "location", { value: new URL(base) });
        answerWith(files, base);
        // Like a module's code, this code runs up to its first `await` before any message is handled.
        const script = new Blob(["(async () => { 'use strict';\n", code, "\n})();"], { type: "text/javascript" });
        const { importScripts } = self;
        self.importScripts = () => {
            throw new TypeError("Modules do not import scripts");
        };
        importScripts(URL.createObjectURL(script));
    }

    function workerScript() {
        const begin = `addEventListener("message", (event) => {
            event.stopImmediatePropagation();
            beginWorker(event.data);
        }, { once: true });`;
        return URL.createObjectURL(new Blob([answerWith, "\n", beginWorker, "\n", begin], { type: "text/javascript" }));
    }

    // Makes `new Worker` start PyScript's workers, whose code PyScript gives by a `blob:` address.
    function standInForWorkers(files) {
        const { createObjectURL } = URL;
        const scripts = new Map();
        URL.createObjectURL = (blob) => {
            const address = createObjectURL.call(URL, blob);
            if (/javascript$/.test(blob.type)) scripts.set(address, blob);
            return address;
        };
        const first = workerScript();
        self.Worker = class extends Worker {
            constructor(address, options) {
                super(first, { name: options?.name });
                super.postMessage({ files, base, code: scripts.get(String(address)) });
            }
        };
    }

    // Links to files of the site open the files in here.
    function openLinks(files, { pathOf, addressOf }) {
        document.addEventListener("click", (event) => {
            const link = event.target.closest("a[href]");
            const path = link && pathOf(link.href);
            if (!(path in files)) return;
            event.preventDefault();
            window.open(addressOf(path), "_blank");
        });
    }

    async function decoded(element) {
        const response = await fetch(`data:application/octet-stream;base64,${element.textContent}`);
        // The text takes many megabytes of memory.
        element.remove();
        return response;
    }

    // The files by path.
    async function unpack() {
        const files = {};
        const compressed = (await decoded(document.getElementById("single-file-bundle"))).body;
        const bundle = await new Response(compressed.pipeThrough(new DecompressionStream("deflate-raw"))).blob();
        let at = 0;
        for (const [path, type, size] of index.bundle) files[path] = bundle.slice(at, (at += size), type);
        for (const element of document.querySelectorAll("script[data-path]")) {
            const { path, type } = element.dataset;
            files[path] = new Blob([await (await decoded(element)).arrayBuffer()], { type });
        }
        return files;
    }

    async function open() {
        const files = await unpack();
        const site = answerWith(files, base);
        standInForWorkers(files);
        openLinks(files, site);
        for (const module of index.modules) await siteImport(module);
    }

    // An error becomes an unhandled rejection, which `static/watchdog.js` reports.
    open();
})();
