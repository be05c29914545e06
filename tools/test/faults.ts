// Runs test/faults and test/boot/refused-boots with more iterations than `npm test`. Arguments are passed to Jest.
import { runTests } from './run.ts';

process.env['FAULT_KILLS'] ??= '200';
process.env['FAULT_ROUNDS'] ??= '1000';
process.env['EVERY_BOOT'] ??= 'true';
await runTests(['test/faults', 'test/boot/refused-boots', ...process.argv.slice(2)]);
