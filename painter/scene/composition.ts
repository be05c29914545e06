import { at, box, dot, oval, type Point, polygon } from '../drawing/pen.js';
import type { Dice } from '../drawing/random.js';
import type { Stage } from '../drawing/stage.js';
import { hex, mix, shade, tone, type Tone } from '../drawing/tone.js';

/** A half disc, turned. */
function half(x: number, y: number, r: number, angle: number): string {
  const [dx, dy] = [Math.cos(angle) * r, Math.sin(angle) * r];
  return `M${at(x - dx, y - dy)}A${at(r, r)} 0 0 1 ${at(x + dx, y + dy)}Z`;
}

function bars(x: number, y: number, s: number, angle: number, count: number): string {
  const turn = (dx: number, dy: number): Point => [
    x + dx * Math.cos(angle) - dy * Math.sin(angle),
    y + dx * Math.sin(angle) + dy * Math.cos(angle),
  ];
  return Array.from({ length: count }, (_, bar) => {
    const top = ((bar - count / 2) * s) / count;
    const [from, to] = [-s * (0.5 + 0.12 * bar), s * (0.9 - 0.1 * bar)];
    const thick = (s / count) * 0.42;
    return polygon([turn(from, top), turn(to, top), turn(to, top + thick), turn(from, top + thick)]);
  }).join('');
}

/** Discs, half discs, rings, bars and a grid of points on a plain ground: shapes alone, that cannot be taken for a landscape. */
export function paintComposition(stage: Stage, chance: Dice): void {
  const { pen, width, height, unit, palette, subject } = stage;
  const [a, b, c, d] = palette.sky;
  const [, second = palette.accent] = subject.colours;
  const ground = palette.dark ? mix(a, tone(0.2, 0.03, a.h), 0.5) : mix(d, tone(0.95, 0.015, 85), 0.7);
  // On a dark ground dark tones would be lost.
  const visible = (own: Tone): Tone =>
    palette.dark ? tone(Math.max(own.l, ground.l + 0.3), own.c, own.h) : own;
  const own = [shade(a, 0.04), b, c, second, palette.water[1], mix(second, tone(0.9, 0.1, 90), 0.5)];
  const inks = chance.shuffle(own.map(visible));
  const [one = a, two = b, three = c, four = second, five = a] = inks;
  pen.path(box(0, 0, width, height), { fill: hex(ground) });
  const x = (share: number): number => width * (0.5 + share) + unit * chance.between(-0.03, 0.03);
  const up = chance.sign();
  const y = (share: number): number => height * (0.5 + share * up) + unit * chance.between(-0.03, 0.03);
  const side = chance.sign();
  const size = Math.min(width, height);
  const tilt = chance.between(0.3, 1.2) * side;
  const [px, py] = [x(side * 0.22), y(-0.26)];
  let points = '';
  for (let cell = 0; cell < 49; cell += 1)
    points += dot(px + ((cell % 7) - 3) * size * 0.042, py + (Math.floor(cell / 7) - 3) * size * 0.042);
  pen.path(points, { stroke: hex(mix(ground, one, 0.75)), line: size * 0.011 });
  const [cx, cy, r] = [x(-side * 0.1), y(-0.02), size * chance.between(0.27, 0.33)];
  pen.path(oval(cx, cy, r, r), { fill: pen.linear([cx - r, cy - r], [cx + r, cy + r], [{ at: 0, tone: shade(one, 0.05) }, { at: 1, tone: shade(one, -0.06) }]) }); // prettier-ignore
  pen.path(half(cx + side * r * 0.62, cy + up * r * 0.3, r * 0.78, tilt), { fill: hex(two), opacity: 0.92 });
  pen.path(half(cx - side * r * 0.5, cy - up * r * 0.62, r * 0.56, tilt + 2.4), {
    fill: hex(three),
    opacity: 0.94,
  });
  const [tx, ty, s] = [x(side * 0.24), y(0.24), size * chance.between(0.16, 0.22)];
  const corners = [0, 1, 2].map((corner): Point => [
    tx + Math.cos(tilt + (corner * Math.PI * 2) / 3) * s,
    ty + Math.sin(tilt + (corner * Math.PI * 2) / 3) * s,
  ]);
  pen.path(polygon(corners), { fill: hex(four), opacity: 0.95 });
  const [rx, ry] = [x(-side * 0.3), y(0.27)];
  for (const ring of [0.2, 0.15, 0.1])
    pen.path(oval(rx, ry, size * ring, size * ring), {
      stroke: hex(mix(five, ground, 0.15)),
      line: size * 0.014,
    });
  pen.path(bars(cx, cy + r * 0.1, size * 0.34, -tilt * 0.6, 5), {
    fill: hex(mix(five, tone(palette.dark ? 0.95 : 0.2, 0.02, 270), 0.4)),
    opacity: 0.85,
  });
  pen.path(oval(x(side * 0.3), y(-0.02), size * 0.055, size * 0.055), { fill: hex(four) });
  pen.path(oval(cx - side * r * 0.15, cy + up * r * 0.9, size * 0.035, size * 0.035), { fill: hex(three) });
}
