import { shade, tone } from '../../drawing/tone.js';
import { type Figure, white } from '../figure.js';

export const umbrella: Figure = {
  stance: 'front',
  size: 0.46,
  extent: [4, 4, 96, 101],
  colour: tone(0.6, 0.2, 25),
  inks: (M) => ({ M, D: shade(M, -0.11), L: shade(M, 0.08), K: tone(0.34, 0.04, 50), W: white }),
  parts: [
    ['K', 'M50 8L50 92C50 101 62 101 62 92', 2.6],
    ['K', 'M50 4L50 12', 2],
    ['M', 'M4 52C6 26 26 10 50 10C74 10 94 26 96 52C90 45 78 45 73 52C67 45 56 45 50 52C44 45 33 45 27 52C22 45 10 45 4 52Z'],
    ['L', 'M50 10C40 20 31 34 27 52C33 45 44 45 50 52Z', null, 0.9],
    ['D', 'M50 10C60 20 69 34 73 52C78 45 90 45 96 52C94 26 74 10 50 10Z', null, 0.9],
  ],
}; // prettier-ignore

export const heart: Figure = {
  stance: 'air',
  size: 0.4,
  extent: [5, 10, 95, 96],
  colour: tone(0.6, 0.22, 18),
  inks: (M) => ({ M, D: shade(M, -0.09), W: white }),
  parts: [
    [
      'M',
      'M50 96C20 70 5 52 5 34C5 18 17 10 28 10C38 10 46 16 50 26C54 16 62 10 72 10C83 10 95 18 95 34C95 52 80 70 50 96Z',
    ],
    [
      'D',
      'M78 11C88 16 92 28 86 42C80 58 66 72 46 92.6L50 96C80 70 95 52 95 34C95 20 86 12 78 11Z',
      null,
      0.5,
    ],
    ['W', 'M16 34C16 26 21 20 28 20', 4, 0.75],
  ],
};

export const pyramid: Figure = {
  stance: 'front',
  size: 0.6,
  extent: [2, 40, 98, 101],
  colour: tone(0.78, 0.09, 78),
  inks: (M) => ({ M, D: shade(M, -0.14), L: shade(M, -0.05) }),
  parts: [
    ['M', 'M46 40L66 100L2 100Z'],
    ['D', 'M46 40L98 100L66 100Z'],
    ['L', 'M39.2 49.4L49 49.4M31.8 60L52.6 60M24.6 70L55.8 70M17 80.4L59.4 80.4M9.6 90.4L62.6 90.4', 0.8],
    ['L', 'M44 49.4L43 60M34 60L33 70M46 60L46.6 70M28 70L26 80.4M42 70L42 80.4M22 80.4L20 90.4M36 80.4L35 90.4M51 80.4L52 90.4', 0.6],
  ],
}; // prettier-ignore
