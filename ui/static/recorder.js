// A bulletin spoken into the browser: levels, pauses, listening before it is used. Each second goes into the browser's
// own store at once, so that a page that is closed, a battery that ends, lose a second and no more.
const KINDS = [["audio/webm;codecs=opus", "webm"], ["audio/ogg;codecs=opus", "ogg"], ["audio/mp4;codecs=mp4a.40.2", "m4a"], ["audio/mp4", "m4a"]];
const BITS = 96000;
const SOFT_DB = -34, LOUD_DB = -1.5; // of the loudest sample in the last seconds
const LISTENED_S = 4;
const clock = (s) => Math.floor(s / 60) + ":" + String(Math.floor(s % 60)).padStart(2, "0");

export default {
  template: `
    <div class="loa-recorder" data-testid="recorder" :data-phase="phase">
      <template v-if="phase === 'idle'">
        <q-btn unelevated no-caps class="loa-second" icon="mic" :label="words.record" data-testid="record" @click="begin" />
        <div class="loa-dim loa-small">{{ words.hint }}</div>
      </template>
      <div v-if="wrong" class="loa-wrong" role="alert" data-testid="record-error">{{ wrong }}</div>
      <div v-if="phase === 'asking'" role="status" class="loa-working">{{ words.asking }}</div>
      <div v-if="live" class="loa-working">
        <div class="loa-rec-head"><span class="loa-rec-dot" :class="{ 'loa-rec-on': phase === 'live' }" aria-hidden="true"></span>
          <span role="status" class="loa-strong" data-testid="record-state">{{ words[phase] }}</span>
          <span data-testid="record-clock">{{ time }}</span></div>
        <div class="loa-level" role="meter" :aria-label="words.level" aria-valuemin="-60" aria-valuemax="0"
             :aria-valuenow="Math.round(db)" :aria-valuetext="words[level]" data-testid="record-level">
          <div :class="'loa-level-' + level" :style="{ width: Math.max(0, Math.min(100, (db + 60) / 0.6)) + '%' }"></div></div>
        <div class="loa-small" role="status" data-testid="record-hint">{{ words[level] }}</div>
        <div v-if="left <= 60" class="loa-small loa-strong" role="status">{{ words.ending }}</div>
        <div class="loa-actions">
          <q-btn unelevated no-caps color="primary" class="loa-primary" icon="stop" :label="words.stop" data-testid="record-stop" @click="stop" />
          <q-btn v-if="phase === 'live'" outline no-caps color="primary" icon="pause" :label="words.pause" data-testid="record-pause" @click="pause" />
          <q-btn v-else outline no-caps color="primary" icon="mic" :label="words.resume" data-testid="record-resume" @click="resume" />
        </div>
      </div>
      <div v-if="phase === 'made'" class="loa-working">
        <div role="status">{{ earlier ? words.earlier : words.made }}</div>
        <audio ref="player" controls :src="source" :aria-label="words.player" data-testid="record-player"></audio>
        <div class="loa-actions">
          <q-btn unelevated no-caps color="primary" class="loa-primary" icon="check" :label="words.use" data-testid="record-use" @click="use" />
          <q-btn outline no-caps color="primary" icon="mic" :label="words.again" data-testid="record-again" @click="again" />
          <q-btn flat no-caps color="primary" icon="delete" :label="words.drop" data-testid="record-drop" @click="forget" />
        </div>
      </div>
    </div>`,
  props: { bulletin: Number, person: Number, limit: Number, words: Object, carry: String },
  data: () => ({ phase: "idle", wrong: "", db: -60, peak: -60, passed: 0, source: "", earlier: false }),
  computed: {
    live() { return ["live", "paused"].includes(this.phase); },
    left() { return this.limit * 60 - this.passed; },
    time() { return `${clock(this.passed)} / ${clock(this.limit * 60)}`; },
    level() { return this.peak >= LOUD_DB ? "loud" : this.peak < SOFT_DB ? "soft" : "good"; },
  },
  async mounted() {
    this.books = await import(this.carry);
    this.prefix = `take:${this.person}:${this.bulletin}#`;
    const all = await this.books.every(this.prefix), parts = all.filter(({ at }) => at === all.at(-1).at);
    const onItsWay = parts.length && this.books.noted(`${this.person}:${this.bulletin}`)?.recorded === parts[0].at;
    if (parts.length && !onItsWay && this.phase === "idle") {
      this.earlier = true;
      this.show(parts.map((part) => part.blob), parts[0]);
    }
  },
  unmounted() { this.quiet(); URL.revokeObjectURL(this.source); },
  methods: {
    async begin() {
      this.wrong = "";
      if (!window.isSecureContext || !navigator.mediaDevices?.getUserMedia) return this.fail(window.isSecureContext ? "old" : "insecure");
      const kind = window.MediaRecorder && KINDS.find(([type]) => MediaRecorder.isTypeSupported(type));
      if (!kind) return this.fail("old");
      this.phase = "asking";
      try {
        this.stream = await navigator.mediaDevices.getUserMedia({
          audio: { channelCount: 1, noiseSuppression: true, autoGainControl: true, echoCancellation: false },
        });
      } catch (error) {
        const why = { NotAllowedError: "refused", SecurityError: "refused", NotFoundError: "missing", NotReadableError: "busy" };
        return this.fail(why[error.name] || "busy");
      }
      await this.books.dropEvery(this.prefix);
      this.parts = [];
      this.about = { type: kind[0], suffix: kind[1], at: Date.now() };
      this.passed = 0;
      this.listen();
      this.recorder = new MediaRecorder(this.stream, { mimeType: kind[0], audioBitsPerSecond: BITS });
      this.recorder.ondataavailable = (event) => this.keep(event.data);
      this.recorder.onstop = () => this.ended();
      this.recorder.onerror = () => { this.wrong = this.words.busy; this.stop(); };
      this.stream.getAudioTracks()[0].onended = () => { this.wrong = this.words.gone; this.stop(); };
      this.recorder.start(1000);
      this.phase = "live";
      this.since = performance.now();
      this.ticking = setInterval(() => this.tick(), 250);
      this.wake();
    },
    fail(why) { this.phase = "idle"; this.wrong = this.words[why]; },
    async wake() { // a phone that falls asleep stops recording
      try { this.awake = await navigator.wakeLock?.request("screen"); } catch (no) { this.awake = null; }
    },
    listen() {
      this.context = new AudioContext();
      const ear = this.context.createAnalyser();
      ear.fftSize = 2048;
      this.context.createMediaStreamSource(this.stream).connect(ear);
      const samples = new Float32Array(ear.fftSize), recent = [];
      const look = () => {
        ear.getFloatTimeDomainData(samples);
        let high = 0;
        for (const sample of samples) high = Math.max(high, Math.abs(sample));
        const db = high > 0 ? Math.max(-60, 20 * Math.log10(high)) : -60, now = performance.now();
        recent.push([now, db]);
        while (now - recent[0][0] > LISTENED_S * 1000) recent.shift();
        this.db = db > this.db ? db : Math.max(db, this.db - 1.5); // falls slowly, as needles do
        this.peak = Math.max(...recent.map(([, one]) => one));
        this.frame = requestAnimationFrame(look);
      };
      look();
    },
    tick() {
      const now = performance.now();
      if (this.phase === "live") this.passed += (now - this.since) / 1000;
      this.since = now;
      if (this.left <= 0) this.stop();
    },
    keep(blob) {
      if (!blob.size) return;
      const number = String(this.parts.length).padStart(6, "0");
      this.parts.push(blob);
      this.books.keep(`${this.prefix}${this.about.at}-${number}`, { blob, ...this.about });
    },
    pause() { this.recorder.pause(); this.tick(); this.phase = "paused"; },
    resume() { this.recorder.resume(); this.since = performance.now(); this.phase = "live"; },
    stop() { if (this.recorder?.state !== "inactive") this.recorder?.stop(); },
    ended() {
      this.quiet();
      this.earlier = false;
      if (this.parts.length) this.show(this.parts, this.about);
      else this.phase = "idle";
    },
    quiet() {
      clearInterval(this.ticking);
      cancelAnimationFrame(this.frame);
      this.stream?.getTracks().forEach((track) => { track.onended = null; track.stop(); });
      this.context?.close();
      this.awake?.release?.();
      this.context = this.awake = this.stream = null;
      if (this.recorder && this.recorder.state !== "inactive") this.recorder.stop();
    },
    show(parts, { type, suffix, at }) {
      const when = new Date(at), two = (n) => String(n).padStart(2, "0");
      const day = `${two(when.getDate())}-${two(when.getMonth() + 1)}-${when.getFullYear()}`;
      const name = `${this.words.name} ${day} ${two(when.getHours())}.${two(when.getMinutes())}.${suffix}`;
      this.file = new File(parts, name, { type: type.split(";")[0], lastModified: at });
      URL.revokeObjectURL(this.source);
      this.source = URL.createObjectURL(this.file);
      this.phase = "made";
    },
    async forget() {
      await this.books.dropEvery(this.prefix);
      URL.revokeObjectURL(this.source);
      Object.assign(this, { source: "", phase: "idle", file: null });
    },
    async again() { await this.forget(); this.begin(); },
    use() { // kept here too until the server has it
      const detail = { bulletin: this.bulletin, file: this.file, recorded: this.file.lastModified };
      window.dispatchEvent(new CustomEvent("loa-sound", { detail }));
      Object.assign(this, { phase: "idle", wrong: "" });
    },
  },
};
