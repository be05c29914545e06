import type { Mutant } from '../../mutant.ts';

const configuration = ['tools/docs/configuration.spec.ts'];
const compliance = ['tools/docs/compliance/compliance.spec.ts'];
const deployment = ['tools/docs/deployment.spec.ts'];
const guide = ['tools/docs/operations-guide.spec.ts'];

/** Pages that are generated, and what the gate of documents looks at. */
export const documentMutants: readonly Mutant[] = [
  {
    title: 'the page of the configuration leaves out the last variable of a group',
    file: 'tools/docs/configuration-text.ts',
    find: '...names.slice(firsts[index], firsts[index + 1]).map(',
    replace: '...names.slice(firsts[index], (firsts[index + 1] ?? 0) - 1).map(',
    specs: configuration,
  },
  {
    title: 'the page of the configuration has dollars as the service keeps them',
    file: 'tools/docs/configuration-text.ts',
    find: "name.endsWith('_USD') ? value / 1e6 : value",
    replace: 'value',
    specs: configuration,
  },
  {
    title: 'the page of the configuration takes a comment of a template for a setting',
    file: 'tools/docs/configuration-text.ts',
    find: 'if (line === null || line[1] !== undefined)',
    replace: 'if (line === null)',
    specs: configuration,
  },
  {
    title: 'the page of the configuration lists a refusal by its first variable alone',
    file: 'tools/docs/configuration-text.ts',
    find: '    if (names.includes(name))',
    replace: '    if (names[0] === name)',
    specs: configuration,
  },
  {
    title: 'the operations guide names an event that nothing writes',
    file: 'docs/operations-guide.md',
    find: '`malicious_csp_violation`',
    replace: '`malicious_csp_breach`',
    specs: guide,
  },
  {
    title: 'the operations guide begins the text of an event otherwise',
    file: 'docs/operations-guide.md',
    find: '`BROWSER content …`',
    replace: '`BROWSER contents …`',
    specs: guide,
  },
  {
    title: 'the operations guide is without a metric',
    file: 'docs/operations-guide.md',
    find: '| `budget_alerts` ',
    replace: '| budget_alerts ',
    specs: ['test/perimeter/metrics.spec.ts'],
    test: 'has every metric that the operations guide names',
  },
  {
    title: 'an article is served by a route that does not exist',
    file: 'tools/docs/compliance/laws.ts',
    find: "['npm run processing-record']",
    replace: "['npm run processing-records']",
    specs: compliance,
  },
  {
    title: 'a category of the NIST framework is claimed without a control',
    file: 'tools/docs/compliance/csf.ts',
    find: "['review/training']",
    replace: '[]',
    specs: compliance,
  },
  {
    title: 'the page of compliance says that agreements are signed',
    file: 'tools/docs/compliance/compliance-text.ts',
    find: 'handled: yours to sign',
    replace: 'handled: signed',
    specs: compliance,
  },
  {
    title: 'the guide of a deployment names a command that is gone',
    file: 'docs/deployment.md',
    find: '`npm run test:load`',
    replace: '`npm run test:loads`',
    specs: deployment,
  },
  {
    title: 'the guide of a deployment leaves out a setting of a vendor',
    file: 'docs/deployment.md',
    find: '`vendor/static-assets`',
    replace: '`vendor/uptime`',
    specs: deployment,
  },
];
