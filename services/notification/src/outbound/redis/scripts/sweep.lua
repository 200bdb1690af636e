-- Removes leases that ended a lease ago (until then they tell an earlier life that it is over), and
-- some entries of one ended registration. Answers whether there may be more.
local all = redis.call('HGETALL', gateways)
for i = 1, #all, 2 do
  local id, lease = all[i], cjson.decode(all[i + 1])
  if lease.expires + lifetime <= now then
    end_registration(id, lease)
    redis.call('HDEL', gateways, id)
  end
end

local entry = redis.call('SRANDMEMBER', tag .. ':ended')
if not entry then return 0 end
local held = held_key(entry)
for _, topic in ipairs(redis.call('SPOP', held, 500)) do
  redis.call('SREM', topic_key(topic), entry)
end
if redis.call('EXISTS', held) == 0 then redis.call('SREM', tag .. ':ended', entry) end
return 1
