/* What both doors need before their own scripts: htmx and Alpine under a policy without inline scripts and eval. */

import Alpine from "@alpinejs/csp";
import htmx from "htmx.org";

htmx.config.includeIndicatorStyles = false; // a style element the policy would refuse; parts/notices.css has them
htmx.config.allowEval = false;
htmx.config.allowScriptTags = false;
htmx.config.selfRequestsOnly = true;
htmx.config.historyCacheSize = 0; // pages of people are kept nowhere

const token = () => document.querySelector('meta[name="csrf-token"]')?.content ?? "";

document.addEventListener("htmx:configRequest", (event) => {
  if (event.detail.verb !== "get") event.detail.headers["X-CSRFToken"] = token();
});
// refusals are pages too: show what the server says of a wrong field (422) or a limit (429)
document.addEventListener("htmx:beforeSwap", (event) => {
  if ([400, 409, 422, 429].includes(event.detail.xhr.status)) {
    event.detail.shouldSwap = true;
    event.detail.isError = false;
  }
});

/* <div x-data="offline"> … x-show="away" */
Alpine.data("offline", () => ({
  away: !navigator.onLine,
  init() {
    addEventListener("online", () => (this.away = false));
    addEventListener("offline", () => (this.away = true));
  },
}));

/* dispatchEvent(new CustomEvent("say", {detail: {text, kind}})): one line in passing, read aloud by screen readers */
Alpine.data("toasts", () => ({
  said: [],
  init() {
    addEventListener("say", (event) => this.show(event.detail));
  },
  show({ text, kind = "success", seconds = 6 }) {
    const one = { id: Math.random(), text, class: `alert alert-${kind}` };
    this.said = [...this.said, one];
    setTimeout(() => (this.said = this.said.filter((other) => other.id !== one.id)), seconds * 1000);
  },
}));

export const say = (text, kind = "success") => dispatchEvent(new CustomEvent("say", { detail: { text, kind } }));

/* /static/dist/…: <html data-static> knows, because production gives files hashed names */
export const asset = (name) => document.documentElement.dataset[name];

/* Loaded when somebody opens the camera: 1 MB that the first screen does not wait for. */
export function loadScanner() {
  if (window.shopScanner) return Promise.resolve(window.shopScanner);
  return new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = asset("scanner");
    script.onload = () => resolve(window.shopScanner);
    script.onerror = () => reject(new Error("scanner"));
    document.head.append(script);
  });
}

export function start() {
  window.htmx = htmx;
  window.Alpine = Alpine;
  Alpine.start();
}
