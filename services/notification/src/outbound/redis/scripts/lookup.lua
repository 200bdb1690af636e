-- ARGV[3]…: topics. Answers the time, whether the registry is trusted, the leases, and for every
-- topic the positions (from 0) of the leases that want it.
local leases, position_of = {}, {}
local all = redis.call('HGETALL', gateways)
for i = 1, #all, 2 do
  local id, lease = all[i], cjson.decode(all[i + 1])
  if lease.expires > now then
    position_of[registration(id, lease)] = #leases
    leases[#leases + 1] = {
      id, lease.epoch, lease.address, lease.complete and 1 or 0, lease.count, lease.connections,
    }
  end
end

local interested = {}
for i = 3, #ARGV do
  local positions = {}
  for _, entry in ipairs(redis.call('SMEMBERS', topic_key(ARGV[i]))) do
    positions[#positions + 1] = position_of[entry]
  end
  interested[#interested + 1] = positions
end
return { now, redis.call('EXISTS', tag .. ':trusted'), leases, interested }
