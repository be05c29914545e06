import { at, box, oval, pill, polygon } from '../drawing/pen.js';
import type { Spots, Stage } from '../drawing/stage.js';
import { hex, mix, shade, tone } from '../drawing/tone.js';

/** A room: a wall with a window that shows the sky of the hour, and a table in front. */
export function paintTable(stage: Stage): Spots {
  const { pen, dice, palette, subject, width, height, unit, light } = stage;
  const chance = dice.fork('room');
  const y = height * 0.68;
  const hue = subject.colours[0]?.h ?? chance.pick([70, 150, 205, 30, 255]);
  const wallTone = mix(
    tone(palette.dark ? 0.38 : 0.8, Math.min(0.06, subject.colours[0]?.c ?? 0.045), hue),
    palette.sky[1],
    0.14,
  );
  const fill = pen.linear([0, 0], [width, height], [{ at: 0, tone: shade(wallTone, 0.03) }, { at: 1, tone: shade(wallTone, -0.06) }]); // prettier-ignore
  pen.path(box(-5, -5, width + 10, height + 10), { fill });
  paintWindow(stage, y);
  // The last of the sun on the wall, or the lamp of the evening.
  const glow = palette.dark ? palette.lamp : palette.light;
  const halo = pen.radial(width * 0.5, y, unit * 0.7, [{ at: 0, tone: glow, alpha: palette.dark ? 0.38 : 0.3 }, { at: 1, tone: glow, alpha: 0 }]); // prettier-ignore
  pen.path(oval(width * 0.5, y, unit * 0.7, unit * 0.7), { fill: halo });
  const wood = subject.ground ?? mix(tone(palette.dark ? 0.4 : 0.58, 0.085, 55), palette.near, 0.1);
  const grain = pen.linear([0, y], [0, height], [{ at: 0, tone: shade(wood, 0.06) }, { at: 1, tone: shade(wood, -0.1) }]); // prettier-ignore
  pen.path(box(-5, y, width + 10, height - y + 5), { fill: grain });
  pen.path(box(-5, y, width + 10, unit * 0.008), { fill: hex(shade(wood, 0.12)), opacity: 0.8 });
  let lines = '';
  for (let index = 0; index < 16; index += 1) {
    const level = y + (height - y) * chance.next();
    const x = width * chance.between(-0.1, 0.9);
    lines += `M${at(x, level)}q${at(width * 0.12, unit * 0.006)} ${at(width * chance.between(0.2, 0.4), 0)}`;
  }
  pen.path(lines, { stroke: hex(shade(wood, -0.06)), line: unit * 0.002, opacity: 0.6 });
  const side = light[0] > width / 2 ? 1 : -1;
  pen.path(polygon([[width * (0.5 + side * 0.5), y], [width * (0.5 + side * 0.2), y], [width * (0.5 - side * 0.3), height + 5], [width * (0.5 + side * 0.4), height + 5]]), { fill: hex(glow), opacity: 0.1 }); // prettier-ignore
  return { ground: () => y, reach: [width * 0.06, width * 0.94], water: null };
}

function paintWindow(stage: Stage, foot: number): void {
  const { pen, palette, width, unit, light, subject } = stage;
  const side = light[0] > width / 2 ? 1 : -1;
  const [w, h] = [Math.min(unit * 0.42, width * 0.42), Math.min(unit * 0.5, foot * 0.7)];
  const [x, y] = [width * (0.5 + side * 0.22) - w / 2, foot * 0.12];
  const [a, b, c, d] = palette.sky;
  const fill = pen.linear([0, y], [0, y + h], [{ at: 0, tone: a }, { at: 0.4, tone: b }, { at: 0.75, tone: c }, { at: 1, tone: d }]); // prettier-ignore
  const frame = mix(tone(0.95, 0.01, 85), palette.near, palette.dark ? 0.45 : 0.06);
  pen.path(box(x, y, w, h), { fill });
  const r = unit * 0.045;
  pen.path(oval(x + w * 0.68, y + h * 0.34, r, r), { fill: hex(palette.light) });
  const clouds =
    pill(x + w * 0.1, y + h * 0.5, w * 0.34, h * 0.035) +
    pill(x + w * 0.2, y + h * 0.555, w * 0.36, h * 0.035);
  if (!subject.weather.has('clear'))
    pen.path(clouds, { fill: hex(mix(d, palette.light, 0.4)), opacity: 0.6 });
  const hill = `M${at(x, y + h * 0.86)}Q${at(x + w * 0.3, y + h * 0.68)} ${at(x + w * 0.6, y + h * 0.84)}Q${at(x + w * 0.8, y + h * 0.76)} ${at(x + w, y + h * 0.82)}L${at(x + w, y + h)}L${at(x, y + h)}Z`;
  pen.path(hill, { fill: hex(mix(palette.far, palette.near, 0.45)) });
  if (subject.weather.has('rain') || subject.weather.has('snow')) {
    const isSnow = subject.weather.has('snow');
    const chance = stage.dice.fork('pane');
    let fall = '';
    for (let index = 0; index < 40; index += 1) fall += `M${at(x + w * chance.next(), y + h * chance.between(0, 0.94))}${isSnow ? 'h0.1' : `l${at(-unit * 0.004, unit * 0.024)}`}`; // prettier-ignore
    pen.path(fall, {
      stroke: hex(tone(0.98, 0.01, 240)),
      line: unit * (isSnow ? 0.006 : 0.0016),
      opacity: 0.7,
    });
  }
  const bar = unit * 0.012;
  const frames = box(x - bar, y - bar, w + bar * 2, bar) + box(x - bar, y + h, w + bar * 2, bar) + box(x - bar, y, bar, h) + box(x + w, y, bar, h) + box(x + w / 2 - bar / 2, y, bar, h) + box(x, y + h * 0.45, w, bar); // prettier-ignore
  pen.path(frames, { fill: hex(frame) });
  pen.path(box(x - bar * 2.4, y + h + bar, w + bar * 4.8, bar * 1.5), { fill: hex(shade(frame, -0.07)) });
}
