// Migrations that would block a running service, or break the version that still serves while they run.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Fault } from './gate.ts';

const folder = 'supabase/migrations';
/** Older ones have landed and are never changed. */
const lastUnchecked = '20261127000002';

const name = String.raw`(?:"?\w+"?\.)?"?(\w+)"?`;
const created = new RegExp(
  String.raw`\bcreate\s+(?:unlogged\s+)?table\s+(?:if\s+not\s+exists\s+)?${name}`,
  'gi',
);
const indexed = new RegExp(
  String.raw`\bcreate\s+(?:unique\s+)?index\s+(concurrently\s+)?(?:if\s+not\s+exists\s+)?(?:(?!on\b)"?\w+"?\s+)?on\s+(?:only\s+)?${name}`,
  'gi',
);
const altered = new RegExp(String.raw`\balter\s+table\s+(?:if\s+exists\s+)?(?:only\s+)?${name}([^;]*)`, 'gi');
const key = /\badd\s+(?:constraint\s+"?\w+"?\s+)?(?:unique|primary\s+key)\s*\(/i;
const dropped =
  /\bdrop\s+(?:table|column|view|materialized\s+view|schema|type|domain|sequence|function)\b|\balter\s+table\b[^;]*\bdrop\s+(?!constraint\b|default\b|not\b|identity\b|expression\b)|\brename\s+(?:to|column|constraint)\b|\balter\s+table\b[^;]*\brename\b|\balter\s+(?:column\s+)?"?\w+"?\s+(?:set\s+data\s+)?type\b/i;
const note = /^\s*--\s*expand\/contract:[ \t]*\S/im;

/** Faults of the migrations of the project at the path `root`. */
export function migrationFaults(root: string): Fault[] {
  const files = readdirSync(join(root, folder))
    .filter((file) => file.endsWith('.sql'))
    .sort();
  return files
    .filter((file) => file.slice(0, lastUnchecked.length) > lastUnchecked)
    .flatMap((file) => faultsOf(join(folder, file), readFileSync(join(root, folder, file), 'utf8')));
}

/** Faults of one migration by its text. */
export function faultsOf(where: string, text: string): Fault[] {
  const sql = withoutTexts(text);
  const own = new Set([...sql.matchAll(created)].map(([, table = '']) => table.toLowerCase()));
  const faults: Fault[] = [];
  const fault = (rule: string, what: string): void => {
    faults.push({ rule, where, text: what });
  };
  for (const [, concurrently, table = ''] of sql.matchAll(indexed))
    if (concurrently === undefined && !own.has(table.toLowerCase()))
      fault(
        'blocking-index',
        `makes an index of ${table} that blocks its writers: create index concurrently`,
      );
  for (const [, table = '', change = ''] of sql.matchAll(altered))
    if (key.test(change) && !own.has(table.toLowerCase()))
      fault(
        'blocking-index',
        `makes a key of ${table} that blocks it: an index concurrently, then add … using index`,
      );
  // It runs outside of a transaction: of two statements the first would stay when the second fails.
  if (/\bconcurrently\b/i.test(sql) && sql.split(';').filter((part) => part.trim() !== '').length > 1)
    fault('index-alone', 'makes an index concurrently and something else: give it a file of its own');
  if (dropped.test(sql) && !note.test(text))
    fault(
      'breaking-change',
      'drops, renames or changes the type of something that the running version may use: expand first, and say since when nothing uses it in a comment `-- expand/contract: …`',
    );
  return faults;
}

const quoted = /--[^\n]*|\/\*[^]*?\*\/|(\$\w*\$)[^]*?\1|'(?:[^']|'')*'/g;

/** Without comments, string literals and bodies of functions, in which any word may stand; a body of DO runs, and stays. */
const withoutTexts = (text: string): string =>
  text.replace(quoted, (match: string, _tag: string | undefined, at: number) =>
    match.startsWith('$') && /\bdo\s+$/i.test(text.slice(Math.max(0, at - 20), at))
      ? match.replace(/^\$\w*\$|\$\w*\$$/g, ' ')
      : " '' ",
  );
