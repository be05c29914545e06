import { at, box, curve, dot, oval, pill, type Point, polygon, type Stop } from '../drawing/pen.js';
import { allowed, lit, type Stage, wants } from '../drawing/stage.js';
import { hex, mix, shade, tone } from '../drawing/tone.js';
import type { Thing } from '../vocabulary/subjects.js';

/** The sky gradient as eight stops interpolated in OKLab, because renderers interpolate in sRGB, which lowers saturation. */
function paintDome({ pen, palette, width, height, horizon }: Stage): void {
  const [a, b, c, d] = palette.sky;
  const marks = [[0, a], [0.4, b], [0.76, c], [1, d]] as const; // prettier-ignore
  const stops: Stop[] = [];
  marks.forEach(([start, from], index) => {
    const next = marks[index + 1];
    if (next === undefined) return;
    for (const share of [0, 0.33, 0.66]) {
      stops.push({ at: start + (next[0] - start) * share, tone: mix(from, next[1], share) });
    }
  });
  stops.push({ at: 1, tone: d });
  pen.path(box(0, 0, width, height), { fill: pen.linear([0, 0], [0, horizon], stops) });
}

export function paintStars({ pen, dice, width, palette }: Stage, depth: number, count: number): void {
  const chance = dice.fork('stars');
  const unit = width / 1000;
  for (const [size, share, opacity] of [
    [1.3, 0.62, 0.55],
    [2.1, 0.3, 0.8],
    [3.3, 0.08, 0.95],
  ] as const) {
    // prettier-ignore
    let field = '';
    for (let index = 0; index < count * share; index += 1) {
      field += dot(chance.between(0, width), depth * chance.next() ** 1.25);
    }
    pen.path(field, { stroke: hex(mix(palette.light, tone(1, 0, 0), 0.5)), line: size * unit, opacity });
  }
}

function paintDisc(stage: Stage): void {
  const { pen, palette, unit, subject, dice, light } = stage;
  const [x, y] = light;
  const night = subject.time === 'night';
  const reach = unit * (night ? 0.4 : 0.62);
  const strength = subject.weather.has('fog') || subject.weather.has('storm') ? 0.45 : night ? 0.4 : 0.75;
  const halo = pen.radial(x, y, reach, [
    { at: 0, tone: palette.glow, alpha: strength },
    { at: 0.35, tone: palette.glow, alpha: strength * 0.42 },
    { at: 1, tone: palette.glow, alpha: 0 },
  ]);
  pen.path(oval(x, y, reach, reach), { fill: halo });
  if (!allowed(stage, night ? 'moon' : 'sun') || subject.weather.has('storm')) return;
  if (subject.weather.has('rain') && !wants(stage, 'sun') && !wants(stage, 'moon')) return;
  const low = subject.time === 'sunset' || subject.time === 'dawn' || subject.time === 'dusk';
  const radius = unit * (night ? 0.052 : low ? 0.088 : 0.06) * (subject.styles.has('minimal') ? 1.55 : 1);
  for (const ring of [1.9, 1.42]) {
    pen.path(oval(x, y, radius * ring, radius * ring), { fill: hex(palette.light), opacity: 0.09 });
  }
  if (night && dice.fork('moon').chance(0.45)) {
    const r = radius * 1.15;
    const [hornX, hornY] = [x + r * 0.5, r * 0.866];
    pen.path(
      `M${at(hornX, y - hornY)}A${at(r, r)} 0 1 0 ${at(hornX, y + hornY)}A${at(r * 0.92, r * 0.92)} 0 0 1 ${at(hornX, y - hornY)}Z`,
      { fill: hex(palette.light) },
    );
    return;
  }
  const face = pen.linear(
    [x, y - radius],
    [x, y + radius],
    [
      { at: 0, tone: palette.light },
      {
        at: 1,
        tone: night ? shade(palette.light, -0.05) : mix(palette.light, palette.sky[2], low ? 0.3 : 0.12),
      },
    ],
  );
  pen.path(oval(x, y, radius, radius), { fill: face });
  if (!night) return;
  const craters = [[-0.3, -0.2, 0.24], [0.32, 0.22, 0.3], [-0.12, 0.48, 0.16], [0.22, -0.46, 0.13]] as const; // prettier-ignore
  const seas = craters.map(([dx, dy, r]) =>
    oval(x + dx * radius, y + dy * radius, r * radius, r * radius * 0.94),
  );
  pen.path(seas.join(''), { fill: hex(shade(palette.light, -0.12)), opacity: 0.4 });
}

/** Long flat clouds with round ends, which fade downwards. */
function paintStratus(stage: Stage): void {
  const { pen, dice, width, unit, horizon, palette, subject } = stage;
  const chance = dice.fork('stratus');
  const banks = subject.styles.has('minimal') ? 2 : chance.whole(4, 6);
  for (let bank = 0; bank < banks; bank += 1) {
    const x = chance.between(-0.05, 1.05) * width;
    const y = horizon * chance.between(0.16, 0.86);
    const size = unit * chance.between(0.16, 0.34) * (0.55 + (0.6 * y) / horizon);
    const thick = size * 0.075;
    let d = '';
    const rows = chance.whole(2, 4);
    for (let row = 0; row < rows; row += 1) {
      const length = size * (0.42 + (0.58 * (row + 1)) / rows) * chance.between(0.72, 1);
      const left = x - length / 2 + chance.between(-0.16, 0.16) * size;
      const top = y + row * thick * 0.9;
      d += pill(left, top, length, thick);
    }
    const body = mix(palette.sky[3], palette.light, palette.dark ? 0.1 : 0.4);
    pen.path(d, {
      fill: hex(palette.dark ? mix(body, palette.sky[1], 0.55) : body),
      opacity: chance.between(0.3, 0.6),
    });
  }
}

/** Cumulus clouds: a row of discs on a flat base, lit from above. */
function paintCumulus(stage: Stage, heavy: boolean): void {
  const { pen, dice, width, unit, horizon, palette } = stage;
  const chance = dice.fork('cumulus');
  const top = heavy
    ? shade(palette.sky[1], -0.06, 0.7)
    : mix(palette.sky[3], tone(1, 0, 0), palette.dark ? 0.1 : 0.75);
  const heaps = heavy ? 7 : chance.whole(3, 5);
  for (let index = 0; index < heaps; index += 1) {
    const x = ((index + chance.between(0.1, 0.9)) / heaps) * width;
    const y = heavy ? horizon * chance.between(0.08, 0.34) : horizon * chance.between(0.22, 0.78);
    const size =
      unit * (heavy ? chance.between(0.3, 0.46) : chance.between(0.13, 0.27) * (1.15 - (0.5 * y) / horizon));
    let d = '';
    const puffs = chance.whole(5, 7);
    let peak = 0;
    for (let puff = 0; puff < puffs; puff += 1) {
      const share = (puff + 0.5) / puffs;
      const r = size * (0.09 + 0.15 * Math.sin(share * Math.PI)) * chance.between(0.75, 1.2);
      peak = Math.max(peak, r * 1.6);
      const cx = x + (share - 0.5) * size * 0.98;
      d += `M${at(cx - r, y)}A${at(r, r)} 0 0 1 ${at(cx + r, y)}L${at(cx, y)}Z`;
      d += oval(cx, y - r * 0.6, r * 0.96, r * 0.96);
    }
    const foot = mix(palette.sky[2], top, 0.25);
    const fill = pen.linear(
      [0, y - peak],
      [0, y + size * 0.12],
      [
        { at: 0, tone: top, alpha: heavy ? 0.95 : 0.95 },
        { at: 1, tone: foot, alpha: heavy ? 0.1 : 0.12 },
      ],
    );
    pen.path(d, { fill });
  }
}

function paintAurora({ pen, dice, width, horizon, subject }: Stage): void {
  const chance = dice.fork('aurora');
  const hue = subject.colours[0]?.h ?? 165;
  for (let veil = 0; veil < 3; veil += 1) {
    const base = horizon * chance.between(0.5, 0.8);
    const lift = horizon * chance.between(0.4, 0.6);
    const line: Point[] = [];
    const phase = chance.between(0, 6);
    for (let step = 0; step <= 14; step += 1) {
      const x = (step / 14) * 1.2 - 0.1;
      line.push([
        x * width,
        base + horizon * 0.13 * Math.sin(x * 5 + phase) + horizon * 0.03 * Math.sin(x * 13 + phase),
      ]);
    }
    const roof = [...line].reverse().map(([x, y]): Point => [x + width * 0.05, y - lift]);
    const fill = pen.linear(
      [0, base + horizon * 0.12],
      [0, base - lift],
      [
        { at: 0, tone: tone(0.85, 0.16, hue), alpha: 0 },
        { at: 0.16, tone: tone(0.85, 0.16, hue), alpha: 0.42 },
        { at: 0.5, tone: tone(0.7, 0.15, hue + 25), alpha: 0.2 },
        { at: 1, tone: tone(0.6, 0.16, hue + 110), alpha: 0 },
      ],
    );
    pen.path(`${curve(line)}${curve(roof, 'L')}Z`, { fill });
  }
}

function paintRainbow({ pen, width, horizon, unit }: Stage): void {
  [25, 55, 95, 150, 235, 295].forEach((hue, band) => {
    const r = unit * (0.62 - band * 0.017);
    const x = width * 0.46;
    pen.path(`M${at(x - r, horizon)}A${at(r, r)} 0 0 1 ${at(x + r, horizon)}`, {
      stroke: hex(tone(0.8, 0.13, hue)),
      line: unit * 0.0175,
      opacity: 0.5,
    });
  });
}

function paintComet(stage: Stage): void {
  const { pen, width, horizon, unit, palette } = stage;
  const [x, y] = [width * (lit(stage, width / 2) === 1 ? 0.3 : 0.68), horizon * 0.3];
  const tail: Point = [x + unit * 0.34, y - unit * 0.17];
  const fill = pen.linear([x, y], tail, [{ at: 0, tone: palette.light, alpha: 0.9 }, { at: 1, tone: palette.light, alpha: 0 }]); // prettier-ignore
  pen.path(polygon([[x - unit * 0.003, y - unit * 0.006], tail, [x + unit * 0.003, y + unit * 0.006]]), {
    fill,
  });
  pen.path(oval(x, y, unit * 0.008, unit * 0.008), { fill: hex(palette.light) });
}

/** Groups a thing of the sky that the prompt names; others belong to the background. */
function named(stage: Stage, thing: Thing, draw: () => void): void {
  if (wants(stage, thing)) stage.pen.group(`${thing}-1`, draw);
  else draw();
}

/** Draws everything above the horizon except the weather. */
export function paintSky(stage: Stage): void {
  const { subject, horizon, palette } = stage;
  paintDome(stage);
  const minimal = subject.styles.has('minimal');
  const veiled = (['rain', 'storm', 'fog', 'clouds'] as const).some((weather) =>
    subject.weather.has(weather),
  );
  if (allowed(stage, 'stars') && (wants(stage, 'stars') || (palette.dark && !veiled))) {
    named(stage, 'stars', () => { paintStars(stage, horizon * 0.9, subject.time === 'night' ? (minimal ? 60 : 240) : 90); }); // prettier-ignore
  }
  if (wants(stage, 'aurora')) named(stage, 'aurora', () => { paintAurora(stage); }); // prettier-ignore
  const disc = wants(stage, 'moon') ? 'moon' : 'sun';
  named(stage, disc, () => { paintDisc(stage); }); // prettier-ignore
  if (wants(stage, 'comet')) named(stage, 'comet', () => { paintComet(stage); }); // prettier-ignore
  if (wants(stage, 'rainbow')) named(stage, 'rainbow', () => { paintRainbow(stage); }); // prettier-ignore
  const clear =
    !allowed(stage, 'clouds') || subject.weather.has('clear') || (minimal && !subject.weather.has('clouds'));
  if (subject.weather.has('storm') || subject.weather.has('rain')) paintCumulus(stage, true);
  else if (!clear && (subject.time === 'noon' || subject.weather.has('clouds'))) paintCumulus(stage, false);
  else if (!clear && subject.time !== 'night') paintStratus(stage);
}

/** Draws what the prompt names of the sky where there is no sky: in space. */
export function paintNamedInSpace(stage: Stage): void {
  const { height } = stage;
  if (wants(stage, 'stars')) named(stage, 'stars', () => { paintStars({ ...stage, dice: stage.dice.fork('more') }, height, 120); }); // prettier-ignore
  for (const disc of ['moon', 'sun'] as const)
    if (wants(stage, disc)) named(stage, disc, () => { paintDisc(stage); }); // prettier-ignore
  if (wants(stage, 'comet')) named(stage, 'comet', () => { paintComet(stage); }); // prettier-ignore
}
