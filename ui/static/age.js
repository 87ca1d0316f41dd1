// How long ago (or how soon) an instant is, counted on in the browser: no message is sent for a tick.
const ticking = new Set();
setInterval(() => ticking.forEach((age) => (age.now = window.loaNow())), 1000);

export default {
  template: `<time class="loa-age" :datetime="at" :title="full">{{ shown }}</time>`,
  props: { at: String, full: String },
  data: () => ({ now: window.loaNow() }),
  mounted() { ticking.add(this); },
  unmounted() { ticking.delete(this); },
  computed: {
    shown() {
      const words = window.loaAges;
      const seconds = Math.round((this.now - Date.parse(this.at)) / 1000);
      const side = seconds < 0 ? words.soon : words.ago;
      const n = Math.abs(seconds);
      if (n < 2) return words.now;
      if (n < 120) return side[0].replace("#", n);
      if (n < 7200) return side[1].replace("#", Math.round(n / 60));
      if (n < 172800) return side[2].replace("#", Math.round(n / 3600));
      return side[3].replace("#", Math.round(n / 86400));
    },
  },
};
