import { tintOf } from '../reading/subject.js';
import { at, curve, dot, oval, type Point } from '../drawing/pen.js';
import { paintStars } from '../elements/sky.js';
import { allowed, type Stage, wants } from '../drawing/stage.js';
import { hex, mix, shade, tone, type Tone } from '../drawing/tone.js';

/** Clouds of gas as overlapping soft discs along a band across the picture. */
export function paintNebula(
  { pen, dice, width, height, unit, palette, subject }: Stage,
  strength: number,
): void {
  const chance = dice.fork('nebula');
  const [first, second] = subject.colours;
  const hue = first?.h ?? palette.sky[1].h + chance.between(-30, 40);
  const other = second?.h ?? hue + chance.pick([-55, 50, 75]);
  const rise = chance.between(-0.5, 0.5) * height;
  for (let index = 0; index < 16; index += 1) {
    const share = chance.between(-0.05, 1.05);
    const x = share * width;
    const y = height * 0.45 + (share - 0.5) * rise + chance.between(-0.13, 0.13) * height;
    const r = unit * chance.between(0.16, 0.42);
    const colour = tone(
      chance.between(0.4, 0.66),
      chance.between(0.1, 0.17),
      chance.chance(0.6) ? hue : other,
    );
    const fill = pen.radial(x, y, r, [
      { at: 0, tone: colour, alpha: strength },
      { at: 0.5, tone: colour, alpha: strength * 0.4 },
      { at: 1, tone: colour, alpha: 0 },
    ]);
    pen.path(oval(x, y, r, r), { fill });
  }
  let dust = '';
  for (let index = 0; index < 320; index += 1) {
    const share = chance.next();
    const off = (chance.next() + chance.next() + chance.next() - 1.5) * 0.2 * height;
    dust += dot(share * width, height * 0.45 + (share - 0.5) * rise + off);
  }
  pen.path(dust, {
    stroke: hex(mix(tone(0.97, 0.02, hue), palette.light, 0.4)),
    line: unit * 0.0017,
    opacity: 0.7,
  });
}

/** A planet with a soft shadow and optional rings. */
export function paintPlanet(
  stage: Stage,
  x: number,
  y: number,
  r: number,
  colour: Tone,
  ringed: boolean,
): void {
  const { pen, palette, light } = stage;
  const away = Math.atan2(light[1] - y, light[0] - x);
  // The atmosphere glows on the day side only.
  const [hx, hy] = [x + Math.cos(away) * r * 0.2, y + Math.sin(away) * r * 0.2];
  const halo = pen.radial(hx, hy, r * 1.4, [
    { at: 0.6, tone: colour, alpha: 0.36 },
    { at: 1, tone: colour, alpha: 0 },
  ]);
  pen.path(oval(hx, hy, r * 1.4, r * 1.4), { fill: halo });
  const ring = (front: boolean, size: number): string => {
    const arc: Point[] = Array.from({ length: 17 }, (_, step) => {
      const angle = (front ? 0 : Math.PI) + (step / 16) * Math.PI;
      const [dx, dy] = [Math.cos(angle) * r * size, Math.sin(angle) * r * size * 0.23];
      return [x + dx * 0.95 + dy * 0.31, y - dx * 0.31 + dy * 0.95];
    });
    return curve(arc);
  };
  const band = mix(shade(colour, 0.16, 0.7), palette.light, 0.3);
  const paintRings = (front: boolean): void => {
    for (const [size, line, fade] of [
      [1.55, 0.035, 0.45],
      [1.72, 0.1, 0.1],
      [1.9, 0.045, 0.35],
    ] as const) {
      // prettier-ignore
      pen.path(ring(front, size), { stroke: hex(mix(band, palette.sky[1], fade + (front ? 0 : 0.25))), line: r * line });
    }
  };
  if (ringed) paintRings(false);
  pen.path(oval(x, y, r, r), { fill: hex(colour) });
  let belts = '';
  for (const [level, thick] of [
    [-0.55, 0.1],
    [-0.2, 0.16],
    [0.18, 0.09],
    [0.5, 0.14],
  ] as const) {
    // prettier-ignore
    const half = Math.sqrt(1 - level * level) * r * 0.985;
    const low = Math.sqrt(1 - (level + thick) ** 2) * r * 0.985;
    belts += `M${at(x - half, y + level * r)}Q${at(x, y + (level + 0.1) * r)} ${at(x + half, y + level * r)}L${at(x + low, y + (level + thick) * r)}Q${at(x, y + (level + thick + 0.1) * r)} ${at(x - low, y + (level + thick) * r)}Z`;
  }
  pen.path(belts, { fill: hex(tone(colour.l + 0.09, colour.c * 0.85, colour.h + 18)), opacity: 0.55 });
  const [fx, fy] = [x + Math.cos(away) * r * 0.62, y + Math.sin(away) * r * 0.62];
  const night = pen.radial(fx, fy, r * 1.75, [
    { at: 0.18, tone: palette.sky[0], alpha: 0 },
    { at: 0.66, tone: shade(palette.sky[0], -0.05), alpha: 0.62 },
    { at: 1, tone: shade(palette.sky[0], -0.08), alpha: 0.93 },
  ]);
  pen.path(oval(x, y, r * 1.012, r * 1.012), { fill: night });
  if (ringed) paintRings(true);
}

/** Side of the large planet: -1 left, 1 right. */
export const planetSide = ({ dice }: Stage): 1 | -1 => dice.fork('planet-side').sign();

/** Space: gas clouds, stars, a large planet and a small one; the large one is higher where there is ground below it. */
export function paintCosmos(stage: Stage, hasGround: boolean): void {
  const { pen, dice, width, height, unit, palette, subject } = stage;
  const chance = dice.fork('cosmos');
  const fill = pen.linear(
    [0, 0],
    [width * 0.4, height],
    [
      { at: 0, tone: shade(palette.sky[0], -0.03) },
      { at: 0.5, tone: palette.sky[1] },
      { at: 1, tone: shade(palette.sky[0], -0.02) },
    ],
  );
  pen.path(`M0 0H${String(width)}V${String(height)}H0Z`, { fill });
  paintNebula(stage, subject.styles.has('minimal') ? 0.2 : 0.44);
  if (allowed(stage, 'stars')) paintStars(stage, height, 330);
  if (!allowed(stage, 'planet')) return;
  const main =
    tintOf(subject, 'planet') ??
    tone(0.66, 0.13, (subject.colours[1] ?? subject.colours[0])?.h ?? chance.pick([45, 200, 330, 75]));
  const left = planetSide(stage) === -1;
  const r = unit * chance.between(0.15, 0.21);
  const level = hasGround ? chance.between(0.24, 0.32) : chance.between(0.4, 0.56);
  const paintMain = (): void => {
    paintPlanet(
      stage,
      width * (left ? 0.34 : 0.66),
      height * level,
      r,
      main,
      wants(stage, 'planet') || chance.chance(0.65),
    );
  };
  if (wants(stage, 'planet')) pen.group('planet-1', paintMain);
  else paintMain();
  const second = tone(0.7, 0.09, main.h + 140);
  paintPlanet(
    stage,
    width * (left ? 0.8 : 0.2),
    height * chance.between(0.18, 0.28),
    unit * 0.045,
    second,
    false,
  );
}
