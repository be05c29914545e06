import type { CompiledQuery } from 'kysely';
import type pg from 'pg';

export interface Plan {
  /** Types and indexes of the plan nodes below LIMIT, joined with ` < `. */
  readonly text: string;
  readonly isIndexOnly: boolean;
  readonly isSeqFree: boolean;
}

/** A plan node of `explain (format json)`. */
interface PlanNode {
  readonly 'Node Type': string;
  readonly 'Index Name'?: string;
  readonly 'Subplan Name'?: string;
  readonly 'Heap Fetches'?: number;
  readonly Plans?: readonly PlanNode[];
}

const nodesOf = (node: PlanNode): PlanNode[] => [node, ...(node.Plans ?? []).flatMap(nodesOf)];
const typeOf = (node: PlanNode): string => node['Node Type'];

/** Runs a query with `explain (analyze)` and summarises its plan. Throws when PostgreSQL returns none. */
export async function planOf(pool: pg.Pool, { sql, parameters }: CompiledQuery): Promise<Plan> {
  const { rows } = await pool.query<{ 'QUERY PLAN': readonly { Plan: PlanNode }[] }>(
    `explain (analyze, buffers, format json) ${sql}`,
    [...parameters],
  );
  const plan = rows[0]?.['QUERY PLAN'][0]?.Plan;
  if (plan === undefined) throw new Error('PostgreSQL printed no plan');
  const nodes = nodesOf(plan);
  const limit = nodes.find((node) => typeOf(node) === 'Limit' && node['Subplan Name'] === undefined);
  const below = limit === undefined ? [] : nodesOf(limit).slice(1);
  return {
    text: below
      .map((node) => [typeOf(node), node['Index Name']].filter((part) => part !== undefined).join(' '))
      .join(' < '),
    isIndexOnly:
      below.some((node) => typeOf(node) === 'Index Only Scan' && node['Heap Fetches'] === 0) &&
      below.every((node) => !/Sort|Seq Scan|^Index Scan|Bitmap/.test(typeOf(node))),
    isSeqFree: nodes.every((node) => !typeOf(node).includes('Seq Scan')),
  };
}
