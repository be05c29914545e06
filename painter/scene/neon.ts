import { at, box, oval, pill, type Point, polygon } from '../drawing/pen.js';
import type { Dice } from '../drawing/random.js';
import type { Stage } from '../drawing/stage.js';
import { hex, mix, shade, tone, type Tone } from '../drawing/tone.js';

const hues = [350, 195, 310, 55, 150, 275] as const;

/** A sign's picture in a box of width w from (x, y): arrow, ring, cup, zigzag, star or bars. */
function emblem(kind: number, x: number, y: number, w: number): string {
  const p = (dx: number, dy: number): string => at(x + dx * w, y + dy * w);
  switch (kind % 6) {
    case 0:
      return `M${p(0.2, 0.5)}L${p(0.8, 0.5)}M${p(0.56, 0.28)}L${p(0.8, 0.5)}L${p(0.56, 0.72)}`;
    case 1:
      return oval(x + w / 2, y + w / 2, w * 0.3, w * 0.3) + oval(x + w / 2, y + w / 2, w * 0.13, w * 0.13);
    case 2:
      return `M${p(0.2, 0.35)}L${p(0.7, 0.35)}L${p(0.62, 0.8)}L${p(0.28, 0.8)}ZM${p(0.7, 0.42)}Q${p(0.92, 0.5)} ${p(0.66, 0.64)}M${p(0.36, 0.1)}L${p(0.36, 0.24)}M${p(0.52, 0.1)}L${p(0.52, 0.24)}`;
    case 3:
      return `M${p(0.6, 0.08)}L${p(0.3, 0.54)}L${p(0.52, 0.54)}L${p(0.4, 0.92)}L${p(0.72, 0.4)}L${p(0.5, 0.4)}Z`;
    case 4: {
      const tips = Array.from({ length: 10 }, (_, tip): Point => {
        const [angle, r] = [(tip / 10) * Math.PI * 2 - Math.PI / 2, tip % 2 === 0 ? 0.38 : 0.17];
        return [x + (0.5 + Math.cos(angle) * r) * w, y + (0.5 + Math.sin(angle) * r) * w];
      });
      return polygon(tips);
    }
    default:
      return `M${p(0.2, 0.24)}L${p(0.8, 0.24)}M${p(0.2, 0.5)}L${p(0.8, 0.5)}M${p(0.2, 0.76)}L${p(0.6, 0.76)}`;
  }
}

function paintSign(
  stage: Stage,
  chance: Dice,
  x: number,
  y: number,
  w: number,
  h: number,
  colour: Tone,
): void {
  const { pen } = stage;
  // A small disc: what fades costs the renderer time by its area.
  const reach = h * 0.64;
  const glow = pen.radial(x + w / 2, y + h / 2, reach, [{ at: 0, tone: colour, alpha: 0.6 }, { at: 1, tone: colour, alpha: 0 }]); // prettier-ignore
  pen.path(oval(x + w / 2, y + h / 2, reach, reach), { fill: glow });
  pen.path(box(x, y, w, h), {
    fill: hex(shade(mix(colour, tone(0.18, 0.03, 280), 0.86), -0.02)),
    stroke: hex(colour),
    line: w * 0.07,
  });
  const cells = Math.max(1, Math.round(h / w));
  let d = '';
  for (let cell = 0; cell < cells; cell += 1)
    d += emblem(
      chance.whole(0, 5),
      x + w * 0.08,
      y + (h / cells) * cell + (h / cells - w * 0.84) / 2,
      w * 0.84,
    );
  pen.path(d, { stroke: hex(mix(colour, tone(1, 0, 0), 0.35)), line: w * 0.07 });
}

/** Lit windows of a tower below its sign. */
function windowsOf(chance: Dice, x: number, top: number, wide: number, base: number): string {
  let d = '';
  const pane = wide / 9;
  for (let y = top; y < base - pane * 2; y += pane * 2.2)
    for (let column = 0; column < 4; column += 1)
      if (chance.chance(0.5)) d += box(x + pane * (1 + column * 2), y, pane, pane * 1.2);
  return d;
}

/** Luminous signs on the towers and their reflection on wet ground. */
export function paintSigns(stage: Stage, base: number): void {
  const { pen, dice, width, height, unit, palette } = stage;
  const chance = dice.fork('signs');
  const count = Math.max(4, Math.min(9, Math.round((6.4 * width) / unit)));
  const order = chance.shuffle(hues);
  for (let index = 0; index < count; index += 1) {
    const colour = tone(0.74, 0.23, order[index % order.length] ?? 350);
    // Within the skyline, which is lower in a wide picture.
    const w = Math.min(unit * chance.between(0.046, 0.07), height * 0.075);
    const h = w * chance.whole(2, 4);
    const x = ((index + chance.between(0.18, 0.72)) / count) * (width - w);
    const y = base - h - Math.min(unit, height) * chance.between(0.03, 0.16);
    const tower = shade(mix(palette.near, palette.sky[0], 0.4), -0.02);
    const roof = y - w * chance.between(0.5, 1.4);
    pen.path(
      box(x - w * 0.45, roof, w * 1.9, base - roof) + box(x + w * 0.1, roof - w * 0.22, w * 0.5, w * 0.24),
      { fill: hex(tower) },
    );
    pen.path(windowsOf(chance, x - w * 0.45, y + h + w * 0.3, w * 1.9, base), {
      fill: hex(mix(palette.lamp, colour, 0.3)),
      opacity: 0.85,
    });
    let shine = '';
    for (let row = 0; row < 9; row += 1) {
      const level = base + (height - base) * (0.04 + row * 0.075);
      shine += pill(
        x + w * chance.between(-0.3, 0.3),
        level,
        w * chance.between(0.6, 1.4),
        unit * (0.003 + row * 0.0006),
      );
    }
    pen.path(shine, { fill: hex(colour), opacity: 0.5 });
    paintSign(stage, chance, x, y, w, h, colour);
  }
}
