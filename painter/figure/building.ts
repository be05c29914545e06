import { at, box, figure, oval, type Point, polygon } from '../drawing/pen.js';
import { lit, type Stage } from '../drawing/stage.js';
import { hex, mix, shade, tone, type Tone } from '../drawing/tone.js';

const wall = ({ palette }: Stage): Tone =>
  mix(mix(palette.sky[3], tone(0.96, 0.015, 80), 0.55), palette.near, palette.dark ? 0.45 : 0.12);

/** A lighthouse of height s on (x, y), with a beam when the palette is dark. */
export function paintLighthouse(stage: Stage, x: number, y: number, s: number, stripe: Tone): void {
  const { pen, palette, width, subject } = stage;
  const half = (share: number): number => s * (0.1 - 0.042 * share);
  const band = (from: number, to: number): string =>
    polygon([[x - half(from), y - s * from], [x + half(from), y - s * from], [x + half(to), y - s * to], [x - half(to), y - s * to]]); // prettier-ignore
  const lampY = y - s * 0.855;
  if (subject.time !== 'noon') {
    for (const side of [-1, 1]) {
      const reach = side * Math.max(width * 0.62, s);
      const beam = pen.linear(
        [x, lampY],
        [x + reach, lampY],
        [
          { at: 0, tone: palette.lamp, alpha: 0.6 },
          { at: 1, tone: palette.lamp, alpha: 0 },
        ],
      );
      pen.path(polygon([[x, lampY - s * 0.012], [x + reach, lampY - s * 0.17], [x + reach, lampY + s * 0.1], [x, lampY + s * 0.012]]), { fill: beam }); // prettier-ignore
    }
    const glow = pen.radial(x, lampY, s * 0.32, [{ at: 0, tone: palette.lamp, alpha: 0.75 }, { at: 1, tone: palette.lamp, alpha: 0 }]); // prettier-ignore
    pen.path(oval(x, lampY, s * 0.32, s * 0.32), { fill: glow });
  }
  const plaster = wall(stage);
  pen.path(band(0, 0.8), { fill: hex(plaster) });
  pen.path(band(0.12, 0.27) + band(0.4, 0.54) + band(0.66, 0.77), {
    fill: hex(mix(stripe, palette.near, palette.dark ? 0.25 : 0.05)),
  });
  const side = lit(stage, x);
  const dark = pen.linear(
    [x + side * s * 0.09, y],
    [x - side * s * 0.1, y],
    [
      { at: 0.2, tone: shade(palette.near, -0.06), alpha: 0 },
      { at: 0.55, tone: shade(palette.near, -0.06), alpha: 0.28 },
      { at: 1, tone: shade(palette.near, -0.06), alpha: 0.62 },
    ],
  );
  pen.path(band(0, 0.8), { fill: dark });
  const iron = hex(shade(palette.near, -0.08));
  const top = half(0.8);
  pen.path(
    box(x - top * 1.6, y - s * 0.815, top * 3.2, s * 0.022) +
      box(x - top * 1.45, y - s * 0.845, top * 2.9, s * 0.006),
    { fill: iron },
  );
  pen.path(box(x - top * 0.8, y - s * 0.9, top * 1.6, s * 0.085), { fill: hex(palette.lamp) });
  pen.path(
    `M${at(x - top * 1.15, y - s * 0.9)}Q${at(x - top * 0.6, y - s * 0.97)} ${at(x, y - s * 0.985)}Q${at(x + top * 0.6, y - s * 0.97)} ${at(x + top * 1.15, y - s * 0.9)}Z${box(x - s * 0.004, y - s * 1.03, s * 0.008, s * 0.06)}${box(x - top * 0.06, y - s * 0.9, top * 0.12, s * 0.085)}`,
    { fill: iron },
  );
  pen.path(
    box(x - s * 0.014, y - s * 0.345, s * 0.028, s * 0.04) +
      box(x - s * 0.013, y - s * 0.61, s * 0.026, s * 0.036) +
      `M${at(x - s * 0.026, y)}v${figure(-s * 0.07)}a${at(s * 0.026, s * 0.026)} 0 0 1 ${at(s * 0.052, 0)}v${figure(s * 0.07)}Z`,
    { fill: iron },
  );
}

/** A gabled cottage of width s; its windows are always lit. */
export function paintHouse(stage: Stage, x: number, y: number, s: number, roof: Tone): void {
  const { pen, palette } = stage;
  const side = lit(stage, x);
  const [left, right, eave, ridge] = [x - s * 0.42, x + s * 0.42, y - s * 0.4, y - s * 0.78];
  const split = x - side * s * 0.08;
  const plaster = wall(stage);
  const chimney = x + side * s * 0.24;
  pen.path(box(chimney - s * 0.045, y - s * 0.82, s * 0.09, s * 0.3), {
    fill: hex(mix(plaster, palette.near, 0.5)),
  });
  pen.path(box(left, eave - 2, right - left, y - eave + 2), { fill: hex(plaster) });
  const shaded: Point[] = side === 1 ? [[left, eave], [split, eave], [split, y], [left, y]] : [[split, eave], [right, eave], [right, y], [split, y]]; // prettier-ignore
  pen.path(polygon(shaded), { fill: hex(shade(palette.near, -0.05)), opacity: 0.35 });
  pen.path(polygon([[left - s * 0.08, eave + s * 0.03], [x - s * 0.3, ridge], [x + s * 0.3, ridge], [right + s * 0.08, eave + s * 0.03]]), { fill: hex(mix(roof, palette.near, palette.dark ? 0.35 : 0.1)) }); // prettier-ignore
  pen.path(polygon([[left - s * 0.08, eave + s * 0.03], [left - s * 0.06, eave - s * 0.005], [right + s * 0.06, eave - s * 0.005], [right + s * 0.08, eave + s * 0.03]]), { fill: hex(shade(palette.near, -0.08)), opacity: 0.5 }); // prettier-ignore
  const panes = [-0.28, 0.22].map((dx) => box(x + dx * s, y - s * 0.28, s * 0.12, s * 0.13)).join('');
  if (palette.dark) {
    const glow = pen.radial(x, y - s * 0.2, s * 0.8, [{ at: 0, tone: palette.lamp, alpha: 0.4 }, { at: 1, tone: palette.lamp, alpha: 0 }]); // prettier-ignore
    pen.path(oval(x, y - s * 0.2, s * 0.8, s * 0.8), { fill: glow });
  }
  pen.path(panes, { fill: hex(palette.lamp) });
  pen.path(box(x - s * 0.06, y - s * 0.25, s * 0.12, s * 0.25), {
    fill: hex(shade(palette.near, -0.07)),
  });
  pen.path(
    [-0.28, 0.22].map((dx) => `M${at(x + (dx + 0.06) * s, y - s * 0.28)}v${figure(s * 0.13)}`).join(''),
    { stroke: hex(shade(palette.near, -0.05)), line: s * 0.012 },
  );
}

/** A castle of height s: keep, towers with pointed roofs, lit windows. */
export function paintCastle(stage: Stage, x: number, y: number, s: number, roof: Tone): void {
  const { pen, palette } = stage;
  const stone = mix(wall(stage), palette.near, 0.42);
  const side = lit(stage, x);
  const towers = [[-0.4, 0.13, 0.52], [0.4, 0.13, 0.5], [-0.16, 0.14, 0.74], [0.17, 0.12, 0.64], [0.01, 0.1, 0.9]] as const; // prettier-ignore
  let [bodies, roofs, dark, lamps] = [box(x - s * 0.44, y - s * 0.34, s * 0.88, s * 0.34), '', '', ''];
  for (let tooth = -0.44; tooth < 0.42; tooth += 0.08)
    bodies += box(x + tooth * s, y - s * 0.375, s * 0.045, s * 0.04);
  for (const [dx, wide, tall] of towers) {
    const [cx, half, top] = [x + dx * s, (wide * s) / 2, y - tall * s];
    bodies += box(cx - half, top, half * 2, y - top) + box(cx - half * 1.15, top, half * 2.3, s * 0.035);
    roofs += polygon([
      [cx - half * 1.28, top],
      [cx, top - wide * s * 1.9],
      [cx + half * 1.28, top],
    ]);
    dark += box(side === 1 ? cx - half : cx, top + s * 0.035, half, y - top);
    lamps += `M${at(cx - s * 0.014, top + s * 0.13)}v${figure(-s * 0.03)}a${at(s * 0.014, s * 0.014)} 0 0 1 ${at(s * 0.028, 0)}v${figure(s * 0.03)}Z`;
  }
  pen.path(bodies, { fill: hex(stone) });
  pen.path(dark, { fill: hex(shade(palette.near, -0.07)), opacity: 0.34 });
  pen.path(roofs, { fill: hex(mix(roof, palette.near, palette.dark ? 0.4 : 0.2)) });
  pen.path(
    `M${at(x - s * 0.06, y)}v${figure(-s * 0.11)}a${at(s * 0.06, s * 0.06)} 0 0 1 ${at(s * 0.12, 0)}v${figure(s * 0.11)}Z`,
    { fill: hex(shade(palette.near, -0.1)) },
  );
  pen.path(lamps, { fill: hex(palette.dark ? palette.lamp : shade(palette.near, -0.1)) });
}

export function paintMill(stage: Stage, x: number, y: number, s: number, cap: Tone): void {
  const { pen, palette, dice } = stage;
  const plaster = wall(stage);
  pen.path(polygon([[x - s * 0.15, y], [x - s * 0.09, y - s * 0.62], [x + s * 0.09, y - s * 0.62], [x + s * 0.15, y]]), { fill: hex(plaster) }); // prettier-ignore
  const side = lit(stage, x);
  pen.path(polygon([[x - side * s * 0.15, y], [x - side * s * 0.09, y - s * 0.62], [x - side * s * 0.01, y - s * 0.62], [x - side * s * 0.02, y]]), { fill: hex(shade(palette.near, -0.05)), opacity: 0.32 }); // prettier-ignore
  pen.path(
    `M${at(x - s * 0.11, y - s * 0.61)}Q${at(x - s * 0.08, y - s * 0.76)} ${at(x, y - s * 0.77)}Q${at(x + s * 0.08, y - s * 0.76)} ${at(x + s * 0.11, y - s * 0.61)}Z`,
    { fill: hex(mix(cap, palette.near, 0.2)) },
  );
  pen.path(
    box(x - s * 0.02, y - s * 0.44, s * 0.04, s * 0.06) +
      box(x - s * 0.035, y - s * 0.12, s * 0.07, s * 0.12),
    { fill: hex(palette.dark ? palette.lamp : shade(palette.near, -0.08)) },
  );
  const turnBy = dice.fork('mill').between(0.2, 1.2);
  let [spars, sails] = ['', ''];
  for (let arm = 0; arm < 4; arm += 1) {
    const angle = turnBy + (arm * Math.PI) / 2;
    const along = (r: number, off: number): Point => [
      x + (Math.cos(angle) * r - Math.sin(angle) * off) * s,
      y - s * 0.66 + (Math.sin(angle) * r + Math.cos(angle) * off) * s,
    ];
    spars += `M${at(x, y - s * 0.66)}L${at(...along(0.46, 0))}`;
    sails += polygon([along(0.1, 0.005), along(0.46, 0.005), along(0.46, 0.085), along(0.1, 0.075)]);
  }
  pen.path(sails, { fill: hex(mix(plaster, palette.sky[3], 0.4)), opacity: 0.85 });
  pen.path(spars, { stroke: hex(shade(palette.near, -0.08)), line: s * 0.014 });
}

/** A tent lit from within. */
export function paintTent(stage: Stage, x: number, y: number, s: number, cloth: Tone): void {
  const { pen, palette } = stage;
  if (palette.dark) {
    const glow = pen.radial(x, y - s * 0.2, s, [{ at: 0, tone: palette.lamp, alpha: 0.55 }, { at: 1, tone: palette.lamp, alpha: 0 }]); // prettier-ignore
    pen.path(oval(x, y - s * 0.2, s, s), { fill: glow });
  }
  pen.path(
    polygon([
      [x - s * 0.5, y],
      [x - s * 0.05, y - s * 0.5],
      [x + s * 0.55, y],
    ]),
    { fill: hex(cloth) },
  );
  pen.path(polygon([[x - s * 0.05, y - s * 0.5], [x + s * 0.55, y], [x + s * 0.2, y]]), { fill: hex(shade(cloth, -0.12)) }); // prettier-ignore
  pen.path(polygon([[x - s * 0.05, y - s * 0.5], [x - s * 0.17, y], [x + s * 0.08, y]]), { fill: hex(palette.dark ? palette.lamp : shade(cloth, -0.25)) }); // prettier-ignore
}

/** A suspension bridge from edge to edge, its deck at y. */
export function paintBridge(stage: Stage, y: number, foot: number): void {
  const { pen, palette, width, unit } = stage;
  const colour = mix(shade(palette.near, 0.03), palette.accent, palette.dark ? 0.45 : 0.55);
  const tall = unit * 0.27;
  const posts = [0.26, 0.74].map((share) => share * width);
  const [a = 0, b = 0] = posts;
  let ropes = `M${at(-width * 0.04, y - tall * 0.1)}Q${at(a * 0.55, y - tall * 0.15)} ${at(a, y - tall)}Q${at((a + b) / 2, y + tall * 0.86)} ${at(b, y - tall)}Q${at(b + (width - b) * 0.45, y - tall * 0.15)} ${at(width * 1.04, y - tall * 0.1)}`;
  pen.path(ropes, { stroke: hex(colour), line: unit * 0.006 });
  ropes = '';
  for (let step = 1; step < 24; step += 1) {
    const t = step / 24;
    const sag = (1 - t) ** 2 * (y - tall) + 2 * t * (1 - t) * (y + tall * 0.86) + t ** 2 * (y - tall);
    ropes += `M${at(a + (b - a) * t, sag)}V${figure(y)}`;
  }
  pen.path(ropes, { stroke: hex(colour), line: unit * 0.002, opacity: 0.8 });
  const legs = posts.map((x) => polygon([[x - unit * 0.02, foot], [x - unit * 0.012, y - tall * 1.06], [x + unit * 0.012, y - tall * 1.06], [x + unit * 0.02, foot]])).join(''); // prettier-ignore
  pen.path(legs + box(-5, y, width + 10, unit * 0.016), { fill: hex(colour) });
  if (!palette.dark) return;
  let lamps = '';
  for (let step = 0; step < 26; step += 1)
    lamps += oval((step / 25) * width, y - unit * 0.006, unit * 0.0035, unit * 0.0035);
  pen.path(lamps, { fill: hex(palette.lamp) });
}
