// All of test/faults, with many kills where a spec counts them. Arguments go to Jest, as with `npm test`.
import { runTests } from './run.ts';

process.env['FAULT_KILLS'] ??= '200';
await runTests(['test/faults', ...process.argv.slice(2)]);
