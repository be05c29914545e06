/** A part of a privacy policy. In its texts `{controller}`, `{contact}`, `{address}` and `{auditdays}` stand for what the operator configured. */
export interface PolicySection {
  readonly title: string;
  readonly paragraphs: readonly string[];
  readonly table?: { readonly columns: readonly string[]; readonly rows: readonly (readonly string[])[] };
}

export interface PrivacyPolicy {
  /** The day from which on it holds. */
  readonly version: string;
  readonly sections: readonly PolicySection[];
}

export const policyTitle = 'Privacy policy';

/** As Markdown: the text of which hashes are taken. */
export function policyMarkdown({ version, sections }: PrivacyPolicy): string {
  const lines = [`# ${policyTitle}`, '', `Version of ${version}.`, ''];
  for (const { title, paragraphs, table } of sections) {
    lines.push(`## ${title}`, '', ...paragraphs.flatMap((text) => [text, '']));
    if (table === undefined) continue;
    lines.push(row(table.columns), row(table.columns.map(() => '---')), ...table.rows.map(row), '');
  }
  return lines.join('\n');
}

const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;

/** The policy with what the operator configured in its texts. */
export const filledPolicy = (
  { version, sections }: PrivacyPolicy,
  names: Readonly<Record<string, string>>,
): PrivacyPolicy => {
  const filled = (text: string): string =>
    text.replace(/\{([a-z]+)\}/g, (whole, name: string) => names[name] ?? whole);
  return {
    version,
    sections: sections.map(({ title, paragraphs, table }) => ({
      title: filled(title),
      paragraphs: paragraphs.map(filled),
      ...(table === undefined
        ? {}
        : { table: { columns: table.columns, rows: table.rows.map((cells) => cells.map(filled)) } }),
    })),
  };
};
