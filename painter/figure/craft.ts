import { at, box, figure, oval, pill, polygon } from '../drawing/pen.js';
import { lit, type Stage } from '../drawing/stage.js';
import { hex, mix, shade, tone, type Tone } from '../drawing/tone.js';

/** A sailing boat of height s afloat at (x, y), with its reflection. */
export function paintBoat(stage: Stage, x: number, y: number, s: number, hull: Tone): void {
  const { pen, palette } = stage;
  const side = lit(stage, x);
  const cloth = mix(tone(0.97, 0.015, 85), palette.sky[3], palette.dark ? 0.55 : 0.25);
  let shine = '';
  for (let row = 0; row < 7; row += 1) {
    const half = s * (0.3 - row * 0.032) * (row % 2 === 0 ? 1 : 0.7);
    shine += pill(x - half + (row % 3) * s * 0.03, y + s * (0.03 + row * 0.055), half * 2, s * 0.018);
  }
  pen.path(shine, { fill: hex(mix(cloth, palette.water[1], 0.45)), opacity: 0.5 });
  const mast = x + s * 0.02;
  pen.path(`M${at(mast, y - s * 0.97)}V${figure(y - s * 0.1)}`, {
    stroke: hex(shade(palette.near, -0.05)),
    line: s * 0.015,
  });
  pen.path(
    `M${at(mast + s * 0.02, y - s * 0.95)}C${at(mast + s * 0.22, y - s * 0.6)} ${at(mast + s * 0.34, y - s * 0.32)} ${at(mast + s * 0.36, y - s * 0.17)}L${at(mast + s * 0.02, y - s * 0.17)}Z`,
    { fill: hex(side === 1 ? cloth : shade(cloth, -0.1)) },
  );
  pen.path(
    `M${at(mast - s * 0.02, y - s * 0.88)}C${at(mast - s * 0.1, y - s * 0.55)} ${at(mast - s * 0.25, y - s * 0.3)} ${at(mast - s * 0.33, y - s * 0.16)}L${at(mast - s * 0.02, y - s * 0.17)}Z`,
    { fill: hex(side === 1 ? shade(cloth, -0.1) : cloth) },
  );
  pen.path(
    `M${at(x - s * 0.38, y - s * 0.12)}L${at(x + s * 0.44, y - s * 0.12)}Q${at(x + s * 0.36, y + s * 0.02)} ${at(x + s * 0.24, y + s * 0.02)}L${at(x - s * 0.24, y + s * 0.02)}Q${at(x - s * 0.34, y)} ${at(x - s * 0.38, y - s * 0.12)}Z`,
    { fill: hex(mix(hull, palette.near, palette.dark ? 0.35 : 0.12)) },
  );
  pen.path(box(x - s * 0.375, y - s * 0.12, s * 0.81, s * 0.022), { fill: hex(cloth), opacity: 0.85 });
}

/** A hot-air balloon whose envelope has radius s around (x, y). */
export function paintBalloon(stage: Stage, x: number, y: number, s: number, cloth: Tone): void {
  const { pen, palette } = stage;
  const foot = y + s * 1.32;
  const gore = (from: number, to: number): string => {
    const edge = (share: number): readonly [string, string] => [
      `${at(x + s * 1.02 * share, y - s * 1.3 * (1 - share * share * 0.06))} ${at(x + s * 1.32 * share, y + s * 0.42)}`,
      at(x + s * 0.17 * share, foot),
    ];
    const [leftBend, leftFoot] = edge(from);
    const [rightBend, rightFoot] = edge(to);
    const back = rightBend.split(' ');
    return `M${at(x, y - s)}C${leftBend} ${leftFoot}L${rightFoot}C${back.slice(2).join(' ')} ${back.slice(0, 2).join(' ')} ${at(x, y - s)}Z`;
  };
  const second = mix(tone(0.95, 0.03, 85), palette.sky[3], 0.2);
  const third = tone(cloth.l + 0.1, cloth.c * 0.85, cloth.h + 32);
  pen.path(gore(-1, 1), { fill: hex(cloth) });
  pen.path(gore(-0.72, -0.4) + gore(0.4, 0.72), { fill: hex(second) });
  pen.path(gore(-0.13, 0.13), { fill: hex(third) });
  const side = lit(stage, x);
  const dark = pen.linear(
    [x + side * s, y - s * 0.5],
    [x - side * s * 1.05, y + s * 0.6],
    [
      { at: 0, tone: palette.light, alpha: 0.28 },
      { at: 0.35, tone: palette.light, alpha: 0 },
      { at: 0.5, tone: shade(palette.sky[0], -0.15), alpha: 0.05 },
      { at: 1, tone: shade(palette.sky[0], -0.15), alpha: 0.6 },
    ],
  );
  pen.path(gore(-1, 1), { fill: dark });
  const wood = hex(mix(tone(0.4, 0.06, 55), palette.near, 0.4));
  pen.path(
    `M${at(x - s * 0.16, foot)}L${at(x - s * 0.1, foot + s * 0.26)}M${at(x + s * 0.16, foot)}L${at(x + s * 0.1, foot + s * 0.26)}M${at(x, foot)}V${figure(foot + s * 0.26)}`,
    { stroke: wood, line: Math.max(1, s * 0.018) },
  );
  pen.path(
    `M${at(x - s * 0.13, foot + s * 0.24)}h${figure(s * 0.26)}l${at(-s * 0.03, s * 0.19)}q${at(-s * 0.1, s * 0.03)} ${at(-s * 0.2, 0)}Z`,
    { fill: wood },
  );
  if (palette.dark) pen.path(oval(x, foot + s * 0.06, s * 0.05, s * 0.09), { fill: hex(palette.lamp) });
}

/** A rocket of height s, rising to the right from (x, y). */
export function paintRocket(stage: Stage, x: number, y: number, s: number, fins: Tone): void {
  const { pen, palette } = stage;
  const cos = Math.cos(0.45);
  const sin = Math.sin(0.45);
  const p = (dx: number, dy: number): string =>
    at(x + (dx * cos - dy * sin) * s, y + (dx * sin + dy * cos) * s);
  const flame = pen.linear(
    [x, y],
    [x - sin * s * 1.1, y + cos * s * 1.1],
    [
      { at: 0, tone: tone(0.93, 0.13, 90), alpha: 0.95 },
      { at: 0.35, tone: tone(0.75, 0.18, 50), alpha: 0.6 },
      { at: 1, tone: palette.sky[3], alpha: 0 },
    ],
  );
  pen.path(`M${p(-0.1, 0)}Q${p(-0.16, 0.45)} ${p(0, 1.1)}Q${p(0.16, 0.45)} ${p(0.1, 0)}Z`, { fill: flame });
  const body = tone(0.94, 0.012, 250);
  pen.path(
    `M${p(-0.1, -0.3)}Q${p(-0.3, -0.1)} ${p(-0.26, 0.12)}L${p(-0.1, 0)}ZM${p(0.1, -0.3)}Q${p(0.3, -0.1)} ${p(0.26, 0.12)}L${p(0.1, 0)}Z`,
    { fill: hex(fins) },
  );
  pen.path(
    `M${p(0, -1)}C${p(0.22, -0.7)} ${p(0.2, -0.3)} ${p(0.11, 0.02)}L${p(-0.11, 0.02)}C${p(-0.2, -0.3)} ${p(-0.22, -0.7)} ${p(0, -1)}Z`,
    { fill: hex(body) },
  );
  pen.path(`M${p(0, -1)}C${p(-0.22, -0.7)} ${p(-0.2, -0.3)} ${p(-0.11, 0.02)}L${p(0, 0.02)}Z`, {
    fill: hex(shade(palette.sky[0], -0.05)),
    opacity: 0.22,
  });
  pen.path(
    `M${p(0, -1)}C${p(0.1, -0.87)} ${p(0.13, -0.8)} ${p(0.14, -0.74)}L${p(-0.14, -0.74)}C${p(-0.13, -0.8)} ${p(-0.1, -0.87)} ${p(0, -1)}Z`,
    { fill: hex(fins) },
  );
  const [wx, wy] = [x + 0.46 * sin * s, y - 0.46 * cos * s];
  pen.path(oval(wx, wy, s * 0.085, s * 0.085), { fill: hex(fins) });
  pen.path(oval(wx, wy, s * 0.058, s * 0.058), {
    fill: hex(mix(palette.sky[2], tone(0.85, 0.08, 220), 0.5)),
  });
}

/** Contrails and wakes are strokes; a dark one marks where something large lies in the water. */
export const wake = (x: number, y: number, s: number): string =>
  polygon([[x - s, y], [x - s * 0.3, y - s * 0.05], [x + s * 0.3, y - s * 0.05], [x + s, y], [x, y + s * 0.06]]); // prettier-ignore
