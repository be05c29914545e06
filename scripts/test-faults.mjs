// All of test/faults and every refused boot, with large numbers where a spec counts. Arguments go to Jest, as with
// `npm test`.
process.env.FAULT_KILLS ??= '200';
process.env.FAULT_ROUNDS ??= '1000';
process.env.EVERY_BOOT ??= 'true';
process.argv.splice(2, 0, 'test/faults', 'test/boot/refused-boots');
await import('./test.mjs');
