import { Secret } from '../values/secret.js';

/** Somebody with credentials of their own for the operator's routes. */
export interface NamedOperator {
  readonly name: string;
  readonly password: Secret;
}

const entry = /^([a-z][a-z0-9._-]{1,31}):([^\s,]{1,256})$/;

/** Reads `ada:<password> bob:<password>`, separated by blanks or commas. Null where an entry is none: which one is not said. */
export function readNamedOperators(text: string): readonly NamedOperator[] | null {
  const entries = text.split(/[\s,]+/u).filter((one) => one !== '');
  const read = entries.map((one) => entry.exec(one));
  return read.every((one) => one !== null)
    ? read.map(([, name = '', password = '']) => ({ name, password: new Secret(password) }))
    : null;
}
