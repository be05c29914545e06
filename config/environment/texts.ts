/** Set variables by their names. */
export type Texts = Readonly<Record<string, string>>;

export const textsOf = (env: NodeJS.ProcessEnv): Texts =>
  Object.fromEntries(
    Object.entries(env).filter(
      (entry): entry is [string, string] => entry[1] !== undefined && entry[1] !== '',
    ),
  );

const longest = 8 * 1024;
const controls = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/;
const invisible = /[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]/;

/** Why a text is invalid for any variable: each case comes from pasted or broken files. */
export function faultOfText(text: string): readonly [reason: string, hint: string] | null {
  if (Buffer.byteLength(text) > longest) return ['is longer than 8 KB', 'Set it again.'];
  if (controls.test(text))
    return ['contains a control character or a line break', 'Set it again, on one line.'];
  if (invisible.test(text))
    return ['contains an invisible character', 'Type it again instead of pasting it.'];
  if (text.trim() === '') return ['is nothing but blanks', 'Set it, or leave it empty.'];
  if (/^\s*(["'`])[^]*\1\s*$/.test(text))
    return ['is still in quotes', 'Remove them: docker --env-file and its like pass them on.'];
  if (/REPLACE_WITH/i.test(text)) return ['is still a placeholder', 'Put your own value in its place.'];
  if (/^\$\{\{?[^{}]*\}\}?$/.test(text.trim())) {
    return ['is a reference that nothing has filled in', 'Check how your platform fills in variables.'];
  }
  return null;
}
