// What of a changed description breaks a client of the released one, operation by operation.
import { isPart, list, part, Description, type Break, type Part } from './description.ts';
import { answerBreaks } from './answers.ts';
import { mediaOf, type Comparison } from './comparison.ts';
import { SchemaComparison } from './schemas.ts';
import { operationServerBreaks, serverBreaks } from './servers.ts';
import { securityBreaks, schemeBreaks } from './security.ts';

const methods = ['get', 'put', 'post', 'patch', 'delete', 'head', 'options', 'trace'] as const;

/** Every change of the description `after` that breaks a client of `before`, each place once. */
export function breaksOf(before: Part, after: Part): readonly Break[] {
  const [one, other] = [new Description(before), new Description(after)];
  const comparison = { before: one, after: other, schemas: new SchemaComparison(one, other) };
  const paths = part(before['paths']);
  const found = [
    ...serverBreaks([before], [after], 'servers'),
    ...schemeBreaks(comparison),
    ...componentBreaks(before, after),
    ...['webhooks'].flatMap((name) => undecided(comparison, before, after, name, 'description')),
    ...Object.keys(paths).flatMap((path) => pathBreaks(comparison, path)),
  ];
  return [...new Map(found.map((one) => [JSON.stringify(one), one])).values()];
}

/**
 * Nothing of a name travels, but the client exports its types by it (`components['schemas']['…']`), and programs that name one do not
 * compile without. Names of other components are no promise: those of answers list codes, and change with every new one.
 */
function componentBreaks(before: Part, after: Part): Break[] {
  const schemasOf = (document: Part): Part => part(part(document['components'])['schemas']);
  const present = schemasOf(after);
  return Object.keys(schemasOf(before))
    .filter((name) => !(name in present))
    .map((name) => ({ rule: 'component-removed', where: `schemas ${name}`, text: 'is gone' }));
}

function pathBreaks(comparison: Comparison, path: string): readonly Break[] {
  const { before, after } = comparison;
  const [item, paths] = [before.resolve(part(before.document['paths'])[path]), part(after.document['paths'])];
  const other = after.resolve(paths[path]);
  return methods.flatMap((method): readonly Break[] => {
    if (!isPart(item[method])) return [];
    const where = `${method.toUpperCase()} ${path}`;
    if (isPart(other[method])) return operationBreaks(comparison, [item, other], method, where);
    const renamed = Object.keys(paths).find((one) => one !== path && template(one) === template(path));
    const text = renamed === undefined ? 'is gone' : `is ${renamed} now`;
    return [{ rule: 'operation-removed', where, text }];
  });
}

const template = (path: string): string => path.replace(/\{[^}]*\}/g, '{}');

function operationBreaks(
  comparison: Comparison,
  [item, other]: readonly [Part, Part],
  method: string,
  where: string,
): readonly Break[] {
  const [old, present] = [part(item[method]), part(other[method])];
  return [
    ...operationServerBreaks(comparison, [item, old], [other, present], where),
    ...parameterBreaks(comparison, [item, old], [other, present], where),
    ...bodyBreaks(comparison, old['requestBody'], present['requestBody'], where),
    ...answerBreaks(comparison, part(old['responses']), part(present['responses']), where),
    ...securityBreaks(comparison, old, present, where),
    ...undecided(comparison, old, present, 'callbacks', where),
  ];
}

/** Of what is not compared in detail, any change counts. */
function undecided(
  { before, after }: Comparison,
  old: Part,
  present: Part,
  name: string,
  where: string,
): Break[] {
  const isSame = before.expanded(old[name] ?? {}) === after.expanded(present[name] ?? {});
  return isSame ? [] : [{ rule: 'undecided', where, text: `${name} differ` }];
}

/** The parameters of a path and its operation by place and name; those of the operation come first. */
function parametersOf(description: Description, parts: readonly Part[]): Map<string, Part> {
  const all = parts.flatMap((one) =>
    list(one['parameters']).map((parameter) => description.resolve(parameter)),
  );
  return new Map(
    all.map((parameter) => {
      const [place, name] = [String(parameter['in']), String(parameter['name'])];
      return [`${place} ${place === 'header' ? name.toLowerCase() : name}`, parameter];
    }),
  );
}

function parameterBreaks(
  { before, after, schemas }: Comparison,
  old: readonly Part[],
  present: readonly Part[],
  where: string,
): readonly Break[] {
  const [some, others] = [parametersOf(before, old), parametersOf(after, present)];
  const required = [...others]
    .filter(
      ([name, { required: isRequired }]) => isRequired === true && some.get(name)?.['required'] !== true,
    )
    .map(([name]) => ({
      rule: 'request-parameter-required',
      where: `${where} ${name}`,
      text: some.has(name) ? 'was optional' : 'is new',
    }));
  const compared = [...some].flatMap(([name, parameter]): readonly Break[] => {
    const [at, other] = [`${where} ${name}`, others.get(name)];
    if (other === undefined) return [{ rule: 'request-parameter-removed', where: at, text: 'is gone' }];
    const contents = (one: Part): Part => Object.values(part(one['content'])).map(part)[0] ?? one;
    return [
      ...(['style', 'explode'] as const)
        .filter((keyword) => styleOf(parameter)[keyword] !== styleOf(other)[keyword])
        .map((keyword) => ({ rule: 'request-parameter-style', where: at, text: `${keyword} differs` })),
      ...schemas.compare(contents(parameter)['schema'], contents(other)['schema'], 'request', at),
    ];
  });
  return [...required, ...compared];
}

/** With the defaults that hold where nothing is stated. */
function styleOf({ in: place, style, explode }: Part): {
  readonly style: unknown;
  readonly explode: unknown;
} {
  const usual = place === 'query' || place === 'cookie' ? 'form' : 'simple';
  return { style: style ?? usual, explode: explode ?? (style ?? usual) === 'form' };
}

function bodyBreaks(
  { before, after, schemas }: Comparison,
  old: unknown,
  present: unknown,
  where: string,
): readonly Break[] {
  const [body, other] = [before.resolve(old), after.resolve(present)];
  const at = `${where} body`;
  const required: Break[] =
    other['required'] === true && body['required'] !== true
      ? [{ rule: 'request-body-required', where: at, text: old === undefined ? 'is new' : 'was optional' }]
      : [];
  const others = mediaOf(other);
  const compared = [...mediaOf(body)].flatMap(([type, media]): readonly Break[] => {
    const present = others.get(type);
    if (present === undefined) return [{ rule: 'request-media-removed', where: at, text: type }];
    return [
      ...schemas.compare(media['schema'], present['schema'], 'request', `${at} ${type}`),
      ...encodingBreaks(media, present, `${at} ${type}`),
    ];
  });
  return [...required, ...compared];
}

/** Files of a form: the media types that a part may have. */
function encodingBreaks(old: Part, present: Part, where: string): Break[] {
  const types = (media: Part, name: string): string[] | null => {
    const { contentType } = part(part(media['encoding'])[name]);
    return typeof contentType === 'string' ? contentType.split(',').map((one) => one.trim()) : null;
  };
  return Object.keys(part(present['encoding'])).flatMap((name) => {
    const [some, allowed] = [types(old, name), types(present, name)];
    const gone = allowed === null ? [] : (some ?? ['any']).filter((type) => !allowed.includes(type));
    return gone.map((type) => ({ rule: 'request-media-removed', where: `${where}.${name}`, text: type }));
  });
}
