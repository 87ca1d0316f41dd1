// A bulletin's sound: after mastering and before, as it is or as through a horn; its outline; its text, sentence by
// sentence, with what is being said marked. All of it runs here: while it plays nothing is asked of the server.
const HEIGHT = 100;
const path = (peaks) => {
  if (!peaks.length) return "";
  const upper = peaks.map((p, i) => `${i},${(HEIGHT / 2) * (1 - p)}`);
  const lower = peaks.map((p, i) => `${i},${(HEIGHT / 2) * (1 + p)}`).reverse();
  return `M${upper.concat(lower).join("L")}Z`;
};
const clock = (s) => Math.floor(s / 60) + ":" + String(Math.floor(s % 60)).padStart(2, "0");

export default {
  template: `
    <div class="loa-hear">
      <div v-if="before" class="loa-hear-which" role="group" :aria-label="words.which">
        <button v-for="one in ['after', 'before']" type="button" :aria-pressed="which === one"
                :data-testid="'hear-' + one" @click="choose(one)">{{ words[one] }}</button>
      </div>
      <audio ref="after" :src="after" preload="metadata" controls data-testid="player" v-show="which === 'after'"
             :aria-label="words.player" @play="run" @pause="mark" @seeked="mark" @timeupdate="mark"></audio>
      <audio v-if="before" ref="before" :src="before" preload="none" controls data-testid="player-before"
             v-show="which === 'before'" :aria-label="words.playerBefore"
             @play="run" @pause="mark" @seeked="mark" @timeupdate="mark"></audio>
      <svg v-if="shown.length" class="loa-wave" :viewBox="'0 0 ' + (shown.length - 1) + ' ${HEIGHT}'"
           preserveAspectRatio="none" data-testid="wave" role="img" :aria-label="words.outline" @click="toPlace">
        <title>{{ words.outline }}</title>
        <path class="loa-wave-all" :d="drawn" /><path class="loa-wave-past" :d="drawn" :style="past" />
      </svg>
      <div class="loa-horn">
        <label><input type="checkbox" data-testid="horn" :checked="horned" :disabled="!able" @change="through">
          {{ words.horn }}</label>
        <div class="loa-dim loa-small">{{ able ? words.hornHint : words.hornCannot }}</div>
      </div>
      <div v-if="lines.length" class="loa-said-box">
        <div class="loa-dim loa-small">{{ words.spokenText }}</div>
        <div ref="text" class="loa-said" data-testid="spoken-text" @click="pressed" @keydown="keyed">
          <span v-for="(line, n) in lines" :key="n" class="loa-line" role="button" :tabindex="n ? -1 : 0" :data-line="n"
                :data-testid="'line-' + n" :title="time(line[0])"><span v-for="piece in line[2]"
                :class="piece[1] ? 'loa-piece' : null">{{ piece[0] }}</span></span>
        </div>
      </div>
    </div>`,
  props: { after: String, before: String, outline: String, lead: Number, lines: Array, words: Object, imitation: String },
  data: () => ({ which: "after", peaks: { after: [], before: [] }, share: 0, horned: false, able: false }),
  computed: {
    shown() { return this.peaks[this.which]; },
    drawn() { return path(this.shown); },
    past() { return { clipPath: `inset(0 ${100 - this.share * 100}% 0 0)` }; },
  },
  async mounted() {
    this.line = this.piece = null;
    if (window.AudioContext) {
      this.horn = (await import(this.imitation).catch(() => ({}))).horn;
      this.able = !!this.horn;
    }
    const answer = await fetch(this.outline, { credentials: "same-origin" }).catch(() => null);
    if (answer?.ok) this.peaks = await answer.json();
  },
  unmounted() { cancelAnimationFrame(this.frame); this.context?.close(); },
  methods: {
    time: clock,
    player() { return this.$refs[this.which]; },
    // how much later a moment of the finished clip comes than the same moment of what came in
    shift(which) { return which === "after" ? 0 : this.lead; },
    choose(which) {
      if (which === this.which) return;
      const old = this.player(), playing = !old.paused;
      const at = old.currentTime + this.shift(this.which);
      old.pause();
      this.which = which;
      this.seek(Math.max(0, at - this.shift(which)), playing);
    },
    seek(at, play) {
      const player = this.player();
      const go = () => { player.currentTime = at; this.mark(); };
      if (player.readyState) go();
      else { player.addEventListener("loadedmetadata", go, { once: true }); player.load(); }
      if (play) { this.context?.resume(); player.play().catch(() => {}); }
    },
    from(n) { this.seek(Math.max(0, this.lines[n][0] - this.shift(this.which)), true); },
    toPlace(event) {
      const box = event.currentTarget.getBoundingClientRect(), length = this.player().duration;
      if (length) this.seek((length * (event.clientX - box.left)) / box.width, !this.player().paused);
    },
    pressed(event) {
      const line = event.target.closest("[data-line]");
      if (line && getSelection().isCollapsed) this.from(+line.dataset.line);
    },
    // one tab stop; arrows go on from there
    keyed(event) {
      const here = event.target.closest("[data-line]");
      if (!here) return;
      const n = +here.dataset.line, last = this.lines.length - 1;
      if (event.key === "Enter" || event.key === " ") { event.preventDefault(); this.from(n); return; }
      const to = { ArrowRight: n + 1, ArrowDown: n + 1, ArrowLeft: n - 1, ArrowUp: n - 1, Home: 0, End: last }[event.key];
      if (to === undefined) return;
      event.preventDefault();
      here.tabIndex = -1;
      const next = this.$refs.text.querySelector(`[data-line="${Math.max(0, Math.min(last, to))}"]`);
      next.tabIndex = 0;
      next.focus();
    },
    run() {
      this.context?.resume();
      cancelAnimationFrame(this.frame);
      const step = () => { this.mark(); if (!this.player().paused) this.frame = requestAnimationFrame(step); };
      this.frame = requestAnimationFrame(step);
    },
    mark() {
      const player = this.player();
      if (!player) return;
      this.share = player.duration ? player.currentTime / player.duration : 0;
      if (!this.lines.length) return;
      const at = player.currentTime + this.shift(this.which);
      const n = player.currentTime ? this.lines.findIndex(([start, end]) => start <= at + 0.03 && at < end) : -1;
      const line = n < 0 ? null : this.$refs.text.querySelector(`[data-line="${n}"]`);
      if (line !== this.line) {
        this.line?.classList.remove("loa-now");
        this.line?.removeAttribute("aria-current");
        line?.classList.add("loa-now");
        line?.setAttribute("aria-current", "true");
        this.line = line;
        if (line) this.bring(line);
      }
      const piece = line ? line.children[this.said(this.lines[n], at)] : null;
      if (piece !== this.piece) {
        this.piece?.classList.remove("loa-now-word");
        piece?.classList.add("loa-now-word");
        this.piece = piece;
      }
    },
    // which piece of a line is being said: the line was measured, in it every word is taken to be as long as the other
    said([start, end, pieces], at) {
      const all = pieces.reduce((sum, [, words]) => sum + words, 0);
      let left = (all * (at - start)) / (end - start);
      let last = -1;
      for (let i = 0; i < pieces.length; i++) {
        if (!pieces[i][1]) continue;
        last = i;
        left -= pieces[i][1];
        if (left < 0) break;
      }
      return last;
    },
    bring(line) {
      const box = this.$refs.text, top = line.offsetTop - box.offsetTop;
      if (top < box.scrollTop || top + line.offsetHeight > box.scrollTop + box.clientHeight) box.scrollTop = top - box.clientHeight / 4;
    },
    async through(event) {
      this.horned = event.target.checked;
      if (!this.context) {
        this.context = new AudioContext();
        this.sources = [this.$refs.after, this.$refs.before].filter(Boolean).map((p) => this.context.createMediaElementSource(p));
      }
      this.chains ||= this.sources.map(() => null);
      this.sources.forEach((source, i) => {
        source.disconnect();
        this.chains[i]?.forEach((node) => node.disconnect());
        this.chains[i] = this.horned ? this.horn(this.context, source, this.context.destination) : null;
        if (!this.horned) source.connect(this.context.destination);
      });
      this.$el.dataset.horn = this.horned ? "on" : "off";
      if (!this.player().paused) await this.context.resume();
    },
  },
};
