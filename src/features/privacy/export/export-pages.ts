import type { PartContents } from './part-contents.js';

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

const escapeHtml = (text: string): string => text.replaceAll(/[&<>"']/g, (one) => entities[one] ?? '');

const style = `body{font:1rem/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}
section{border-top:1px solid #ccc;padding:.5rem 0}dl{display:grid;grid-template-columns:14rem 1fr;gap:.1rem 1rem;margin:0}
dt{color:#555}dd{margin:0;white-space:pre-wrap;overflow-wrap:anywhere}`;

/** The beginning of a page that needs no script and loads nothing from anywhere. */
export const pageHead = (title: string): string => `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${escapeHtml(title)}</title><style>${style}</style></head><body>
<h1>${escapeHtml(title)}</h1>
`;
export const pageFoot = '</body></html>\n';

/** Names of objects in the archive, as this service makes them. */
const mediaName = /^media\/[\w-]+\.[a-z0-9]{1,8}$/;

/** A row as a list of names and values; `links`: the fields whose values are names of files of the archive. */
export function rowSection(row: Readonly<Record<string, unknown>>, links: readonly string[]): string {
  const fields = Object.entries(row).filter(([, value]) => value !== null && value !== '');
  const shown = fields.map(
    ([name, value]) =>
      `<dt>${escapeHtml(name)}</dt><dd>${links.includes(name) ? linked(value) : plain(value)}</dd>`,
  );
  return `<section><dl>${shown.join('')}</dl></section>\n`;
}

const plain = (value: unknown): string =>
  escapeHtml(typeof value === 'string' ? value : JSON.stringify(value, null, 1));

const linked = (value: unknown): string =>
  (Array.isArray(value) ? (value as unknown[]) : [value])
    .map((one) =>
      typeof one === 'string' && mediaName.test(one)
        ? `<a href="../${one}">${escapeHtml(one)}</a>`
        : plain(one),
    )
    .join('\n');

/** The table of contents: `contents` of all parts. */
export function indexPage(contents: readonly PartContents[], requestedBy: string, madeAt: Date): string {
  const byTitle = Map.groupBy(contents, ({ title }) => title);
  const rows = [...byTitle].map(([title, files]) => {
    const count = files.reduce((sum, { rows: more }) => sum + more, 0);
    const links = files.map(
      ({ name }) => `<a href="pages/${name}.html">read</a> · <a href="data/${name}.json">JSON</a>`,
    );
    return `<tr><td>${escapeHtml(title)}</td><td>${count}</td><td>${links.join('<br>')}</td></tr>\n`;
  });
  return `${pageHead('Your data')}<p>Account ${escapeHtml(requestedBy)}, as of ${madeAt.toISOString()}. Files are in the folder <code>media</code>.</p>
<table><thead><tr><th>What</th><th>Entries</th><th></th></tr></thead><tbody>
${rows.join('')}</tbody></table>
${pageFoot}`;
}

/** What the files are; in every part. */
export const readme = (number: number): string => `Your data, part ${number}.

Unpack all parts into one folder and open index.html, which the last part has: it needs no connection and no script.

data/<what>.json    all entries of one kind, as a JSON array; <what>.<n>.json goes on in part n
pages/<what>.html   the same, to be read
media/<id>.<type>   your pictures, videos and files; the entries name them

Not among them are secrets and hashes of secrets, what the service counts for itself, and what is about other people. Times are in UTC unless they
say otherwise. What changed while the export was made may be in it as it was before or afterwards.
`;
