/** A size of a load test: small in the whole suite, large under `npm run test:load`, which sets the variable. */
function sizeOf(variable: string, usual: number): number {
  const text = process.env[variable];
  if (text === undefined) return usual;
  if (!/^[1-9]\d{0,6}$/.test(text)) throw new Error(`${variable} is a whole number from 1 to 9999999`);
  return Number(text);
}

/** Seconds of mixed traffic. */
export const loadSeconds = (usual: number): number => sizeOf('LOAD_SECONDS', usual);

/** Rows of a table that has grown. */
export const loadRows = (usual: number): number => sizeOf('LOAD_ROWS', usual);
