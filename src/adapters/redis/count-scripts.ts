import { createHash } from 'node:crypto';

/** A script and its SHA-1, by which Redis caches it. */
export interface Script {
  readonly lua: string;
  readonly sha1: string;
}

const script = (lua: string): Script => ({ lua, sha1: createHash('sha1').update(lua).digest('hex') });

/*
 * One sorted set per bucket. A member for each hit: the decision's id, by the microsecond of the server's clock at
 * which it was taken. A token bucket (GCRA) holds those whose tokens are not refilled yet, and `~`: the time at which
 * the bucket is full. Numbers are whole and below 2^53, and written by `exact`, because Lua's own text of a number has
 * 14 digits. KEYS: the buckets. ARGV: the decision's id, then strategy, limit and window in microseconds of each
 * bucket.
 */
const preamble = `
local clock = redis.call('TIME')
local now = clock[1] * 1000000 + clock[2]
local function exact(number) return string.format('%.0f', number) end
local function bucket(i)
  local limit, window = tonumber(ARGV[3 * i]), tonumber(ARGV[3 * i + 1])
  return ARGV[3 * i - 1] == 'token_bucket', limit, window, math.ceil(window / limit)
end
-- Microseconds until a token bucket is full. Forgets the hits whose tokens have come back.
local function debtOf(key, each)
  local debt = math.max(0, (redis.call('ZSCORE', key, '~') or now) - now)
  redis.call('ZREMRANGEBYRANK', key, 0, -2 - math.ceil(debt / each))
  return debt
end
`;

/**
 * Returns room and wait of each bucket: hits it had room for, and microseconds until a hit expires or a token is
 * refilled.
 */
export const takeScript = script(`${preamble}
local allowed, answer, debts = true, {}, {}
for i, key in ipairs(KEYS) do
  local isTokens, limit, window, each = bucket(i)
  local room, wait
  if isTokens then
    local debt = debtOf(key, each)
    room = math.max(0, limit - math.ceil(debt / each))
    wait = room == 0 and debt + each - limit * each or debt % each
    if wait == 0 then wait = each end
    debts[i] = debt
  else
    redis.call('ZREMRANGEBYSCORE', key, '-inf', exact(now - window))
    local held = redis.call('ZCARD', key)
    room = math.max(0, limit - held)
    local decisive = math.max(0, held - limit)
    local at = redis.call('ZRANGE', key, decisive, decisive, 'WITHSCORES')[2]
    wait = at and at + window - now or window
  end
  allowed = allowed and room > 0
  answer[2 * i - 1], answer[2 * i] = room, wait
end
if not allowed then return answer end
for i, key in ipairs(KEYS) do
  local isTokens, _, window, each = bucket(i)
  local life = window
  redis.call('ZADD', key, exact(now), ARGV[1])
  if isTokens then
    life = debts[i] + each
    redis.call('ZADD', key, exact(now + life), '~')
  end
  redis.call('PEXPIRE', key, exact(math.ceil(life / 1000) + 1))
end
return answer
`);

/** Removes the hits of one decision. Of a partly refilled token only the missing part is returned. */
export const giveBackScript = script(`${preamble}
for i, key in ipairs(KEYS) do
  local isTokens, _, _, each = bucket(i)
  local debt = isTokens and debtOf(key, each)
  local place = redis.call('ZRANK', key, ARGV[1])
  if place then
    if isTokens then
      local behind = redis.call('ZCARD', key) - 2 - place
      local missing = math.max(0, math.min(each, debt - behind * each))
      redis.call('ZADD', key, exact(now + debt - missing), '~')
    end
    redis.call('ZREM', key, ARGV[1])
  end
end
return 1
`);
