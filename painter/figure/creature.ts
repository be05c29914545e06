import { wake } from './craft.js';
import { at, figure, oval } from '../drawing/pen.js';
import { lit, type Stage } from '../drawing/stage.js';
import { hex, mix, shade, tone, type Tone } from '../drawing/tone.js';

/** A cat of body length s on (x, y): sitting, seen from behind, or asleep. */
export function paintCat(stage: Stage, x: number, y: number, s: number, fur: Tone): void {
  if (stage.subject.moods.has('asleep')) paintSleepingCat(stage, x, y, s, fur);
  else paintSittingCat(stage, x, y, s, fur);
}

function paintSleepingCat(stage: Stage, x: number, y: number, s: number, fur: Tone): void {
  const { pen, palette } = stage;
  const p = (dx: number, dy: number): string => at(x + dx * s, y + dy * s);
  const dark = shade(fur, -0.09);
  const light = mix(shade(fur, 0.1), palette.light, 0.15);
  pen.path(oval(x, y, s * 0.62, s * 0.06), { fill: hex(shade(palette.near, -0.12)), opacity: 0.5 });
  const body = `M${p(-0.5, -0.12)}C${p(-0.52, -0.34)} ${p(-0.24, -0.5)} ${p(0.06, -0.47)}C${p(0.4, -0.44)} ${p(0.6, -0.24)} ${p(0.54, -0.08)}C${p(0.5, 0.03)} ${p(0.3, 0.03)} ${p(0, 0.03)}C${p(-0.3, 0.03)} ${p(-0.48, 0.02)} ${p(-0.5, -0.12)}Z`;
  const coat = pen.linear([x, y - s * 0.48], [x, y + s * 0.03], [{ at: 0, tone: light }, { at: 0.45, tone: fur }, { at: 1, tone: dark }]); // prettier-ignore
  pen.path(body, { fill: coat });
  pen.path(`M${p(0.1, -0.02)}C${p(0.14, -0.26)} ${p(0.36, -0.32)} ${p(0.47, -0.2)}`, {
    stroke: hex(dark),
    line: s * 0.018,
    opacity: 0.7,
  });
  pen.path(
    [-0.02, 0.09, 0.2]
      .map((dx) => `M${p(dx, -0.465 + Math.abs(dx) * 0.06)}Q${p(dx + 0.035, -0.4)} ${p(dx + 0.01, -0.34)}`)
      .join(''),
    { stroke: hex(dark), line: s * 0.024, opacity: 0.55 },
  );
  // The tail comes round the front and ends under the chin.
  pen.path(`M${p(0.5, -0.1)}C${p(0.42, 0.05)} ${p(0.1, 0.01)} ${p(-0.2, -0.02)}`, {
    stroke: hex(dark),
    line: s * 0.095,
  });
  pen.path(`M${p(-0.08, -0.012)}L${p(-0.2, -0.02)}`, { stroke: hex(light), line: s * 0.09 });
  const ears = `M${p(-0.53, -0.25)}L${p(-0.55, -0.44)}L${p(-0.38, -0.34)}ZM${p(-0.3, -0.35)}L${p(-0.17, -0.45)}L${p(-0.15, -0.25)}Z`;
  pen.path(ears, { fill: hex(dark), stroke: hex(dark), line: s * 0.02 });
  const face = pen.linear([x, y - s * 0.37], [x, y], [{ at: 0, tone: mix(fur, light, 0.6) }, { at: 1, tone: fur }]); // prettier-ignore
  pen.path(
    `M${p(-0.57, -0.17)}C${p(-0.57, -0.31)} ${p(-0.46, -0.37)} ${p(-0.34, -0.37)}C${p(-0.22, -0.37)} ${p(-0.12, -0.3)} ${p(-0.12, -0.17)}C${p(-0.12, -0.06)} ${p(-0.24, -0.01)} ${p(-0.34, -0.01)}C${p(-0.46, -0.01)} ${p(-0.57, -0.06)} ${p(-0.57, -0.17)}Z`,
    { fill: face },
  );
  const ink = hex(shade(fur, -0.3, 0.6));
  pen.path(
    `M${p(-0.49, -0.18)}Q${p(-0.445, -0.14)} ${p(-0.4, -0.175)}M${p(-0.29, -0.175)}Q${p(-0.245, -0.14)} ${p(-0.2, -0.18)}M${p(-0.345, -0.09)}Q${p(-0.375, -0.055)} ${p(-0.41, -0.08)}M${p(-0.345, -0.09)}Q${p(-0.315, -0.055)} ${p(-0.28, -0.08)}`,
    { stroke: ink, line: s * 0.013 },
  );
  pen.path(`M${p(-0.37, -0.115)}L${p(-0.32, -0.115)}L${p(-0.345, -0.088)}Z`, {
    fill: hex(tone(0.68, 0.1, 15)),
  });
}

function paintSittingCat(stage: Stage, x: number, y: number, s: number, fur: Tone): void {
  const { pen, palette } = stage;
  const side = lit(stage, x);
  const p = (dx: number, dy: number): string => at(x + dx * s * side, y + dy * s);
  pen.path(oval(x, y, s * 0.36, s * 0.04), { fill: hex(shade(palette.near, -0.12)), opacity: 0.5 });
  pen.path(`M${p(-0.2, -0.05)}C${p(-0.5, 0.02)} ${p(-0.56, -0.2)} ${p(-0.44, -0.34)}`, {
    stroke: hex(fur),
    line: s * 0.07,
  });
  const body = `M${p(-0.1, -0.62)}C${p(-0.3, -0.42)} ${p(-0.34, 0)} ${p(-0.22, 0.01)}L${p(0.22, 0.01)}C${p(0.32, 0)} ${p(0.28, -0.42)} ${p(0.1, -0.62)}Z`;
  const head = `M${p(-0.17, -0.7)}L${p(-0.17, -0.93)}L${p(-0.06, -0.83)}Q${p(0, -0.85)} ${p(0.06, -0.83)}L${p(0.17, -0.93)}L${p(0.17, -0.7)}C${p(0.17, -0.56)} ${p(0.09, -0.53)} ${p(0, -0.53)}C${p(-0.09, -0.53)} ${p(-0.17, -0.56)} ${p(-0.17, -0.7)}Z`;
  pen.path(body, { fill: hex(fur) });
  pen.path(head, { fill: hex(fur) });
  pen.path(
    `M${p(0.17, -0.91)}L${p(0.165, -0.7)}C${p(0.165, -0.62)} ${p(0.13, -0.57)} ${p(0.1, -0.55)}C${p(0.25, -0.38)} ${p(0.29, -0.12)} ${p(0.23, -0.02)}`,
    { stroke: hex(mix(shade(fur, 0.12), palette.light, 0.45)), line: s * 0.014, opacity: 0.85 },
  );
}

/** A loose flock, nearer birds larger. */
export function paintBirds(
  { pen, dice, width, unit, horizon, palette }: Stage,
  colour: Tone | undefined,
): void {
  const chance = dice.fork('birds');
  const [cx, cy] = [chance.between(0.25, 0.7) * width, horizon * chance.between(0.25, 0.5)];
  let d = '';
  for (let index = 0; index < 9; index += 1) {
    const x = cx + chance.between(-0.17, 0.17) * width;
    const y = cy + chance.between(-0.1, 0.1) * unit;
    const s = unit * chance.between(0.011, 0.026);
    const lift = chance.between(0.35, 0.75);
    d += `M${at(x - s, y - s * lift * 0.6)}Q${at(x - s * 0.45, y - s * lift)} ${at(x, y)}Q${at(x + s * 0.45, y - s * lift)} ${at(x + s, y - s * lift * 0.6)}Q${at(x + s * 0.45, y - s * lift * 0.6)} ${at(x, y + s * 0.16)}Q${at(x - s * 0.45, y - s * lift * 0.6)} ${at(x - s, y - s * lift * 0.6)}Z`;
  }
  const dark = palette.dark
    ? mix(palette.sky[3], palette.light, 0.4)
    : mix(palette.near, palette.sky[0], 0.3);
  pen.path(d, { fill: hex(colour ?? dark) });
}

/** A whale's tail above the water. */
export function paintWhale({ pen, palette }: Stage, x: number, y: number, s: number, skin: Tone): void {
  const p = (dx: number, dy: number): string => at(x + dx * s, y + dy * s);
  pen.path(
    `M${p(-0.09, 0)}C${p(-0.05, -0.25)} ${p(-0.06, -0.4)} ${p(-0.1, -0.5)}C${p(-0.25, -0.62)} ${p(-0.45, -0.66)} ${p(-0.62, -0.86)}C${p(-0.35, -0.88)} ${p(-0.12, -0.8)} ${p(0, -0.62)}C${p(0.12, -0.8)} ${p(0.35, -0.88)} ${p(0.62, -0.86)}C${p(0.45, -0.66)} ${p(0.25, -0.62)} ${p(0.1, -0.5)}C${p(0.06, -0.4)} ${p(0.07, -0.25)} ${p(0.13, 0)}Z`,
    { fill: hex(skin) },
  );
  pen.path(wake(x, y + s * 0.01, s * 0.5), {
    fill: hex(mix(palette.light, palette.water[0], 0.4)),
    opacity: 0.7,
  });
}

/** A small person with staff and cloak, which gives the landscape its scale. */
export function paintTraveller(stage: Stage, x: number, y: number, s: number, cloak: Tone): void {
  const { pen, palette } = stage;
  const p = (dx: number, dy: number): string => at(x + dx * s, y + dy * s);
  const dark = hex(shade(palette.near, -0.1));
  pen.path(
    `M${p(-0.07, 0)}L${p(-0.05, -0.3)}L${p(0.05, -0.3)}L${p(0.09, 0)}L${p(0.045, 0)}L${p(0.005, -0.2)}L${p(-0.03, 0)}Z`,
    { fill: dark },
  );
  pen.path(
    `M${p(-0.06, -0.8)}C${p(-0.18, -0.6)} ${p(-0.21, -0.3)} ${p(-0.23, -0.16)}Q${p(0, -0.1)} ${p(0.15, -0.18)}C${p(0.15, -0.4)} ${p(0.13, -0.65)} ${p(0.06, -0.8)}Z`,
    { fill: hex(cloak) },
  );
  pen.path(oval(x, y - s * 0.86, s * 0.085, s * 0.1), { fill: hex(shade(cloak, -0.12)) });
  pen.path(`M${p(0.22, 0)}L${p(0.17, -0.95)}M${p(0.08, -0.6)}L${p(0.19, -0.55)}`, {
    stroke: dark,
    line: s * 0.03,
  });
  const rim = lit(stage, x);
  pen.path(`M${at(x + rim * s * 0.06, y - s * 0.79)}V${figure(y - s * 0.2)}`, {
    stroke: hex(palette.light),
    line: s * 0.02,
    opacity: 0.4,
  });
}
