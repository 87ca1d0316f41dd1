// A file on its way to the server: cut into pieces by tus-js-client, begun again after a broken line or a new page.
// The browser keeps the file (IndexedDB) and where it goes (localStorage) until the server has made a sound of it.
const PIECE = 2 * 1024 * 1024;
const WAITS_S = [1, 2, 4, 8, 15, 30];
const SILENT_S = 45; // without a byte taken: the line hangs, and is begun anew
const WINDOW_S = 8; // over which speed is told
const STORE = "loa-sound";

const answered = (request) => new Promise((done, fail) => {
  request.onsuccess = () => done(request.result);
  request.onerror = () => fail(request.error);
});
let opening = null;
const books = () => (opening ??= answered(Object.assign(indexedDB.open(STORE, 1), {
  onupgradeneeded: (event) => event.target.result.createObjectStore("kept"),
})).catch((error) => { opening = null; throw error; }));
const within = async (mode, act) => act((await books()).transaction("kept", mode).objectStore("kept"));

// What is kept in this browser; a browser that keeps nothing (private windows, no room) answers null or false.
export const keep = (name, value) => within("readwrite", (kept) => answered(kept.put(value, name))).then(() => true, () => false);
export const kept = (name) => within("readonly", (all) => answered(all.get(name))).catch(() => null);
export const drop = (name) => within("readwrite", (all) => answered(all.delete(name))).catch(() => null);
const range = (prefix) => IDBKeyRange.bound(prefix, prefix + "\uffff");
export const every = (prefix) => within("readonly", (all) => answered(all.getAll(range(prefix)))).catch(() => []);
export const dropEvery = (prefix) => within("readwrite", (all) => answered(all.delete(range(prefix)))).catch(() => null);

export const noted = (key) => {
  try { return JSON.parse(localStorage.getItem(`loa-sound:${key}`)); } catch (broken) { return null; }
};

export const fill = (sentence, facts) => sentence.replace(/\{(\w+)\}/g, (_, name) => facts[name] ?? "");

let loading = null;
const tus = (address) => (loading ??= new Promise((done, fail) => {
  const script = Object.assign(document.createElement("script"), { src: address });
  script.onload = () => done(window.tus);
  script.onerror = () => { loading = null; script.remove(); fail(new Error("offline")); };
  document.head.append(script);
}));

export class Carrier {
  // `told` hears {phase, name, size, sent, speed, left_s, code, safe}. Phases: sending, elsewhere (another tab sends), waiting (for the line), lost
  // (the browser no longer has the file), old (the server no longer has its part), stopped (`code` says why), whole.
  constructor({ key, bulletin, library, told }) {
    Object.assign(this, { key, bulletin, library, told, file: null, upload: null, tries: 0, marks: [], over: false });
    this.back = () => { if (this.phase === "waiting") this.go(); };
    window.addEventListener("online", this.back);
    this.away = () => { if (this.phase === "sending") this.wait(); }; // a request under way may hang on for minutes
    window.addEventListener("offline", this.away);
    // a page whose file the browser could not keep asks before it is closed
    this.stay = (event) => { if (!this.safe && ["sending", "waiting"].includes(this.phase)) event.preventDefault(); };
    window.addEventListener("beforeunload", this.stay);
  }
  end() { // the page goes; the file stays
    this.over = true;
    window.removeEventListener("online", this.back);
    window.removeEventListener("offline", this.away);
    window.removeEventListener("beforeunload", this.stay);
    this.hush();
    this.free();
  }
  hush() {
    clearTimeout(this.timer);
    clearInterval(this.watch);
    this.upload?.abort().catch(() => {});
    this.upload = null;
  }
  get note() { return noted(this.key); }
  set note(value) {
    try {
      if (value) localStorage.setItem(`loa-sound:${this.key}`, JSON.stringify(value));
      else localStorage.removeItem(`loa-sound:${this.key}`);
    } catch (full) { /* then this page alone knows */ }
    this.mine = value;
  }
  tell(phase, more = {}) {
    if (this.over) return;
    this.phase = phase;
    this.told({ phase, name: this.mine?.name ?? "", size: this.mine?.size ?? 0, safe: this.safe, ...more });
  }
  // One tab sends; another that has the same bulletin open waits for its turn. Without locks (plain HTTP) they take turns.
  held(wait) {
    if (!navigator.locks || this.release) return Promise.resolve(true);
    return new Promise((done) => {
      navigator.locks.request(`loa-sound:${this.key}`, { ifAvailable: !wait }, (lock) => {
        if (!lock || this.over) return done(false);
        return new Promise((release) => { this.release = release; done(true); });
      });
    });
  }
  free() {
    this.release?.();
    this.release = null;
  }
  async again() { // what an earlier page left
    this.mine = this.note;
    if (!this.mine) return;
    if (!await this.held(false)) {
      this.tell("elsewhere");
      if (!await this.held(true)) return;
      this.mine = this.note;
      if (!this.mine) { this.free(); return this.tell("idle"); }
    }
    this.file = await kept(this.key);
    this.safe = !!this.file;
    if (this.over) return;
    if (this.file) this.go();
    else this.tell("lost");
  }
  async begin(file, recorded = 0) {
    if (!await this.held(false)) return this.again();
    const old = this.note;
    this.hush();
    const same = old && old.name === file.name && old.size === file.size && old.modified === file.lastModified;
    this.note = same ? old : { name: file.name, size: file.size, modified: file.lastModified, url: "", recorded };
    this.file = file;
    this.tell("sending", { sent: 0 });
    this.safe = await keep(this.key, file);
    this.go();
  }
  async anew() { // what the server had is gone
    if (this.mine) this.note = { ...this.mine, url: "", whole: false };
    if (this.file) this.go();
  }
  async go() {
    this.hush();
    this.marks = [];
    this.tell("sending", { sent: this.sent ?? 0 });
    let library;
    try { library = await tus(this.library); } catch (offline) { return this.wait(); }
    if (this.over) return;
    const upload = new library.Upload(this.file, {
      endpoint: this.mine.url ? undefined : `${location.origin}/sounds`,
      uploadUrl: this.mine.url || undefined,
      chunkSize: PIECE,
      retryDelays: null, // waiting is ours: it must outlive half an hour without a line
      storeFingerprintForResuming: false,
      metadata: { bulletin: String(this.bulletin), filename: this.mine.name },
      onUploadUrlAvailable: () => { this.note = { ...this.mine, url: upload.url }; },
      onProgress: (sent) => { if (this.upload === upload) this.moved(sent); },
      onSuccess: () => { if (this.upload === upload) this.arrived(); },
      onError: (error) => { if (this.upload === upload) this.failed(error); },
    });
    this.upload = upload;
    this.heard = performance.now();
    this.watch = setInterval(() => {
      if (performance.now() - this.heard > SILENT_S * 1000) this.wait();
    }, 5000);
    upload.start();
  }
  moved(sent) {
    const now = performance.now();
    this.heard = now;
    this.tries = 0;
    this.sent = sent;
    this.marks.push([now, sent]);
    while (this.marks.length > 2 && now - this.marks[0][0] > WINDOW_S * 1000) this.marks.shift();
    const [then, before] = this.marks[0];
    const speed = now - then > 500 ? ((sent - before) / (now - then)) * 1000 : 0;
    this.tell("sending", { sent, speed, left_s: speed > 0 ? (this.mine.size - sent) / speed : null });
  }
  arrived() {
    clearInterval(this.watch);
    this.upload = null;
    this.note = { ...this.mine, whole: true };
    this.tell("whole", { sent: this.mine.size });
  }
  failed(error) {
    const answer = error.originalResponse;
    const status = answer ? answer.getStatus() : 0;
    if (!status || [408, 409, 423].includes(status) || (status >= 500 && status !== 507)) return this.wait();
    this.hush();
    if (status === 404 && this.mine.url) {
      if (this.mine.whole) return this.forget().then(() => this.tell("idle")); // it was made a sound meanwhile
      return this.tell("old");
    }
    const code = (answer.getBody() || "").slice(0, 40);
    if ([401, 429, 507].includes(status)) return this.tell("stopped", { code });
    const name = this.mine.name;
    return this.forget().then(() => this.tell("refused", { code, name }));
  }
  wait() {
    this.hush();
    const wait_s = WAITS_S[Math.min(this.tries++, WAITS_S.length - 1)];
    this.timer = setTimeout(() => this.go(), wait_s * 1000);
    this.tell("waiting", { sent: this.sent ?? 0 });
  }
  async cancel() {
    const url = this.mine?.url;
    if (this.mine) this.mine.recorded = 0; // what was spoken is not thrown away by not sending it
    this.hush();
    await this.forget();
    this.tell("idle");
    if (url) fetch(url, { method: "DELETE", headers: { "Tus-Resumable": "1.0.0" } }).catch(() => {}); // it goes by itself in a day
  }
  async forget() {
    if (this.mine?.recorded) await dropEvery(`take:${this.key}#${this.mine.recorded}-`);
    this.note = null;
    this.file = null;
    this.sent = 0;
    await drop(this.key);
    this.free();
  }
}
