// Searches every state of the models in docs/models by spin: each must hold, and each fault that is put in must be found. Exit code 1
// when one does not, 2 when spin or gcc is not on this machine.
import { findProgram } from '../test/programs.ts';
import { readModels, search } from './models.ts';

/** One line; false when it is not as it must be. */
async function check(name: string, mustHold: boolean, found: ReturnType<typeof search>): Promise<boolean> {
  try {
    const { violation, states, seconds } = await found;
    const passed = (violation === null) === mustHold;
    const outcome = violation === null ? 'holds' : mustHold ? `violated: ${violation}` : 'found';
    const size = `${states.toLocaleString('en')} states, ${seconds.toFixed(1)} s`;
    process.stdout.write(`${passed ? 'ok   ' : 'FAIL '} ${name}: ${outcome} (${size})\n`);
    return passed;
  } catch (error) {
    process.stdout.write(`FAIL  ${name}: ${error instanceof Error ? error.message : String(error)}\n`);
    return false;
  }
}

for (const program of ['spin', 'gcc'])
  if ((await findProgram(program)) === null) {
    process.stdout.write(`not checked, because ${program} is not on this machine (Debian: ${program})\n`);
    process.exit(2);
  }

for (const model of readModels()) {
  if (!(await check(model.name, true, search(model, 0)))) process.exitCode = 1;
  for (const [fault, what] of model.faults)
    if (!(await check(`${model.name}, fault ${fault}, ${what}`, false, search(model, fault))))
      process.exitCode = 1;
}
