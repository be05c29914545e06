import { catalogue } from '../errors/catalogue.js';

/** The page of all error codes. Each code is the id of its row, so that it can be linked to. */
export function errorsHtml(): string {
  const rows = Object.entries(catalogue)
    .sort(([one, a], [other, b]) => a.status - b.status || one.localeCompare(other))
    .map(
      ([code, { status, title, detail }]) =>
        `<tr id="${code}"><td>${status}</td><td><a href="#${code}"><code>${code}</code></a></td><td><b>${escaped(title)}.</b> ${escaped(detail)}</td></tr>`,
    );
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Velro API: errors</title>
<link rel="icon" href="data:,">
<style>
:root { color-scheme: light dark; }
body { max-width: 960px; margin: 24px auto; padding: 0 16px; font: 15px/1.5 system-ui, sans-serif; }
table { border-collapse: collapse; }
td { padding: 6px 16px 6px 0; vertical-align: top; border-bottom: 1px solid color-mix(in srgb, currentColor 20%, transparent); }
tr:target { background: color-mix(in srgb, orange 25%, transparent); }
a { color: inherit; }
</style>
</head>
<body>
<p><a href="/docs">Velro API</a></p>
<h1>Errors</h1>
<p>Every error is a problem document (RFC 9457, <code>application/problem+json</code>). Branch on its <code>code</code>: it is
stable, while texts may change. <code>request_id</code> names the request in the log of the service.</p>
<table>
${rows.join('\n')}
</table>
</body>
</html>
`;
}

/** The texts have no markup but `code`. */
const escaped = (text: string): string =>
  text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replace(/`([^`]+)`/g, '<code>$1</code>');
