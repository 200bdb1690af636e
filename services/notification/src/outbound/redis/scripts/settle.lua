-- ARGV[3]…: ids of gateways that are known to be there. Answers whether the registry is trusted.
local trusted, emptied_at = tag .. ':trusted', tag .. ':emptied-at'
if redis.call('EXISTS', trusted) == 1 then return 1 end

-- Whoever was there when Redis was emptied has beaten by one lease later.
redis.call('SET', emptied_at, now, 'NX')
if now - redis.call('GET', emptied_at) < lifetime then return 0 end

local present = {}
local all = redis.call('HGETALL', gateways)
for i = 1, #all, 2 do
  local lease = cjson.decode(all[i + 1])
  if lease.expires > now then
    if not lease.complete then return 0 end
    present[all[i]] = true
  end
end
for i = 3, #ARGV do
  if not present[ARGV[i]] then return 0 end
end
redis.call('SET', trusted, now)
redis.call('DEL', emptied_at)
return 1
