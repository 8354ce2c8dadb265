{% load static %}/* Stands between the pages of /me/ and the net: keeps what they are drawn with, and the card for when there is no net. */
const KEPT = "shell-{{ version }}";
const CARD = "card"; // written by the pages of whoever has signed in, emptied when they sign out
const OFFLINE = "{% url 'portal_offline' %}";
const FILES = [{% for file in kept %}"{{ file|escapejs }}"{% if not forloop.last %}, {% endif %}{% endfor %}];

self.addEventListener("install", (event) => {
  const keep = async () => {
    const cache = await caches.open(KEPT);
    await cache.addAll(FILES);
    // without a cookie: this one names nobody
    await cache.put(OFFLINE, await fetch(OFFLINE, { credentials: "omit" }));
    await self.skipWaiting();
  };
  event.waitUntil(keep());
});

self.addEventListener("activate", (event) => {
  const forget = async () => {
    const names = await caches.keys();
    await Promise.all(names.filter((name) => name.startsWith("shell-") && name !== KEPT).map((name) => caches.delete(name)));
    await self.clients.claim();
  };
  event.waitUntil(forget());
});

async function withoutNet() {
  const own = await (await caches.open(CARD)).match(OFFLINE);
  return own || (await (await caches.open(KEPT)).match(OFFLINE)) || Response.error();
}

self.addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.method !== "GET") return;
  if (request.mode === "navigate") {
    event.respondWith(fetch(request).catch(withoutNet));
    return;
  }
  const address = new URL(request.url);
  if (address.origin === self.location.origin && FILES.includes(address.pathname + address.search)) {
    event.respondWith(caches.open(KEPT).then((cache) => cache.match(request)).then((kept) => kept || fetch(request)));
  }
});
