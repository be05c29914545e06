/** Known directives (CSP level 3); any other name in a report is `other`. */
export const cspDirectives = [
  'default-src',
  'script-src',
  'script-src-elem',
  'script-src-attr',
  'style-src',
  'style-src-elem',
  'style-src-attr',
  'img-src',
  'font-src',
  'connect-src',
  'media-src',
  'object-src',
  'frame-src',
  'child-src',
  'worker-src',
  'manifest-src',
  'base-uri',
  'form-action',
  'frame-ancestors',
  'other',
] as const;
export type CspDirective = (typeof cspDirectives)[number];

/** Reports of one request that are read. */
const maxReports = 10;

type Fields = Readonly<Record<string, unknown>>;

/** The violated directives of a report, each once: of `report-uri` (one object) or of the Reporting API (a list). */
export function violatedDirectives(body: unknown): readonly CspDirective[] {
  const reports = Array.isArray(body) ? (body as unknown[]).slice(0, maxReports) : [body];
  const found = new Set<CspDirective>();
  for (const report of reports) {
    const directive = directiveOf(report);
    if (directive !== null) found.add(directive);
  }
  return [...found];
}

function directiveOf(report: unknown): CspDirective | null {
  if (!isFields(report)) return null;
  const isViolation = report['type'] === undefined || report['type'] === 'csp-violation';
  const fields = report['csp-report'] ?? report['body'];
  if (!isViolation || !isFields(fields)) return null;
  const named = fields['effectiveDirective'] ?? fields['effective-directive'] ?? fields['violated-directive'];
  if (typeof named !== 'string') return null;
  // Older browsers send the whole directive with its sources.
  const [name] = named.trim().toLowerCase().split(/\s/, 1);
  return cspDirectives.find((directive) => directive === name) ?? 'other';
}

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
