// Full load test: three minutes of mixed traffic, and a queue of 200,000 rows. Arguments are passed to Jest.
import { runTests } from './run.ts';

process.env['LOAD_SECONDS'] ??= '180';
process.env['LOAD_ROWS'] ??= '200000';
await runTests(['test/load', 'test/faults/long-queue', ...process.argv.slice(2)]);
