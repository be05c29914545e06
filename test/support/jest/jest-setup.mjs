// CommonJS packages that require these ES modules need them evaluated first. Only specs below src/ compose modules of Nest in
// their own process; the others start the built service, and loading Nest for each of them would be a tenth of a core second.
import 'reflect-metadata';
import { expect } from '@jest/globals';

if (expect.getState().testPath?.includes('/src/')) {
  await import('@nestjs/common');
  await import('@nestjs/core');
}
