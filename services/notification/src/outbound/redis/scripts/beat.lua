-- ARGV[3]: gateway id; ARGV[4]: epoch; ARGV[5]: connections; ARGV[6]: topics; ARGV[7], ARGV[8]: the
-- halves of their digest; ARGV[9]: draining
local id, epoch = ARGV[3], ARGV[4]
local lease, reason = lease_of(id, epoch)
if not lease then return reason end
local same = lease.count == tonumber(ARGV[6])
  and lease.high == tonumber(ARGV[7]) and lease.low == tonumber(ARGV[8])
lease.complete = same and not lease.doubted
lease.doubted = false
lease.connections = tonumber(ARGV[5])
lease.draining = ARGV[9] == '1'
lease.expires = now + lifetime
write(id, lease)
return lease.complete and 'agrees' or 'differs'
