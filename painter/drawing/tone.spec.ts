import { describe, expect, it } from '@jest/globals';
import { hex, mix, tone } from './tone.js';

describe('hex', () => {
  // Reference values of OKLCH for the sRGB primaries.
  it.each([
    ['white', tone(1, 0, 0), '#ffffff'],
    ['black', tone(0, 0, 0), '#000000'],
    ['red', tone(0.627955, 0.257683, 29.2339), '#ff0000'],
    ['green', tone(0.86644, 0.294827, 142.4953), '#00ff00'],
    ['blue', tone(0.452014, 0.313214, 264.052), '#0000ff'],
  ])('gives %s', (_name, colour, text) => {
    expect(hex(colour)).toBe(text);
  });

  it('reduces chroma outside the gamut, keeps lightness and returns a valid colour', () => {
    expect(hex(tone(0.7, 4, 200))).toMatch(/^#[0-9a-f]{6}$/);
    expect(hex(tone(1.4, 0.1, 20))).toMatch(/^#[0-9a-f]{6}$/);
  });

  it('mixes two colours to their midpoint', () => {
    expect(hex(mix(tone(0, 0, 0), tone(1, 0, 0), 0.5))).toBe('#636363');
  });
});
