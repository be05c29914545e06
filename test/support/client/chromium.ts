import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { it } from '@jest/globals';
import { chromium, type Browser } from 'playwright-core';

const path = (process.env['PATH'] ?? '')
  .split(delimiter)
  .map((folder) => join(folder, 'chromium'))
  .find(existsSync);

/** A test that is skipped on a machine without Chromium; `npm test` names what it skips. */
export const itInChromium = path === undefined ? it.skip : it;

/** The machine's Chromium, without whatever it would fetch by itself. */
export function launchChromium(): Promise<Browser> {
  const quiet = ['background-networking', 'component-update', 'gpu', 'quic', 'sync'];
  return chromium.launch({
    executablePath: path ?? '',
    args: ['--no-sandbox', '--no-first-run', ...quiet.map((feature) => `--disable-${feature}`)],
  });
}
