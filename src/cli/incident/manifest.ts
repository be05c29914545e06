/** A file of an archive of evidence. */
export interface ListedFile {
  readonly name: string;
  readonly bytes: number;
  /** SHA-256, in hex. */
  readonly sha256: string;
}

export const manifestName = 'manifest.txt';

const head = 'velro incident evidence v1';
const fileLine = /^([0-9a-f]{64}) (\d{1,15}) ([a-z][a-z.-]{0,60})$/;

/** The text that is signed: whose evidence, from when to when, and every file. */
export const manifestText = (
  incidentId: string,
  { since, until }: { readonly since: Date; readonly until: Date },
  files: readonly ListedFile[],
): string =>
  [
    head,
    `incident ${incidentId}`,
    `window ${since.toISOString()} ${until.toISOString()}`,
    ...files.map(({ name, bytes, sha256 }) => `${sha256} ${bytes} ${name}`),
    '',
  ].join('\n');

/** The files that a manifest lists; null where it is none. */
export function filesOf(text: string): readonly ListedFile[] | null {
  const [first, , , ...lines] = text.split('\n');
  if (first !== head || lines.pop() !== '') return null;
  const files = lines.map((line) => {
    const [, sha256, bytes, name] = fileLine.exec(line) ?? [];
    return sha256 === undefined || name === undefined ? null : { name, bytes: Number(bytes), sha256 };
  });
  return files.every((file) => file !== null) ? files : null;
}
