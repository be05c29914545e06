import { at, box, curve, dot, oval, pill, type Point, polygon } from '../drawing/pen.js';
import type { Dice } from '../drawing/random.js';
import type { Stage } from '../drawing/stage.js';
import { paintComposition } from './composition.js';
import { hex, mix, shade, tone, type Tone } from '../drawing/tone.js';

/** Six tones of the palette: sky and land, and the accent for one element. */
function swatches({ palette, subject }: Stage): [Tone, Tone, Tone, Tone, Tone, Tone] {
  const [a, b, c, d] = palette.sky;
  const [, second = palette.accent] = subject.colours;
  return [a, b, c, d, mix(second, palette.light, 0.15), palette.water[1]];
}

function backdrop({ pen, width, height }: Stage, from: Tone, to: Tone): void {
  const fill = pen.linear([0, 0], [width * 0.3, height], [{ at: 0, tone: from }, { at: 0.5, tone: mix(from, to, 0.5) }, { at: 1, tone: to }]); // prettier-ignore
  pen.path(box(0, 0, width, height), { fill });
}

function orb({ pen }: Stage, x: number, y: number, r: number, from: Tone, to: Tone): void {
  const halo = pen.radial(x, y, r * 1.9, [{ at: 0.4, tone: from, alpha: 0.4 }, { at: 1, tone: from, alpha: 0 }]); // prettier-ignore
  pen.path(oval(x, y, r * 1.9, r * 1.9), { fill: halo });
  pen.path(oval(x, y, r, r), { fill: pen.linear([x - r * 0.5, y - r], [x + r * 0.5, y + r], [{ at: 0, tone: from }, { at: 1, tone: to }]) }); // prettier-ignore
}

/** Horizontal wavy bands of colour, each with a soft edge on the one behind. */
function paintRibbons(stage: Stage, chance: Dice): void {
  const { pen, width, height, unit, palette } = stage;
  const [a, b, c, d, accent, deep] = swatches(stage);
  backdrop(stage, d, c);
  orb(
    stage,
    width * chance.between(0.25, 0.75),
    height * chance.between(0.2, 0.36),
    unit * chance.between(0.12, 0.18),
    palette.light,
    accent,
  );
  const ramp = [
    mix(d, c, 0.6),
    c,
    mix(c, b, 0.5),
    b,
    mix(b, a, 0.5),
    a,
    mix(a, deep, 0.6),
    shade(deep, -0.07),
  ];
  const phase = chance.between(0, 6);
  ramp.forEach((colour, index) => {
    const y = height * (0.36 + index * 0.082);
    const line = Array.from({ length: 17 }, (_, step): Point => {
      const x = step / 16;
      const wave =
        Math.sin(x * 4.6 + phase + index * 0.55) * 0.075 + Math.sin(x * 9.5 - phase * 1.7 + index) * 0.022;
      return [(x * 1.06 - 0.03) * width, y + wave * height];
    });
    const crest = curve(line);
    const soft = pen.linear(
      [0, y - height * 0.12],
      [0, y + height * 0.22],
      [
        { at: 0, tone: shade(colour, 0.055) },
        { at: 1, tone: shade(colour, -0.05) },
      ],
    );
    pen.path(`${crest}L${at(width * 1.1, height * 1.05)}L${at(-width * 0.1, height * 1.05)}Z`, {
      fill: soft,
    });
    pen.path(crest, { stroke: hex(mix(colour, palette.light, 0.5)), line: unit * 0.0018, opacity: 0.6 });
  });
}

/** A lattice of points, regular on one side and scattered on the other, with orbits across both. */
function paintLattice(stage: Stage, chance: Dice): void {
  const { pen, width, height, unit, palette } = stage;
  const [a, b, , d, accent, deep] = swatches(stage);
  const night = mix(a, tone(0.2, 0.075, a.h), 0.6);
  backdrop(stage, shade(night, -0.03), mix(night, b, 0.55));
  const [cx, cy] = [width * chance.between(0.42, 0.58), height * chance.between(0.44, 0.54)];
  const glow = pen.radial(cx, cy, unit * 0.62, [
    { at: 0, tone: accent, alpha: 0.55 },
    { at: 0.4, tone: b, alpha: 0.3 },
    { at: 1, tone: b, alpha: 0 },
  ]);
  pen.path(oval(cx, cy, unit * 0.62, unit * 0.62), { fill: glow });
  const tilt = chance.between(0, 3);
  for (let index = 0; index < 9; index += 1) {
    const angle = tilt + (index / 9) * Math.PI;
    const ring = Array.from({ length: 33 }, (_, step): Point => {
      const turn = (step / 32) * Math.PI * 2;
      const [x, y] = [Math.cos(turn) * unit * 0.4, Math.sin(turn) * unit * (0.1 + 0.022 * index)];
      return [cx + x * Math.cos(angle) - y * Math.sin(angle), cy + x * Math.sin(angle) + y * Math.cos(angle)];
    });
    const share = index / 8;
    pen.path(curve(ring), { stroke: hex(mix(d, accent, share)), line: unit * 0.0026, opacity: 0.75 });
    const rider = ring[chance.whole(0, 31)] ?? [cx, cy];
    pen.path(oval(rider[0], rider[1], unit * 0.0085, unit * 0.0085), {
      fill: hex(mix(palette.light, accent, share * 0.7)),
    });
  }
  const fields = ['', '', ''];
  const [columns, rows] = [34, 34];
  const side = chance.sign();
  for (let cell = 0; cell < columns * rows; cell += 1) {
    const [u, v] = [((cell % columns) + 0.5) / columns, (Math.floor(cell / columns) + 0.5) / rows];
    const chaos = Math.max(0, (side === 1 ? u : 1 - u) - 0.24) ** 1.6 * 0.34;
    if (chance.chance(chaos * 2.3)) continue;
    const jitter = (): number => (chance.next() + chance.next() - 1) * chaos;
    const size = chance.next() < 0.68 ? 0 : chance.next() < 0.75 ? 1 : 2;
    fields[size] = `${fields[size] ?? ''}${dot((u + jitter()) * width, (v + jitter()) * height)}`;
  }
  fields.forEach((d2, size) => {
    pen.path(d2, {
      stroke: hex(mix(mix(d, palette.light, 0.4), accent, size * 0.3)),
      line: unit * (0.0032 + 0.0026 * size),
      opacity: 0.5 + 0.2 * size,
    });
  });
  orb(stage, cx, cy, unit * 0.062, palette.light, mix(accent, deep, 0.15));
}

/** Arches, discs and quarters in a grid, as on a printed poster. */
function paintTiles(stage: Stage, chance: Dice): void {
  const { pen, width, height } = stage;
  const [a, b, c, d, accent, deep] = swatches(stage);
  const tones = [a, b, c, d, accent, deep] as const;
  const columns = Math.max(3, Math.min(6, Math.round((4 * width) / Math.min(width, height))));
  const rows = Math.max(3, Math.min(6, Math.round((columns * height) / width)));
  const [w, h] = [width / columns, height / rows];
  pen.path(box(0, 0, width, height), { fill: hex(d) });
  for (let cell = 0; cell < columns * rows; cell += 1) {
    const [x, y] = [(cell % columns) * w, Math.floor(cell / columns) * h];
    const [ground = d, ink = a, third = accent] = chance.shuffle(tones);
    const corners = [[x, y, w, h], [x + w, y, -w, h], [x + w, y + h, -w, -h], [x, y + h, w, -h]] as const; // prettier-ignore
    const [px, py, dx, dy] = chance.pick(corners);
    const sweep = dx * dy > 0 ? 1 : 0;
    const quarter = (share: number): string =>
      `M${at(px, py)}L${at(px + dx * share, py)}A${at(Math.abs(dx) * share, Math.abs(dy) * share)} 0 0 ${String(sweep)} ${at(px, py + dy * share)}Z`;
    const soft = pen.linear([x, y], [x + w, y + h], [{ at: 0, tone: shade(ground, 0.025) }, { at: 1, tone: shade(ground, -0.03) }]); // prettier-ignore
    pen.path(box(x - 0.5, y - 0.5, w + 1, h + 1), { fill: soft });
    const [first, second, third2] = [hex(ink), hex(third), hex(ground)];
    switch (chance.whole(0, 5)) {
      case 0:
        [1, 0.66, 0.33].forEach((share, ring) => {
          pen.path(quarter(share), { fill: [first, third2, second][ring] ?? first });
        });
        break;
      case 1:
        pen.path(oval(x + w / 2, y + h / 2, w * 0.36, h * 0.36), { fill: first });
        pen.path(oval(x + w / 2, y + h / 2, w * 0.15, h * 0.15), { fill: second });
        break;
      case 2:
        pen.path(polygon([[px, py], [px + dx, py], [px, py + dy]]), { fill: first }); // prettier-ignore
        break;
      case 3:
        pen.path(
          [0.12, 0.34, 0.56, 0.78]
            .map((share) => pill(x + w * 0.14, y + h * share, w * 0.72, h * 0.1))
            .join(''),
          { fill: first },
        );
        break;
      case 4:
        pen.path(
          `M${at(x, y + h)}L${at(x, y + h / 2)}A${at(w / 2, h / 2)} 0 0 1 ${at(x + w, y + h / 2)}L${at(x + w, y + h)}Z`,
          { fill: first },
        );
        pen.path(oval(x + w / 2, y + h / 2, w * 0.2, h * 0.2), { fill: second });
        break;
      default:
        pen.path(quarter(1), { fill: first });
        pen.path(oval(px + dx * 0.74, py + dy * 0.74, w * 0.12, h * 0.12), { fill: second });
    }
  }
}

/** A large disc behind translucent hills. */
function paintOrbs(stage: Stage, chance: Dice): void {
  const { pen, width, height, unit, palette } = stage;
  const [a, b, c, d, accent, deep] = swatches(stage);
  backdrop(stage, mix(d, tone(0.96, 0.02, d.h), 0.35), c);
  const [cx, cy] = [width * chance.between(0.44, 0.56), height * chance.between(0.4, 0.48)];
  orb(stage, cx, cy, unit * 0.27, mix(accent, palette.light, 0.35), accent);
  for (const [index, colour] of [c, b, a, deep].entries()) {
    const side = index % 2 === 0 ? 1 : -1;
    const x = cx + side * unit * chance.between(0.16, 0.36);
    const y = height * (0.72 + index * 0.09);
    const r = unit * chance.between(0.3, 0.44);
    const fill = pen.linear([x, y - r], [x, y + r * 0.7], [{ at: 0, tone: shade(colour, 0.06) }, { at: 1, tone: shade(colour, -0.05), alpha: 0.93 }]); // prettier-ignore
    pen.path(oval(x, y, r, r), { fill });
  }
  for (let ring = 0; ring < 5; ring += 1) {
    const r = unit * (0.32 + ring * 0.045);
    pen.path(oval(cx, cy, r, r), {
      stroke: hex(mix(d, deep, 0.45)),
      line: unit * 0.0016,
      opacity: 0.4 - ring * 0.06,
    });
  }
  orb(
    stage,
    cx - unit * chance.between(0.25, 0.36),
    cy - unit * chance.between(0.14, 0.26),
    unit * 0.04,
    palette.light,
    mix(accent, b, 0.4),
  );
}

/** Draws an abstract picture. */
export function paintAbstract(stage: Stage): void {
  const chance = stage.dice.fork('abstract');
  const { subject } = stage;
  const isNamed = subject.styles.has('abstract') || subject.styles.has('minimal');
  if (subject.styles.has('geometric')) paintTiles(stage, chance);
  // Bands and hills of colour pass for a landscape, which nobody asked for.
  else if (subject.isIncomplete && !isNamed)
    chance.pick([paintComposition, paintComposition, paintLattice, paintTiles])(stage, chance);
  else if (stage.subject.styles.has('minimal')) paintOrbs(stage, chance);
  else if (stage.subject.styles.has('abstract') && stage.subject.colours.length === 0)
    chance.pick([paintLattice, paintLattice, paintRibbons])(stage, chance);
  else chance.pick([paintRibbons, paintLattice, paintOrbs, paintTiles])(stage, chance);
}
