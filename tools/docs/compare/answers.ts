// Statuses, headers and bodies of answers: what a client reads must still come, and nothing that it does not know.
import { mediaOf, type Comparison } from './comparison.ts';
import { part, type Break, type Description, type Part } from './description.ts';
import { codeBreaks, valuesOf } from './codes.ts';

const isSuccess = (status: string): boolean => /^[123]/.test(status);

/** Another status of a problem is no break: clients branch on its code. One that comes no longer is, for each code that it had. */
export function answerBreaks(
  comparison: Comparison,
  old: Part,
  present: Part,
  where: string,
): readonly Break[] {
  const added = Object.keys(present)
    // 304 comes to those alone who asked for it by If-None-Match.
    .filter((status) => isSuccess(status) && status !== '304' && !(status in old))
    .map((status) => ({ rule: 'answer-status-added', where: `${where} ${status}`, text: 'is new' }));
  const compared = Object.entries(old).flatMap(([status, answer]): readonly Break[] => {
    const at = `${where} ${status}`;
    if (status in present) return statusBreaks(comparison, answer, present[status], at);
    if (isSuccess(status)) return [{ rule: 'answer-status-removed', where: at, text: 'comes no longer' }];
    return codeBreaks(comparison, comparison.before.resolve(answer), {}, at);
  });
  return [...added, ...compared];
}

function statusBreaks(
  comparison: Comparison,
  old: unknown,
  present: unknown,
  where: string,
): readonly Break[] {
  const { before, after, schemas } = comparison;
  const [answer, other] = [before.resolve(old), after.resolve(present)];
  const others = mediaOf(other);
  // One that names no type has no body that a client reads.
  const added =
    mediaOf(answer).size === 0 ? [] : [...others.keys()].filter((type) => !mediaOf(answer).has(type));
  const media = [...mediaOf(answer)].flatMap(([type, { schema }]): readonly Break[] => {
    const found = others.get(type);
    if (found === undefined) return [{ rule: 'answer-media-removed', where, text: type }];
    return [
      ...schemas.compare(schema, found['schema'], 'answer', `${where} ${type}`),
      ...(type === 'text/event-stream' ? eventBreaks(comparison, schema, found['schema'], where) : []),
    ];
  });
  return [
    ...headerBreaks(comparison, answer, other, where),
    ...added.map((type) => ({ rule: 'answer-media-added', where, text: type })),
    ...media,
    ...codeBreaks(comparison, answer, other, where),
  ];
}

function headerBreaks(
  { before, after, schemas }: Comparison,
  old: Part,
  present: Part,
  where: string,
): readonly Break[] {
  const headersOf = (description: Description, { headers }: Part): Map<string, Part> =>
    new Map(
      Object.entries(part(headers)).map(([name, header]) => [
        name.toLowerCase(),
        description.resolve(header),
      ]),
    );
  const others = headersOf(after, present);
  return [...headersOf(before, old)].flatMap(([name, header]): readonly Break[] => {
    const [at, other] = [`${where} header ${name}`, others.get(name)];
    if (other === undefined) return [{ rule: 'answer-header-removed', where: at, text: 'comes no longer' }];
    const isOptional = header['required'] === true && other['required'] !== true;
    return [
      ...(isOptional ? [{ rule: 'answer-header-optional', where: at, text: 'was always sent' }] : []),
      ...schemas.compare(header['schema'], other['schema'], 'answer', at),
    ];
  });
}

/** Kinds of events that a stream has no longer: a client may wait for one. */
function eventBreaks({ before, after }: Comparison, old: unknown, present: unknown, where: string): Break[] {
  const kept = valuesOf(after, present, 'event');
  return valuesOf(before, old, 'event')
    .filter((event) => !kept.includes(event))
    .map((event) => ({ rule: 'answer-event-removed', where, text: event }));
}
