import { Injectable } from '@nestjs/common';
import { sql, type RawBuilder } from 'kysely';
import { Database } from '../../database/database.js';
import type { Caller } from '../../guards/route/caller.js';

/** By what use is summed. */
export const usageGroups = ['day', 'model', 'key', 'person'] as const;
export type UsageGroup = (typeof usageGroups)[number];

/** Days in UTC, both included: 2026-11-27. */
export interface DayRange {
  readonly from: string;
  readonly to: string;
}

/** Use of one day, model, API key or person. */
export interface UsageSum {
  /** The day, the model, or an id; null: without a key, or of nobody's account. */
  readonly value: string | null;
  readonly calls: number;
  /** Of these, calls whose cost is not known but set by what they can have cost at most. */
  readonly estimatedCalls: number;
  readonly promptTokens: number;
  readonly cachedTokens: number;
  readonly outputTokens: number;
  readonly thoughtTokens: number;
  readonly credits: number;
  /** Micro-dollars. */
  readonly cost: number;
}

/** What a person used in a day that is far beyond their usual one. */
export interface UsageRise {
  readonly userId: string;
  readonly credits: number;
  readonly cost: number;
}

/** The most that an unusual day may be, and from where it is looked at. */
export interface RiseBounds {
  readonly days: number;
  readonly leastDays: number;
  readonly times: number;
  readonly leastCost: number;
  readonly leastCredits: number;
}

const columns: Readonly<Record<UsageGroup, RawBuilder<string | null>>> = {
  day: sql`to_char(day, 'YYYY-MM-DD')`,
  model: sql`model`,
  key: sql`key_id::text`,
  person: sql`user_id::text`,
};

interface Row {
  readonly value: string | null;
  readonly calls: string;
  readonly estimated: string;
  readonly prompt: string;
  readonly cached: string;
  readonly output: string;
  readonly thoughts: string;
  readonly credits: string;
  readonly cost: string;
}

/** What was used by day, as the functions of the database add it up when a call or a generation is settled. */
@Injectable()
export class UsageRepository {
  constructor(private readonly database: Database) {}

  /** One's own use; days the latest first, all else the dearest first. */
  own(caller: Caller, range: DayRange, group: UsageGroup, atMost: number): Promise<UsageSum[]> {
    return this.sums(sql`user_id = ${caller.userId} and`, range, group, atMost);
  }

  /** Everybody's use. */
  all(range: DayRange, group: UsageGroup, atMost: number): Promise<UsageSum[]> {
    return this.sums(sql``, range, group, atMost);
  }

  /**
   * Those of `userIds` whose `day` is unusual: `times` their usual day or more, which is the mean of the days with use among the
   * `days` before. Each person's day is returned once, to one instance.
   */
  async claimRises(userIds: readonly string[], day: string, bounds: RiseBounds): Promise<UsageRise[]> {
    const { rows } = await sql<{ user_id: string; credits: string; cost: string }>`
      with used as (
        select user_id, day, sum(cost_microusd) as cost, sum(credits) as credits from velro.usage_days
        where user_id = any(${[...userIds]}::uuid[]) and day between ${day}::date - ${bounds.days}::integer and ${day}::date
        group by 1, 2
      ), usual as (
        select user_id, avg(cost) as cost, avg(credits) as credits from used where day < ${day}::date
        group by user_id having count(*) >= ${bounds.leastDays}
      ), risen as (
        select now.* from used now join usual on usual.user_id = now.user_id
        where now.day = ${day}::date and (
          (now.cost >= ${bounds.leastCost} and now.cost >= ${bounds.times} * usual.cost)
          or (now.credits >= ${bounds.leastCredits} and now.credits >= ${bounds.times} * usual.credits))
      ), claimed as (
        insert into velro.usage_rises (user_id, day) select user_id, day from risen on conflict do nothing returning user_id
      )
      select risen.user_id, risen.credits, risen.cost from risen join claimed on claimed.user_id = risen.user_id`.execute(
      this.database.query,
    );
    return rows.map(({ user_id: userId, credits, cost }) => ({
      userId,
      credits: Number(credits),
      cost: Number(cost),
    }));
  }

  /** Deletes use, and rises that were told, of days before `day`; returns how many rows. */
  async purge(day: string, atMost: number): Promise<number> {
    let deleted = 0;
    for (const table of ['usage_days', 'usage_rises'] as const) {
      const { numAffectedRows = 0n } = await sql`
        delete from ${sql.table(`velro.${table}`)} where ctid = any(array(
          select ctid from ${sql.table(`velro.${table}`)} where day < ${day}::date limit ${atMost}))`.execute(
        this.database.query,
      );
      deleted = Math.max(deleted, Number(numAffectedRows));
    }
    return deleted;
  }

  /** Adds at most `atMost` sums of an account to those of nobody, and returns how many. */
  async disown(userId: string, atMost: number): Promise<number> {
    const { rows } = await sql<{ count: number }>`
      with gone as (
        delete from velro.usage_days where ctid = any (array(
          select ctid from velro.usage_days where user_id = ${userId}::uuid limit ${atMost}))
        returning *
      ), added as (
        insert into velro.usage_days as u (day, user_id, key_id, visitor_id, agent_id, model, calls, estimated_calls, prompt_tokens,
          cached_tokens, output_tokens, thought_tokens, cost_microusd, credits)
        select day, null, null, null, agent_id, model, sum(calls), sum(estimated_calls), sum(prompt_tokens), sum(cached_tokens),
          sum(output_tokens), sum(thought_tokens), sum(cost_microusd), sum(credits)
        from gone group by day, agent_id, model
        on conflict (day, user_id, key_id, visitor_id, agent_id, model) do update set
          calls = u.calls + excluded.calls, estimated_calls = u.estimated_calls + excluded.estimated_calls,
          prompt_tokens = u.prompt_tokens + excluded.prompt_tokens, cached_tokens = u.cached_tokens + excluded.cached_tokens,
          output_tokens = u.output_tokens + excluded.output_tokens, thought_tokens = u.thought_tokens + excluded.thought_tokens,
          cost_microusd = u.cost_microusd + excluded.cost_microusd, credits = u.credits + excluded.credits
      )
      select count(*)::integer as count from gone`.execute(this.database.query);
    return rows[0]?.count ?? 0;
  }

  private async sums(
    whose: RawBuilder<unknown>,
    { from, to }: DayRange,
    group: UsageGroup,
    atMost: number,
  ): Promise<UsageSum[]> {
    const order = group === 'day' ? sql`value desc` : sql`cost desc, credits desc, calls desc, value`;
    const { rows } = await sql<Row>`
      select ${columns[group]} as value, sum(calls) as calls, sum(estimated_calls) as estimated, sum(prompt_tokens) as prompt,
        sum(cached_tokens) as cached, sum(output_tokens) as output, sum(thought_tokens) as thoughts, sum(credits) as credits,
        sum(cost_microusd) as cost
      from velro.usage_days where ${whose} day between ${from}::date and ${to}::date
      group by 1 order by ${order} limit ${atMost}`.execute(this.database.query);
    return rows.map((row) => ({
      value: row.value,
      calls: Number(row.calls),
      estimatedCalls: Number(row.estimated),
      promptTokens: Number(row.prompt),
      cachedTokens: Number(row.cached),
      outputTokens: Number(row.output),
      thoughtTokens: Number(row.thoughts),
      credits: Number(row.credits),
      cost: Number(row.cost),
    }));
  }
}
