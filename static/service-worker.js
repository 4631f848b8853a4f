// Keeps the site, so that it works without the network: every file of one version, each checked by its hash, or none.
//
// The built site has this file beside `index.html`, with its version put in. The development server sends it without
// one: then it only clears away what a built site kept at the same address.

// The SHA-256 of manifest.json, which has those of all other files.
const VERSION = "";
const SCOPE = self.registration.scope;
// Other sites may share the origin.
const OURS = `intuitive-classification ${SCOPE} `;
const MANIFEST = "manifest.json";

self.addEventListener("install", (event) => event.waitUntil(VERSION ? keepAll() : self.skipWaiting()));
self.addEventListener("activate", (event) => event.waitUntil(VERSION ? forget(OURS + VERSION) : stepBack()));
self.addEventListener("message", ({ data }) => data === "take over" && self.skipWaiting());
self.addEventListener("fetch", (event) => {
    const { method, url } = event.request;
    if (VERSION && method === "GET" && url.startsWith(SCOPE)) event.respondWith(answer(event.request));
});

async function answer(request) {
    const path = request.url.slice(SCOPE.length).split(/[?#]/)[0] || "index.html";
    const kept = await caches.match(SCOPE + path, { cacheName: OURS + VERSION });
    return kept ?? fetch(request);
}

async function keepAll() {
    const known = await knownFiles();
    try {
        const cache = await caches.open(OURS + VERSION);
        const { files } = JSON.parse(await keep(cache, { path: MANIFEST, sha256: VERSION }));
        await Promise.all(files.map(async (file) => known.get(file.sha256)?.(cache, file) ?? keep(cache, file)));
    } catch (error) {
        await caches.delete(OURS + VERSION);
        throw error;
    }
}

// Fetches a file, keeps it if it is what the version says, and returns its text.
async function keep(cache, { path, sha256 }) {
    const response = await fetch(SCOPE + path, { cache: "no-cache" });
    if (!response.ok) throw new Error(`${path} is missing (${response.status}).`);
    const bytes = await response.arrayBuffer();
    const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
    const found = Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
    if (found !== sha256) throw new Error(`${path} is not of this version.`);
    const headers = { "Content-Type": response.headers.get("Content-Type") ?? "", "Content-Length": bytes.byteLength };
    await cache.put(SCOPE + path, new Response(bytes, { headers }));
    return path === MANIFEST ? new TextDecoder().decode(bytes) : "";
}

// What older versions have kept: how to copy it to another cache, by hash.
async function knownFiles() {
    const known = new Map();
    for (const name of await ourCaches()) {
        const old = await caches.open(name);
        const manifest = await old.match(SCOPE + MANIFEST);
        const { files } = manifest ? await manifest.json() : { files: [] };
        for (const { path: oldPath, sha256 } of files) {
            known.set(sha256, async (cache, { path }) => cache.put(SCOPE + path, await old.match(SCOPE + oldPath)));
        }
    }
    return known;
}

async function ourCaches() {
    return (await caches.keys()).filter((name) => name.startsWith(OURS));
}

async function forget(butThis) {
    const names = (await ourCaches()).filter((name) => name !== butThis);
    await Promise.all(names.map((name) => caches.delete(name)));
}

async function stepBack() {
    await forget();
    await self.registration.unregister();
    for (const page of await self.clients.matchAll({ type: "window" })) page.navigate(page.url);
}
