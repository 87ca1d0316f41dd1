// Gaps go where the cursor was: in the title or the text, whichever was written in last, and can be undone like typing.
window.loaGap = {
  last: null,
  put(gap) {
    const here = this.last && this.last.isConnected ? this.last : document.querySelector("[data-testid=template-text]");
    if (!here) return;
    here.focus();
    const chosen = here.value.slice(here.selectionStart, here.selectionEnd);
    const optional = gap === "[[]]";
    document.execCommand("insertText", false, optional ? `[[${chosen}]]` : gap);
    const inside = here.selectionStart - 2; // the field itself puts the cursor back where it was after typing
    if (optional && !chosen) setTimeout(() => here.setSelectionRange(inside, inside));
  },
  // A row that was added or moved is another element by then.
  focus(id) {
    setTimeout(() => document.querySelector(`[data-testid="${id}"]`)?.focus(), 150);
  },
};
document.addEventListener("focusin", (event) => {
  if (event.target.matches?.("[data-gap]")) window.loaGap.last = event.target;
});
