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
self.addEventListener("activate", (event) => event.waitUntil(VERSION ? takeOver() : stepBack()));
self.addEventListener("message", ({ data }) => data === "take over" && self.skipWaiting());
self.addEventListener("fetch", (event) => {
    const { method, url } = event.request;
    if (VERSION && method === "GET" && url.startsWith(SCOPE)) event.respondWith(answer(event.request));
});

async function answer(request) {
    const path = request.url.slice(SCOPE.length).split(/[?#]/)[0] || "index.html";
    // Where storage has failed there is still the network.
    const kept = await caches.match(SCOPE + path, { cacheName: OURS + VERSION }).catch(() => undefined);
    return kept ?? fetch(request);
}

async function keepAll() {
    const cache = await caches.open(OURS + VERSION);
    // The manifest is kept last: a cache that has it is whole, and may be in use, as when a site goes back to a version.
    if (await cache.match(SCOPE + MANIFEST)) return;
    try {
        const known = await knownFiles();
        const manifest = await fetched({ path: MANIFEST, sha256: VERSION });
        const { files } = await manifest.clone().json();
        const keep = async (file) => cache.put(SCOPE + file.path, (await known.get(file.sha256)?.()) ?? (await fetched(file)));
        await Promise.all(files.map(keep));
        await cache.put(SCOPE + MANIFEST, manifest);
    } catch (error) {
        await caches.delete(OURS + VERSION);
        throw error;
    }
}

// A file over the network, if it is what the version says.
async function fetched({ path, sha256 }) {
    const response = await fetch(SCOPE + path, { cache: "no-cache" });
    if (!response.ok) throw new Error(`${path} is missing (${response.status}).`);
    const bytes = await response.arrayBuffer();
    const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
    const found = Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
    if (found !== sha256) throw new Error(`${path} is not of this version.`);
    const headers = { "Content-Type": response.headers.get("Content-Type") ?? "", "Content-Length": bytes.byteLength };
    return new Response(bytes, { headers });
}

// What whole versions have kept: how to come by it, by hash.
async function knownFiles() {
    const known = new Map();
    for (const name of await ourCaches()) {
        const old = await caches.open(name);
        const manifest = await old.match(SCOPE + MANIFEST);
        const { files } = manifest ? await manifest.json() : { files: [] };
        for (const { path, sha256 } of files) known.set(sha256, () => old.match(SCOPE + path));
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

async function takeOver() {
    await forget(OURS + VERSION);
    // Also of tabs that came over the network: what they have not asked for yet, they may want when it is gone.
    await self.clients.claim();
}

async function stepBack() {
    await forget();
    await self.registration.unregister();
    for (const page of await self.clients.matchAll({ type: "window" })) page.navigate(page.url);
}
