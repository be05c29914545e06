import { join } from 'node:path';

/** Absolute path of the checkout under test. */
export const projectRoot = join(import.meta.dirname, '..', '..', '..');

/** What the image starts. */
export const serviceEntry = join(projectRoot, 'dist', 'service', 'main.js');
