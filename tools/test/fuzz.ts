// Requests made from docs/openapi.json, a hundred of each kind for every operation, from a seed that is printed. Arguments
// are passed to Jest.
import { randomInt } from 'node:crypto';
import { runTests } from './run.ts';

process.env['FUZZ_RUNS'] ??= '100';
process.env['FUZZ_SEED'] ??= String(randomInt(2 ** 31));
process.stdout.write(`FUZZ_SEED=${process.env['FUZZ_SEED']} FUZZ_RUNS=${process.env['FUZZ_RUNS']}\n`);
await runTests(['test/fuzz', ...process.argv.slice(2)]);
