/** A number of a spec of test/faults: small in the whole suite, large under `npm run test:faults`, which sets the variable. */
function told(variable: string, usual: number): number {
  const text = process.env[variable];
  if (text === undefined) return usual;
  if (!/^[1-9]\d{0,3}$/.test(text)) throw new Error(`${variable} is a whole number from 1 to 9999`);
  return Number(text);
}

/** Whether this is the long run, `npm run test:faults`. */
export const isFullFaults = process.env['FAULT_KILLS'] !== undefined;

/** How often a spec kills its service. */
export const faultKills = (usual: number): number => told('FAULT_KILLS', usual);

/** How many rounds of parallel use come between and around the kills. */
export const faultRounds = (usual: number): number => told('FAULT_ROUNDS', usual);

/** The seed of a run: chosen by chance unless told, so that a run can be thrown again with the same dice. */
export const faultSeed = (): number =>
  Number(process.env['FAULT_SEED'] ?? Math.floor(Math.random() * 2 ** 31));
