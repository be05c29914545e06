import { readFileSync } from 'node:fs';
import { say } from './figures.ts';

export interface Inspector {
  readonly inspectRequest: (texts: {
    readonly target?: string;
    readonly body?: unknown;
    readonly prompt?: boolean;
  }) => { readonly kinds: readonly string[]; readonly isUnjudged: boolean };
}

/** Where a text of a list stands in a request, as a client would send it. */
const places: Readonly<Record<string, (text: string) => { target?: string; body?: unknown }>> = {
  'string of a body': (text) => ({ body: { name: 'anna', note: text } }),
  'query value': (text) => ({ target: `/search?q=${encoded(text)}` }),
  'third of three query values': (text) => ({ target: `/search?page=2&sort=name&q=${encoded(text)}` }),
  'path segment': (text) => ({ target: `/api/v1/items/${encoded(text)}/files` }),
};

const encoded = (text: string): string => encodeURIComponent(text.toWellFormed());

/** The lines of a list: texts, or in a `.jsonl` file JSON strings; empty lines and repetitions left out. */
function readList(path: string): readonly string[] {
  const lines = readFileSync(path, 'utf8')
    .split('\n')
    .map((line) => line.replace(/\r$/u, ''))
    .filter((line) => line.trim() !== '');
  return [...new Set(path.endsWith('.jsonl') ? lines.map((line) => String(JSON.parse(line))) : lines)];
}

/** Share of the texts in which the kind is found, by place. */
export function recallByPlace(
  { inspectRequest }: Inspector,
  kind: string,
  texts: readonly string[],
): ReadonlyMap<string, number> {
  const prompt = kind === 'prompt';
  return new Map(
    Object.entries(places).map(([place, at]) => [
      place,
      texts.filter((text) => inspectRequest({ ...at(text), prompt }).kinds.includes(kind)).length /
        texts.length,
    ]),
  );
}

/** Prints recall on a list, and with `misses` the texts of it in which nothing of the kind is found in a body. */
export function measureList(inspector: Inspector, kind: string, path: string, misses: boolean): void {
  const texts = readList(path);
  const shares = [...recallByPlace(inspector, kind, texts)].map(
    ([place, share]) => `${place} ${(share * 100).toFixed(1)} %`,
  );
  say(`${kind}, ${texts.length} texts: ${shares.join(', ')}`);
  if (!misses) return;
  for (const text of texts) {
    if (!inspector.inspectRequest({ body: text, prompt: kind === 'prompt' }).kinds.includes(kind))
      say(`  ${JSON.stringify(text)}`);
  }
}
