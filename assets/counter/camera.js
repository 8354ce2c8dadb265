/* The camera reads the code on the customer's screen; its reader is loaded when it is first wanted. */

import { loadScanner, say } from "../shared/start.js";
import { words } from "./desk.js";

async function scan(field) {
  const window_ = document.getElementById("camera");
  window_.showModal();
  let stop = () => {};
  window_.addEventListener("close", () => stop(), { once: true });
  try {
    const reader = await loadScanner();
    stop = await reader.scan({
      video: document.getElementById("camera-picture"),
      found: (text) => {
        window_.close();
        field.value = text;
        field.form.requestSubmit();
      },
    });
    if (!window_.open) stop();
  } catch {
    window_.close();
    say(words("NoCamera"), "error");
  }
}

export function startCamera() {
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-do=scan]");
    if (button) scan(document.querySelector(button.dataset.into ?? "#q"));
  });
}
