import type { Dice } from './random.js';
import { type Subject, tintOf } from '../reading/subject.js';
import { mix, tone, type Tone, turn } from './tone.js';
import type { Place, Time } from '../vocabulary/scenes.js';

export interface Palette {
  /** Four tones from the zenith down to the horizon. */
  readonly sky: readonly [Tone, Tone, Tone, Tone];
  /** Tones of the farthest and the nearest land; layers between are mixed from both. */
  readonly far: Tone;
  readonly near: Tone;
  readonly water: readonly [far: Tone, near: Tone];
  /** The disc in the sky and its halo. */
  readonly light: Tone;
  readonly glow: Tone;
  readonly accent: Tone;
  readonly lamp: Tone;
  /** Whether stars and lit windows are drawn. */
  readonly dark: boolean;
}

type Sky = Palette['sky'];
interface Hour {
  readonly sky: Sky;
  readonly light: Tone;
  /** Lightness of the nearest land. */
  readonly near: number;
  /** Share of the sky's hue in the land's tones. */
  readonly tinge: number;
}

const hours: Record<Time, Hour> = {
  dawn: {
    sky: [tone(0.6, 0.085, 265), tone(0.75, 0.075, 308), tone(0.86, 0.08, 25), tone(0.94, 0.07, 75)],
    light: tone(0.98, 0.045, 85),
    near: 0.31,
    tinge: 0.4,
  },
  noon: {
    sky: [tone(0.65, 0.115, 247), tone(0.76, 0.095, 233), tone(0.87, 0.06, 216), tone(0.95, 0.035, 190)],
    light: tone(0.985, 0.045, 98),
    near: 0.42,
    tinge: 0.1,
  },
  sunset: {
    sky: [tone(0.37, 0.115, 288), tone(0.53, 0.155, 350), tone(0.71, 0.16, 38), tone(0.87, 0.13, 80)],
    light: tone(0.96, 0.085, 88),
    near: 0.25,
    tinge: 0.6,
  },
  dusk: {
    sky: [tone(0.24, 0.08, 272), tone(0.38, 0.11, 292), tone(0.57, 0.135, 345), tone(0.79, 0.115, 48)],
    light: tone(0.95, 0.06, 75),
    near: 0.2,
    tinge: 0.65,
  },
  night: {
    sky: [tone(0.18, 0.065, 276), tone(0.265, 0.085, 270), tone(0.38, 0.098, 260), tone(0.56, 0.09, 235)],
    light: tone(0.96, 0.025, 95),
    near: 0.165,
    tinge: 0.72,
  },
};

const grounds: Record<Place, Tone> = {
  space: tone(0, 0.06, 280),
  city: tone(0, 0.055, 265),
  sea: tone(0.02, 0.06, 235),
  island: tone(0.06, 0.09, 150),
  lake: tone(0, 0.075, 200),
  desert: tone(0.2, 0.115, 62),
  forest: tone(-0.02, 0.075, 165),
  river: tone(0.08, 0.1, 140),
  mountains: tone(-0.02, 0.075, 235),
  meadow: tone(0.12, 0.115, 136),
  underwater: tone(0.02, 0.07, 225),
  table: tone(0.1, 0.075, 58),
};

/** Hue shift of a tinted sky towards warm light, in degrees, for each of its tones from the zenith to the horizon. */
const DRIFT = [-12, 0, 14, 30] as const;

function tinted(base: Tone, wish: Tone, drift: number): Tone {
  const warm = Math.sign(turn(wish.h, 85)) * Math.min(Math.abs(drift), Math.abs(turn(wish.h, 85)));
  const strength = Math.min(1.25, wish.c / 0.14);
  const chroma = wish.c < 0.05 ? base.c * 0.18 + wish.c : Math.max(base.c, 0.085) * strength;
  // Reduces the chroma of green: a fully saturated green does not look like a sky.
  const green = wish.h > 100 && wish.h < 160 ? 0.6 : 1;
  const hue = drift < 0 ? wish.h + drift : wish.h + warm;
  return tone(
    base.l + (wish.l - 0.6) * 0.4 * (1 - base.l * 0.6),
    Math.min(chroma, base.c + 0.075) * green,
    hue,
  );
}

function paintSky(subject: Subject, hour: Hour): Sky {
  const [first, second] = subject.sky.length > 0 ? subject.sky : subject.colours;
  if (first === undefined) return hour.sky;
  const lower = second ?? first;
  const drift = second === undefined ? DRIFT : ([-12, 0, 0, 0] as const);
  const [a, b, c, d] = hour.sky;
  return [
    tinted(a, first, drift[0]),
    tinted(b, first, drift[1]),
    tinted(c, lower, drift[2]),
    tinted(d, lower, drift[3]),
  ];
}

/** Shifts the hue of yellow towards orange as it gets darker, because dark yellow looks olive. */
function ripen({ l, c, h }: Tone): Tone {
  const hue = ((h % 360) + 360) % 360;
  if (hue < 52 || hue > 112 || l > 0.8) return { l, c, h };
  return { l, c, h: hue - Math.min(hue - 46, (0.8 - l) * 95) };
}

/** Adjusts a tone for weather and style: rain lowers its chroma, pastel lightens it, neon saturates it. */
function finish({ weather, moods, styles }: Subject): (base: Tone) => Tone {
  return (base) => {
    let { l, c, h } = base;
    if (weather.has('rain') || weather.has('fog')) c *= 0.82;
    if (weather.has('storm')) [l, c] = [l * 0.9, c * 0.65];
    if (moods.has('dark')) [l, c] = [l * 0.8, c * 0.85];
    if (moods.has('bright')) l += (1 - l) * 0.16;
    if (moods.has('pastel')) [l, c] = [l + (0.9 - l) * 0.22, c * 0.8];
    if (moods.has('muted')) c *= 0.5;
    if (moods.has('vivid') || moods.has('neon')) c *= 1.35;
    if (moods.has('retro')) [c, h] = [c * 0.9, h + turn(h, 60) * 0.16];
    if (styles.has('watercolor')) [l, c] = [l + (0.95 - l) * 0.3, c * 0.9];
    return ripen({ l, c, h });
  };
}

function groundTone(subject: Subject, hour: Hour, sky: Sky): Tone {
  const wish = subject.ground ?? subject.colours[0];
  const own = grounds[subject.places[0] ?? 'mountains'];
  let base = tone(Math.max(0.08, hour.near + own.l * Math.sqrt(hour.near / 0.42)), own.c, own.h);
  if (subject.moods.has('autumn')) base = tone(base.l, 0.11, 52);
  if (wish !== undefined) base = tone(base.l + (wish.l - 0.6) * 0.12, Math.min(wish.c * 0.75, 0.13), wish.h);
  if (subject.weather.has('snow')) base = tone(0.34 + hour.near * 1.35, 0.03, wish?.h ?? 255);
  const share = hour.tinge * (wish === undefined ? 1 : subject.ground === null ? 0.4 : 0.15);
  const blend = mix(base, tone(base.l, sky[1].c * 0.75, sky[1].h), share);
  // Mixing green land with a pink sky gives grey: keep a minimum of chroma unless the prompt names grey.
  return tone(blend.l, base.c < 0.04 ? blend.c : Math.max(blend.c, 0.058), blend.h);
}

/** Water mirrors the sky at the horizon, unless it has a colour of its own. */
function waterTones({ ground }: Subject, sky: Sky, near: Tone): Palette['water'] {
  const far = mix(sky[3], sky[1], 0.35);
  if (ground === null) return [far, near];
  return [
    mix(far, tone(Math.max(near.l, far.l - 0.12), ground.c * 0.9, ground.h), 0.75),
    mix(near, tone(near.l, ground.c, ground.h), 0.8),
  ];
}

/** The colours of one picture. */
export function mixPalette(subject: Subject, dice: Dice): Palette {
  const hour = hours[subject.time];
  const polish = finish(subject);
  const raw = paintSky(subject, hour);
  const chance = dice.fork('palette');
  const swing = subject.colours.length > 0 ? chance.between(-5, 5) : chance.between(-14, 14);
  const [a, b, c, d] = raw;
  const vary = (base: Tone): Tone => polish(tone(base.l, base.c, base.h + swing));
  const sky: Sky = [vary(a), vary(b), vary(c), vary(d)];
  const near = polish(groundTone(subject, hour, raw));
  const haze = mix(sky[2], sky[1], 0.45);
  const wish = subject.ground ?? subject.colours[0];
  // Land of a colour of its own keeps it at a distance, where other land takes the colour of the sky.
  const far = mix(
    tone(Math.max(near.l, haze.l - 0.04), haze.c * 0.8, haze.h),
    near,
    subject.ground === null ? 0.16 : 0.5,
  );
  const deepHue = wish?.h ?? (subject.time === 'noon' ? 238 : sky[0].h - 8);
  const deep = tone(
    Math.max(0.14, sky[0].l * 0.72),
    Math.max(sky[0].c * 1.05, wish?.c ? 0.6 * wish.c : 0),
    deepHue,
  );
  const main = subject.colours[0]?.h ?? sky[1].h;
  const accentHue = Math.abs(turn(main, 35)) > 60 ? chance.between(22, 48) : chance.between(185, 225);
  return {
    sky,
    far,
    near,
    water: waterTones(subject, sky, polish(mix(deep, sky[1], 0.22))),
    light: polish(tintOf(subject, 'sun') ?? tintOf(subject, 'moon') ?? hour.light),
    glow: mix(sky[3], hour.light, 0.5),
    accent: polish(tone(subject.time === 'night' ? 0.6 : 0.66, 0.165, accentHue)),
    lamp: tone(0.89, 0.12, 84),
    dark: subject.time === 'night' || subject.time === 'dusk',
  };
}
