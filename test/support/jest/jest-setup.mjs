// What has to be there before the modules of a spec are loaded.
import { readFileSync, readdirSync } from 'node:fs';
import 'reflect-metadata';
import { expect } from '@jest/globals';
import { needsNestFirst } from './nest-first.mjs';

const { testPath = '' } = expect.getState();
if (testPath.includes('/src/') && needsNestFirst(testPath)) {
  await import('@nestjs/common');
  await import('@nestjs/core');
}

// What the specs before have shared is of no use to this one. Their notes are looked for here, so that few specs load what ends them.
const folder = process.env['VELRO_TEST_SHARED'];
const isShared = (name) =>
  name.startsWith(`${process.env['JEST_WORKER_ID'] ?? '0'}-`) && name.endsWith('.json');
if (folder !== undefined && testPath !== '' && readdirSync(folder).some(isShared))
  if (!readFileSync(testPath, 'utf8').includes('sharedService(')) {
    const { endSharedServices } = await import('../services/shared-service.ts');
    await endSharedServices();
  }
