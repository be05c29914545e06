import type { Mutant } from '../../mutant.ts';

const fuzz = ['test/fuzz/described-requests.spec.ts'];
const judge = 'test/support/description/described-answers.ts';
const judgeSpec = 'test/support/description/described-answers.spec.ts';
const tracer = 'tools/docs/problems/trace.ts';
const tracerSpec = 'tools/docs/problems/trace.spec.ts';

/** What holds description and service together: requests made from it, the judge of answers, and the tracer of errors. */
export const descriptionMutants: readonly Mutant[] = [
  {
    title: 'a query of any number of parameters is read',
    file: 'src/perimeter/http/request-checks.ts',
    find: ' ||\n      seen.size >= requestLimits.queryParameters',
    replace: '',
    specs: fuzz,
    test: 'GET /api/v1/projects refuses',
  },
  {
    title: 'a favorite may be the text "true"',
    file: 'src/features/generations/orders/generations.dto.ts',
    find: "@FlagField({ description: 'Default true.'",
    replace: "@QueryFlagField({ description: 'Default true.'",
    specs: fuzz,
    test: 'POST /api/v1/generations/{id}/favorite refuses',
  },
  {
    title: 'the old text of a key stays valid for as long as is asked for',
    file: 'src/features/api-keys/api-keys.dto.ts',
    find: 'max: apiKeyPolicy.maxOverlapSeconds',
    replace: 'max: 2 ** 31',
    specs: fuzz,
    test: 'POST /api/v1/api-keys/{id}/rotate refuses',
  },
  {
    title: 'a project whose visibility is null is refused',
    file: 'src/features/projects/projects.service.ts',
    find: "  if (typeof name === 'string' && !isNotBlank(name))",
    replace: "  if (visibility === null || (typeof name === 'string' && !isNotBlank(name)))",
    specs: ['test/journeys/projects.spec.ts'],
    test: 'null',
  },
  {
    title: 'the description forbids null in an optional field',
    file: 'src/api-description/requests.ts',
    find: "typed.type = [typed.type, 'null'];",
    replace: 'typed.type = [typed.type];',
    specs: ['src/api-description/requests.spec.ts'],
  },
  {
    title: 'the judge of answers takes fields that no schema has',
    file: judge,
    find: '{ additionalProperties: false, ...schema }',
    replace: '{ ...schema }',
    specs: [judgeSpec],
  },
  {
    title: 'the judge of answers misses no header',
    file: judge,
    find: 'required === true ? [`the header ${name} is missing`] : []',
    replace: '[]',
    specs: [judgeSpec],
  },
  {
    title: 'the judge of answers takes any code of the catalogue',
    file: judge,
    find: "Object.keys(examples ?? {}).includes(String(body['code']))",
    replace: 'examples !== null',
    specs: [judgeSpec],
  },
  {
    title: 'the judge of answers takes any status in a problem',
    file: judge,
    find: "body['status'] === status ? []",
    replace: "body['status'] !== null ? []",
    specs: [judgeSpec],
  },
  {
    title: 'the judge of answers passes HEAD over',
    file: judge,
    find: "(known?.['head'] ?? known?.['get'])",
    replace: "known?.['head']",
    specs: [judgeSpec],
  },
  {
    title: 'the tracer does not see what reads a parameter',
    file: tracer,
    find: '[method, ...parameterFactories(graph, method)]',
    replace: '[method]',
    specs: [tracerSpec],
  },
  {
    title: 'the tracer does not know that input is validated',
    file: tracer,
    find: "graph.isClassOf(parameter.type, '.dto.ts')",
    replace: "graph.isClassOf(parameter.type, '.none.ts')",
    specs: [tracerSpec],
  },
];
