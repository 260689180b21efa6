"""What the budget asks of Redis, as scripts, so that each is one step.

Times are microseconds ahead of now, so that the clocks of Redis and of the processes need not agree. The last key of
`TAKE` is the epoch, `<since>-<id>`: whoever knew another one has seen that Redis forgot, and writes down when.
Every bucket then counts as spent at that moment, by whomever.
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
local count, known = #KEYS - 1, ARGV[1]
local epoch = redis.call('GET', KEYS[#KEYS])
local is_ours = not epoch or (known ~= '' and epoch ~= known and string.sub(epoch, 1, 2) == '0-')
if is_ours then
  epoch = string.format('%.0f-%s', known == '' and 0 or now, ARGV[2])
  redis.call('SET', KEYS[#KEYS], epoch)
end
local since = tonumber(string.match(epoch, '^%d+'))
local wait, aheads = 0, {}
for i = 1, count do
  local seen, interval, burst = tonumber(ARGV[3 * i]), tonumber(ARGV[3 * i + 1]), tonumber(ARGV[3 * i + 2])
  if since > 0 then seen = math.max(seen, since + burst * interval - now) end
  aheads[i] = ahead(i, seen)
  wait = math.max(wait, aheads[i] - (burst - 1) * interval)
end
if wait <= 0 then
  for i = 1, count do put(i, aheads[i] + tonumber(ARGV[3 * i + 1])) end
end
return {epoch, wait, unpack(aheads)}
"""
)
RAISE = (
    _NOW
    + """
for i = 1, #KEYS do
  local value = ahead(i, tonumber(ARGV[i]))
  if value > 0 then put(i, value) end
end
"""
)
