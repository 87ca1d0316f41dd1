// The first steps: a hint beside the thing it speaks of, on the real pages. It moves on when the thing was done.
window.loaTour = {
  to: null, box: null, typed: null, heard: false, drawn: "", shown: "",

  begin(to) {
    this.to = to;
    if (this.box) { this.look(); return; }
    this.box = document.createElement("section");
    this.box.className = "loa-hint-box";
    this.box.tabIndex = -1;
    this.box.dataset.testid = "tour";
    this.box.setAttribute("aria-label", to.words.name);
    document.querySelector("#main").after(this.box);
    this.number = this.add("p", "loa-hint-step", "");
    this.said = this.add("p", "loa-hint-words", "");
    this.said.setAttribute("role", "status");  // one element that stays: only what changes in it is read out
    this.row = this.add("div", "loa-hint-actions", "");
    document.addEventListener("ended", (event) => { if (event.target.matches("[data-testid=player]")) { this.heard = true; this.look(); } }, true);
    for (const name of ["scroll", "resize"]) window.addEventListener(name, () => this.put(), { passive: true });
    setInterval(() => this.look(), 250);
    this.look();
  },

  add(tag, style, text, into = this.box) {
    const made = document.createElement(tag);
    made.className = style;
    made.textContent = text;
    into.append(made);
    return made;
  },

  seen(selector) {
    return [...document.querySelectorAll(selector)].find((e) => e.offsetParent !== null && e.getClientRects().length) || null;
  },

  // What there is to do now: [name of the sentence, what it speaks of, button to go on, the step that follows].
  now() {
    const { step } = this.to, at = location.pathname, one = (id) => this.seen(`[data-testid=${id}]`);
    if (/^\/slots\/\d+$/.test(at) && step >= 4) {
      if (step === 4) this.go(5, at);
      const place = this.seen("[data-testid^=delivery-]:not([data-testid=delivery-counts])");
      return this.seen(".loa-state-played") ? ["sounded", place, "done", 6] : ["see", place, "later", 6];
    }
    if (!/^\/bulletins\/\d+$/.test(at)) {
      if (at === "/" && step === 2) return ["write", one("write")];
      return ["elsewhere", null, "back", 0];
    }
    const text = one("text"), player = one("player");
    if (!text) return ["elsewhere", null, "back", 0];
    if (step === 2) {
      if (player || this.rested(text.value)) { this.go(3, at); return this.now(); }
      return ["text", text.closest(".q-field")];
    }
    if (step === 3) {
      if (this.heard) { this.go(4, at); return this.now(); }
      if (one("working")) return ["making", one("working")];
      return player ? ["hear", player, "heard", 4] : ["listen", one("listen") || one("pick-file")];
    }
    if (this.to.place !== at) this.go(step, at);
    if (one("place-submit")) return ["submit", one("place-submit")];
    if (!this.seen(".loa-placing .loa-areas .loa-chip")) return ["where", this.seen(".loa-placing .loa-areas")];
    if (one("quiet-confirm")) return ["quiet", one("preview")];
    return ["place", one("place")];
  },

  // Whether something is written, and nothing was typed for a while.
  rested(value) {
    const now = performance.now();
    if (!this.typed || this.typed.value !== value) this.typed = { value, at: now, first: !this.typed };
    return value.trim().length >= 20 && now - this.typed.at > 2500;
  },

  go(step, place) {
    Object.assign(this.to, { step, place });
    emitEvent("loaTour", { step, place, left: false });
  },

  leave() {
    emitEvent("loaTour", { step: this.to.step, place: this.to.place, left: true });
    this.end();
  },

  end() {
    this.to = null;
    this.box.hidden = true;
    document.querySelectorAll(".loa-hinted").forEach((e) => e.classList.remove("loa-hinted"));
  },

  look() {
    if (!this.to) return;
    if (this.to.step > 5) { this.end(); return; }
    const [name, anchor, button, next] = this.now();
    this.box.hidden = Boolean(document.querySelector(".q-dialog"));
    if (this.anchor !== anchor) {
      document.querySelectorAll(".loa-hinted").forEach((e) => e.classList.remove("loa-hinted"));
      this.anchor = anchor;
    }
    anchor?.classList.add("loa-hinted");  // whoever draws the element anew forgets it
    const key = `${this.to.step} ${name}`;
    if (key !== this.drawn) this.draw(key, name, anchor, button, next);
    this.put();
  },

  draw(key, name, anchor, button, next) {
    const free = !document.activeElement || document.activeElement === document.body || this.box.contains(document.activeElement);
    const { words, step, place } = this.to;
    this.drawn = key;
    this.box.dataset.hint = name;
    this.number.textContent = words.step.replace("{step}", step);
    this.said.textContent = words[name];
    this.row.replaceChildren();
    const press = (id, text, style, done) => {
      const made = this.add("button", style, text, this.row);
      made.type = "button";
      made.dataset.testid = `tour-${id}`;
      made.addEventListener("click", done);
    };
    if (button === "back") press("back", words.back, "loa-hint-on", () => { location.href = step === 2 ? "/" : place || "/"; });
    else if (button) press("on", words[button], "loa-hint-on", () => {
      this.go(next, location.pathname);
      this.look();
    });
    if (anchor) press("there", words.there, "loa-hint-go", () => this.show(true));
    if (next !== 6) press("leave", words.leave, "loa-hint-go", () => this.leave());
    if (free && anchor) this.show(false);
    if (free) this.box.focus({ preventScroll: true });
  },

  // Bring what the hint speaks of into sight, and, if asked for, under the fingers.
  show(touch) {
    const quiet = matchMedia("(prefers-reduced-motion: reduce)").matches;
    this.anchor?.scrollIntoView({ block: "center", behavior: quiet ? "auto" : "smooth" });
    if (!touch || !this.anchor) return;
    const inner = "button, input, textarea, a[href], audio, [tabindex='0']";
    (this.anchor.matches(inner) ? this.anchor : this.anchor.querySelector(inner))?.focus({ preventScroll: true });
  },

  // Beside it where there is room; else at the foot of the page.
  put() {
    if (!this.to || !this.box || this.box.hidden) return;
    const box = this.box, at = this.anchor?.isConnected ? this.anchor.getBoundingClientRect() : null;
    const wide = matchMedia("(min-width: 56.25em)").matches, inside = at && at.bottom > 60 && at.top < innerHeight - 60;
    box.classList.toggle("loa-hint-docked", !wide || !inside);
    box.classList.toggle("loa-hint-away", Boolean(at && !inside));
    if (!wide || !inside) { box.style.cssText = ""; return; }
    const gap = 14, height = box.offsetHeight, width = box.offsetWidth, most = innerWidth - width - 12;
    const beside = at.right + gap <= most ? at.right + gap : at.left - gap - width >= 12 ? at.left - gap - width : null;
    const below = at.bottom + gap + height <= innerHeight - 8, above = at.top - gap - height >= 70;
    const left = below || above || beside === null ? Math.max(12, Math.min(at.left, most)) : beside;
    const top = below ? at.bottom + gap : above ? at.top - gap - height
      : Math.max(70, Math.min(at.top, innerHeight - height - 12));
    box.style.cssText = `left:${left}px;top:${top}px`;
  },
};
