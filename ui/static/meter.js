// How far a sound has come. Between two reports of the receiver the bar runs on by the clock, never past the end.
const clock = (ms) => {
  const s = Math.floor(ms / 1000);
  return Math.floor(s / 60) + ":" + String(s % 60).padStart(2, "0");
};
const running = new Set();
setInterval(() => running.forEach((meter) => (meter.now = window.loaNow())), 250);

export default {
  template: `
    <div class="loa-meter">
      <div class="loa-meter-track" role="progressbar" :aria-label="label" aria-valuemin="0" aria-valuemax="100"
           :aria-valuenow="Math.round(share * 100)"><i :style="{ width: share * 100 + '%' }"></i></div>
      <span>{{ text }}</span>
    </div>`,
  props: { position: Number, total: Number, at: String, label: String },
  data: () => ({ now: window.loaNow() }),
  mounted() { running.add(this); },
  unmounted() { running.delete(this); },
  computed: {
    here() { return Math.max(0, Math.min(this.total, this.position + this.now - Date.parse(this.at))); },
    share() { return this.total ? this.here / this.total : 0; },
    text() { return clock(this.here) + " / " + clock(this.total); },
  },
};
