// The clock of the server, so that ages are true on a computer whose own clock is wrong.
window.loaNow = () => Date.now() + (window.loaSkew || 0);

// What is being typed, kept in this browser until the server says it has it. One entry a field.
window.loaDraft = {
  name: (key) => "loa-lang:" + key,
  keep(key, value) {
    try { localStorage.setItem(this.name(key), JSON.stringify({ value, at: window.loaNow() })); } catch (full) { /* kept on the page */ }
  },
  saved(key, value) {
    try {
      const kept = JSON.parse(localStorage.getItem(this.name(key)));
      if (kept && kept.value === value) localStorage.removeItem(this.name(key));
    } catch (broken) { localStorage.removeItem(this.name(key)); }
  },
  // Tell the server of what it may never have seen; it decides whether that is news.
  offer(keys) {
    for (const key of keys) {
      try {
        const kept = JSON.parse(localStorage.getItem(this.name(key)));
        if (kept) emitEvent("loaDraft", { key, value: kept.value, at: kept.at });
      } catch (broken) { localStorage.removeItem(this.name(key)); }
    }
  },
};
document.addEventListener("input", (event) => {
  const field = event.target.closest("[data-draft]");
  if (field) window.loaDraft.keep(field.dataset.draft, event.target.value);
});
