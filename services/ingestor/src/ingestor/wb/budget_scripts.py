"""What the budget asks of Redis, as scripts, so that each is one step.

Times are microseconds ahead of now, so that the clocks of Redis and of the processes need not agree. The last keys of
`TAKE` are those of `TELL`, and the epoch, `<since>-<id>`: whoever knew another one has seen that Redis forgot, and
writes down when. Every bucket then counts as spent at that moment, by whomever. Before it stands the sorted set of
calls of the method's bucket that were taken and are not answered; `RAISE` removes one that is. Until then it may reach
WB at any moment, even if who sent it is dead: the bucket counts as if all of them did so just now, as long after they
were taken as the last argument of `TAKE` says.

`TELL` keeps of each process until when it counts as alive (a sorted set), its limits (a hash of JSON objects, name to
interval and burst), and of each bucket whose limits differ `<since> <interval> <burst>`: the strictest. A process that
comes with a stricter one than those that are there cannot know what they called: such a bucket counts as spent since.
"""

_NOW = """
local clock = redis.call('TIME')
local now = clock[1] * 1000000 + clock[2]
local function ahead(i, known) return math.max((tonumber(redis.call('GET', KEYS[i])) or 0) - now, known) end
local function put(i, value)
  redis.call('SET', KEYS[i], string.format('%.0f', now + value), 'PX', math.ceil(value / 1000) + 1000)
end
"""
TAKE = (
    _NOW
    + """
local count, known, sent, longest = #KEYS - 5, ARGV[1], KEYS[#KEYS - 1], tonumber(ARGV[#ARGV])
if tonumber(redis.call('ZSCORE', KEYS[count + 1], ARGV[3]) or 0) < now then return {} end
local epoch = redis.call('GET', KEYS[#KEYS])
local is_ours = not epoch or (known ~= '' and epoch ~= known and string.sub(epoch, 1, 2) == '0-')
if is_ours then
  epoch = string.format('%.0f-%s', known == '' and 0 or now, ARGV[2])
  redis.call('SET', KEYS[#KEYS], epoch)
end
local since = tonumber(string.match(epoch, '^%d+'))
local unanswered, last = redis.call('ZCARD', sent), redis.call('ZRANGE', sent, -1, -1, 'WITHSCORES')[2]
local wait, buckets = 0, {}
for i = 1, count do
  local seen, interval, burst = tonumber(ARGV[4 * i + 1]), tonumber(ARGV[4 * i + 2]), tonumber(ARGV[4 * i + 3])
  local spent, stricter = since, redis.call('HGET', KEYS[count + 3], ARGV[4 * i])
  if stricter then
    local at, slower, fewer = string.match(stricter, '(%d+) (%d+) (%d+)')
    interval, burst = math.max(interval, tonumber(slower)), math.min(burst, tonumber(fewer))
    spent = math.max(spent, tonumber(at))
  end
  if spent > 0 then seen = math.max(seen, spent + burst * interval - now) end
  if i == 1 and last then seen = math.max(seen, math.min(last + longest - now, 0) + unanswered * interval) end
  local first = ahead(i, seen)
  wait = math.max(wait, first - (burst - 1) * interval)
  buckets[i] = {first, interval, burst}
end
if wait <= 0 then
  for i = 1, count do put(i, buckets[i][1] + buckets[i][2]) end
  redis.call('ZREMRANGEBYSCORE', sent, '-inf', string.format('%.0f', now - longest))
  redis.call('ZADD', sent, string.format('%.0f', now), ARGV[2])
  redis.call('PEXPIRE', sent, math.ceil((longest + buckets[1][2] * buckets[1][3]) / 1000) + 1000)
end
return {epoch, wait, unpack(buckets)}
"""
)
RAISE = (
    _NOW
    + """
for i = 1, #KEYS do
  local known = tonumber(ARGV[i])
  if known == nil then
    redis.call('ZREM', KEYS[i], ARGV[i])
  else
    local value = ahead(i, known)
    if value > 0 then put(i, value) end
  end
end
"""
)
TELL = (
    _NOW
    + """
local id, told = ARGV[1], ARGV[3]
for _, gone in ipairs(redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', '(' .. string.format('%.0f', now))) do
  redis.call('ZREM', KEYS[1], gone)
  redis.call('HDEL', KEYS[2], gone)
end
local is_new = not redis.call('ZSCORE', KEYS[1], id)
redis.call('ZADD', KEYS[1], string.format('%.0f', now + tonumber(ARGV[2])), id)
redis.call('HSET', KEYS[2], id, told)
local own, is_other, others = cjson.decode(told), {}, {}
local everyone = redis.call('HGETALL', KEYS[2])
for i = 1, #everyone, 2 do
  if everyone[i] ~= id and not is_other[everyone[i + 1]] then
    is_other[everyone[i + 1]] = true
    others[#others + 1] = cjson.decode(everyone[i + 1])
  end
end
local answer = {}
for name, limit in pairs(own) do
  local interval, burst, differ, before = limit[1], limit[2], false, nil
  for _, other in ipairs(others) do
    if other[name] then
      differ = differ or other[name][1] ~= limit[1] or other[name][2] ~= limit[2]
      before = before or {0, math.huge}
      before = {math.max(before[1], other[name][1]), math.min(before[2], other[name][2])}
      interval, burst = math.max(interval, other[name][1]), math.min(burst, other[name][2])
    end
  end
  local since = tonumber(string.match(redis.call('HGET', KEYS[3], name) or '0', '%d+'))
  if is_new and before and (limit[1] > before[1] or limit[2] < before[2]) then since = now end
  if differ or since + burst * interval > now then
    redis.call('HSET', KEYS[3], name, string.format('%.0f %.0f %.0f', since, interval, burst))
  else
    redis.call('HDEL', KEYS[3], name)
  end
  if differ then answer[#answer + 1] = {name, interval, burst} end
end
return answer
"""
)
