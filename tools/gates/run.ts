// `node tools/gates/run.ts <gate> [folder]`: prints a line for each fault. Exit 0: none. Exit 1: faults. Exit 2: unknown gate.
// Exceptions apply to this project only, not to another folder.
import { resolve } from 'node:path';
import { root } from '../build.ts';
import { gates, isGate } from './gates.ts';

const [name = '', folder] = process.argv.slice(2);
if (isGate(name)) {
  const faults = await gates[name](resolve(folder ?? root));
  for (const fault of faults) process.stdout.write(`${fault}\n`);
  process.exitCode = faults.length === 0 ? 0 : 1;
} else {
  process.stderr.write(`usage: node tools/gates/run.ts ${Object.keys(gates).join('|')} [folder]\n`);
  process.exitCode = 2;
}
