/** How often a spec of test/faults kills its service: few times in the whole suite, many under `npm run test:faults`. */
export const faultKills = (usual: number): number => {
  const told = process.env['FAULT_KILLS'];
  if (told === undefined) return usual;
  if (!/^[1-9]\d{0,3}$/.test(told)) throw new Error('FAULT_KILLS is a whole number from 1 to 9999');
  return Number(told);
};

/** The seed of a run: chosen by chance unless told, so that a run can be thrown again with the same dice. */
export const faultSeed = (): number =>
  Number(process.env['FAULT_SEED'] ?? Math.floor(Math.random() * 2 ** 31));
