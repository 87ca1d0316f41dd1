// The connection to the server is lost: the page says so, keeps what is typed from then on, and gives it back afterwards.
// (The words of a bulletin are kept at every letter, see loaDraft.)
window.loaLost = {
  key: "loa-lang-lost:" + location.pathname,

  // What a person types on a page: no passwords, no words that confirm something, nothing chosen from a list.
  fields() {
    return [...document.querySelectorAll("#main :is(input, textarea)[data-testid]")].filter((field) =>
      !field.dataset.draft && !["password", "file", "checkbox", "radio"].includes(field.type) &&
      field.getAttribute("role") !== "combobox" && !field.dataset.testid.endsWith("confirm"));
  },

  say(lost) {
    document.body.classList.toggle("loa-lost", lost);
    if (lost) this.keep();
    else sessionStorage.removeItem(this.key);
  },

  keep() {
    const typed = this.fields().map((field) => [field.dataset.testid, field.value]);
    try { sessionStorage.setItem(this.key, JSON.stringify(typed)); } catch (full) { /* it stays on the page */ }
  },

  // Once the server is back the page is made anew: then what stood in its fields is typed into them again.
  back() {
    const kept = new Map(JSON.parse(sessionStorage.getItem(this.key) || "[]"));
    if (!kept.size || !this.fields().length || !window.did_handshake) return !kept.size;
    for (const field of this.fields()) {
      const value = kept.get(field.dataset.testid);
      if (value === undefined || value === field.value) continue;
      Object.getOwnPropertyDescriptor(Object.getPrototypeOf(field), "value").set.call(field, value);
      field.dispatchEvent(new Event("input", { bubbles: true }));
      field.dispatchEvent(new Event("change", { bubbles: true }));
    }
    sessionStorage.removeItem(this.key);
    return true;
  },

  begin() {
    const popup = document.getElementById("popup");
    if (!popup) return;
    popup.setAttribute("role", "alert");
    let was = false;
    new MutationObserver(() => {
      const lost = popup.ariaHidden === "false";
      if (lost !== was) this.say(was = lost);
    }).observe(popup, { attributes: true, attributeFilter: ["aria-hidden"] });
    document.addEventListener("input", () => { if (was) this.keep(); });
    const until = Date.now() + 30000;
    const look = setInterval(() => { if (this.back() || Date.now() > until) clearInterval(look); }, 200);
  },
};
addEventListener("DOMContentLoaded", () => window.loaLost.begin());
