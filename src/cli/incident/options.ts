import { userInfo } from 'node:os';
import { parseArgs } from 'node:util';
import { CommandFailed, NotUnderstood } from '../command.js';

const text = { type: 'string' } as const;

const declared = {
  kind: text,
  title: text,
  by: text,
  discovered: text,
  text,
  cause: text,
  measures: text,
  'post-mortem': text,
  since: text,
  until: text,
  address: text,
  accounts: text,
  reads: { type: 'boolean' },
  mail: { type: 'boolean' },
  out: text,
  key: text,
} as const;

export type Options = ReturnType<typeof parse>['values'];

export interface Asked {
  readonly what: string;
  readonly of: string | undefined;
  readonly options: Options;
}

const parse = (args: readonly string[]) =>
  parseArgs({ args: [...args], options: declared, allowPositionals: true, strict: true });

/** `allowed`: by what is asked, the options it takes; `by` goes with all. @throws NotUnderstood */
export function asked(args: readonly string[], allowed: Readonly<Record<string, readonly string[]>>): Asked {
  const { values, positionals } = parsed(args);
  const [what, of, ...more] = positionals;
  if (what === undefined || more.length > 0) throw new NotUnderstood();
  const taken = Object.hasOwn(allowed, what) ? allowed[what] : undefined;
  if (taken === undefined) throw new NotUnderstood();
  for (const name of Object.keys(values))
    if (name !== 'by' && !taken.includes(name)) throw new NotUnderstood();
  return { what, of, options: values };
}

function parsed(args: readonly string[]): ReturnType<typeof parse> {
  try {
    return parse(args);
  } catch {
    throw new NotUnderstood();
  }
}

/** Who does it: as given, or as whom the machine knows them. */
export function operatorOf({ by }: Options): string {
  const name = (by ?? userInfo().username).trim();
  if (name === '' || name.length > 100) throw new NotUnderstood();
  return name;
}

const form = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d{1,3})?)?(Z|[+-]\d\d:\d\d))?$/;

/** Whether the calendar has it: 2026-02-30 would be read as the second of March. */
const isDate = (day: string): boolean => new Date(`${day}T00:00:00Z`).toISOString().startsWith(day);

/** A date, which begins at 00:00 UTC, or a time with its zone. @throws CommandFailed */
export function timeOf(given: string): Date {
  const time = new Date(form.test(given) ? given : Number.NaN);
  if (Number.isNaN(time.getTime()) || !isDate(given.slice(0, 10)))
    throw new CommandFailed(`${given} is no time: write 2026-11-30, or 2026-11-30T14:05:00Z`);
  return time;
}

/** A window that begins before it ends; null: no bound. @throws NotUnderstood where it holds no moment */
export function assertWindow<T extends { readonly since: Date | null; readonly until: Date | null }>(
  window: T,
): T {
  const { since, until } = window;
  if (since !== null && until !== null && since >= until)
    throw new NotUnderstood(
      `the window holds no moment: it begins at ${since.toISOString()} and ends before ${until.toISOString()}. Nothing was done`,
    );
  return window;
}
