import { type Contour, heightAt } from '../elements/land.js';
import { at, curve, figure, oval, type Point, polygon } from '../drawing/pen.js';
import type { Dice } from '../drawing/random.js';
import { allowed, lit, type Stage } from '../drawing/stage.js';
import { hex, mix, shade, tone, type Tone } from '../drawing/tone.js';

/** Outline of a fir of height h that stands on (x, y). */
function fir(x: number, y: number, h: number, chance: Dice): string {
  const tiers = h > 60 ? 7 : 5;
  const [left, right]: [Point[], Point[]] = [[], []];
  const slim = chance.between(0.15, 0.2);
  for (let tier = 1; tier <= tiers; tier += 1) {
    const share = tier / tiers;
    const level = y - h + share * h * 0.93;
    const reach = h * slim * share ** 0.85;
    left.push([x - reach * chance.between(0.85, 1.1), level], [x - reach * 0.5, level - h * 0.018]);
    right.push([x + reach * chance.between(0.85, 1.1), level], [x + reach * 0.5, level - h * 0.018]);
  }
  const trunk = h * 0.02;
  return polygon([[x, y - h], ...right, [x + trunk, y - h * 0.07], [x + trunk, y], [x - trunk, y], [x - trunk, y - h * 0.07], ...left.reverse()]); // prettier-ignore
}

/** A row of firs along a contour, as one element. */
export function paintFirs(
  stage: Stage,
  label: string,
  contour: Contour,
  colour: Tone,
  size: number,
  count: number,
): void {
  if (!allowed(stage, 'pine') || !allowed(stage, 'tree')) return;
  const { pen, dice, width, height, palette } = stage;
  const chance = dice.fork(label);
  let d = '';
  for (let index = 0; index < count; index += 1) {
    const x = ((index + chance.between(-0.6, 1.6)) / count) * width * 1.06 - width * 0.03;
    d += fir(x, heightAt(contour, x) + size * 0.12, size * chance.between(0.45, 1) ** 0.8, chance);
  }
  const top = Math.min(...contour.map(([, y]) => y)) - size;
  const foot = Math.min(height, top + size * 2.2);
  const snow = tone(0.97, 0.01, 240);
  const isSnowy = stage.subject.weather.has('snow');
  const fill = pen.linear(
    [0, top],
    [0, foot],
    [
      { at: 0, tone: isSnowy ? mix(colour, snow, palette.dark ? 0.55 : 0.8) : colour },
      ...(isSnowy ? [{ at: 0.3, tone: mix(colour, snow, 0.22) }] : []),
      { at: 1, tone: mix(colour, palette.sky[3], 0.16) },
    ],
  );
  pen.path(d, { fill });
}

/** A broad-leaved tree: forked trunk, crown of discs, the lit side lighter. */
export function paintTree(stage: Stage, x: number, y: number, s: number, crown: Tone): void {
  const { pen, dice, palette } = stage;
  const chance = dice.fork(`tree${figure(x)}`);
  const side = lit(stage, x);
  const bark = mix(shade(palette.near, -0.1, 0.7), tone(0.2, 0.04, 50), 0.4);
  const trunk = `M${at(x - s * 0.05, y)}C${at(x - s * 0.02, y - s * 0.2)} ${at(x - s * 0.03, y - s * 0.3)} ${at(x - s * 0.13, y - s * 0.52)}L${at(x - s * 0.1, y - s * 0.53)}L${at(x, y - s * 0.38)}L${at(x + s * 0.12, y - s * 0.55)}L${at(x + s * 0.15, y - s * 0.53)}C${at(x + s * 0.03, y - s * 0.3)} ${at(x + s * 0.02, y - s * 0.2)} ${at(x + s * 0.06, y)}Z`;
  pen.path(trunk, { fill: hex(bark) });
  let [body, light] = ['', ''];
  const lumps = [[0, -0.72, 0.25], [-0.24, -0.58, 0.18], [0.25, -0.6, 0.18], [-0.14, -0.84, 0.17], [0.16, -0.85, 0.16], [-0.33, -0.68, 0.12], [0.34, -0.7, 0.12]] as const; // prettier-ignore
  for (const [dx, dy, r] of lumps) {
    const radius = s * r * chance.between(0.88, 1.12);
    body += oval(x + dx * s, y + dy * s, radius, radius * 0.92);
    light += oval(
      x + dx * s + side * radius * 0.22,
      y + dy * s - radius * 0.24,
      radius * 0.62,
      radius * 0.55,
    );
  }
  pen.path(body, { fill: hex(crown) });
  pen.path(light, { fill: hex(mix(shade(crown, 0.09), palette.light, 0.12)), opacity: 0.4 });
}

export function paintPalm(stage: Stage, x: number, y: number, s: number): void {
  const { pen, dice, palette } = stage;
  const chance = dice.fork(`palm${figure(x)}`);
  const lean = chance.sign() * chance.between(0.1, 0.24) * s;
  const [tx, ty] = [x + lean, y - s * 0.8];
  const dark = shade(palette.near, -0.09);
  const bend = at(x + lean * 0.15, y - s * 0.5);
  pen.path(
    `M${at(x - s * 0.028, y)}Q${bend} ${at(tx - s * 0.012, ty)}L${at(tx + s * 0.012, ty)}Q${at(x + lean * 0.15 + s * 0.034, y - s * 0.49)} ${at(x + s * 0.03, y)}Z`,
    { fill: hex(dark) },
  );
  let d = '';
  for (const angle of [-2.9, -2.35, -1.85, -1.3, -0.8, -0.25, 0.3, 2.85]) {
    const reach = s * chance.between(0.3, 0.4);
    const [ex, ey] = [tx + Math.cos(angle) * reach, ty + Math.sin(angle) * reach * 0.6 + s * 0.09];
    const [mx, my] = [tx + Math.cos(angle) * reach * 0.5, ty + Math.sin(angle) * reach * 0.75 - s * 0.06];
    d += `M${at(tx, ty)}Q${at(mx, my - s * 0.035)} ${at(ex, ey)}Q${at(mx, my + s * 0.06)} ${at(tx, ty)}Z`;
  }
  pen.path(d, { fill: hex(dark) });
}

export function paintCactus(stage: Stage, x: number, y: number, s: number): void {
  const { pen, palette } = stage;
  const colour = mix(shade(palette.near, -0.24), tone(0.36, 0.07, 155), 0.5);
  const arms = `M${at(x, y)}V${figure(y - s)}M${at(x, y - s * 0.35)}H${figure(x - s * 0.2)}V${figure(y - s * 0.68)}M${at(x, y - s * 0.5)}H${figure(x + s * 0.19)}V${figure(y - s * 0.8)}`;
  pen.path(arms, { stroke: hex(colour), line: s * 0.115 });
  const rim = lit(stage, x) * s * 0.03;
  pen.path(`M${at(x + rim, y - s * 0.05)}V${figure(y - s * 0.98)}`, {
    stroke: hex(mix(colour, palette.light, 0.3)),
    line: s * 0.025,
    opacity: 0.7,
  });
}

/** Flowers from the far to the near edge of the ground; nearer ones are larger. */
export function paintFlowers(stage: Stage, ground: (x: number) => number, petals: Tone): void {
  const { pen, dice, width, height, unit, palette } = stage;
  const chance = dice.fork('flowers');
  const stems = hex(mix(shade(palette.near, 0.05), tone(0.5, 0.1, 140), 0.5));
  const kinds = [petals, shade(petals, 0.1), tone(petals.l, petals.c * 0.9, petals.h + 28)];
  for (const band of [0.18, 0.45, 0.75, 1]) {
    const size = unit * (0.006 + 0.017 * band);
    const heads = kinds.map(() => '');
    let [stalks, eyes] = ['', ''];
    for (let index = 0; index < 34 - band * 16; index += 1) {
      const x = chance.next() * width;
      const top = ground(x);
      const y = top + (height - top) * Math.max(0.03, band - chance.between(0.02, 0.2)) ** 1.2;
      const kind = chance.whole(0, kinds.length - 1);
      let head = '';
      for (let petal = 0; petal < 5; petal += 1) {
        const angle = (petal / 5) * Math.PI * 2 + index;
        head += oval(
          x + Math.cos(angle) * size * 0.5,
          y + Math.sin(angle) * size * 0.42,
          size * 0.42,
          size * 0.36,
        );
      }
      heads[kind] = (heads[kind] ?? '') + head;
      eyes += oval(x, y, size * 0.26, size * 0.22);
      stalks += `M${at(x, y)}q${at(size * 0.3, size * 1.6)} ${at(0, size * 3.2)}`;
    }
    pen.path(stalks, { stroke: stems, line: Math.max(1, size * 0.14), opacity: 0.8 });
    heads.forEach((d, kind) => {
      pen.path(d, { fill: hex(mix(kinds[kind] ?? petals, palette.near, 0.1)) });
    });
    pen.path(eyes, { fill: hex(tone(0.86, 0.13, 88)) });
  }
}

/** Blades of grass along the lower edge, which frame the picture. */
export function paintGrass(stage: Stage, colour: Tone): void {
  const { pen, dice, width, height, unit } = stage;
  const chance = dice.fork('grass');
  let d = '';
  for (let index = 0; index < 90; index += 1) {
    const x = (index / 90) * width + chance.between(-8, 8);
    const rise = unit * chance.between(0.02, 0.075) * (0.55 + Math.abs(x / width - 0.5) * 1.3);
    const bend = chance.between(-0.5, 0.5) * rise;
    const wide = unit * 0.005;
    d += `M${at(x - wide, height)}Q${at(x, height - rise * 0.6)} ${at(x + bend, height - rise)}Q${at(x + wide * 1.5, height - rise * 0.5)} ${at(x + wide, height)}Z`;
  }
  pen.path(d, { fill: hex(colour) });
}

/** Short strokes of grass as texture of a near slope. */
export function paintTufts(stage: Stage, ground: (x: number) => number, colour: Tone): void {
  const { pen, dice, width, height, unit } = stage;
  const chance = dice.fork('tufts');
  let d = '';
  for (let index = 0; index < 130; index += 1) {
    const x = chance.next() * width;
    const top = ground(x) + unit * 0.012;
    const depth = chance.next() ** 0.8;
    const y = top + (height - top) * depth;
    const s = unit * (0.005 + 0.011 * depth);
    d += `M${at(x - s, y - s)}L${at(x, y)}L${at(x + s * 0.2, y - s * 1.5)}M${at(x, y)}L${at(x + s, y - s * 0.9)}`;
  }
  pen.path(d, { stroke: hex(colour), line: unit * 0.0017, opacity: 0.6 });
}

/** Tall trunks at both edges, for a view from inside a forest. */
export function paintTrunks(stage: Stage, colour: Tone): void {
  if (!allowed(stage, 'tree')) return;
  const { pen, dice, width, height } = stage;
  const chance = dice.fork('trunks');
  let [d, branches] = ['', ''];
  for (const edge of [0.02, 0.14, 0.87, 0.985]) {
    const x = (edge + chance.between(-0.03, 0.03)) * width;
    const half = width * chance.between(0.014, 0.034);
    const left: Point[] = [[x - half * 1.7, height], [x - half, height * 0.8], [x - half * 0.8, height * 0.3], [x - half * 0.7, -5]]; // prettier-ignore
    const right: Point[] = [[x + half * 0.6, -5], [x + half * 0.75, height * 0.35], [x + half, height * 0.8], [x + half * 1.9, height]]; // prettier-ignore
    d += `${curve(left)}${curve(right, 'L')}Z`;
    const branch = edge < 0.5 ? 1 : -1;
    const y = height * chance.between(0.1, 0.3);
    branches += `M${at(x, y)}Q${at(x + branch * half * 3.5, y - half * 0.6)} ${at(x + branch * half * 5.5, y - half * 3.4)}Q${at(x + branch * half * 4, y + half * 0.8)} ${at(x, y + half * 1.6)}Z`;
  }
  pen.path(branches, { fill: hex(colour) });
  pen.path(d, { fill: hex(colour) });
}
