"""What the cache asks of Redis, as scripts, so that each is one step."""

from servicekit.rate_limits import COUNT

# An entry is a line of the tags it was made from, `tag=version` each, and its body. The script answers with the line if
# it counts: bodies are read beside it, for taking one of 30 kB through Lua takes six times as long as all the rest.
# KEYS: the entry, tags, those foreseen, names of quotas; ARGV: how a tag's name begins, how many quotas there are, and
# each quota; how many tags are foreseen, how long a tag lives, and a new version for those that have none.
LOOK = f"""
local quotas = tonumber(ARGV[2])
local line = redis.call('GETRANGE', KEYS[1], 0, 1023)
local at = string.find(line, '\\n', 1, true)
if not at and #line == 1024 then
    line = redis.call('GET', KEYS[1])
    at = string.find(line, '\\n', 1, true)
end
line = at and string.sub(line, 1, at - 1)
local names, versions = {{}}, {{}}
if line then
    for name, version in string.gmatch(line, '(%S+)=(%S+)') do
        names[#names + 1] = ARGV[1] .. name
        versions[#versions + 1] = version
    end
end
local kept = #names
if kept == 0 then
    line = false
end
for i = 2, #KEYS do
    names[#names + 1] = KEYS[i]
end
local current = #names > 0 and redis.call('MGET', unpack(names)) or {{}}
for i = 1, kept do
    if current[i] ~= versions[i] then
        line = false
    end
end
local found = {{line or false}}
local last = #names - quotas
local foreseen = last - tonumber(ARGV[3 + quotas])
for i = kept + 1, last do
    if i > foreseen and not line and not current[i] then
        current[i] = ARGV[5 + quotas]
        redis.call('SET', names[i], current[i], 'EX', ARGV[4 + quotas])
    end
    found[#found + 1] = current[i]
end
{COUNT}
return found
"""
# KEYS: tags; ARGV: how long, and a new version for each that has none.
VERSIONS = """
local versions = redis.call('MGET', unpack(KEYS))
for i = 1, #KEYS do
    if not versions[i] then
        versions[i] = ARGV[i + 1]
        redis.call('SET', KEYS[i], versions[i], 'EX', ARGV[1])
    end
end
return versions
"""
