{% load static %}/* The counter without a network: its own page and files are kept here, nobody's data ever is. */
const KEPT = "counter-{{ release }}";
const SHELL = "{% url 'counter:offline' %}";
const HOME = "{% url 'counter:home' %}";
const FILES = [SHELL, "{% static 'dist/counter.css' %}", "{% static 'dist/counter.js' %}", "{% static 'dist/icons.svg' %}", "{{ brand.stylesheet_url|escapejs }}"];
const PATIENCE = 6000;

self.addEventListener("install", (event) => {
  event.waitUntil(caches.open(KEPT).then((cache) => cache.addAll(FILES.map((file) => new Request(file, { cache: "reload" })))).then(() => self.skipWaiting()));
});

self.addEventListener("activate", (event) => {
  const old = caches.keys().then((names) => Promise.all(names.filter((name) => name !== KEPT && name.startsWith("counter-")).map((name) => caches.delete(name))));
  event.waitUntil(old.then(() => self.clients.claim()));
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== self.location.origin) return;
  if (request.mode === "navigate" && url.pathname.startsWith(HOME)) event.respondWith(page(request));
  else if (FILES.includes(url.pathname + url.search)) event.respondWith(file(request));
});

/* The network first, with patience; then the page that works without one. */
async function page(request) {
  const ended = new AbortController();
  const timer = setTimeout(() => ended.abort(), PATIENCE);
  try {
    return await fetch(request, { signal: ended.signal });
  } catch {
    return (await caches.match(SHELL)) ?? Response.error();
  } finally {
    clearTimeout(timer);
  }
}

/* Our own files: what is fresh if there is a network, what is kept if there is none. */
async function file(request) {
  try {
    const fresh = await fetch(request);
    if (fresh.ok) (await caches.open(KEPT)).put(request, fresh.clone());
    return fresh;
  } catch {
    return (await caches.match(request)) ?? Response.error();
  }
}
