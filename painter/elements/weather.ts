import { at, box, curve, dot, figure, type Point, polygon } from '../drawing/pen.js';
import { allowed, type Stage } from '../drawing/stage.js';
import { hex, mix, tone } from '../drawing/tone.js';

function paintRain({ pen, dice, width, height, unit, palette, subject }: Stage): void {
  const chance = dice.fork('rain');
  const lean = subject.weather.has('storm') ? 0.3 : 0.12;
  for (const [count, line, reach, opacity] of [
    [150, 1.1, 0.035, 0.28],
    [80, 1.9, 0.07, 0.3],
  ] as const) {
    // prettier-ignore
    let d = '';
    for (let index = 0; index < count; index += 1) {
      const length = unit * reach * chance.between(0.6, 1.2);
      d += `M${at(chance.between(-0.05, 1.1) * width, chance.between(-0.05, 1) * height)}l${at(-length * lean, length)}`;
    }
    pen.path(d, {
      stroke: hex(mix(palette.sky[3], tone(1, 0, 0), 0.55)),
      line: line * (unit / 1024),
      opacity,
    });
  }
}

function paintSnowfall({ pen, dice, width, height, unit }: Stage): void {
  const chance = dice.fork('snow');
  for (const [count, size, opacity] of [
    [130, 2.6, 0.55],
    [70, 4.6, 0.75],
    [24, 8, 0.6],
  ] as const) {
    // prettier-ignore
    let d = '';
    for (let index = 0; index < count; index += 1) d += dot(chance.next() * width, chance.next() * height);
    pen.path(d, { stroke: hex(tone(0.99, 0.004, 240)), line: (size * unit) / 1024, opacity });
  }
}

/** A bank of mist between two layers of the land. */
export function paintMist({ pen, palette, width }: Stage, y: number, depth: number, strength: number): void {
  const white = mix(palette.sky[3], tone(1, 0, 0), palette.dark ? 0.02 : 0.25);
  const fill = pen.linear(
    [0, y - depth / 2],
    [0, y + depth / 2],
    [
      { at: 0, tone: white, alpha: 0 },
      { at: 0.5, tone: white, alpha: strength },
      { at: 1, tone: white, alpha: 0 },
    ],
  );
  pen.path(box(-5, y - depth / 2, width + 10, depth), { fill });
}

function paintLightning({ pen, dice, width, horizon, unit }: Stage): void {
  const chance = dice.fork('lightning');
  let [x, y] = [chance.between(0.25, 0.75) * width, horizon * 0.2];
  const glow = pen.radial(x, y, unit * 0.42, [
    { at: 0, tone: tone(0.96, 0.04, 280), alpha: 0.5 },
    { at: 1, tone: tone(0.96, 0.04, 280), alpha: 0 },
  ]);
  pen.path(box(0, 0, width, horizon), { fill: glow });
  const [left, right]: [Point[], Point[]] = [[], []];
  const steps = 9;
  for (let step = 0; step <= steps; step += 1) {
    const half = unit * 0.006 * (1 - step / steps);
    left.push([x - half, y]);
    right.push([x + half, y]);
    x += chance.between(-0.045, 0.045) * unit;
    y += (horizon * 0.79) / steps;
  }
  pen.path(polygon([...left, ...right.reverse()]), { fill: hex(tone(0.985, 0.03, 95)) });
}

/** Draws lightning; called before the land. */
export function paintFarWeather(stage: Stage): void {
  if (stage.subject.weather.has('storm') && allowed(stage, 'storm')) paintLightning(stage);
}

/** Draws fog, rain and snow; called after the land. */
export function paintNearWeather(stage: Stage): void {
  const { subject, horizon, height } = stage;
  if (subject.weather.has('fog')) {
    paintMist(stage, horizon + height * 0.06, height * 0.3, 0.5);
    paintMist(stage, height * 0.82, height * 0.26, 0.22);
  }
  if (subject.weather.has('rain') || (subject.weather.has('storm') && allowed(stage, 'rain')))
    paintRain(stage);
  if (subject.weather.has('snow')) paintSnowfall(stage);
}

/** A vignette; for watercolours an unpainted margin instead. */
export function paintFinish({ pen, dice, width, height, unit, palette, subject }: Stage): void {
  if (subject.styles.has('watercolor')) {
    const chance = dice.fork('margin');
    for (let index = 0; index < 14; index += 1) {
      const [x, y, r] = [chance.next() * width, chance.next() * height, unit * chance.between(0.07, 0.24)];
      const bloom =
        index % 2 === 0 ? tone(0.98, 0.01, 85) : mix(palette.sky[1], palette.water[1], chance.next());
      const rim = Array.from({ length: 13 }, (_, step): Point => {
        const [angle, reach] = [
          (step / 12) * Math.PI * 2,
          r * (step % 12 === 0 ? 0.9 : chance.between(0.68, 1.1)),
        ];
        return [x + Math.cos(angle) * reach, y + Math.sin(angle) * reach];
      });
      const blot = pen.radial(x, y, r * 1.1, [
        { at: 0, tone: bloom, alpha: 0.02 },
        { at: 1, tone: bloom, alpha: 0.17 },
      ]);
      pen.path(`${curve(rim)}Z`, { fill: blot });
    }
    const edge = (length: number): number[] =>
      Array.from({ length }, () => unit * chance.between(0.028, 0.05));
    const n = 30;
    const [a, b, c, d] = [edge(n), edge(n), edge(n), edge(n)];
    const along = (index: number, size: number): number =>
      unit * 0.04 + ((size - unit * 0.08) * index) / (n - 1);
    const inner: Point[] = [
      ...a.map((off, index): Point => [along(index, width), off]),
      ...b.map((off, index): Point => [width - off, along(index, height)]),
      ...c.map((off, index): Point => [width - along(index, width), height - off]),
      ...d.map((off, index): Point => [off, height - along(index, height)]),
    ];
    const frame = `M-5 -5H${figure(width + 5)}V${figure(height + 5)}H-5Z${curve([...inner, ...inner.slice(0, 1)].reverse())}Z`;
    pen.path(frame, { fill: hex(tone(0.975, 0.012, 85)) });
    return;
  }
  if (subject.styles.has('minimal')) return;
  const shadow = mix(palette.sky[0], tone(0, 0, 0), 0.75);
  const fill = pen.radial(width / 2, height * 0.48, Math.hypot(width, height) * 0.56, [
    { at: 0.62, tone: shadow, alpha: 0 },
    { at: 1, tone: shadow, alpha: 0.26 },
  ]);
  pen.path(box(0, 0, width, height), { fill });
}
