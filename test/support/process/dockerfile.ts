import { readFileSync } from 'node:fs';

export interface Instruction {
  /** In capitals. */
  readonly name: string;
  readonly text: string;
}

export interface Stage {
  readonly name: string;
  /** Image or earlier stage. */
  readonly base: string;
  readonly instructions: readonly Instruction[];
}

/** The stages of a Dockerfile in their order, without comments and with continued lines joined. */
export function readDockerfile(path: string): Stage[] {
  const text = readFileSync(path, 'utf8').replace(/^\s*#.*\n/gm, '');
  const stages: { name: string; base: string; instructions: Instruction[] }[] = [];
  for (const line of text.replace(/\\\n\s*/g, '').split('\n')) {
    const [, word = '', rest = ''] = /^(\w+)\s+(.*)$/.exec(line.trim()) ?? [];
    const name = word.toUpperCase();
    const [base = '', , stage = ''] = rest.split(/\s+/);
    if (name === 'FROM') stages.push({ name: stage, base, instructions: [] });
    else if (name !== '') stages.at(-1)?.instructions.push({ name, text: rest });
  }
  return stages;
}

/** Arguments of a command in exec form; throws for shell form, in which a shell stands before the program. */
export function execForm(text: string): string[] {
  const parsed: unknown = JSON.parse(text.slice(text.indexOf('[')));
  if (!Array.isArray(parsed) || !parsed.every((part) => typeof part === 'string'))
    throw new Error('not in exec form');
  return parsed;
}

/** Whether a path, relative to the Dockerfile, reaches the build: the last line of .dockerignore that matches decides. */
export function ignoreRules(path: string): (file: string) => boolean {
  const rules = readFileSync(path, 'utf8')
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => ({ keeps: line.startsWith('!'), pattern: toPattern(line.replace(/^!/, '')) }));
  return (file) => {
    const parts = file.split('/');
    const above = parts.map((_, at) => parts.slice(0, at + 1).join('/'));
    return rules.findLast(({ pattern }) => above.some((folder) => pattern.test(folder)))?.keeps ?? true;
  };
}

function toPattern(line: string): RegExp {
  const pattern = line
    .split(/(\*\*\/|\*)/)
    .map((part) =>
      part === '**/' ? '(?:.*/)?' : part === '*' ? '[^/]*' : part.replace(/[.+^${}()|[\]\\]/g, '\\$&'),
    )
    .join('');
  return new RegExp(`^${pattern}$`);
}
