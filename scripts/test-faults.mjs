// All of test/faults, with many kills where a spec counts them. Arguments go to Jest, as with `npm test`.
process.env.FAULT_KILLS ??= '200';
process.argv.splice(2, 0, 'test/faults');
await import('./test.mjs');
