import { policyTitle, type PrivacyPolicy } from './privacy-policy.js';

/** The policy as a page of its own; its style is a file beside it, as the Content-Security-Policy asks. */
export function policyHtml({ version, sections }: PrivacyPolicy, earlier: readonly string[]): string {
  const parts = sections.map(
    ({ title, paragraphs, table }) =>
      `<h2>${escaped(title)}</h2>\n${paragraphs.map((text) => `<p>${escaped(text)}</p>`).join('\n')}${table === undefined ? '' : `\n${tableHtml(table)}`}`,
  );
  const links = earlier.map((one) => `<a href="/privacy?version=${one}">${one}</a>`).join(', ');
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${policyTitle}</title>
<link rel="stylesheet" href="/privacy/style.css">
</head>
<body>
<main>
<h1>${policyTitle}</h1>
<p>Version of <time datetime="${version}">${version}</time>.${links === '' ? '' : ` Other versions: ${links}.`}</p>
${parts.join('\n')}
</main>
</body>
</html>
`;
}

export const policyCss = `:root { color-scheme: light dark; }
body { margin: 0; font: 16px/1.6 system-ui, sans-serif; }
main { max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
h2 { margin-top: 2.5rem; font-size: 1.2rem; }
p { max-width: 42rem; }
.table { overflow-x: auto; }
table { border-collapse: collapse; font-size: 0.9rem; }
th, td { padding: 0.4rem 1rem 0.4rem 0; text-align: left; vertical-align: top; border-bottom: 1px solid color-mix(in srgb, currentColor 20%, transparent); }
`;

const tableHtml = ({
  columns,
  rows,
}: {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
}): string => {
  const cells = (tag: 'th scope="col"' | 'td', of: readonly string[]): string =>
    of.map((text) => `<${tag}>${escaped(text)}</${tag.slice(0, 2)}>`).join('');
  const body = rows.map((one) => `<tr>${cells('td', one)}</tr>`).join('\n');
  // A wide table scrolls by itself; reachable by keyboard.
  return `<div class="table" tabindex="0" role="region" aria-label="${escaped(columns.join(', '))}"><table><thead><tr>${cells('th scope="col"', columns)}</tr></thead><tbody>
${body}
</tbody></table></div>`;
};

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
