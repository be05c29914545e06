// All of test/faults and every refused boot, with large numbers where a spec counts. Arguments go to Jest, as with
// `npm test`.
import { runTests } from './run.ts';

process.env['FAULT_KILLS'] ??= '200';
process.env['FAULT_ROUNDS'] ??= '1000';
process.env['EVERY_BOOT'] ??= 'true';
await runTests(['test/faults', 'test/boot/refused-boots', ...process.argv.slice(2)]);
