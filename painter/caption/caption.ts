import { box, figure, type Pen } from '../drawing/pen.js';
import type { Palette } from '../drawing/palette.js';
import { hex, mix, tone } from '../drawing/tone.js';
import { ellipsis, type Letter, setWords } from './lettering.js';

/** A caption set in lines, in units of a tenth of the capitals' height. */
export interface Caption {
  readonly lines: readonly (readonly (readonly Letter[])[])[];
  /** Pixels of one unit. */
  readonly scale: number;
  /** Pixels of the strip below the picture. */
  readonly height: number;
}

const TRACKING = 3.4;
const SPACE = 5;
const LINE = 21;
const MARGIN = 20;
const MAX_LINES = 4;
/** Share of the picture's height that a caption takes at most. */
const MAX_SHARE = 0.36;
/** Pixels of a unit below which strokes would run together. */
const LEAST_SCALE = 0.8;

const widthOf = (word: readonly Letter[]): number =>
  word.reduce((sum, letter) => sum + (letter === null ? SPACE : letter.glyph[0]) + TRACKING, 0);

const lineWidth = (words: readonly (readonly Letter[])[]): number =>
  words.reduce((sum, word) => sum + widthOf(word) + SPACE, 0) - SPACE - TRACKING;

/** Breaks words into lines of at most `room` units; what does not fit into `most` lines is left out behind an ellipsis. */
function wrap(
  words: readonly (readonly Letter[])[],
  room: number,
  most: number,
): (readonly (readonly Letter[])[])[] {
  const lines: (readonly Letter[])[][] = [];
  for (const word of words) {
    const last = lines.at(-1);
    if (last !== undefined && lineWidth([...last, word]) <= room) last.push(word);
    else lines.push([word]);
  }
  const kept = lines.slice(0, most);
  const end = kept.at(-1);
  if (lines.length > most && end !== undefined) {
    while (end.length > 1 && lineWidth([...end, ellipsis]) > room) end.pop();
    end.push(ellipsis);
  }
  return kept;
}

/** Sets the words of a prompt for a picture of this size; null where there is nothing to set. */
export function setCaption(prompt: string, width: number, height: number): Caption | null {
  const words = setWords(prompt);
  if (words.length === 0) return null;
  const wanted = Math.max(LEAST_SCALE, Math.sqrt(width * height) * 0.0021);
  const widest = Math.max(...words.map(widthOf));
  const scale = Math.min(wanted, (width * 0.86) / widest);
  const room = (width * 0.86) / scale;
  const fitting = Math.floor((height * MAX_SHARE) / scale - 10 - MARGIN * 2) / LINE + 1;
  const lines = wrap(words, room, Math.max(1, Math.min(MAX_LINES, Math.floor(fitting))));
  return { lines, scale, height: Math.round(scale * (LINE * (lines.length - 1) + 10 + MARGIN * 2)) };
}

function outlineOf(letter: Exclude<Letter, null>, x: number, y: number, scale: number): string {
  const [width, outline] = letter.glyph;
  const place = (d: string, left: number): string => {
    let index = 0;
    return d.replaceAll(/-?[0-9.]+/g, (text) => {
      const value = Number(text);
      index += 1;
      return figure(index % 2 === 1 ? x + (left + value) * scale : y + value * scale);
    });
  };
  return [place(outline, 0), ...letter.marks.map((mark) => place(mark, width / 2))].join('');
}

/** Draws a caption on a strip of paper along the lower edge: capitals as strokes, centred and letter-spaced. */
export function paintCaption(pen: Pen, palette: Palette, { lines, scale, height }: Caption): void {
  const top = pen.height - height;
  const paper = mix(tone(0.965, 0.012, 85), palette.sky[3], 0.08);
  const letters = mix(tone(0.27, 0.03, 270), palette.sky[0], 0.2);
  let outlines = '';
  lines.forEach((words, row) => {
    let x = (pen.width - lineWidth(words) * scale) / 2;
    const y = top + scale * (MARGIN + LINE * row);
    for (const word of words) {
      for (const letter of word) {
        if (letter !== null) outlines += outlineOf(letter, x, y, scale);
        x += ((letter === null ? SPACE : letter.glyph[0]) + TRACKING) * scale;
      }
      x += SPACE * scale;
    }
  });
  pen.group('caption', () => {
    pen.path(box(-5, top, pen.width + 10, height + 5), { fill: hex(paper) });
    pen.path(outlines, { stroke: hex(letters), line: Math.max(1, scale * 1.05) });
  });
}
