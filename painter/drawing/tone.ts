/** A colour in OKLCH, a perceptually uniform space: lightness 0..1, chroma 0..0.4, hue in degrees. */
export interface Tone {
  readonly l: number;
  readonly c: number;
  readonly h: number;
}

/** Allowed values of fill and stroke: a computed colour, a gradient of this SVG, or none. */
export type Ink = `#${string}` | 'none';

export const tone = (l: number, c: number, h: number): Tone => ({ l, c, h });

const clamp = (value: number): number => Math.min(1, Math.max(0, value));
const radians = (degrees: number): number => (degrees * Math.PI) / 180;

/** Interpolates in OKLab, so that blue to orange passes through grey and not through green. */
export function mix(from: Tone, to: Tone, share: number): Tone {
  const part = clamp(share);
  const a = from.c * Math.cos(radians(from.h)) * (1 - part) + to.c * Math.cos(radians(to.h)) * part;
  const b = from.c * Math.sin(radians(from.h)) * (1 - part) + to.c * Math.sin(radians(to.h)) * part;
  return {
    l: from.l + (to.l - from.l) * part,
    c: Math.hypot(a, b),
    h: (Math.atan2(b, a) * 180) / Math.PI,
  };
}

/** The same colour, lighter or darker by `lightness` and with its chroma multiplied. */
export function shade(base: Tone, lightness: number, chroma = 1): Tone {
  return { l: clamp(base.l + lightness), c: base.c * chroma, h: base.h };
}

/** The shorter hue difference from one hue to another, in degrees, -180..180. */
export const turn = (from: number, to: number): number => ((((to - from) % 360) + 540) % 360) - 180;

/** OKLab to linear sRGB; the matrices are Björn Ottosson's (2020). */
function linear({ l, c, h }: Tone): [number, number, number] {
  const a = c * Math.cos(radians(h));
  const b = c * Math.sin(radians(h));
  const long = (l + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const middle = (l - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const short = (l - 0.0894841775 * a - 1.291485548 * b) ** 3;
  return [
    4.0767416621 * long - 3.3077115913 * middle + 0.2309699292 * short,
    -1.2684380046 * long + 2.6097574011 * middle - 0.3413193965 * short,
    -0.0041960863 * long - 0.7034186147 * middle + 1.707614701 * short,
  ];
}

const shown = (channels: readonly number[]): boolean => channels.every((v) => v >= -0.0005 && v <= 1.0005);

function byte(channel: number): string {
  const value = clamp(channel);
  const encoded = value <= 0.0031308 ? 12.92 * value : 1.055 * value ** (1 / 2.4) - 0.055;
  return Math.round(encoded * 255)
    .toString(16)
    .padStart(2, '0');
}

/** `#rrggbb` in sRGB. For a colour outside the gamut the chroma is reduced; lightness and hue stay. */
export function hex(colour: Tone): Ink {
  let channels = linear(colour);
  if (!shown(channels)) {
    let low = 0;
    let high = colour.c;
    for (let step = 0; step < 9; step += 1) {
      const middle = (low + high) / 2;
      if (shown(linear({ ...colour, c: middle }))) low = middle;
      else high = middle;
    }
    channels = linear({ ...colour, c: low });
  }
  return `#${channels.map(byte).join('')}`;
}
