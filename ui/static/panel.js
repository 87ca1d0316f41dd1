// The clock of the server, so that ages are true on a computer whose own clock is wrong.
window.loaNow = () => Date.now() + (window.loaSkew || 0);

// What is being typed, kept in this browser until the server says it has it. One entry a field.
window.loaDraft = {
  name: (key) => "loa-lang:" + key,
  began: {},
  begin(words) { Object.assign(this.began, words); },
  keep(key, value) {
    const entry = { value, at: window.loaNow(), began: this.began[key] };
    try { localStorage.setItem(this.name(key), JSON.stringify(entry)); } catch (full) { /* kept on the page */ }
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
        if (kept) emitEvent("loaDraft", { key, value: kept.value, at: kept.at, began: kept.began });
      } catch (broken) { localStorage.removeItem(this.name(key)); }
    }
  },
};
document.addEventListener("input", (event) => {
  const field = event.target.closest("[data-draft]");
  if (field) window.loaDraft.keep(field.dataset.draft, event.target.value);
});

// What somebody else wrote comes into the fields as if it had been typed, so that it can be undone like anything typed;
// and only if nothing was typed that the server does not know yet.
window.loaText = {
  take(fields) {
    const all = fields.map(([id, known, value]) => ({ field: document.querySelector(`[data-testid=${id}]`), known, value }));
    if (all.some(({ field, known }) => !field || field.value !== known)) return false;
    for (const { field, value } of all) if (field.value !== value) this.write(field, value);
    return true;
  },
  // A mark where the cursor is: at the beginning of a line where it says who speaks, else between words.
  mark(mark, begins) {
    const field = document.querySelector("[data-testid=text]");
    if (!field) return;
    const before = field.value.slice(0, field.selectionStart);
    const line = before && !/\n[ \t]*$/.test(before) ? "\n" : "";
    const close = !before || /\s$/.test(before);
    field.focus();
    document.execCommand("insertText", false, begins ? line + mark : (close ? mark.trimStart() : mark));
  },
  write(field, value) {
    const before = field.value, here = document.activeElement;
    const [from, to] = [field.selectionStart, field.selectionEnd];
    let same = 0;
    while (same < before.length && before[same] === value[same]) same++;
    const moved = (at) => (at <= same ? at : Math.max(same, at + value.length - before.length));
    field.focus({ preventScroll: true });
    field.select();
    document.execCommand(value ? "insertText" : "delete", false, value);
    field.setSelectionRange(moved(from), moved(to));
    if (here !== field) (here && here !== document.body ? here : field)[here && here !== document.body ? "focus" : "blur"]({ preventScroll: true });
  },
};

// The pane of how a text is read: one element, its events told here. A coloured word is {v, i}, a plain one {word}.
window.loaReading = {
  token(target) {
    const token = target.closest("[data-i]");
    return token && { v: +token.closest("[data-v]").dataset.v, i: +token.dataset.i };
  },
  pressed(event) {
    const token = this.token(event.target);
    if (token) return token;
    const chosen = getSelection();
    if (!chosen.isCollapsed) {
      const one = chosen.anchorNode === chosen.focusNode && chosen.toString().trim();
      return one ? { word: one } : null;
    }
    const point = document.caretPositionFromPoint?.(event.clientX, event.clientY);
    const range = point ? null : document.caretRangeFromPoint?.(event.clientX, event.clientY);
    const node = point?.offsetNode ?? range?.startContainer;
    if (node?.nodeType !== Node.TEXT_NODE || !event.currentTarget.contains(node)) return null;
    const at = point?.offset ?? range.startOffset;
    const left = /[\p{L}\p{M}\p{N}]*$/u.exec(node.data.slice(0, at))[0];
    const word = left + /^[\p{L}\p{M}\p{N}]*/u.exec(node.data.slice(at))[0];
    return word ? { word } : null;
  },
  // One tab stop; arrows go on from there, so that nobody tabs through a thousand words.
  keyed(event) {
    const here = event.target.closest("[data-i]");
    if (!here) return null;
    if (event.key === "Enter" || event.key === " ") {
      event.preventDefault();
      return this.token(here);
    }
    const all = [...event.currentTarget.querySelectorAll("[data-i]")];
    const at = all.indexOf(here);
    const to = { ArrowRight: at + 1, ArrowDown: at + 1, ArrowLeft: at - 1, ArrowUp: at - 1, Home: 0, End: all.length - 1 }[event.key];
    if (to === undefined) return null;
    event.preventDefault();
    this.reach(here, all[Math.max(0, Math.min(all.length - 1, to))]);
    return null;
  },
  reach(from, to) {
    if (from) from.tabIndex = -1;
    to.tabIndex = 0;
    to.focus();
  },
  // After a correction its word is another element; the dialog has closed by then.
  back(index) {
    setTimeout(() => {
      const to = document.querySelector(`.loa-read [data-i="${index}"]`);
      if (to) this.reach(document.querySelector('.loa-read [tabindex="0"]'), to);
    }, 400);
  },
  // What is marked in the field of the text.
  picked() {
    const field = document.querySelector("[data-testid=text]");
    return field ? field.value.slice(field.selectionStart, field.selectionEnd).trim() : "";
  },
};
