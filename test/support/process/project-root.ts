import { join } from 'node:path';

/** Absolute path of the checkout under test. */
export const projectRoot = join(import.meta.dirname, '..', '..', '..');
