import { hex, type Ink, type Tone } from './tone.js';

/** Maximum number of elements of an SVG; further ones are not drawn. */
export const MAX_ELEMENTS = 800;
/** Maximum length of an SVG in characters. */
export const MAX_SVG_LENGTH = 600_000;

export type Point = readonly [x: number, y: number];

export interface Stop {
  readonly at: number;
  readonly tone: Tone;
  readonly alpha?: number;
}

export interface Paint {
  readonly fill?: Ink | GradientInk;
  readonly stroke?: Ink | GradientInk;
  /** Stroke width in pixels. */
  readonly line?: number;
  readonly opacity?: number;
}

export type GradientInk = `url(#${string})`;

/** Formats a number with one decimal: finer than a pixel, and the same on platforms whose trigonometry differs in the last bits. */
export function figure(value: number): string {
  if (!Number.isFinite(value)) return '0';
  return String(Math.round(value * 10) / 10 || 0);
}

export const at = (x: number, y: number): string => `${figure(x)} ${figure(y)}`;

export function polygon(points: readonly Point[]): string {
  return `M${points.map(([x, y]) => at(x, y)).join('L')}Z`;
}

/** An open curve through all points (Catmull-Rom as cubic Béziers), starting with a move. */
export function curve(points: readonly Point[], start: 'M' | 'L' = 'M'): string {
  const [first] = points;
  if (first === undefined) return '';
  let path = `${start}${at(...first)}`;
  for (let index = 0; index < points.length - 1; index += 1) {
    const p1 = points[index] ?? first;
    const p0 = points[index - 1] ?? p1;
    const p2 = points[index + 1] ?? p1;
    const p3 = points[index + 2] ?? p2;
    const a = at(p1[0] + (p2[0] - p0[0]) / 6, p1[1] + (p2[1] - p0[1]) / 6);
    const b = at(p2[0] - (p3[0] - p1[0]) / 6, p2[1] - (p3[1] - p1[1]) / 6);
    path += `C${a} ${b} ${at(...p2)}`;
  }
  return path;
}

export function oval(x: number, y: number, rx: number, ry: number): string {
  const radii = `A${figure(rx)} ${figure(ry)} 0 1 1 `;
  return `M${at(x - rx, y)}${radii}${at(x + rx, y)}${radii}${at(x - rx, y)}Z`;
}

export function box(x: number, y: number, width: number, height: number): string {
  return `M${at(x, y)}h${figure(width)}v${figure(height)}h${figure(-width)}Z`;
}

/** A bar with round ends. */
export function pill(x: number, y: number, width: number, height: number): string {
  const end = `a${figure(height / 2)} ${figure(height / 2)} 0 0 1 0 `;
  return `M${at(x, y)}h${figure(width)}${end}${figure(height)}h${figure(-width)}${end}${figure(-height)}Z`;
}

/** A dot as a zero-length stroke with round ends, so that hundreds of stars are one element. */
export const dot = (x: number, y: number): string => `M${at(x, y)}h0.1`;

/** Elements and characters that a scene leaves to its caption. */
const RESERVE = { elements: 8, length: 60_000 } as const;

/** Writes SVG from numbers and computed colours only; no text of a prompt can get into it. */
export class Pen {
  private readonly body: string[] = [];
  private readonly defs: string[] = [];
  /** Names of the groups that have something drawn in them, without their numbers. */
  readonly drawn = new Set<string>();
  private count = 0;
  private reserve: { readonly elements: number; readonly length: number } = RESERVE;
  private length = 0;

  constructor(
    readonly width: number,
    readonly height: number,
  ) {}

  path(d: string, paint: Paint): void {
    if (d === '') return;
    const stroke =
      paint.stroke === undefined
        ? ''
        : ` stroke="${paint.stroke}" stroke-width="${figure(paint.line ?? 1)}" stroke-linecap="round" stroke-linejoin="round"`;
    const opacity =
      paint.opacity === undefined ? '' : ` opacity="${String(Math.round(paint.opacity * 100) / 100)}"`;
    this.add(this.body, `<path d="${d}" fill="${paint.fill ?? 'none'}"${stroke}${opacity}/>`, 1);
  }

  /** Groups what `draw` paints under the name of a subject, of letters and a number. */
  group(name: string, draw: () => void): void {
    const id = name.replaceAll(/[^a-z0-9]/g, '-');
    const start = this.body.length;
    this.add(this.body, `<g id="${id}">`, 1);
    if (this.body.length === start) return;
    const before = this.count;
    draw();
    if (this.count > before) this.drawn.add(name.replace(/-[0-9]+$/, ''));
    // Not by add(): a group that was opened is closed, whatever the limits; the frame's reserve has room for it.
    this.body.push('</g>');
  }

  /** A gradient between two points in pixels. */
  linear(from: Point, to: Point, stops: readonly Stop[]): GradientInk {
    const [x1, y1, x2, y2] = [...from, ...to].map(figure);
    return this.gradient('linearGradient', `x1="${x1}" y1="${y1}" x2="${x2}" y2="${y2}"`, stops);
  }

  /** A gradient round a centre in pixels. */
  radial(x: number, y: number, radius: number, stops: readonly Stop[]): GradientInk {
    return this.gradient(
      'radialGradient',
      `cx="${figure(x)}" cy="${figure(y)}" r="${figure(radius)}"`,
      stops,
    );
  }

  /** From here on the room of the caption may be used. */
  openReserve(): void {
    this.reserve = { elements: 0, length: 0 };
  }

  toString(): string {
    const [w, h] = [figure(this.width), figure(this.height)];
    return `<svg xmlns="http://www.w3.org/2000/svg" width="${w}" height="${h}" viewBox="0 0 ${w} ${h}"><defs>${this.defs.join('')}</defs>${this.body.join('')}</svg>`;
  }

  private gradient(kind: string, place: string, stops: readonly Stop[]): GradientInk {
    const id = `g${this.defs.length}`;
    const marks = stops.map(({ at: offset, tone, alpha = 1 }) => {
      const veil = alpha === 1 ? '' : ` stop-opacity="${String(Math.round(alpha * 1000) / 1000)}"`;
      return `<stop offset="${String(Math.round(offset * 1000) / 1000)}" stop-color="${hex(tone)}"${veil}/>`;
    });
    const text = `<${kind} id="${id}" gradientUnits="userSpaceOnUse" ${place}>${marks.join('')}</${kind}>`;
    this.add(this.defs, text, 1 + stops.length);
    return `url(#${id})`;
  }

  private add(list: string[], text: string, elements: number): void {
    // 1,000 characters are kept for the frame that toString writes around the elements.
    if (this.count + elements > MAX_ELEMENTS - this.reserve.elements) return;
    if (this.length + text.length > MAX_SVG_LENGTH - 1_000 - this.reserve.length) return;
    list.push(text);
    this.count += elements;
    this.length += text.length;
  }
}
