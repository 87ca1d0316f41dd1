// What a 30 W horn on a pole does to a sound, for ears at a desk: nothing low, nothing high, a voice that is pushed
// forward, peaks that are bent. Frequencies in Hz; docs/speech.md says where they come from.
export const HORN = [
  { type: "highpass", frequency: 350, Q: 0.541 },
  { type: "highpass", frequency: 350, Q: 1.307 },
  { type: "peaking", frequency: 1600, Q: 1.1, gain: 5 },
  { type: "peaking", frequency: 2800, Q: 1.6, gain: 3 },
  { type: "lowpass", frequency: 6000, Q: 0.541 },
  { type: "lowpass", frequency: 6000, Q: 1.307 },
];
const DRIVE = 1.6;

// Lays the horn between `source` and `out`; returns its nodes, first to last.
export function horn(context, source, out) {
  const nodes = HORN.map((step) => {
    const node = context.createBiquadFilter();
    node.type = step.type;
    node.frequency.value = step.frequency;
    // Web Audio takes the Q of high and low passes in decibels
    node.Q.value = step.type === "peaking" ? step.Q : 20 * Math.log10(step.Q);
    if (step.gain) node.gain.value = step.gain;
    return node;
  });
  const bent = context.createWaveShaper();
  bent.curve = Float32Array.from({ length: 1025 }, (_, i) => Math.tanh((DRIVE * (i - 512)) / 512) / Math.tanh(DRIVE));
  bent.oversample = "2x";
  const level = context.createGain();
  level.gain.value = 0.7;
  const chain = [level, ...nodes, bent];
  [source, ...chain].reduce((from, to) => (from.connect(to), to)).connect(out);
  return chain;
}
