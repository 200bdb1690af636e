-- ARGV[3]: gateway id; ARGV[4]: epoch
local id, epoch = ARGV[3], ARGV[4]
local lease = lease_of(id, epoch)
if lease then
  end_registration(id, lease)
  redis.call('HDEL', gateways, id)
end
