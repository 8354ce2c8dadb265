/* What the page says of itself: who, where, and the words scripts need (counter/parts/words.html). */

export const desk = () => document.getElementById("desk");
export const told = (name) => desk()?.dataset[name] ?? "";
export const words = (name, values = {}) =>
  Object.entries(values).reduce((text, [key, value]) => text.replace(`{${key}}`, value), told(`words${name}`));

/* Minutes without a touch lock the screen; the server's own clock decides, this one only draws the curtain. */
const token = () => document.querySelector('meta[name="csrf-token"]')?.content ?? cookie("csrftoken");
const cookie = (name) => document.cookie.match(`(?:^|; )${name}=([^;]*)`)?.[1] ?? "";

export function send(address, body, type) {
  const headers = { "X-CSRFToken": token(), "HX-Request": "true", Accept: "application/json" };
  if (type) headers["Content-Type"] = type;
  return fetch(address, { method: "POST", headers, body, credentials: "same-origin", redirect: "error" });
}
