const keywords = new Set(['by', 'without', 'on', 'and', 'or', 'unless', 'offset', 'bool']);

/** The names of the metrics that an expression of PromQL reads. */
export function metricsIn(expression: string): string[] {
  const bare = expression
    .replaceAll(/"[^"]*"/g, '')
    .replaceAll(/\{[^}]*\}|\[[^\]]*\]/g, ' ')
    .replaceAll(/\b(by|without|on)\s*\([^)]*\)/g, ' ')
    .replaceAll(/\b\d[\w.]*/g, ' ');
  const found = [...bare.matchAll(/[a-z_][a-z_0-9]*(?!\w|\s*\()/gi)].map(([name]) => name);
  return [...new Set(found.filter((name) => !keywords.has(name)))];
}

/** The names of all metrics of a text of /metrics, also of those without a series; of a histogram those that can be asked for. */
export function metricsOf(text: string): Set<string> {
  return new Set(
    [...text.matchAll(/^# TYPE (\w+) (\w+)/gm)].flatMap(([, name = '', type]) =>
      type === 'histogram' ? [`${name}_bucket`, `${name}_sum`, `${name}_count`] : [name],
    ),
  );
}
