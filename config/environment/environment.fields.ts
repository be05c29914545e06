import { Expose, Transform } from 'class-transformer';
import { IsBoolean, IsIn, IsInstance, IsInt, IsOptional, Max, Min, ValidateBy } from 'class-validator';
import { Malformed, parseBytes, parseFlag, parseWholeNumber, type Parser } from '../values/parse-values.js';
import { Secret } from '../values/secret.js';

/** What a variable is declared to be. */
export interface Declaration {
  readonly purpose: string;
  readonly secret: boolean;
  /** What may be written; null where its own parser says so. */
  readonly form: string | null;
}

/** Every variable as it is declared, in the order of the class. */
export const variables = new Map<string, Declaration>();

type Read = (text: string) => unknown;

/** A variable: registered, optional, parsed from text by `read`, then checked by the validators. */
function variable(
  purpose: string,
  form: string | null,
  read: Read,
  ...validators: readonly PropertyDecorator[]
): PropertyDecorator {
  return (target, name) => {
    variables.set(String(name), { purpose, secret: false, form });
    const decorators = [
      Expose(),
      Transform(({ value }: { value: unknown }) => (typeof value === 'string' ? read(value) : undefined)),
      IsOptional(),
      ...validators,
    ];
    for (const decorate of decorators) decorate(target, name);
  };
}

const says = (message: string, hint: string): { message: string; context: { hint: string } } => ({
  message,
  context: { hint },
});

/** True or false. Invalid text stays text and is refused by the validator. */
export function Flag(purpose: string): PropertyDecorator {
  const fault = says('is neither true nor false', 'Write true or false (1, 0, yes and no do as well).');
  return variable(purpose, 'true or false', (text) => parseFlag(text) ?? text, IsBoolean(fault));
}

const within = (
  purpose: string,
  form: string,
  read: Read,
  [least, most]: readonly [number, number],
  fault: ReturnType<typeof says>,
): PropertyDecorator => variable(purpose, form, read, IsInt(fault), Min(least, fault), Max(most, fault));

export const WholeNumber = (purpose: string, least: number, most: number): PropertyDecorator =>
  within(
    purpose,
    `${least} to ${most}`,
    (text) => parseWholeNumber(text) ?? text,
    [least, most],
    says(`is not a whole number from ${least} to ${most}`, 'Write it in plain digits.'),
  );

/** A size in bytes, or with KB, MB, GB. */
export const Size = (purpose: string, least: number, most: number): PropertyDecorator =>
  within(
    purpose,
    `${least} to ${most} bytes`,
    (text) => parseBytes(text) ?? text,
    [least, most],
    says(`is not a size from ${least} to ${most} bytes`, 'Write bytes, or a number with KB, MB or GB: 10MB.'),
  );

/** One of a few words, in any case; `synonyms`: accepted other names of the same values. */
export function Choice(
  purpose: string,
  choices: readonly string[],
  synonyms: Readonly<Record<string, string>> = {},
): PropertyDecorator {
  const read = (text: string): string => {
    const word = text.trim().toLowerCase();
    return Object.hasOwn(synonyms, word) ? (synonyms[word] ?? word) : word;
  };
  return variable(
    purpose,
    choices.join(', '),
    read,
    IsIn(choices, says('is none of the known words', `Write one of: ${choices.join(', ')}.`)),
  );
}

/** A value with its own parser, which reports what is wrong. */
export function Parsed(purpose: string, parse: Parser<unknown>): PropertyDecorator {
  const validate = (value: unknown): boolean => !(value instanceof Malformed);
  return variable(purpose, null, parse, ValidateBy({ name: 'readable', validator: { validate } }));
}

/** Text that is not secret, trimmed. */
export const Text = (purpose: string, pattern: RegExp, reason: string, hint: string): PropertyDecorator =>
  Parsed(purpose, (text) => (pattern.test(text.trim()) ? text.trim() : new Malformed(reason, hint)));

/** Secret text. Kept unchanged; the rules check its strength. */
export function Hidden(purpose: string, parse: Parser<string> = (text) => text): PropertyDecorator {
  const read = (text: string): Secret | Malformed => {
    const parsed = parse(text);
    return parsed instanceof Malformed ? parsed : new Secret(parsed);
  };
  const fault = says('cannot be read', 'Set it again.');
  const declare = variable(purpose, null, read, IsInstance(Secret, fault));
  return (target, name) => {
    declare(target, name);
    variables.set(String(name), { purpose, secret: true, form: null });
  };
}
