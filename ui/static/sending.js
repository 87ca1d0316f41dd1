// A sound file chosen or dropped, and sent by pieces; what an earlier page left is sent on.
const MB = 1024 * 1024;

export default {
  template: `
    <div class="loa-drop loa-sending" :class="{ 'loa-over': over }" data-testid="sending" :data-phase="phase"
         @dragover.prevent="over = true" @dragleave="over = false" @drop.prevent="dropped">
      <input ref="input" type="file" hidden :accept="kinds" data-testid="upload" @change="chosen">
      <template v-if="asks">
        <div v-if="phase !== 'idle'" class="loa-notice" role="status" data-testid="left-file">{{ told }}</div>
        <q-btn v-if="phase === 'old'" unelevated no-caps color="primary" class="loa-primary" icon="refresh" :label="words.anew"
               data-testid="send-anew" @click="carrier.anew()" />
        <q-btn unelevated no-caps class="loa-second" icon="upload_file" :label="words.pick" data-testid="pick-file"
               @click="$refs.input.click()" />
        <div class="loa-dim">{{ words.hint }}</div>
        <q-btn v-if="phase !== 'idle'" flat no-caps color="primary" :label="words.forget" data-testid="forget-file" @click="carrier.cancel()" />
      </template>
      <div v-else class="loa-working">
        <div class="loa-strong" data-testid="sending-name">{{ name }}</div>
        <div role="status" data-testid="sending-state">{{ told }}</div>
        <q-linear-progress color="primary" :value="share" rounded size="8px" :aria-label="words.progress" />
        <div v-if="moving" class="loa-dim loa-small" data-testid="sending-figures">{{ figures }}</div>
        <div v-if="!safe && moving" class="loa-small">{{ words.unsafe }}</div>
        <div class="loa-actions">
          <q-btn v-if="phase === 'waiting' || phase === 'stopped'" outline no-caps color="primary" icon="refresh" :label="words.now"
                 data-testid="send-now" @click="carrier.go()" />
          <q-btn v-if="phase === 'held'" outline no-caps color="primary" icon="refresh" :label="words.use" data-testid="send-use"
                 @click="phase = 'whole'; $emit('whole')" />
          <q-btn v-if="phase !== 'whole' && phase !== 'elsewhere'" flat no-caps color="primary" :label="words.abort" data-testid="send-abort" @click="carrier.cancel()" />
        </div>
      </div>
    </div>`,
  props: { bulletin: Number, person: Number, limit: Number, kinds: String, lang: String, words: Object, carry: String, library: String },
  emits: ["refused", "begun", "whole"],
  data: () => ({ phase: "idle", name: "", size: 0, sent: 0, speed: 0, left: null, code: "", safe: true, over: false }),
  computed: {
    asks() { return ["idle", "lost", "old"].includes(this.phase); },
    moving() { return ["sending", "waiting", "stopped"].includes(this.phase); },
    share() { return this.size ? this.sent / this.size : 0; },
    told() {
      const stopped = this.words.codes[this.code] || this.words.stopped;
      return this.phase === "stopped" ? stopped : this.fill(this.words[this.phase] ?? "", { name: this.name });
    },
    figures() {
      const all = this.fill(this.words.bytes, { sent: this.mb(this.sent), size: this.mb(this.size) });
      if (this.phase !== "sending" || !this.speed) return all;
      const speed = this.fill(this.words.speed, { speed: this.mb(this.speed) });
      return [all, speed, this.left === null ? "" : this.fill(this.words.left, { left: this.length(this.left) })].filter(Boolean).join(" · ");
    },
  },
  async mounted() {
    const { Carrier, fill } = await import(this.carry);
    if (this.gone) return;
    this.fill_ = fill;
    this.carrier = new Carrier({
      key: `${this.person}:${this.bulletin}`, bulletin: this.bulletin, library: this.library, told: (news) => this.hear(news),
    });
    this.made = (event) => {
      if (event.detail.bulletin !== this.bulletin) return;
      this.send(event.detail.file, event.detail.recorded);
    };
    window.addEventListener("loa-sound", this.made);
    await (this.already ? this.carrier.forget() : this.carrier.again());
  },
  unmounted() {
    this.gone = true;
    window.removeEventListener("loa-sound", this.made);
    this.carrier?.end();
  },
  methods: {
    fill(sentence, facts) { return this.fill_ ? this.fill_(sentence, facts) : ""; },
    mb(bytes) { return (bytes / MB).toLocaleString(this.lang, { maximumFractionDigits: 1, minimumFractionDigits: 1 }); },
    length(seconds) {
      const whole = Math.max(1, Math.round(seconds));
      return this.fill(whole < 60 ? this.words.seconds : this.words.minutes, { m: Math.floor(whole / 60), s: whole % 60 });
    },
    hear({ phase, name, size, sent = 0, speed = 0, left_s = null, code = "", safe = true }) {
      if (phase === "refused") {
        this.phase = "idle";
        this.$emit("refused", { code, name });
        return;
      }
      Object.assign(this, { phase, name, size, sent, speed, left: left_s, code, safe: safe !== false });
      if (phase === "whole") this.$emit("whole");
    },
    chosen(event) {
      const [file] = event.target.files;
      event.target.value = "";
      if (file) this.send(file);
    },
    dropped(event) {
      this.over = false;
      const [file] = event.dataTransfer.files;
      if (file && this.carrier && this.asks) this.send(file);
    },
    send(file, recorded = 0) {
      const sound = file.type.startsWith("audio/") || this.kinds.split(",").some((kind) => file.name.toLowerCase().endsWith(kind));
      const code = file.size > this.limit * MB ? "upload-large" : !sound ? "upload-not-sound" : !file.size ? "upload-empty" : "";
      if (code) this.$emit("refused", { code, name: file.name });
      else { this.$emit("begun"); this.carrier.begin(file, recorded); }
    },
    // the server says what became of it: a sound, something it never will be, or something to be tried again
    async taken(over) {
      if (!over) { this.phase = "held"; return; }
      this.already = true; // also where the page of before has told nothing yet
      await this.carrier?.forget();
      this.phase = "idle";
    },
  },
};
