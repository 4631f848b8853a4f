// MicroPython as the interpreter that PyScript loads on the page: with the page's own modules in its files, which come
// all together in `page.json`, as {path: source}.

import { loadMicroPython as load } from "../vendor/micropython/micropython.mjs";

const address = (path) => new URL(path, import.meta.url).href;

async function fetchModules() {
    const response = await fetch(address("../page.json"));
    if (!response.ok) throw new Error(`${response.url} is missing (${response.status}).`);
    return response.json();
}

// Asked for before PyScript is ready to use it.
const modules = fetchModules();
modules.catch(() => {});

// What is kept by the browser under a key, as far as it lets that be: it may deny all, or have no room. An error of
// JavaScript's would go past Python's `try`.
const kept = (area) => ({
    read(key) {
        try {
            return window[area].getItem(key);
        } catch {
            return null;
        }
    },
    write(key, text) {
        try {
            window[area].setItem(key, text);
        } catch {
            // Then it holds for as long as the page is open.
        }
    },
});
const storage = { visits: kept("localStorage"), tab: kept("sessionStorage") };

// Lets the browser draw and hear before going on. A message is heard sooner than a timer goes off.
const turn = () =>
    new Promise((resolve) => {
        const { port1, port2 } = new MessageChannel();
        port1.onmessage = () => {
            port1.close();
            resolve();
        };
        port2.postMessage(null);
    });

export async function loadMicroPython(options) {
    const url = address("../vendor/micropython/micropython.wasm");
    const [interpreter, sources] = await Promise.all([load({ ...options, url }), modules]);
    const { FS, runPythonAsync } = interpreter;
    // Given texts, MicroPython would encode them letter by letter, which takes 15 ms.
    const encoder = new TextEncoder();
    for (const [path, source] of Object.entries(sources)) {
        const folder = path.slice(0, path.lastIndexOf("/") + 1);
        if (folder && !FS.analyzePath(folder).exists) FS.mkdir(folder);
        FS.writeFile(path, encoder.encode(source));
    }
    interpreter.registerJsModule("storage", storage);
    interpreter.registerJsModule("scripts", { turn, uplot: () => import("../vendor/uplot/uPlot.esm.js") });
    // PyScript runs its own library and our script in one go, and writes an error of Python's on the console, and that is
    // all.
    interpreter.runPythonAsync = async (...source) => {
        await turn();
        try {
            return await runPythonAsync(...source);
        } catch (error) {
            window.watchdog.fail(error.message.trim().split("\n").pop());
            throw error;
        }
    };
    return interpreter;
}
